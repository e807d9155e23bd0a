package import Protocol

/// An event that has its place in its session.
package struct SessionEvent: Sendable, Hashable {
  package var sessionId: String
  package var runId: String
  /// The number in the session, from 1, without a gap.
  package var seq: Int
  /// When, in milliseconds since 1970.
  package var at: Int
  /// What happened.
  package var event: AgentEvent
}

/// What changes outside any run.
package enum ServerEvent: Sendable, Hashable {
  /// A session's set-up or history is another.
  case sessionUpdated(SessionInfo)
  /// A provider's credentials have become better or worse.
  case authChanged(AuthStatus.Response)
  /// An MCP server of a session is in another state.
  case mcpServerChanged(MCPServerChanged)
}
