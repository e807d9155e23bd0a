/// What the kernel keeps from the rest of the machine, each more than the one before.
package enum SandboxMode: String, Codable, Hashable, Sendable, CaseIterable {
  /// Nothing.
  case off
  /// Commands: they change files in the session's folders and in temporary ones alone, and reach nothing over the network.
  case workspace
  /// MCP servers that are started here as well.
  case workspaceAndServers = "workspace,mcp"

  /// The one of both that keeps more.
  package func joined(with other: SandboxMode?) -> SandboxMode {
    let both = [self, other ?? .off]
    return Self.allCases.last(where: both.contains) ?? self
  }
}
