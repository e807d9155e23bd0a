/// How an MCP server is started or reached, as `.mcp.json` writes it; exactly one of `command` and `url` is there.
package struct MCPServerEntry: Codable, Hashable, Sendable {
  /// `stdio`, `http` (also `streamable-http`) or `sse`; when absent what `command` or `url` says.
  package var type: String?
  /// The program to start.
  package var command: String?
  /// Its arguments.
  package var args: [String]?
  /// Variables of its environment, beside a few that are harmless.
  package var env: ByName<String>?
  /// Where it is reached.
  package var url: String?
  /// Headers of all requests to it.
  package var headers: ByName<String>?
  /// Milliseconds that one call of a tool may take.
  package var timeout: Int?
  /// Whether its tools are told to the model from the beginning, however many there are.
  package var alwaysLoad: Bool?
  /// Which era of the protocol is spoken: `auto`, `legacy` or `modern`.
  package var `protocol`: String?

  /// An entry that says nothing.
  package init() {}
}
