/// Time as a parameter: what is now, and waiting, so that tests decide both.
package struct TimeSource: Sendable {
  /// Milliseconds since 1970, for people.
  package var now: @Sendable () -> Int
  /// Milliseconds from an arbitrary moment that never go back, for durations.
  package var monotonic: @Sendable () -> Int
  /// Waits that many milliseconds; throws `CancellationError` when the task is cancelled.
  package var sleep: @Sendable (Int) async throws -> Void
  /// A number from 0 up to 1, for jitter.
  package var random: @Sendable () -> Double

  /// A source of time made of its parts.
  package init(
    now: @escaping @Sendable () -> Int, monotonic: @escaping @Sendable () -> Int,
    sleep: @escaping @Sendable (Int) async throws -> Void, random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.monotonic = monotonic
    self.sleep = sleep
    self.random = random
  }
}
