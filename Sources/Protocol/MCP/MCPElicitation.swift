/// What an MCP server asks a person through its client.
package struct MCPElicitation: Hashable, Sendable {
  /// How it is to be answered.
  package enum Way: Hashable, Sendable {
    /// Values for a flat object of that JSON Schema.
    case form(schema: JSONObject)
    /// Something the person does at that address; nothing of ours opens it.
    case url(String)
  }

  /// What the person is told.
  package var message: String
  /// How it is to be answered.
  package var way: Way

  /// Reads the params of `elicitation/create`; `nil` when it is of a kind that is not known.
  package init?(_ params: JSON?) {
    guard let members = params?.object else { return nil }
    message = members.text("message") ?? ""
    switch members.text("mode") ?? "form" {
    case "form": way = .form(schema: members["requestedSchema"]?.object ?? JSONObject())
    case "url":
      guard let url = members.text("url") else { return nil }
      way = .url(url)
    default: return nil
    }
  }

  /// What the person did.
  package enum Answer: Hashable, Sendable {
    /// They answered: a form with these values, an address with none.
    case accept(JSONObject?)
    /// They refused.
    case decline
    /// They did neither.
    case cancel

    /// As it stands in a message.
    package var json: JSON {
      switch self {
      case .accept(nil): ["action": "accept"]
      case .accept(let values?): ["action": "accept", "content": .object(values)]
      case .decline: ["action": "decline"]
      case .cancel: ["action": "cancel"]
      }
    }
  }
}
