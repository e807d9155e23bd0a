/// Ends a session: its runs are cancelled and it is forgotten.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionClose: RequestMessage, Hashable {
  package static let method = "session/close"
  package typealias Response = NoResult
  package var sessionId: String

  /// That session.
  package init(sessionId: String) { self.sessionId = sessionId }
}
