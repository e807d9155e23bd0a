import OperatingSystem
import Synchronization

/// The thread that makes all transfers of one transport, and the way to tell it what to do.
///
/// It is started by the first transfer and loads libcurl itself, so nobody waits for that who has no use for it.
final class CurlLoop: Sendable {
  /// What the thread is told to do next.
  enum Order {
    case start(CurlTransfer)
    case resume(CurlTransfer)
    case stop(CurlTransfer)
  }

  private enum Phase {
    /// No thread yet, or none any more because the library could not be loaded.
    case idle
    case running
    /// The thread is to end, or there is none.
    case closed
  }

  private struct Inbox {
    var phase = Phase.idle
    var orders: [Order] = []
    /// What wakes the thread, while it has something to be woken from.
    var wakeDescriptor: Descriptor?
    var hasThread = false
    var closeWaiters: [CheckedContinuation<Void, Never>] = []

    /// Adds an order, if there is a thread for it; only the first of a batch has to wake it.
    mutating func add(_ order: Order) {
      guard phase == .running else { return }
      orders.append(order)
      if orders.count == 1 { wake() }
    }

    /// Called under the lock: the descriptor cannot be closed meanwhile.
    func wake() {
      wakeDescriptor?.wake()
    }
  }

  private let library: String?
  private let clock: @Sendable () -> Int
  private let inbox = Mutex(Inbox())

  init(library: String?, clock: @escaping @Sendable () -> Int) {
    self.library = library
    self.clock = clock
  }

  // For any thread.

  /// Starts a transfer, and the thread if it is the first.
  func start(_ transfer: CurlTransfer) {
    enum Answer { case taken, takenByNewThread, closed }
    let answer = inbox.withLock { inbox -> Answer in
      guard inbox.phase != .closed else { return .closed }
      let isFirst = inbox.phase == .idle
      inbox.phase = .running
      inbox.hasThread = true
      inbox.add(.start(transfer))
      return isFirst ? .takenByNewThread : .taken
    }
    switch answer {
    case .taken: break
    case .closed: transfer.end(.failure(HTTPError(.cancelled, "the transport is closed")))
    case .takenByNewThread:
      guard !BlockingThread(name: "http", stack: HTTPLimits.threadStack).start({ self.run() }) else { return }
      giveUp(HTTPError(.other, "the system has no thread left for network connections"))
    }
  }

  /// Has a paused transfer go on.
  func resume(_ transfer: CurlTransfer) {
    inbox.withLock { $0.add(.resume(transfer)) }
  }

  /// Has a transfer that nobody waits for end.
  func stop(_ transfer: CurlTransfer) {
    inbox.withLock { $0.add(.stop(transfer)) }
  }

  /// Ends all transfers and the thread, soon.
  func close() {
    inbox.withLock { inbox in
      inbox.phase = .closed
      inbox.wake()
    }
  }

  /// Waits until the thread of a closed loop is gone.
  func ended() async {
    await withCheckedContinuation { continuation in
      let isGone = inbox.withLock { inbox -> Bool in
        if inbox.hasThread { inbox.closeWaiters.append(continuation) }
        return !inbox.hasThread
      }
      if isGone { continuation.resume() }
    }
  }

  // For the thread.

  /// The orders since the last call; `nil` when the thread is to end.
  func takeOrders() -> [Order]? {
    inbox.withLock { inbox in
      guard inbox.phase != .closed else { return nil }
      defer { inbox.orders = [] }
      return inbox.orders
    }
  }

  private func run() {
    switch CurlDriver.make(for: self, library: library, clock: clock) {
    case .success(let driver):
      let descriptor = driver.wakeDescriptor
      inbox.withLock { $0.wakeDescriptor = descriptor }
      driver.run()
      // Before the descriptor is closed, nobody may have it any more.
      inbox.withLock { $0.wakeDescriptor = nil }
      driver.close()
      giveUp(HTTPError(.cancelled, "the transport was closed"))
    case .failure(let error):
      giveUp(error)
    }
  }

  /// Fails what was to be started, now that there is no thread for it; the next transfer tries again.
  private func giveUp(_ error: HTTPError) {
    let (orders, waiters) = inbox.withLock { inbox in
      if inbox.phase == .running { inbox.phase = .idle }
      inbox.hasThread = false
      defer {
        inbox.orders = []
        inbox.closeWaiters = []
      }
      return (inbox.orders, inbox.closeWaiters)
    }
    for case .start(let transfer) in orders {
      transfer.end(.failure(error))
      transfer.deliver()
    }
    for waiter in waiters { waiter.resume() }
  }
}
