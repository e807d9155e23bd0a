/// The name of something that a model may read when it needs it (MCP's and ACP's `resource_link`).
package struct ResourceLink: Codable, Hashable, Sendable {
  /// Where it is.
  package var uri: String
  /// What it is called.
  package var name: String
  /// What people call it.
  package var title: String?
  /// What it is about.
  package var description: String?
  /// The media type, as far as the client knows it.
  package var mimeType: String?
  /// How many bytes it has.
  package var size: Int?
}
