internal import Foundation
package import Testing

/// The one limit of every wait in the tests: a guard against hanging, never a measure.
///
/// It is longer than the whole suite takes on a machine that has much else to do, so that no verdict depends on how fast
/// a machine is; what a defect makes wait for ever fails by it. Tests of what is promised in real time have bounds of
/// their own, and ``Tag/realTime``.
package enum HangGuard {
  /// Minutes that a test or a wait in it may take.
  package static let minutes = 30
  /// The same in milliseconds, as poll(2) takes it.
  package static let milliseconds: Int32 = 1_800_000

  /// Looks again and again for what nobody tells of, on a thread that may block.
  ///
  /// - Returns: Whether it came.
  package static func waitBlocking(until condition: () -> Bool) -> Bool {
    let start = ContinuousClock.now
    while !condition() {
      guard ContinuousClock.now - start < .milliseconds(milliseconds) else { return false }
      usleep(1_000)
    }
    return true
  }

  /// Looks again and again for what nobody tells of, in a task, whose time limit ends the wait.
  package static func wait(until condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
  }
}

extension Trait where Self == TimeLimitTrait {
  /// Ends a test that waits for what never comes.
  package static var hangGuard: TimeLimitTrait { .timeLimit(.minutes(HangGuard.minutes)) }
}

extension Tag {
  /// Measures what is promised in real time, with a margin that a busy machine keeps.
  ///
  /// Suites that have it are serial and have `RealTime` in their names, single tests have `real time`, so that they can
  /// be run by that: `Scripts/loaded.sh --filter 'RealTime|real time'`.
  @Tag package static var realTime: Tag
}
