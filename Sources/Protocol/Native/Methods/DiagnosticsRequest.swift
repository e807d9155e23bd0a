/// Asks the client what it thinks of files that a tool has just changed; only a client that said so in its capabilities is
/// asked.
///
/// An error, or silence until `expiresAt`, is no answer, and costs nothing else.
package struct DiagnosticsRequest: RequestMessage, Hashable {
  package static let method = "diagnostics/request"
  package var sessionId: String
  /// The run that waits.
  package var runId: String
  /// The provider's id of the call that changed them.
  package var toolCallId: String
  /// The files, absolute.
  package var paths: [String]
  /// When nobody waits for the answer any more, in milliseconds since 1970.
  package var expiresAt: Int

  /// A problem in a file.
  package struct Diagnostic: Codable, Hashable, Sendable {
    /// The file, absolute.
    package var path: String
    /// The line, from 1 on.
    package var line: Int
    /// The column, from 1 on.
    package var column: Int?
    /// `error`, `warning`, `information` or `hint`; `error` when absent.
    package var severity: String?
    /// What is wrong.
    package var message: String
    /// Who says so, like a compiler.
    package var source: String?
  }

  /// What the client knows by now.
  package struct Response: Codable, Hashable, Sendable {
    /// The problems of those files; others are passed over.
    package var diagnostics: [Diagnostic]
  }

  /// A question about files.
  package init(sessionId: String, runId: String, toolCallId: String, paths: [String], expiresAt: Int) {
    self.sessionId = sessionId
    self.runId = runId
    self.toolCallId = toolCallId
    self.paths = paths
    self.expiresAt = expiresAt
  }
}
