/// What a type asked for while it read itself.
final class JSONSchemaNotes {
  private var members: [(name: String, schema: JSON, isRequired: Bool)] = []
  private var element: JSON?
  private var whole: JSON?
  private var isObject = false

  func note(object: Void) { isObject = true }
  func note(member name: String, _ schema: JSON, isRequired: Bool) { members.append((name, schema, isRequired)) }
  func note(element schema: JSON) { element = schema }
  func note(whole schema: JSON) { whole = schema }

  /// The schema that the notes add up to.
  var schema: JSON {
    if let whole { return whole }
    if let element { return ["type": "array", "items": element] }
    guard isObject else { return true }
    var schema: JSONObject = [
      "type": "object", "properties": .object(JSONObject(members.map { ($0.name, $0.schema) })),
    ]
    let required = members.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    return .object(schema)
  }
}

/// Takes notes of what a type reads, and gives it something to go on with.
struct JSONSchemaDecoder: Decoder {
  /// Reading a schema ended where there was nothing more to learn.
  struct Enough: Error {}

  let notes: JSONSchemaNotes
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    notes.note(object: ())
    return KeyedDecodingContainer(Members<Key>(notes: notes))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer { Elements(notes: notes) }
  func singleValueContainer() -> any SingleValueDecodingContainer { Whole(notes: notes) }

  /// The members of an object: each is there, once.
  private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let notes: JSONSchemaNotes
    var codingPath: [any CodingKey] { [] }
    /// A dictionary reads whatever names there are: one stands for all.
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      notes.note(member: key.stringValue, JSONSchema.of(type), isRequired: true)
      return try Whole.value(of: type)
    }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
      notes.note(member: key.stringValue, JSONSchema.of(type), isRequired: false)
      return nil
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { optional(type, key) }

    private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
      notes.note(member: key.stringValue, JSONSchema.of(type), isRequired: false)
      return nil
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
      -> KeyedDecodingContainer<Nested>
    { throw Enough() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Enough() }
    func superDecoder() throws -> any Decoder { throw Enough() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw Enough() }
  }

  /// The elements of an array: one stands for all.
  private struct Elements: UnkeyedDecodingContainer {
    let notes: JSONSchemaNotes
    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() -> Bool { false }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      currentIndex += 1
      notes.note(element: JSONSchema.of(type))
      return try Whole.value(of: type)
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
      -> KeyedDecodingContainer<Nested>
    { throw Enough() }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Enough() }
    mutating func superDecoder() throws -> any Decoder { throw Enough() }
  }

  /// A value that stands alone.
  private struct Whole: SingleValueDecodingContainer {
    let notes: JSONSchemaNotes
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      notes.note(whole: JSONSchema.of(type))
      return try Self.value(of: type)
    }

    /// Something of a type to go on with.
    static func value<Value: Decodable>(of type: Value.Type) throws -> Value {
      let plain: [Any] = ["", false, 0, 0.0]
      return try plain.lazy.compactMap { $0 as? Value }.first ?? JSONSchema.sample(of: type)
    }
  }
}
