/// Tells how full a session's window is, and with what.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionContext: RequestMessage, Hashable {
  package static let method = "session/context"
  package typealias Response = ContextReport
  package var sessionId: String
  /// Whether to have the service count, where it does; an estimate when absent.
  package var count: Bool?

  /// A question about that session.
  package init(sessionId: String) { self.sessionId = sessionId }
}
