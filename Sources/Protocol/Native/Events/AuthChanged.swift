/// What is known of the credentials has changed: somebody logged in or out, or a call was refused.
package struct AuthChanged: NotificationMessage, Hashable {
  package static let method = "auth/changed"
  /// What is known now.
  package var status: AuthStatus.Response

  /// A change.
  package init(status: AuthStatus.Response) { self.status = status }
}
