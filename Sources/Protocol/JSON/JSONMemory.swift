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

extension Exchange {
  /// The bytes of memory that its messages take.
  package var memoryBytes: Int { messages.reduce(0) { $0 + MemoryLayout<JSON>.stride + $1.memoryBytes } }
}
