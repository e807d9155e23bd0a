/// Turns Swift values into a JSON value (the standard library's `Encoder`).
///
/// Containers write into a tree of boxes, as they may be filled in any order and after their parent.
final class JSONEncoding: Encoder {
  /// What has been written: a value that is whole, or one that may still grow.
  enum Node {
    case whole(JSON)
    case growing(Box)

    var json: JSON {
      switch self {
      case .whole(let json): json
      case .growing(let box): box.json
      }
    }
  }

  /// A value that may still grow.
  final class Box {
    enum Content {
      case value(JSON)
      case object([(String, Node)])
      case array([Node])
    }
    var content: Content

    init(_ content: Content = .value(.null)) { self.content = content }

    var json: JSON {
      switch content {
      case .value(let value): value
      case .object(let members): .object(JSONObject(members.map { ($0.0, $0.1.json) }))
      case .array(let elements): .array(elements.map(\.json))
      }
    }

    func add(_ key: String, _ member: Node) {
      guard case .object(var members) = content else { return }
      content = .value(.null)
      members.append((key, member))
      content = .object(members)
    }

    func add(_ element: Node) {
      guard case .array(var elements) = content else { return }
      content = .value(.null)
      elements.append(element)
      content = .array(elements)
    }
  }

  let box: Box
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ box: Box) { self.box = box }

  /// Any value as JSON, without a detour for what is JSON already.
  static func json<Value: Encodable>(_ value: Value) throws -> JSON {
    try encoded(value).json
  }

  fileprivate static func encoded<Value: Encodable>(_ value: Value) throws -> Node {
    // Types are compared first: a cast that fails is dear, as it looks through all conformances.
    if Value.self == JSON.self, let json = value as? JSON { return .whole(json) }
    let encoding = JSONEncoding(Box())
    try value.encode(to: encoding)
    if case .value(let json) = encoding.box.content { return .whole(json) }
    return .growing(encoding.box)
  }

  func store(_ json: JSON) { box.content = .value(json) }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .object = box.content {} else { box.content = .object([]) }
    return KeyedEncodingContainer(JSONMemberWriter<Key>(box: box))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if case .array = box.content {} else { box.content = .array([]) }
    return JSONElementWriter(box: box)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONValueWriter(box: box) }
}

private struct JSONValueWriter: SingleValueEncodingContainer {
  let box: JSONEncoding.Box
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { box.content = .value(.null) }
  func encode(_ value: Bool) { box.content = .value(.bool(value)) }
  func encode(_ value: String) { box.content = .value(.string(value)) }
  func encode(_ value: Double) throws {
    guard let number = JSONNumber(value) else {
      throw JSONDecodingError(path: "", reason: "\(value) is no number that JSON can say")
    }
    box.content = .value(.number(number))
  }
  func encode(_ value: Float) throws { try encode(Double(value)) }
  func encode(_ value: Int) { whole(value) }
  func encode(_ value: Int8) { whole(value) }
  func encode(_ value: Int16) { whole(value) }
  func encode(_ value: Int32) { whole(value) }
  func encode(_ value: Int64) { whole(value) }
  func encode(_ value: UInt) { whole(value) }
  func encode(_ value: UInt8) { whole(value) }
  func encode(_ value: UInt16) { whole(value) }
  func encode(_ value: UInt32) { whole(value) }
  func encode(_ value: UInt64) { whole(value) }
  func encode<Value: Encodable>(_ value: Value) throws {
    switch try JSONEncoding.encoded(value) {
    case .whole(let json): box.content = .value(json)
    case .growing(let other): box.content = other.content
    }
  }

  private func whole<Number: FixedWidthInteger>(_ value: Number) {
    box.content = .value(.number(JSONNumber(validated: String(value))))
  }
}

private struct JSONMemberWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let box: JSONEncoding.Box
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { box.add(key.stringValue, .whole(.null)) }
  func encode(_ value: Bool, forKey key: Key) { box.add(key.stringValue, .whole(.bool(value))) }
  func encode(_ value: String, forKey key: Key) { box.add(key.stringValue, .whole(.string(value))) }
  func encode(_ value: Int, forKey key: Key) { box.add(key.stringValue, .whole(.number(JSONNumber(value)))) }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    box.add(key.stringValue, try JSONEncoding.encoded(value))
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  { member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { member(key).unkeyedContainer() }
  func superEncoder() -> any Encoder {
    let child = JSONEncoding.Box()
    box.add("super", .growing(child))
    return JSONEncoding(child)
  }
  func superEncoder(forKey key: Key) -> any Encoder { member(key) }

  private func member(_ key: Key) -> JSONEncoding {
    let child = JSONEncoding.Box()
    box.add(key.stringValue, .growing(child))
    return JSONEncoding(child)
  }
}

private struct JSONElementWriter: UnkeyedEncodingContainer {
  let box: JSONEncoding.Box
  var codingPath: [any CodingKey] { [] }
  var count: Int { if case .array(let elements) = box.content { elements.count } else { 0 } }

  func encodeNil() { box.add(.whole(.null)) }
  func encode<Value: Encodable>(_ value: Value) throws { box.add(try JSONEncoding.encoded(value)) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    element().container(keyedBy: type)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
  func superEncoder() -> any Encoder { element() }

  private func element() -> JSONEncoding {
    let child = JSONEncoding.Box()
    box.add(.growing(child))
    return JSONEncoding(child)
  }
}
