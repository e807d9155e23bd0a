internal import Foundation
package import OperatingSystem

/// What is promised in real time, measured: everything else is checked by what was asked of a ``ManualClock``.
package enum RealTime {
  /// What a busy machine makes of a second at worst: a thread may wait this often for its turn.
  private static let slowdown = 10

  /// Does something, and tells how long it took and whether that is within what is promised, less what a busy machine is
  /// to blame for.
  package static func measure<Value>(_ promised: Duration, _ body: () throws -> Value) rethrows -> Measurement<Value> {
    let start = ContinuousClock.now
    let value = try body()
    return Measurement(value: value, taken: ContinuousClock.now - start, limit: promised * slowdown)
  }

  /// The same for what is asynchronous.
  package static func measure<Value>(
    _ promised: Duration, _ body: () async throws -> Value
  ) async rethrows -> Measurement<Value> {
    let start = ContinuousClock.now
    let value = try await body()
    return Measurement(value: value, taken: ContinuousClock.now - start, limit: promised * slowdown)
  }

  /// What came out, and how long it took.
  package struct Measurement<Value> {
    /// What came out.
    package var value: Value
    /// How long it took.
    package var taken: Duration
    /// How long it may take on a busy machine.
    package var limit: Duration

    /// Whether the promise was kept, as far as can be seen from a busy machine.
    package var isInTime: Bool { taken < limit }
  }
}

extension TimeSource {
  /// The machine's clocks, for what is promised in real time.
  package static var real: TimeSource {
    let start = ContinuousClock.now
    return TimeSource(
      now: { Int(Date().timeIntervalSince1970 * 1_000) },
      monotonic: { Int((ContinuousClock.now - start) / .milliseconds(1)) },
      sleep: { try await Task.sleep(for: .milliseconds($0)) }, random: { 0 })
  }

  /// The machine's clocks for what promises nothing in real time.
  ///
  /// Short waits take their time, and what ends somebody's patience never comes: who is slow because the machine is busy has
  /// not failed.
  package static var patient: TimeSource {
    var time = real
    time.sleep = { milliseconds in
      try await Task.sleep(for: milliseconds < patience ? .milliseconds(milliseconds) : .seconds(1_000_000))
    }
    return time
  }

  /// From how many milliseconds on a wait is somebody's patience.
  private static let patience = 5_000
}
