/// Cancels the run of a session, and those that wait for it; each is answered with `stopReason` `cancelled`.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct AgentCancel: RequestMessage, Hashable {
  package static let method = "agent/cancel"
  package var sessionId: String
  /// The one run to cancel; absent for all of the session.
  package var runId: String?

  /// What was cancelled.
  package struct Response: Codable, Hashable, Sendable {
    /// Whether there was anything to cancel.
    package var cancelled: Bool
    /// The runs that were cancelled.
    package var runIds: [String]

    /// The runs that were cancelled.
    package init(runIds: [String]) {
      cancelled = !runIds.isEmpty
      self.runIds = runIds
    }
  }

  /// All runs of a session.
  package init(sessionId: String) { self.sessionId = sessionId }
}
