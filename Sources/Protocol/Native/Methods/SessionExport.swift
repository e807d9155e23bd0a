/// Gives a session as a document that `session/import` takes, in this process or another.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session or it is busy.
package struct SessionExport: RequestMessage, Hashable {
  package static let method = "session/export"
  package var sessionId: String

  /// The session, to be kept wherever the client likes.
  package struct Response: Codable, Hashable, Sendable {
    package var document: SessionDocument

    /// A session.
    package init(document: SessionDocument) { self.document = document }
  }
}
