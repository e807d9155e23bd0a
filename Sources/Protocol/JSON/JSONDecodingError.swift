/// Why a JSON value is not what a message wants: where in the value, and what was wrong.
package struct JSONDecodingError: Error, Hashable, Sendable {
  /// The way to the value, like `prompt[2].source.data`; empty for the whole.
  package var path: String
  /// What was expected and what was found.
  package var reason: String

  /// A value that does not fit.
  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

extension JSON {
  /// Reads a plain struct out of this value; members that the struct does not know are ignored, and noted where asked for.
  ///
  /// - Throws: ``JSONDecodingError``, with the way to the value that does not fit.
  package func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, noting unread: UnreadMembers? = nil
  ) throws(JSONDecodingError) -> Value {
    try JSONDecoding(value: self, place: .root, manner: .init(unread: unread)).decodeValue(type)
  }

  /// The same for what a client wrote, whose language may have one empty value for objects and arrays.
  ///
  /// - Throws: ``JSONDecodingError``, with the way to the value that does not fit.
  package func decodeClients<Value: Decodable>(
    _ type: Value.Type = Value.self, noting unread: UnreadMembers? = nil
  ) throws(JSONDecodingError) -> Value {
    try JSONDecoding(value: self, place: .root, manner: .init(unread: unread, takesEmptyAlike: true)).decodeValue(type)
  }

  /// Turns a plain struct into a value; members that are `nil` are left out.
  ///
  /// - Throws: What an `encode(to:)` throws; a number that JSON cannot say.
  package init<Value: Encodable>(encoding value: Value) throws {
    self = try JSONEncoding.json(value)
  }
}

extension JSON: Codable {
  package init(from decoder: any Decoder) throws {
    guard let decoding = decoder as? JSONDecoding else {
      throw JSONDecodingError(path: "", reason: "JSON values are read from JSON only")
    }
    self = decoding.value
  }

  package func encode(to encoder: any Encoder) throws {
    guard let encoding = encoder as? JSONEncoding else {
      throw JSONDecodingError(path: "", reason: "JSON values are written to JSON only")
    }
    encoding.store(self)
  }
}

extension JSONObject: Codable {
  package init(from decoder: any Decoder) throws {
    let json = try JSON(from: decoder)
    guard case .object(let object) = json else {
      throw JSONDecodingError(path: "", reason: "expected an object, found \(json.kindName)")
    }
    self = object
  }

  package func encode(to encoder: any Encoder) throws { try JSON.object(self).encode(to: encoder) }
}
