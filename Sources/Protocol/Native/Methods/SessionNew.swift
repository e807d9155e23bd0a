/// Makes a session.
///
/// - Throws: ``RPCError/Code/overloaded`` when there are too many.
package struct SessionNew: RequestMessage, Hashable {
  package static let method = "session/new"
  package typealias Response = SessionInfo
  /// How to set it up; on the wire its members are the params themselves.
  package var options: SessionOptions
  /// The MCP servers of this session, by name; they are no part of its document, as they may hold secrets.
  package var mcpServers: ByName<MCPServerEntry>?

  private enum Name: String, CodingKey { case mcpServers }

  package init(from decoder: any Decoder) throws {
    options = try SessionOptions(from: decoder)
    mcpServers = try decoder.container(keyedBy: Name.self).decodeIfPresent(ByName.self, forKey: .mcpServers)
  }
  package func encode(to encoder: any Encoder) throws {
    try options.encode(to: encoder)
    var container = encoder.container(keyedBy: Name.self)
    try container.encodeIfPresent(mcpServers, forKey: .mcpServers)
  }
}
