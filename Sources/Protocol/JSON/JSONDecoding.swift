/// Reads Swift values out of a JSON value (the standard library's `Decoder`).
struct JSONDecoding: Decoder {
  /// The way to a value, spelled out only when something does not fit.
  indirect enum Place {
    case root
    case member(String, of: Place)
    case element(Int, of: Place)

    var path: String {
      switch self {
      case .root: ""
      case .member(let name, .root): name
      case .member(let name, let place): "\(place.path).\(name)"
      case .element(let number, let place): "\(place.path)[\(number)]"
      }
    }
  }

  /// How a value is read, all the way down.
  struct Manner {
    /// Where it is written down what no type asked for; `nil` when nobody wants to know.
    var unread: UnreadMembers?
    /// Whether `[]` and `{}` are the same: Lua and PHP have one empty value for both.
    var takesEmptyAlike = false
  }

  let value: JSON
  let place: Place
  let manner: Manner
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    let object = try members()
    manner.unread?.look(at: object, at: place) { Key(stringValue: $0) != nil }
    return KeyedDecodingContainer(JSONMembers<Key>(object: object, place: place, manner: manner))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let elements: [JSON]
    switch value {
    case .array(let found): elements = found
    case .object(let object) where object.isEmpty && manner.takesEmptyAlike: elements = []
    default: throw misfit("an array")
    }
    return JSONElements(elements: elements, place: place, manner: manner)
  }

  private func members() throws(JSONDecodingError) -> JSONObject {
    switch value {
    case .object(let object): return object
    case .array(let elements) where elements.isEmpty && manner.takesEmptyAlike: return JSONObject()
    default: throw misfit("an object")
    }
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func misfit(_ expected: String) -> JSONDecodingError {
    JSONDecodingError(path: place.path, reason: "expected \(expected), found \(value.kindName)")
  }

  /// Reads any type, and gives every failure the way to where it happened.
  func decodeValue<Value: Decodable>(_ type: Value.Type) throws(JSONDecodingError) -> Value {
    // Types are compared first: a cast that fails is dear, as it looks through all conformances.
    if type == JSON.self, let json = value as? Value { return json }
    do {
      return try Value(from: self)
    } catch let error as JSONDecodingError {
      // A type's own check speaks of its own members; containers have the way to theirs already.
      let path = place.path
      if error.path == path || error.path.hasPrefix(path + ".") || error.path.hasPrefix(path + "[") { throw error }
      let isMember = !path.isEmpty && !error.path.isEmpty && !error.path.hasPrefix("[")
      throw JSONDecodingError(path: path + (isMember ? "." : "") + error.path, reason: error.reason)
    } catch {
      throw JSONDecodingError(path: place.path, reason: reason(error, for: type))
    }
  }

  private func reason(_ error: any Error, for type: Any.Type) -> String {
    if let type = type as? any (CaseIterable & RawRepresentable).Type, case .string(let found) = value {
      return
        "expected one of \(Self.cases(of: type).joined(separator: ", ")), found \"\(SecretShape.shown(found).prefix(80))\""
    }
    guard let error = error as? DecodingError else { return "does not fit: \(error)" }
    switch error {
    case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context):
      return context.debugDescription
    @unknown default: return "does not fit"
    }
  }

  private static func cases<Value: CaseIterable & RawRepresentable>(of type: Value.Type) -> [String] {
    Value.allCases.map { "\($0.rawValue)" }
  }

  func wholeNumber<Number: FixedWidthInteger>(_ type: Number.Type) throws(JSONDecodingError) -> Number {
    guard case .number(let number) = value else { throw misfit("a whole number") }
    if let exact = Number(number.literal) ?? number.int.flatMap(Number.init(exactly:)) { return exact }
    let isWhole = number.double.rounded() == number.double
    throw JSONDecodingError(
      path: place.path,
      reason: isWhole
        ? "\(number.literal.prefix(40)) is out of range" : "expected a whole number, found \(number.literal.prefix(40))"
    )
  }
}

extension JSONDecoding: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value == .null }

  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let truth) = value else { throw misfit("a boolean") }
    return truth
  }

  func decode(_ type: String.Type) throws -> String {
    guard case .string(let text) = value else { throw misfit("a string") }
    return text
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard case .number(let number) = value else { throw misfit("a number") }
    return number.double
  }

  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  func decode(_ type: Int.Type) throws -> Int { try wholeNumber(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try wholeNumber(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try wholeNumber(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try wholeNumber(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try wholeNumber(type) }
  func decode(_ type: UInt.Type) throws -> UInt { try wholeNumber(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try wholeNumber(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try wholeNumber(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try wholeNumber(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try wholeNumber(type) }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decodeValue(type) }
}

/// The members of an object; types without a method of their own here go through that of any `Decodable`.
private struct JSONMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let object: JSONObject
  let place: JSONDecoding.Place
  let manner: JSONDecoding.Manner
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { object.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { object[key.stringValue] != nil }

  private func member(_ key: Key) throws(JSONDecodingError) -> JSONDecoding {
    let memberPlace = JSONDecoding.Place.member(key.stringValue, of: place)
    guard let value = object[key.stringValue] else {
      throw JSONDecodingError(path: memberPlace.path, reason: "is missing")
    }
    return JSONDecoding(value: value, place: memberPlace, manner: manner)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).decode(type) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).decode(type) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try member(key).wholeNumber(type) }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try member(key).decodeValue(type)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { try member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    JSONDecoding(value: object["super"] ?? .null, place: .member("super", of: place), manner: manner)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }
}

/// The elements of an array, one after the other.
private struct JSONElements: UnkeyedDecodingContainer {
  let elements: [JSON]
  let place: JSONDecoding.Place
  let manner: JSONDecoding.Manner
  var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  private mutating func next() throws(JSONDecodingError) -> JSONDecoding {
    let elementPlace = JSONDecoding.Place.element(currentIndex, of: place)
    guard !isAtEnd else { throw JSONDecodingError(path: elementPlace.path, reason: "is missing") }
    defer { currentIndex += 1 }
    return JSONDecoding(value: elements[currentIndex], place: elementPlace, manner: manner)
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decodeValue(type) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
    -> KeyedDecodingContainer<Nested>
  { try next().container(keyedBy: type) }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}
