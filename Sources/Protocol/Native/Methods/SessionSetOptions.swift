/// Changes how a session is set up; what is absent stays as it is, and takes effect with the next run.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionSetOptions: RequestMessage, Hashable {
  package static let method = "session/setOptions"
  package typealias Response = SessionInfo
  package var sessionId: String
  /// What to change.
  package var options: SessionOptions
}
