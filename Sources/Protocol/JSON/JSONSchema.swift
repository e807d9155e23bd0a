/// A type whose JSON has a shape that its decoding does not show, like a union: it describes itself.
package protocol JSONSchemaDescribing {
  /// The schema of its values (JSON Schema 2020-12).
  static var jsonSchema: JSON { get }
  /// Some value of it, for types that hold one to be read with.
  static var jsonSample: JSON { get }
}

extension JSON: JSONSchemaDescribing {
  package static var jsonSchema: JSON { true }
  package static var jsonSample: JSON { .null }
}

extension JSONObject: JSONSchemaDescribing {
  package static var jsonSchema: JSON { ["type": "object"] }
  package static var jsonSample: JSON { [:] }
}

extension Secret: JSONSchemaDescribing {
  package static var jsonSchema: JSON { ["type": "string", "writeOnly": true] }
  package static var jsonSample: JSON { "" }
}

/// JSON Schema (draft 2020-12) of the program's own types.
package enum JSONSchema {
  /// The schema of a type, found by letting it read itself from a decoder that takes notes.
  ///
  /// A member is required when the type decodes it, and not when it decodes it if present.
  package static func of<Value: Decodable>(_ type: Value.Type) -> JSON {
    if let described = type as? any JSONSchemaDescribing.Type { return described.jsonSchema }
    if let plain = plain(type) { return plain }
    if let choice = type as? any (CaseIterable & RawRepresentable).Type { return choices(of: choice) }
    let notes = JSONSchemaNotes()
    _ = try? Value(from: JSONSchemaDecoder(notes: notes))
    return notes.schema
  }

  /// Some value of a type, for a type that contains it.
  static func sample<Value: Decodable>(of type: Value.Type) throws -> Value {
    if let described = type as? any JSONSchemaDescribing.Type { return try described.jsonSample.decode(type) }
    if let choice = type as? any CaseIterable.Type, let first = first(of: choice) as? Value { return first }
    return try Value(from: JSONSchemaDecoder(notes: JSONSchemaNotes()))
  }

  private static func first<Value: CaseIterable>(of type: Value.Type) -> Value? { type.allCases.first }

  private static func choices<Value: CaseIterable & RawRepresentable>(of type: Value.Type) -> JSON {
    ["type": "string", "enum": .array(type.allCases.map { .string("\($0.rawValue)") })]
  }

  private static func plain(_ type: Any.Type) -> JSON? {
    if type == String.self { return ["type": "string"] }
    if type == Bool.self { return ["type": "boolean"] }
    if type == Double.self { return ["type": "number"] }
    return type is any FixedWidthInteger.Type ? ["type": "integer"] : nil
  }
}
