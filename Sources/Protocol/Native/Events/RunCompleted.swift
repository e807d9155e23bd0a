/// A run has ended; nothing of it comes after this but its answer.
package struct RunCompleted: NotificationMessage, Hashable {
  package static let method = "run/completed"
  package var sessionId: String
  package var runId: String
  /// The event's number in its session, from 1, without a gap.
  package var seq: Int
  /// When, in milliseconds since 1970.
  package var at: Int
  /// Why the run ended; absent when it failed.
  package var stopReason: StopReason?
  /// Why it failed: the `error` of its answer.
  package var error: JSON?
  /// The tokens it used.
  package var usage: Usage
  /// How many times the model was asked.
  package var turns: Int

  /// An end.
  package init(
    sessionId: String, runId: String, seq: Int, at: Int, stopReason: StopReason?, error: JSON?, usage: Usage, turns: Int
  ) {
    self.sessionId = sessionId
    self.runId = runId
    self.seq = seq
    self.at = at
    self.stopReason = stopReason
    self.error = error
    self.usage = usage
    self.turns = turns
  }
}
