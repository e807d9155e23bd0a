/// Puts a summary in the place of all that was said in a session; the exchanges themselves stay in its export.
///
/// - Throws: ``RPCError/Code/requestFailed`` while a run goes on, when the call fails, or when the session's budget does not last.
package struct SessionCompact: RequestMessage, Hashable {
  package static let method = "session/compact"
  package var sessionId: String

  /// A summary of that session.
  package init(sessionId: String) { self.sessionId = sessionId }

  /// What became of it.
  package struct Response: Codable, Hashable, Sendable {
    /// How many exchanges the summary stands for; 0 when there was nothing to shorten.
    package var exchanges: Int
    /// What now stands for the conversation so far; `nil` when nothing was cut.
    package var summary: String?
    /// Why nothing was cut, for a person; absent when something was.
    package var reason: String?

    /// A result.
    package init(exchanges: Int, summary: String?, reason: String? = nil) {
      self.exchanges = exchanges
      self.summary = summary
      self.reason = reason
    }
  }
}
