/// Lists the sessions of this process, the last used first.
package struct SessionList: RequestMessage, Hashable {
  package static let method = "session/list"
  /// Where to go on: the `nextCursor` of the last answer.
  package var cursor: String?
  /// The most sessions to tell of, at most 1000; 100 when absent.
  package var limit: Int?

  /// Some sessions.
  package struct Response: Codable, Hashable, Sendable {
    package var sessions: [SessionInfo]
    /// Present when there are more.
    package var nextCursor: String?

    /// Some sessions.
    package init(sessions: [SessionInfo], nextCursor: String?) {
      self.sessions = sessions
      self.nextCursor = nextCursor
    }
  }

  /// The page that begins there.
  package init(cursor: String?, limit: Int?) {
    self.cursor = cursor
    self.limit = limit
  }
}
