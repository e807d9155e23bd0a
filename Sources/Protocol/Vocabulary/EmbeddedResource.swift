/// What stands behind a name, embedded in a prompt (MCP's and ACP's `resource`): a text, or bytes as base64.
package struct EmbeddedResource: Codable, Hashable, Sendable {
  /// Its name.
  package var uri: String
  /// What it is, as far as the client knows.
  package var mimeType: String?
  /// What it says, where it is written.
  package var text: String?
  /// It as base64: an image, a PDF, or the bytes of a text.
  package var blob: String?

  enum CodingKeys: CodingKey { case uri, mimeType, text, blob }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    uri = try members.decode(String.self, forKey: .uri)
    mimeType = try members.decodeIfPresent(String.self, forKey: .mimeType)
    text = try members.decodeIfPresent(String.self, forKey: .text)
    blob = try members.decodeIfPresent(String.self, forKey: .blob)
    guard (text == nil) != (blob == nil) else {
      throw JSONDecodingError(path: "", reason: "a resource has one of 'text' and 'blob'")
    }
  }
}
