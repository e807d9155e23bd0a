/// Gives a session a new title.
///
/// The title is shown by clients only; it never reaches a model.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionRename: RequestMessage, Hashable {
  package static let method = "session/rename"
  package var sessionId: String
  /// The new title, at most 200 characters.
  package var title: String

  /// The title as it is now.
  package struct Response: Codable, Hashable, Sendable {
    /// The title as stored, after trimming.
    package var title: String

    /// A title.
    package init(title: String) { self.title = title }
  }
}
