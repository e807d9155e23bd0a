/// Which run something is about, by names alone: for those who need neither the run nor its session.
package struct RunName: Hashable, Sendable {
  package var sessionId: String
  package var runId: String

  /// A run's name.
  package init(sessionId: String, runId: String) {
    self.sessionId = sessionId
    self.runId = runId
  }
}
