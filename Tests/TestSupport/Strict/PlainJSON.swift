package import Protocol

/// JSON as the services compare and count it: in one form whatever order its members have.
package enum PlainJSON {
  /// The bytes, members in order, without spaces.
  package static func bytes(_ json: JSON) -> [UInt8] {
    var bytes: [UInt8] = []
    write(json, without: [], to: &bytes)
    return bytes
  }

  /// The same without cache marks.
  static func unmarked(_ json: JSON) -> [UInt8] {
    var bytes: [UInt8] = []
    write(json, without: ["cache_control"], to: &bytes)
    return bytes
  }

  /// How long it is without marks, an image or a document as what it costs: about 1,600 tokens, not its base64.
  static func size(_ json: JSON) -> Int {
    switch json {
    case .null, .bool: return 4
    case .number(let number): return number.literal.utf8.count
    case .string(let text): return text.utf8.count + 2
    case .array(let elements): return elements.reduce(1 + max(elements.count, 1)) { $0 + size($1) }
    case .object(let members):
      if json["type"] == "base64", json["data"] != nil { return 6_400 }
      return members.reduce(2) { $1.key == "cache_control" ? $0 : $0 + $1.key.utf8.count + 4 + size($1.value) }
    }
  }

  /// Whether there is a cache mark anywhere but in what a tool takes or was given.
  static func hasMarks(_ json: JSON) -> Bool {
    switch json {
    case .array(let elements): elements.contains(where: hasMarks)
    case .object(let members):
      members.contains { member in
        member.key == "cache_control"
          || (!["input", "input_schema"].contains(member.key) && hasMarks(member.value))
      }
    default: false
    }
  }

  /// What the check of the prefix compares: without marks, defaults, nulls, and the blanks around a text.
  static func normal(_ json: JSON) -> JSON {
    switch json {
    case .array(let elements): return .array(elements.map(normal))
    case .object(let members):
      let isText = json["type"] == "text"
      let isTool = json["input_schema"] != nil
      return .object(
        JSONObject(
          members.compactMap { key, value -> (String, JSON)? in
            if key == "cache_control" || value.isNull || (isTool && defaults[key] == value) { return nil }
            guard isText, key == "text", let text = value.string else { return (key, normal(value)) }
            return (key, .string(trimmed(text)))
          }))
    // One number, however it is written.
    case .number(let number):
      guard let whole = Int(exactly: number.double) else { return json }
      return .number(JSONNumber(whole))
    default: return json
    }
  }

  private static let defaults: [String: JSON] = [
    "type": "custom", "strict": false, "description": "", "allowed_callers": ["direct"],
    "eager_input_streaming": false,
  ]

  private static func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
  }

  private static func write(_ json: JSON, without left: Set<String>, to bytes: inout [UInt8]) {
    switch json {
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for element in elements {
        write(element, without: left, to: &bytes)
        bytes.append(UInt8(ascii: ","))
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for member in members.sorted(by: { $0.key < $1.key }) where !left.contains(member.key) {
        bytes += member.key.utf8
        bytes.append(UInt8(ascii: ":"))
        write(member.value, without: left, to: &bytes)
        bytes.append(UInt8(ascii: ","))
      }
      bytes.append(UInt8(ascii: "}"))
    case .string(let text):
      // Its length before it, so that no text can be taken for structure.
      bytes += "\"\(text.utf8.count)\"".utf8
      bytes += text.utf8
    default: bytes += json.serialized
    }
  }
}

/// The fingerprint of all that was said up to a place.
struct PrefixPrint: Hashable, Sendable {
  private var value = 0

  /// The same with more behind it.
  func with(_ parts: [UInt8]...) -> PrefixPrint {
    var hasher = Hasher()
    hasher.combine(value)
    for part in parts { hasher.combine(part) }
    var next = self
    next.value = hasher.finalize()
    return next
  }
}
