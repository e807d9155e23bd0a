internal import Dispatch
package import OperatingSystem
package import Protocol
internal import Synchronization

/// What goes to the client: a queue of whole messages, and whoever finds it idle writes for all.
///
/// `send` never blocks and never loses: order is that of the calls. A little is written in place when the pipe has room for
/// it, more by a queue of its own, so that no other thread waits for a client that reads slowly. The queue is bounded by its
/// senders, who look at ``isFull`` or wait for ``room()``.
package final class Outbox: Sendable {
  private struct State {
    var style: FramingStyle
    var waiting = JSONWriter()
    var spare: [UInt8] = []
    var scratch = JSONWriter()
    var isWriting = false
    var isClosed = false
    var bytesInFlight = 0
    var messagesOut = 0
    var bytesOut = 0
    var roomWaiters: [CheckedContinuation<Void, Never>] = []

    var queued: Int { waiting.bytes.count + bytesInFlight }
  }

  private let descriptor: Descriptor
  private let state: Mutex<State>
  private let writers = DispatchQueue(label: "wyn360.outbox")
  private let onChange: @Sendable (Change) -> Void

  /// What an owner may want to know.
  package enum Change: Sendable {
    /// The queue was full, and has room again or has been written out.
    case drained
    /// Nobody reads any more: all that is sent from now on is dropped.
    case closed
  }

  /// A queue before a descriptor.
  ///
  /// - Parameters:
  ///   - descriptor: where to write; not closed.
  ///   - style: how to frame; `auto` counts as lines.
  ///   - onChange: called on any thread, without a lock held.
  package init(descriptor: Descriptor, style: FramingStyle, onChange: @escaping @Sendable (Change) -> Void) {
    self.descriptor = descriptor
    state = Mutex(State(style: style))
    self.onChange = onChange
  }

  /// Frames from now on in that style.
  package func use(_ style: FramingStyle) { state.withLock { $0.style = style } }

  /// Messages and bytes handed over so far, and bytes that wait.
  package var totals: (messages: Int, bytes: Int, waiting: Int) {
    state.withLock { ($0.messagesOut, $0.bytesOut, $0.queued) }
  }

  /// Whether so much waits that adjacent deltas should be merged.
  package var isBehind: Bool { state.withLock { $0.queued > ServerLimits.outboxMergeAbove } }

  /// Whether so much waits that nothing more should be made.
  package var isFull: Bool { state.withLock { $0.queued > ServerLimits.outboxPauseAbove } }

  /// Queues messages without writing yet: ``flush()`` comes at the end of a batch.
  package func enqueue(_ body: (inout MessageSink) -> Void) {
    state.withLock { state in
      guard !state.isClosed else { return }
      var sink = MessageSink(style: state.style, waiting: state.waiting, scratch: state.scratch)
      state.waiting = JSONWriter()
      state.scratch = JSONWriter()
      body(&sink)
      state.messagesOut += sink.count
      state.bytesOut += sink.bytesAdded
      (state.waiting, state.scratch) = (sink.waiting, sink.scratch)
    }
  }

  /// Queues messages and writes what can be written.
  package func send(_ body: (inout MessageSink) -> Void) {
    enqueue(body)
    flush()
  }

  /// Writes what waits: in place when it is little and there is room, else on the writing queue.
  package func flush() {
    while let piece = takeForWritingInPlace() {
      guard descriptor.write(piece) == nil else { return close() }
      giveBack(piece)
    }
  }

  /// Waits until the queue is no longer full.
  package func room() async {
    guard isFull else { return }
    await withCheckedContinuation { continuation in
      let resumeNow = state.withLock { state in
        guard state.queued > ServerLimits.outboxPauseAbove, !state.isClosed else { return true }
        state.roomWaiters.append(continuation)
        return false
      }
      if resumeNow { continuation.resume() }
    }
  }

  /// Waits until all is written, at most that long; to be called when nothing more is sent.
  ///
  /// - Returns: Whether all was written.
  package func drain(withinMs limit: Int) -> Bool {
    flush()
    let deadline = DispatchTime.now() + .milliseconds(limit)
    let written = DispatchSemaphore(value: 0)
    writers.async { written.signal() }
    return written.wait(timeout: deadline) == .success && state.withLock { $0.queued == 0 || $0.isClosed }
  }
}

// MARK: - Writing

extension Outbox {
  private enum Turn {
    case nothing
    case here([UInt8])
    case elsewhere
  }

  /// Makes the caller the writer when there is little to write and the pipe takes it; else wakes the writing queue.
  private func takeForWritingInPlace() -> [UInt8]? {
    let turn = state.withLock { state -> Turn in
      guard !state.isWriting, !state.isClosed, !state.waiting.bytes.isEmpty else { return .nothing }
      state.isWriting = true
      guard state.waiting.bytes.count <= ServerLimits.writeInPlaceMax, descriptor.isWritable else { return .elsewhere }
      return .here(take(&state))
    }
    switch turn {
    case .nothing: return nil
    case .here(let piece): return piece
    case .elsewhere:
      writers.async { [self] in writeAll() }
      return nil
    }
  }

  private func writeAll() {
    while true {
      let piece = state.withLock { take(&$0) }
      guard descriptor.write(piece) == nil else { return close() }
      if giveBack(piece, stayWhenMore: true) { return }
    }
  }

  private func take(_ state: inout State) -> [UInt8] {
    var piece = state.spare
    state.spare = []
    swap(&piece, &state.waiting.bytes)
    state.bytesInFlight = piece.count
    return piece
  }

  /// Returns the buffer of a piece that is written, and wakes whoever waited for room.
  ///
  /// - Returns: Whether the caller has stopped being the writer.
  @discardableResult
  private func giveBack(_ piece: [UInt8], stayWhenMore: Bool = false) -> Bool {
    var piece = piece
    piece.removeAll(keepingCapacity: piece.capacity <= ServerLimits.bufferKept)
    let (stopped, waiters) = state.withLock { state in
      let wasFull = state.queued > ServerLimits.outboxPauseAbove
      state.bytesInFlight = 0
      if state.waiting.bytes.isEmpty { state.waiting.bytes = piece } else { state.spare = piece }
      let stopped = !stayWhenMore || state.waiting.bytes.isEmpty
      if stopped { state.isWriting = false }
      guard state.queued <= ServerLimits.outboxPauseAbove else {
        return (stopped, nil as [CheckedContinuation<Void, Never>]?)
      }
      defer { state.roomWaiters = [] }
      return (stopped, wasFull || !state.roomWaiters.isEmpty ? state.roomWaiters : nil)
    }
    if let waiters {
      for waiter in waiters { waiter.resume() }
      onChange(.drained)
    }
    return stopped
  }

  private func close() {
    let waiters = state.withLock { state in
      state.isClosed = true
      state.isWriting = false
      state.bytesInFlight = 0
      state.waiting = JSONWriter()
      defer { state.roomWaiters = [] }
      return state.roomWaiters
    }
    for waiter in waiters { waiter.resume() }
    onChange(.closed)
  }
}

/// Takes messages one by one and frames each.
package struct MessageSink {
  fileprivate let style: FramingStyle
  fileprivate var waiting: JSONWriter
  fileprivate var scratch: JSONWriter
  fileprivate var count = 0
  private let bytesBefore: Int

  fileprivate init(style: FramingStyle, waiting: consuming JSONWriter, scratch: consuming JSONWriter) {
    self.style = style
    bytesBefore = waiting.bytes.count
    self.waiting = waiting
    self.scratch = scratch
  }

  fileprivate var bytesAdded: Int { waiting.bytes.count - bytesBefore }

  /// Adds one message; the body writes one JSON value.
  package mutating func message(_ body: (inout JSONWriter) -> Void) {
    count += 1
    guard style == .headers else {
      let start = waiting.bytes.count
      body(&waiting)
      waiting.escapeLineEnds(from: start)
      waiting.bytes.append(Byte.newline)
      return
    }
    scratch.bytes.removeAll(keepingCapacity: true)
    body(&scratch)
    waiting.raw("Content-Length: ")
    waiting.write(scratch.bytes.count)
    waiting.raw("\r\n\r\n")
    waiting.bytes.append(contentsOf: scratch.bytes)
  }
}
