/// Forgets the end of a session's history.
///
/// Exactly one of `exchanges` and `runId` says how much.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session or it is busy, ``RPCError/Code/invalidParams``
///   when there is no such point.
package struct SessionRewind: RequestMessage, Hashable {
  package static let method = "session/rewind"
  package typealias Response = SessionInfo
  package var sessionId: String
  /// How many exchanges stay.
  package var exchanges: Int?
  /// The run before which history ends: it is forgotten, and all after it.
  package var runId: String?
  /// Whether files that tools changed since are put back as they were.
  package var files: Bool?

  /// A request that has to say how much.
  package init(sessionId: String) { self.sessionId = sessionId }
}
