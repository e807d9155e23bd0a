/// Forgets a session for good: its runs are cancelled, and its file is removed.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session, when another process has it open, or when its file
///   cannot be removed.
package struct SessionDelete: RequestMessage, Hashable {
  package static let method = "session/delete"
  package typealias Response = NoResult
  package var sessionId: String

  /// That session.
  package init(sessionId: String) { self.sessionId = sessionId }
}
