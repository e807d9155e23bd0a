/// What a person or a program says to the model: a string, or a list of content blocks.
package struct Prompt: Hashable, Sendable {
  /// The pieces in order; a string is one text.
  package var blocks: [ContentBlock]

  /// A prompt of one text.
  package init(_ text: String) { blocks = [.text(text)] }

  /// A prompt of these pieces.
  package init(blocks: [ContentBlock]) { self.blocks = blocks }

  /// The texts of the prompt, joined.
  package var text: String {
    blocks.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
  }

  /// Whether there is nothing in it that a model could read; the API refuses such a message.
  package var isBlank: Bool {
    blocks.allSatisfy { if case .text(let text) = $0 { BlankText.isBlank(text) } else { false } }
  }
}

extension Prompt: Codable {
  package init(from decoder: any Decoder) throws {
    let json = try JSON(from: decoder)
    switch json {
    case .string(let text): self.init(text)
    case .array: self.init(blocks: try json.decode([ContentBlock].self))
    default: throw JSONDecodingError(path: "", reason: "expected a string or an array, found \(json.kindName)")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .text(let text)? = blocks.first, blocks.count == 1 {
      try container.encode(text)
    } else {
      try container.encode(blocks)
    }
  }
}

extension Prompt: JSONSchemaDescribing {
  package static var jsonSchema: JSON {
    ["oneOf": [["type": "string"], ["type": "array", "minItems": 1, "items": ContentBlock.jsonSchema]]]
  }
  package static var jsonSample: JSON { "" }
}
