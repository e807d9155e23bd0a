/// An MCP server of a session is in another state, or has other tools.
package struct MCPServerChanged: NotificationMessage, Hashable {
  package static let method = "mcp/serverState"
  package var sessionId: String
  /// What is known of it now.
  package var server: MCPServerInfo

  /// A change.
  package init(sessionId: String, server: MCPServerInfo) {
    self.sessionId = sessionId
    self.server = server
  }
}
