/// Something that an MCP server lets others read, or a family of such things.
package struct MCPResource: Hashable, Sendable {
  /// Its name, or with ``isTemplate`` what its members' names look like (RFC 6570).
  package var uri: String
  /// Whether it stands for many.
  package var isTemplate: Bool
  /// What it is called.
  package var name: String
  /// What people call it.
  package var title: String?
  /// What it is about.
  package var description: String?
  /// Its media type, as far as the server knows it.
  package var mimeType: String?
  /// How many bytes it has.
  package var size: Int?

  /// Reads one element of `resources/list` or `resources/templates/list`; `nil` without a name to read it by.
  package init?(_ json: JSON) {
    guard let members = json.object, let uri = members.text("uri") ?? members.text("uriTemplate") else { return nil }
    self.uri = uri
    isTemplate = members.text("uri") == nil
    name = members.text("name") ?? uri
    title = members.text("title")
    description = members.text("description")
    mimeType = members.text("mimeType")
    size = members["size"]?.int
  }

  /// Reads the `contents` of `resources/read`.
  package static func contents(_ result: JSONObject) -> [MCPResourceContents] {
    result.list("contents", MCPResourceContents.init)
  }
}
