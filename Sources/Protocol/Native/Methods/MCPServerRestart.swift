/// Ends an MCP server of a session and starts it anew; the answer comes when it is ready, or has failed.
///
/// - Throws: ``RPCError/Code/invalidParams`` when the session has no server of that name, or it may not be started.
package struct MCPServerRestart: RequestMessage, Hashable {
  package static let method = "mcp/restart"
  package typealias Response = MCPServerInfo
  package var sessionId: String
  /// The server, as it was named.
  package var name: String
}
