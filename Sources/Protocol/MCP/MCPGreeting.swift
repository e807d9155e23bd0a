/// What an MCP server says of itself when it is met.
package struct MCPGreeting: Hashable, Sendable {
  /// The revision that holds.
  package var revision: MCPRevision
  /// What it is called; empty when it does not say.
  package var name: String
  /// What people call it.
  package var title: String?
  /// Its version.
  package var version: String?
  /// What it can do.
  package var capabilities: Capabilities
  /// What models are to know of it, in its words.
  package var instructions: String?

  /// What a server can do.
  package struct Capabilities: Hashable, Sendable {
    /// It has tools; whether it tells when they change.
    package var tools: Bool, toolsChange: Bool
    /// It has resources; whether it tells when their list changes.
    package var resources: Bool, resourcesChange: Bool
    /// It has prompts; whether it tells when they change.
    package var prompts: Bool, promptsChange: Bool

    init(_ json: JSON?) {
      func has(_ name: String) -> Bool { json?[name]?.object != nil }
      func changes(_ name: String) -> Bool { json?[name]?.object?.flag("listChanged") ?? false }
      (tools, toolsChange) = (has("tools"), changes("tools"))
      (resources, resourcesChange) = (has("resources"), changes("resources"))
      (prompts, promptsChange) = (has("prompts"), changes("prompts"))
    }
  }

  /// Reads the result of `initialize`, or of `server/discover`.
  package init(_ members: JSONObject, revision: MCPRevision) {
    let info = members["serverInfo"]?.object ?? members["_meta"]?[MCPMeta.serverInfo]?.object ?? JSONObject()
    self.revision = revision
    name = info.text("name") ?? ""
    title = info.text("title")
    version = info.text("version")
    capabilities = Capabilities(members["capabilities"])
    instructions = members.text("instructions")
  }
}

/// Names that stand in `_meta`.
package enum MCPMeta {
  /// The revision of a request.
  package static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
  /// What its client can.
  package static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
  /// What its client is called.
  package static let clientInfo = "io.modelcontextprotocol/clientInfo"
  /// What a result's server is called.
  package static let serverInfo = "io.modelcontextprotocol/serverInfo"
}
