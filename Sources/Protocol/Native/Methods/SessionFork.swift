/// Makes a new session with the same set-up and history, so that both can go on.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionFork: RequestMessage, Hashable {
  package static let method = "session/fork"
  package typealias Response = SessionInfo
  package var sessionId: String
  /// How many exchanges the new session starts with; all when absent.
  package var exchanges: Int?
  /// The new session's title.
  package var title: String?

  /// All of a session.
  package init(sessionId: String) { self.sessionId = sessionId }
}
