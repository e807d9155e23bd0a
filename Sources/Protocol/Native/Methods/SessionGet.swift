/// Tells of one session.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionGet: RequestMessage, Hashable {
  package static let method = "session/get"
  package typealias Response = SessionInfo
  package var sessionId: String

  /// That session.
  package init(sessionId: String) { self.sessionId = sessionId }
}
