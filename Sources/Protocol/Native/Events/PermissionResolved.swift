/// A question of `permission/request` needs no answer any more.
package struct PermissionResolved: NotificationMessage, Hashable {
  package static let method = "permission/resolved"
  package var sessionId: String
  package var runId: String
  /// The call that the question was about.
  package var toolCallId: String
  /// How it ended without an answer.
  package var outcome: Outcome

  /// How a question ends without an answer.
  package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
    /// Its time was up; the call was refused.
    case expired
    /// Another answer's rule covers it.
    case moot
    /// The run was cancelled.
    case cancelled
  }

  /// The end of a question.
  package init(sessionId: String, runId: String, toolCallId: String, outcome: Outcome) {
    self.sessionId = sessionId
    self.runId = runId
    self.toolCallId = toolCallId
    self.outcome = outcome
  }
}
