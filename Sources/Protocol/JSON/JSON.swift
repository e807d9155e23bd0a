/// A JSON value, exact: numbers keep their literal, objects keep the order of their members (RFC 8259).
///
/// Two values are equal when they are written alike but for space, escapes and the order of members: `1.0` is not `1`.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSON])
  case object(JSONObject)
}

extension JSON {
  /// The text, when this is a string.
  package var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The truth value, when this is one.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The whole number, when this is a number without a fraction that fits 64 bits.
  package var int: Int? { if case .number(let value) = self { value.int } else { nil } }

  /// The nearest binary number, when this is a number.
  package var double: Double? { if case .number(let value) = self { value.double } else { nil } }

  /// The elements, when this is an array.
  package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }

  /// The members, when this is an object.
  package var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

  /// Whether this is `null`.
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The member of that name, when this is an object that has it.
  package subscript(key: String) -> JSON? { object?[key] }
}

extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  package init(floatLiteral value: Double) { self = JSONNumber(value).map(JSON.number) ?? .null }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}

extension JSON {
  /// What kind of value this is, with its article, for messages to people.
  package var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
extension JSON {
  /// The bytes of memory that the value takes besides its own place, as near as can be told: a value in pieces takes
  /// several times the length of its text.
  package var memoryBytes: Int {
    switch self {
    case .null, .bool: 0
    case .number(let number): Self.bytes(of: number.literal)
    case .string(let text): Self.bytes(of: text)
    case .array(let elements):
      elements.reduce(Self.arrayHead) { $0 + MemoryLayout<JSON>.stride + $1.memoryBytes }
    case .object(let object):
      object.members.reduce(Self.arrayHead) {
        $0 + MemoryLayout<JSONObject.Member>.stride + Self.bytes(of: $1.key) + $1.value.memoryBytes
      }
    }
  }

  /// What an array, and the text of a long string, have in front of them.
  private static let arrayHead = 32

  /// Up to 15 bytes of text stand in a string itself.
  private static func bytes(of text: String) -> Int { text.utf8.count > 15 ? arrayHead + text.utf8.count : 0 }
}

extension JSON {
  /// The same value, the members of each of its objects in the order of their names' bytes.
  package var sortedByName: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sortedByName))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { ($0.key, $0.value.sortedByName) }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
    default: self
    }
  }
}
