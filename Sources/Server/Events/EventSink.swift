/// Where events go: a client's wire, or a terminal.
package protocol EventSink: Sendable {
  /// Takes events of one run, in order; called with the session's lock held, so it must not call back.
  func send(_ batch: [SessionEvent])
  /// Tells of something that belongs to no run.
  func tell(_ event: ServerEvent)
  /// Whether the reader is behind, so that adjacent deltas should be merged.
  var isBehind: Bool { get }
  /// Waits until the reader has caught up far enough for more to be made.
  func room() async
}
