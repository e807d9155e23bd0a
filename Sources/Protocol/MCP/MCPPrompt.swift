/// A prompt that an MCP server has ready.
package struct MCPPrompt: Hashable, Sendable {
  /// What is filled in.
  package struct Argument: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Words for whoever fills it in.
    package var description: String?
    /// Whether it must be there.
    package var isRequired: Bool
  }

  /// The name that it is asked for by.
  package var name: String
  /// What people call it.
  package var title: String?
  /// Words for whoever chooses one.
  package var description: String?
  /// What is filled in.
  package var arguments: [Argument]

  /// Reads one element of `prompts/list`; `nil` without a name.
  package init?(_ json: JSON) {
    guard let members = json.object, let name = members.text("name"), !name.isEmpty else { return nil }
    self.name = name
    title = members.text("title")
    description = members.text("description")
    arguments = members.list("arguments") { json in
      guard let members = json.object, let name = members.text("name") else { return nil }
      return Argument(name: name, description: members.text("description"), isRequired: members.flag("required"))
    }
  }
}

/// A message of a prompt that was filled in.
package struct MCPPromptMessage: Hashable, Sendable {
  /// Whether the assistant is to have said it; the user otherwise.
  package var isAssistant: Bool
  /// What is said.
  package var content: MCPContent

  /// Reads one element of `messages`.
  package init(_ json: JSON) {
    isAssistant = json["role"] == "assistant"
    content = MCPContent(json["content"] ?? .null)
  }
}
