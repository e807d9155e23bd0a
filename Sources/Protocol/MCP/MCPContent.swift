/// A piece of what an MCP server gives: in a tool's result, a prompt, or a resource.
package enum MCPContent: Hashable, Sendable {
  case text(String)
  /// An image, as base64.
  case image(mimeType: String, data: String)
  /// Sound, as base64.
  case audio(mimeType: String, data: String)
  /// What stands behind a name.
  case resource(MCPResourceContents)
  /// The name of something that can be read.
  case link(ResourceLink)
  /// Something of a type that is not known here, or that lacks what its type needs.
  case unknown(type: String)

  /// Reads one block.
  package init(_ json: JSON) {
    let members = json.object ?? JSONObject()
    let type = members.text("type") ?? json.kindName
    self = Self.known(type, members) ?? .unknown(type: type)
  }

  private static func known(_ type: String, _ members: JSONObject) -> MCPContent? {
    switch type {
    case "text": return members.text("text").map(MCPContent.text)
    case "image", "audio":
      guard let data = members.text("data") else { return nil }
      let mimeType = members.text("mimeType") ?? "application/octet-stream"
      return type == "image" ? .image(mimeType: mimeType, data: data) : .audio(mimeType: mimeType, data: data)
    case "resource": return members["resource"].flatMap(MCPResourceContents.init).map(MCPContent.resource)
    case "resource_link": return ResourceLink(mcp: members).map(MCPContent.link)
    default: return nil
    }
  }
}

/// What stands behind a resource's name: a text, or bytes as base64.
package struct MCPResourceContents: Hashable, Sendable {
  /// Its name.
  package var uri: String
  /// What it is, as far as the server says.
  package var mimeType: String?
  /// What it says, where it is written.
  package var text: String?
  /// It as base64.
  package var blob: String?

  /// Reads one; `nil` without a name, or with neither a text nor bytes.
  init?(_ json: JSON) {
    guard let members = json.object, let uri = members.text("uri") else { return nil }
    (self.uri, mimeType) = (uri, members.text("mimeType"))
    (text, blob) = (members.text("text"), members.text("blob"))
    guard text != nil || blob != nil else { return nil }
  }
}

extension ResourceLink {
  /// Reads one of MCP; `nil` without a name to read it by.
  init?(mcp members: JSONObject) {
    guard let uri = members.text("uri") else { return nil }
    self.init(
      uri: uri, name: members.text("name") ?? uri, title: members.text("title"),
      description: members.text("description"), mimeType: members.text("mimeType"), size: members["size"]?.int)
  }
}

// How members of MCP's messages are read: `null` and what is of another type count as absent, as servers write all that
// they know of.
extension JSONObject {
  /// A text.
  func text(_ name: String) -> String? { self[name]?.string }

  /// A truth value; false when there is none.
  func flag(_ name: String) -> Bool { self[name]?.bool ?? false }

  /// Values of a list, those left out that are none.
  func list<Value>(_ name: String, _ read: (JSON) -> Value?) -> [Value] { (self[name]?.array ?? []).compactMap(read) }
}
