/// Makes a session.
package struct ACPSessionNew: RequestMessage, Hashable {
  package static let method = "session/new"
  package typealias Response = JSON
  /// The folder that the work is about; absolute.
  package var cwd: String
  /// The MCP servers that the client offers; absent for none.
  package var mcpServers: [JSON]?
  /// The other folders in which it may work, all of them; absent for none.
  package var additionalDirectories: [String]?
}

/// Opens a session and tells all that was said in it, before the answer.
package struct ACPSessionLoad: RequestMessage, Hashable {
  package static let method = "session/load"
  package typealias Response = JSON
  package var sessionId: String
  /// The folder that the work is about; the session's own when absent.
  package var cwd: String?
  /// The MCP servers that the client offers; absent for none.
  package var mcpServers: [JSON]?
  /// The other folders in which it may work, all of them; absent for none.
  package var additionalDirectories: [String]?
}

/// Opens a session without telling what was said in it.
package struct ACPSessionResume: RequestMessage, Hashable {
  package static let method = "session/resume"
  package typealias Response = JSON
  package var sessionId: String
  /// The folder that the work is about; the session's own when absent.
  package var cwd: String?
  /// The MCP servers that the client offers; absent for none.
  package var mcpServers: [JSON]?
  /// The other folders in which it may work, all of them; absent for none.
  package var additionalDirectories: [String]?
}

/// Lists the sessions there are.
package struct ACPSessionList: RequestMessage, Hashable {
  package static let method = "session/list"
  package typealias Response = JSON
  /// Only sessions of this folder.
  package var cwd: String?
  /// Where to go on.
  package var cursor: String?
}

/// Ends the work in a session; what goes on there is cancelled.
package struct ACPSessionClose: RequestMessage, Hashable {
  package static let method = "session/close"
  package typealias Response = JSON
  package var sessionId: String
}

/// Forgets a session.
package struct ACPSessionDelete: RequestMessage, Hashable {
  package static let method = "session/delete"
  package typealias Response = JSON
  package var sessionId: String
}

/// Makes a session that begins with what was said in another; not in the stable schema yet.
package struct ACPSessionFork: RequestMessage, Hashable {
  package static let method = "session/fork"
  package typealias Response = JSON
  package var sessionId: String
  /// The folder that the work is about; the session's own when absent.
  package var cwd: String?
  /// The MCP servers that the client offers; absent for none.
  package var mcpServers: [JSON]?
  /// The other folders in which it may work, all of them; absent for none.
  package var additionalDirectories: [String]?
}
