internal import CSystem

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

extension TimeSource {
  /// The system's clocks.
  package static let system = TimeSource(
    now: { SystemClock.now }, monotonic: { SystemClock.monotonic },
    sleep: { try await Task.sleep(for: .milliseconds($0)) }, random: { Double.random(in: 0..<1) })
}

extension TimeSource {
  /// Does something for so many milliseconds at most; what takes longer is cancelled, and must end then.
  ///
  /// - Returns: What it gave; `nil` when its time was up.
  package func limited<Value: Sendable>(
    to milliseconds: Int, _ work: @escaping @Sendable () async -> Value
  ) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
      group.addTask { await work() }
      group.addTask {
        // Whoever is cancelled hears it from the work.
        try? await sleep(milliseconds)
        return nil
      }
      defer { group.cancelAll() }
      let first = await group.next() ?? nil
      return first == nil && Task.isCancelled ? await group.next() ?? nil : first
    }
  }
}

/// The system's clocks, for what runs on a thread of its own and asks them often.
package enum SystemClock {
  /// Milliseconds since 1970.
  package static var now: Int {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }

  /// Milliseconds from an arbitrary moment that never go back.
  package static var monotonic: Int { Int(csystem_monotonic_ms()) }

  /// The same, and it goes on while the machine sleeps: for how long somebody else has been silent.
  package static var asleepToo: Int { Int(csystem_awake_or_asleep_ms()) }
}
