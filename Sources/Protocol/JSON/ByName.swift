/// Values by name, written in the order of their names: the same values are the same bytes each time.
package struct ByName<Value: Codable & Hashable & Sendable>: Hashable, Sendable {
  package var values: [String: Value]

  /// These values.
  package init(_ values: [String: Value]) { self.values = values }

  package subscript(name: String) -> Value? { values[name] }
}

extension ByName: Codable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    values = [:]
    for name in container.allKeys { values[name.stringValue] = try container.decode(Value.self, forKey: name) }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      try container.encode(value, forKey: Name(stringValue: name))
    }
  }
}

extension ByName: JSONSchemaDescribing {
  package static var jsonSchema: JSON { ["type": "object", "additionalProperties": JSONSchema.of(Value.self)] }
  package static var jsonSample: JSON { [:] }
}
