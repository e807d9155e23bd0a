/// One piece of a prompt: text, an image, a document, or something that a client has at hand.
///
/// The shapes are those of ACP and MCP, so that all dialects speak of the same thing; `document` is this dialect's own.
package enum ContentBlock: Hashable, Sendable {
  /// Plain text.
  case text(String)
  /// An image of one of ``imageTypes``, as base64; its bytes count, not what it is called.
  case image(mimeType: String, data: String)
  /// An image that the model's service fetches itself, by an https URL.
  case imageURL(String)
  /// A PDF or a text that is read as a whole.
  case document(AttachedDocument)
  /// What stands behind a name, embedded.
  case resource(EmbeddedResource)
  /// The name of something that the model may read when it needs it.
  case resourceLink(ResourceLink)

  /// The image types that models read.
  package static let imageTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"]

  /// The kinds of block by their names on the wire.
  package enum Kind: String, Codable, CaseIterable, Sendable {
    case text, image, document, resource
    case resourceLink = "resource_link"
  }
}

extension ContentBlock: Codable {
  private enum Key: String, CodingKey {
    case type, text, mimeType, data, uri, title, resource, name, description, size
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    switch try members.decode(Kind.self, forKey: .type) {
    case .text: self = .text(try members.decode(String.self, forKey: .text))
    case .image: self = try Self.image(members)
    case .document: self = .document(try AttachedDocument(from: decoder))
    case .resource: self = .resource(try members.decode(EmbeddedResource.self, forKey: .resource))
    case .resourceLink: self = .resourceLink(try ResourceLink(from: decoder))
    }
  }

  private static func image(_ members: KeyedDecodingContainer<Key>) throws -> ContentBlock {
    if let uri = try members.decodeIfPresent(String.self, forKey: .uri), !members.contains(.data) {
      guard uri.hasPrefix("https://") else {
        throw JSONDecodingError(path: "uri", reason: "expected an https URL; send other images as 'data'")
      }
      return .imageURL(uri)
    }
    let mimeType = try members.decode(String.self, forKey: .mimeType)
    guard mimeType.hasPrefix("image/") else {
      let known = imageTypes.joined(separator: ", ")
      throw JSONDecodingError(path: "mimeType", reason: "expected one of \(known), found \"\(mimeType)\"")
    }
    return .image(mimeType: mimeType, data: try members.decode(String.self, forKey: .data))
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
    case .document(let document):
      try members.encode(Kind.document, forKey: .type)
      try document.encode(to: encoder)
    case .resource(let resource):
      try members.encode(Kind.resource, forKey: .type)
      try members.encode(resource, forKey: .resource)
    case .resourceLink(let link):
      try members.encode(Kind.resourceLink, forKey: .type)
      try link.encode(to: encoder)
    }
  }
}

extension ContentBlock: JSONSchemaDescribing {
  package static var jsonSchema: JSON {
    let string: JSON = ["type": "string"]
    let base64: JSON = ["type": "string", "contentEncoding": "base64"]
    let uri: JSON = ["type": "string", "format": "uri"]
    func shape(_ kind: Kind, _ required: [String], _ properties: JSONObject) -> JSON {
      var all: JSONObject = ["type": ["const": .string(kind.rawValue)]]
      for (name, schema) in properties { all[name] = schema }
      let names = ["type"] + required
      return ["type": "object", "required": .array(names.map { .string($0) }), "properties": .object(all)]
    }
    let pdf: JSON = ["const": .string(AttachedDocument.pdfType)]
    return [
      "oneOf": [
        shape(.text, ["text"], ["text": string]),
        shape(
          .image, ["mimeType", "data"], ["mimeType": ["enum": .array(imageTypes.map { .string($0) })], "data": base64]),
        shape(.image, ["uri"], ["uri": uri]),
        shape(.document, ["data"], ["mimeType": pdf, "data": base64, "title": string]),
        shape(.document, ["text"], ["mimeType": string, "text": string, "title": string]),
        shape(.document, ["uri"], ["mimeType": pdf, "uri": uri, "title": string]),
        shape(.resource, ["resource"], ["resource": JSONSchema.of(EmbeddedResource.self)]),
        shape(
          .resourceLink, ["uri", "name"],
          [
            "uri": string, "name": string, "title": string, "description": string, "mimeType": string,
            "size": ["type": "integer"],
          ]),
      ]
    ]
  }
  package static var jsonSample: JSON { ["type": "text", "text": ""] }
}
