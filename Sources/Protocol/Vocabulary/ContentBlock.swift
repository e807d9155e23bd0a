/// One piece of a prompt: text, or an image.
///
/// The shapes are those of ACP and MCP, so that both dialects speak of the same thing.
package enum ContentBlock: Hashable, Sendable {
  /// Plain text.
  case text(String)
  /// An image of one of ``imageTypes``, as base64; its bytes count, not what it is called.
  case image(mimeType: String, data: String)
  /// An image that the model's service fetches itself, by an https URL.
  case imageURL(String)

  /// The image types that models read.
  package static let imageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"]
}

extension ContentBlock: Codable {
  private enum Key: String, CodingKey { case type, text, mimeType, data, uri }
  private enum Kind: String, Codable, CaseIterable { case text, image }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    switch try members.decode(Kind.self, forKey: .type) {
    case .text:
      self = .text(try members.decode(String.self, forKey: .text))
    case .image:
      if let uri = try members.decodeIfPresent(String.self, forKey: .uri), !members.contains(.data) {
        guard uri.hasPrefix("https://") else {
          throw JSONDecodingError(path: "uri", reason: "expected an https URL; send other images as 'data'")
        }
        self = .imageURL(uri)
        return
      }
      let mimeType = try members.decode(String.self, forKey: .mimeType)
      guard mimeType.hasPrefix("image/") else {
        let known = Self.imageTypes.joined(separator: ", ")
        throw JSONDecodingError(path: "mimeType", reason: "expected one of \(known), found \"\(mimeType)\"")
      }
      self = .image(mimeType: mimeType, data: try members.decode(String.self, forKey: .data))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    switch self {
    case .text(let text):
      try members.encode(Kind.text, forKey: .type)
      try members.encode(text, forKey: .text)
    case .image(let mimeType, let data):
      try members.encode(Kind.image, forKey: .type)
      try members.encode(mimeType, forKey: .mimeType)
      try members.encode(data, forKey: .data)
    case .imageURL(let uri):
      try members.encode(Kind.image, forKey: .type)
      try members.encode(uri, forKey: .uri)
    }
  }
}

extension ContentBlock: JSONSchemaDescribing {
  package static var jsonSchema: JSON {
    [
      "oneOf": [
        [
          "type": "object", "required": ["type", "text"],
          "properties": ["type": ["const": "text"], "text": ["type": "string"]],
        ],
        [
          "type": "object", "required": ["type", "mimeType", "data"],
          "properties": [
            "type": ["const": "image"], "mimeType": ["enum": .array(imageTypes.map { .string($0) })],
            "data": ["type": "string", "contentEncoding": "base64"],
          ],
        ],
        [
          "type": "object", "required": ["type", "uri"],
          "properties": ["type": ["const": "image"], "uri": ["type": "string", "format": "uri"]],
        ],
      ]
    ]
  }
  package static var jsonSample: JSON { ["type": "text", "text": ""] }
}
