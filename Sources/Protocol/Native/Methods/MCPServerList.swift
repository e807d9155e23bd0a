/// Lists the MCP servers of a session with what is known of each; none is started for it.
package struct MCPServerList: RequestMessage, Hashable {
  package static let method = "mcp/list"
  package var sessionId: String

  /// The servers.
  package struct Response: Codable, Hashable, Sendable {
    /// All of them, in the order of their names' precedence.
    package var servers: [MCPServerInfo]

    /// These servers.
    package init(servers: [MCPServerInfo]) { self.servers = servers }
  }
}
