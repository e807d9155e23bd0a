/// The id of a request as its sender wrote it: a string, or a number with its literal (JSON-RPC 2.0 section 4).
///
/// `1` and `1.0` are two ids: an id is compared by how it was written, so that it comes back byte for byte.
package enum RequestID: Hashable, Sendable {
  case string(String)
  case number(JSONNumber)

  /// Takes an `id` member; `nil` when it is neither a string nor a number.
  package init?(_ json: JSON) {
    switch json {
    case .string(let text): self = .string(text)
    case .number(let number): self = .number(number)
    default: return nil
    }
  }

  /// As it stands in a message.
  package var json: JSON {
    switch self {
    case .string(let text): .string(text)
    case .number(let number): .number(number)
    }
  }
}

extension RequestID: Codable {
  package init(from decoder: any Decoder) throws {
    let json = try JSON(from: decoder)
    guard let id = RequestID(json) else {
      throw JSONDecodingError(path: "", reason: "expected a string or a number, found \(json.kindName)")
    }
    self = id
  }
  package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension RequestID: JSONSchemaDescribing {
  package static var jsonSchema: JSON { ["type": ["string", "number"]] }
  package static var jsonSample: JSON { 1 }
}
