/// Opens a stored session, so that it goes on here, and gives a page of what was said in it.
///
/// One that is open here already is only told of.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session, when another process has it open, or when its file
///   cannot be read.
package struct SessionLoad: RequestMessage, Hashable {
  package static let method = "session/load"
  package var sessionId: String
  /// How many exchanges to pass over.
  package var after: Int?
  /// The most exchanges to give; all when absent.
  package var limit: Int?

  /// A session that is open.
  package struct Response: Codable, Hashable, Sendable {
    package var session: SessionInfo
    package var exchanges: [Exchange]
    /// How many there are in all.
    package var total: Int

    /// A session and a page of it.
    package init(session: SessionInfo, exchanges: [Exchange], total: Int) {
      self.session = session
      self.exchanges = exchanges
      self.total = total
    }
  }
}
