/// Tells how full a session's window is, and with what.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionContext: RequestMessage, Hashable {
  package static let method = "session/context"
  package typealias Response = ContextReport
  package var sessionId: String
}
