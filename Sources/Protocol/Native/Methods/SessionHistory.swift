/// Gives what was said in a session, in the API's form.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionHistory: RequestMessage, Hashable {
  package static let method = "session/history"
  package var sessionId: String
  /// How many exchanges to pass over.
  package var after: Int?
  /// The most exchanges to give; all when absent.
  package var limit: Int?

  /// All of that session.
  package init(sessionId: String) { self.sessionId = sessionId }

  /// What was said.
  package struct Response: Codable, Hashable, Sendable {
    package var exchanges: [Exchange]
    /// How many there are in all.
    package var total: Int

    /// Some exchanges.
    package init(exchanges: [Exchange], total: Int) {
      self.exchanges = exchanges
      self.total = total
    }
  }
}
