/// Lists the tools that models are offered: the server's own, and those that the client registered.
package struct ToolsList: RequestMessage, Hashable {
  package static let method = "tools/list"

  package struct Response: Codable, Hashable, Sendable {
    /// The tools, by name.
    package var tools: [ToolInfo]

    /// A list.
    package init(tools: [ToolInfo]) { self.tools = tools }
  }
}
