/// Tells of something in a session.
package struct ACPUpdate: NotificationMessage, Hashable {
  package static let method = "session/update"
  package var sessionId: String
  /// What happened, by its member `sessionUpdate`.
  package var update: JSON

  /// Something that happened.
  package init(sessionId: String, update: JSON) {
    self.sessionId = sessionId
    self.update = update
  }
}
