/// A run has begun: its session is its own until `run/completed`.
package struct RunStarted: NotificationMessage, Hashable {
  package static let method = "run/started"
  package var sessionId: String
  package var runId: String
  /// The event's number in its session, from 1, without a gap.
  package var seq: Int
  /// When, in milliseconds since 1970.
  package var at: Int
  /// The model that is asked.
  package var model: String
  /// The provider that is asked.
  package var provider: ProviderID

  /// A beginning.
  package init(sessionId: String, runId: String, seq: Int, at: Int, model: String, provider: ProviderID) {
    self.sessionId = sessionId
    self.runId = runId
    self.seq = seq
    self.at = at
    self.model = model
    self.provider = provider
  }
}
