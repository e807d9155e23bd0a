/// Asks the editor what a file holds, saved or not.
package struct ACPFileRead: RequestMessage, Hashable {
  package static let method = "fs/read_text_file"
  package typealias Response = JSON
  package var sessionId: String
  /// The file, absolute.
  package var path: String

  /// A question.
  package init(sessionId: String, path: String) { (self.sessionId, self.path) = (sessionId, path) }
}

/// Has the editor take a text for a file's.
package struct ACPFileWrite: RequestMessage, Hashable {
  package static let method = "fs/write_text_file"
  package typealias Response = JSON
  package var sessionId: String
  /// The file, absolute.
  package var path: String
  /// All that it is to hold.
  package var content: String

  /// A request.
  package init(sessionId: String, path: String, content: String) {
    (self.sessionId, self.path, self.content) = (sessionId, path, content)
  }
}
