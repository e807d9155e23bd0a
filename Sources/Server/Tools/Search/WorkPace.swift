package import OperatingSystem

/// How long some work may go on: until it is cancelled, or its time is over.
package final class WorkPace {
  /// Why work ends before it is done.
  package enum End: Error {
    case cancelled
    case outOfTime
  }

  private let cancellation: Cancellation
  private let time: TimeSource
  private let end: Int
  private var left = ToolLimits.stepsUnlooked

  /// Work that begins now and has so many milliseconds.
  package init(_ cancellation: Cancellation, time: TimeSource, milliseconds: Int) {
    self.cancellation = cancellation
    self.time = time
    end = time.monotonic() + milliseconds
  }

  /// What is told when the time was over before the work was done.
  static let overNote = "the time for one call (\(ToolLimits.searchMs / 1_000) s) was over before all was looked at"

  /// Takes note of some steps; a step is a byte that is looked at, or the like of it.
  @inline(__always)
  func spend(_ steps: Int) throws(End) {
    left -= steps
    if left <= 0 { try look() }
  }

  /// Looks whether the work may go on.
  func look() throws(End) {
    left = ToolLimits.stepsUnlooked
    if cancellation.isCancelled { throw .cancelled }
    if time.monotonic() >= end { throw .outOfTime }
  }
}
