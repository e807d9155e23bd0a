internal import Synchronization

/// The service's time: ours, corrected by what a reply showed once it mattered.
///
/// One for all calls of a provider, so that a wrong clock costs one refused request and not one a call.
final class ServerClock: Sendable {
  /// Milliseconds to add to our clock.
  private let offset = Mutex(0)
  private let ours: @Sendable () -> Int

  init(_ ours: @escaping @Sendable () -> Int) { self.ours = ours }

  /// Milliseconds since 1970, as the service counts them.
  var now: Int { ours() &+ offset.withLock { $0 } }

  /// Sets the clock to the time at which the service has just answered.
  func correct(to serverTime: Int) { offset.withLock { $0 = serverTime &- ours() } }
}
