/// Puts a summary in the place of a session's oldest exchanges; the exchanges themselves stay in its export.
///
/// - Throws: ``RPCError/Code/requestFailed`` while a run goes on, or when the model gave no summary.
package struct SessionCompact: RequestMessage, Hashable {
  package static let method = "session/compact"
  package var sessionId: String

  /// What became of it.
  package struct Response: Codable, Hashable, Sendable {
    /// How many exchanges the summary stands for; 0 when there was nothing to shorten.
    package var exchanges: Int
    /// What now stands for the first part of the conversation; `nil` when nothing was cut.
    package var summary: String?

    /// A result.
    package init(exchanges: Int, summary: String?) {
      self.exchanges = exchanges
      self.summary = summary
    }
  }
}
