import Synchronization

/// What the reader of a response and the thread that receives it share.
///
/// The thread fills and, once per turn of its loop, delivers; the reader takes all there is. Whichever comes second
/// finds the other's part under the lock, so nothing is lost and nobody is woken twice.
final class CurlTransfer: Sendable {
  /// Status and headers, all that ``HTTPTransport/send(_:)`` waits for.
  struct Head: Sendable {
    var status = 0
    var headers = HTTPHeaders()
  }

  /// What waiting for a head gives: it, or the time for which no byte has come.
  enum Awaited: Sendable {
    case head(Head)
    case idle(milliseconds: Int)
  }

  typealias HeadResult = Result<Awaited, HTTPError>
  typealias BodyResult = Result<HTTPChunk?, HTTPError>
  fileprivate typealias HeadWaiter = CheckedContinuation<HeadResult, Never>
  fileprivate typealias BodyWaiter = CheckedContinuation<BodyResult, Never>

  fileprivate struct State {
    var head: Head?
    var bytes: [UInt8] = []
    /// Whether curl holds bytes back until they are asked for.
    var isPaused = false
    /// How it ended; the bytes that came before are still to be read.
    var ending: Result<Void, HTTPError>?
    var headWaiter: HeadWaiter?
    var bodyWaiter: BodyWaiter?
  }

  let request: CurlRequest
  private let loop: CurlLoop
  private let state = Mutex(State())

  init(_ request: CurlRequest, loop: CurlLoop) {
    self.request = request
    self.loop = loop
  }

  // For the reader, in any task.

  /// Waits for the final response's status and headers, or a notice that none come.
  func head() async -> HeadResult {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready: HeadResult? = state.withLock { state in
          if let ready = state.readyHead { return ready }
          state.headWaiter = continuation
          return nil
        }
        if let ready { continuation.resume(returning: ready) }
      }
    } onCancel: {
      cancel()
    }
  }

  /// Waits for bytes of the body, its end, or a notice that none come.
  func next() async -> BodyResult {
    if Task.isCancelled { cancel() }
    if let ready = take() { return ready }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if let ready = take(orWait: continuation) { continuation.resume(returning: ready) }
      }
    } onCancel: {
      cancel()
    }
  }

  /// Ends the transfer, unless it has ended: what waits is answered now, and the loop closes the socket.
  func cancel() {
    let wasGoing = state.withLock { state -> Bool in
      let wasGoing = state.ending == nil
      // A body that came whole but is not read to its end was given up too.
      if wasGoing || !state.bytes.isEmpty {
        state.ending = .failure(HTTPError(.cancelled, "cancelled", responseStarted: state.head != nil))
        state.bytes = []
      }
      return wasGoing
    }
    guard wasGoing else { return }
    loop.stop(self)
    deliver()
  }

  /// Bytes that have arrived and wait to be read.
  var waitingBytes: Int { state.withLock { $0.bytes.count } }

  private func take(orWait waiter: BodyWaiter? = nil) -> BodyResult? {
    let (ready, wasPaused) = state.withLock { state -> (BodyResult?, Bool) in
      if let ready = state.takeBody() { return ready }
      guard let waiter else { return (nil, false) }
      guard state.bodyWaiter == nil else {
        return (.failure(HTTPError(.other, "a body is read by one task at a time")), false)
      }
      state.bodyWaiter = waiter
      return (nil, false)
    }
    if wasPaused { loop.resume(self) }
    return ready
  }

  // For the loop's thread.

  /// Whether it has ended, if only because nobody wants it any more.
  var hasEnded: Bool { state.withLock { $0.ending != nil } }

  /// Keeps the final response's head for the next delivery.
  func receive(_ head: Head) {
    state.withLock { $0.head = head }
  }

  /// Keeps a piece of the body for the next delivery; false when enough waits already, and the transfer is to pause.
  func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    state.withLock { state in
      // What nobody will read is as good as taken: the order to stop is on its way.
      guard state.ending == nil else { return true }
      guard state.bytes.count < HTTPLimits.bodyBufferedMax else {
        state.isPaused = true
        return false
      }
      unsafe state.bytes.append(contentsOf: bytes)
      return true
    }
  }

  /// Notes the end, success only after a head; a transfer ends once.
  func end(_ ending: Result<Void, HTTPError>) {
    state.withLock { state in
      if state.ending == nil { state.ending = ending }
    }
  }

  /// Hands a waiting reader what has come.
  func deliver() {
    switch state.withLock({ $0.takeDelivery() }) {
    case nil: break
    case .head(let waiter, let ready)?: waiter.resume(returning: ready)
    case .body(let waiter, let ready, let wasPaused)?:
      waiter.resume(returning: ready)
      if wasPaused { loop.resume(self) }
    }
  }

  /// Tells a waiting reader of the body that nothing has come for so long.
  func deliverIdle(milliseconds: Int) {
    let (head, body) = state.withLock { ($0.headWaiter.take(), $0.bodyWaiter.take()) }
    head?.resume(returning: .success(.idle(milliseconds: milliseconds)))
    body?.resume(returning: .success(.idle(milliseconds: milliseconds)))
  }
}

extension CurlTransfer.State {
  /// A waiting reader, and what it waited for.
  fileprivate enum Delivery {
    case head(CurlTransfer.HeadWaiter, CurlTransfer.HeadResult)
    case body(CurlTransfer.BodyWaiter, CurlTransfer.BodyResult, wasPaused: Bool)
  }

  fileprivate mutating func takeDelivery() -> Delivery? {
    if let waiter = headWaiter {
      guard let ready = readyHead else { return nil }
      headWaiter = nil
      return .head(waiter, ready)
    }
    guard let waiter = bodyWaiter, let (ready, wasPaused) = takeBody() else { return nil }
    bodyWaiter = nil
    return .body(waiter, ready, wasPaused: wasPaused)
  }

  /// What ``HTTPTransport/send(_:)`` gets now, if anything: a reply that broke off after its head has its head read first.
  fileprivate var readyHead: CurlTransfer.HeadResult? {
    switch (ending, head) {
    case (.failure(let error)?, _) where error.kind == .cancelled: .failure(error)
    case (_, let head?): .success(.head(head))
    case (.failure(let error)?, nil): .failure(error)
    case (_, nil): nil
    }
  }

  /// What a reader of the body gets now, if anything, and whether the transfer had paused for it.
  fileprivate mutating func takeBody() -> (CurlTransfer.BodyResult, wasPaused: Bool)? {
    if !bytes.isEmpty {
      defer {
        bytes = []
        isPaused = false
      }
      return (.success(.bytes(bytes)), isPaused)
    }
    guard let ending else { return nil }
    return (ending.map { nil }, false)
  }
}
