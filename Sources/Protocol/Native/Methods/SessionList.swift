/// Lists the sessions of this process and those that are stored, the last used first.
package struct SessionList: RequestMessage, Hashable {
  package static let method = "session/list"
  /// Where to go on: the `nextCursor` of the last answer.
  package var cursor: String?
  /// The most sessions to tell of, at most 1000; 100 when absent.
  package var limit: Int?
  /// The folder that they are about, absolute; all when absent.
  package var cwd: String?
  /// Words that all stand in what was said or in the title, whatever their case.
  package var query: String?

  /// Some sessions.
  package struct Response: Codable, Hashable, Sendable {
    package var sessions: [SessionInfo]
    /// Present when there are more.
    package var nextCursor: String?
    /// Files of the folder of sessions that are none this program can read, each with the reason.
    package var problems: [String]?

    /// Some sessions.
    package init(sessions: [SessionInfo], nextCursor: String?, problems: [String] = []) {
      self.sessions = sessions
      self.nextCursor = nextCursor
      self.problems = problems.isEmpty ? nil : problems
    }
  }

  /// The page that begins there.
  package init(cursor: String? = nil, limit: Int? = nil, cwd: String? = nil, query: String? = nil) {
    self.cursor = cursor
    self.limit = limit
    self.cwd = cwd
    self.query = query
  }
}
