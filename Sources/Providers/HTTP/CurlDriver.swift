import CCurl
import OperatingSystem
/// The work of the loop's thread: it owns libcurl's handles, and nothing of it is ever seen by another thread.
@safe final class CurlDriver {
  private let loop: CurlLoop
  private let http: OpaquePointer
  private var active: [ObjectIdentifier: CurlExchange] = [:]
  /// Those that something happened to in this turn.
  private var touched: [CurlExchange] = []
  /// No transfer has waited too long before this moment, so until then none is looked at.
  private var nextCheck = Int.max
  /// Those that are to begin, in order.
  private var beginning: [CurlExchange] = []
  /// Those that found no descriptor, and when they are tried again.
  private var withoutDescriptor: [CurlExchange] = []
  private var nextTry = Int.max
  /// Those that look for a connection.
  private var looking: [CurlExchange] = []
  private let openingMax: Int
  /// What time it is: a machine that sleeps hears nothing either, and must not wait on for what is long dead.
  private let clock: @Sendable () -> Int

  /// Loads the library and makes what drives it.
  static func make(for loop: CurlLoop, library: String?, clock: @escaping @Sendable () -> Int) -> Result<
    CurlDriver, HTTPError
  > {
    let callbacks = unsafe ccurl_callbacks(
      opened: { unsafe exchange($0).opened() },
      header: { unsafe exchange($0).receiveHeader(UnsafeBufferPointer(start: $1, count: $2)) },
      body: { unsafe exchange($0).receiveBody(UnsafeBufferPointer(start: $1, count: $2)) },
      upload: { unsafe exchange($0).fill(UnsafeMutableBufferPointer(start: $1, count: $3), from: $2) },
      finished: { unsafe exchange($0).finish(code: $1, proxyStatus: $2, text: String(cString: $3)) })
    var reason = [CChar](repeating: 0, count: 512)
    let http = unsafe reason.withUnsafeMutableBufferPointer { reason in
      unsafe ccurl_http_create(
        library, min(HTTPLimits.connectionsKeptMax, DescriptorLimit.most / 4), callbacks,
        reason.baseAddress.unsafelyUnwrapped, reason.count)
    }
    guard let http = unsafe http else {
      let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return .failure(HTTPError(.libraryMissing, text))
    }
    return .success(unsafe CurlDriver(loop: loop, http: http, clock: clock))
  }

  private init(loop: CurlLoop, http: OpaquePointer, clock: @escaping @Sendable () -> Int) {
    self.clock = clock
    openingMax = min(HTTPLimits.openingMax, max(1, DescriptorLimit.kept / 8))
    self.loop = loop
    unsafe self.http = unsafe http
  }

  var wakeDescriptor: Descriptor { Descriptor(unsafe ccurl_http_wake_descriptor(http)) }

  /// Works until the loop is closed.
  func run() {
    while let orders = loop.takeOrders() {
      for order in orders { carryOut(order) }
      beginSome()
      deliverTouched()
      let next = min(nextCheck, nextTry)
      let wait = Int64(next == .max ? -1 : max(0, next - clock()))
      unsafe ccurl_http_turn(http, wait)
      tryAgain()
      beginSome()
      deliverTouched()
      if nextCheck != .max { checkIdle() }
    }
  }

  /// Ends what is left, and frees the library's handles.
  func close() {
    for exchange in active.values {
      exchange.end(.failure(HTTPError(.cancelled, "the transport was closed", responseStarted: exchange.hasStarted)))
    }
    deliverTouched()
    unsafe ccurl_http_free(http)
  }

  private func carryOut(_ order: CurlLoop.Order) {
    switch order {
    case .start(let transfer): start(transfer)
    case .resume(let transfer):
      guard let exchange = active[ObjectIdentifier(transfer)] else { return }
      exchange.resume()
      plan(exchange, now: clock())
    case .stop(let transfer): active.removeValue(forKey: ObjectIdentifier(transfer))?.release()
    }
  }

  private func start(_ transfer: CurlTransfer) {
    guard !transfer.hasEnded else { return }
    let exchange = CurlExchange(transfer, driver: self)
    active[ObjectIdentifier(transfer)] = exchange
    let now = clock()
    exchange.descriptorDue = now + HTTPLimits.descriptorWaitMs
    beginning.append(exchange)
    let totalMax = transfer.request.timeouts.totalMax
    if totalMax > 0 { exchange.deadline = now + totalMax }
    plan(exchange, now: now)
  }

  /// Remembers to hand over what an exchange has, and to note that it is alive, at the turn's end.
  func touch(_ exchange: CurlExchange) {
    touched.append(exchange)
  }

  /// Lets go of an exchange that is over.
  func forget(_ exchange: CurlExchange) {
    active[ObjectIdentifier(exchange.transfer)] = nil
    // What it leaves is enough for one other.
    if !withoutDescriptor.isEmpty { beginning.append(withoutDescriptor.removeFirst()) }
  }

  /// Begins those that are next, as many as may look for an address at once.
  private func beginSome() {
    guard !beginning.isEmpty else { return }
    let now = clock()
    // One that waits on a connection that was kept does not tell of it.
    looking.removeAll { $0.lookingSince.map { now - $0 >= HTTPLimits.connectMax } ?? true }
    var begun = 0
    while looking.count < openingMax, begun < beginning.count {
      let exchange = beginning[begun]
      begun += 1
      guard !exchange.isOver else { continue }
      looking.append(exchange)
      unsafe exchange.start(http, now: now)
    }
    beginning.removeFirst(begun)
    if !beginning.isEmpty { nextTry = min(nextTry, now + HTTPLimits.descriptorRetryMs) }
  }

  /// Whether an exchange that found no descriptor waits for one.
  func mayWait(_ exchange: CurlExchange) -> Bool {
    let now = clock()
    guard now < exchange.descriptorDue else { return false }
    withoutDescriptor.append(exchange)
    nextTry = min(nextTry, now + HTTPLimits.descriptorRetryMs)
    return true
  }

  private func tryAgain() {
    let now = clock()
    guard now >= nextTry else { return }
    // The longest wait first; those whose time is over fail by trying.
    let count = max(openingMax, withoutDescriptor.count { $0.descriptorDue <= now })
    beginning += withoutDescriptor.prefix(count)
    withoutDescriptor.removeFirst(min(count, withoutDescriptor.count))
    nextTry = withoutDescriptor.isEmpty ? .max : now + HTTPLimits.descriptorRetryMs
  }

  private func deliverTouched() {
    guard !touched.isEmpty else { return }
    let now = clock()
    for exchange in touched { exchange.deliver(now: now) }
    touched.removeAll(keepingCapacity: true)
  }

  /// Starts an exchange's clock.
  private func plan(_ exchange: CurlExchange, now: Int) {
    exchange.lastByte = now
    exchange.noticeDue = exchange.noticeDue(after: now)
    nextCheck = min(nextCheck, exchange.nextCheck)
  }

  /// Finds who has waited too long.
  ///
  /// Bytes only move a check away, so the moment of the next one need not follow them.
  private func checkIdle() {
    let now = clock()
    guard now >= nextCheck else { return }
    nextCheck = .max
    for exchange in active.values where !exchange.isPaused {
      exchange.checkIdle(now: now)
      if !exchange.isOver { nextCheck = min(nextCheck, exchange.nextCheck) }
    }
    deliverTouched()
  }
}

/// The exchange behind a C context pointer; it lives as long as its transfer in libcurl.
private func exchange(_ context: UnsafeMutableRawPointer) -> CurlExchange {
  unsafe Unmanaged.fromOpaque(context).takeUnretainedValue()
}
