/// A session's title or set-up has changed.
package struct SessionUpdated: NotificationMessage, Hashable {
  package static let method = "session/updated"
  /// The session as it is now.
  package var session: SessionInfo

  /// A session as it is now.
  package init(session: SessionInfo) { self.session = session }
}
