/// Why some bytes are not JSON, and where.
package struct JSONSyntaxError: Error, Hashable, Sendable {
  /// The offset of the first byte that cannot stand there.
  package var offset: Int
  /// What is wrong, for a person.
  package var reason: String
}

extension JSON {
  /// What to do with an escape that names half a surrogate pair, which no Swift string can hold.
  package enum LoneSurrogates: Sendable { case refuse, replace }

  /// How many arrays and objects may stand inside one another unless a caller says otherwise.
  ///
  /// Real messages stay below 20. The bound keeps what walks a value recursively (release, comparison) within the
  /// 512 KiB stack of a secondary thread.
  package static let depthMax = 512

  /// Reads one JSON text (RFC 8259), and nothing after it but white space.
  ///
  /// Of duplicate names the last one wins. Bytes that are not UTF-8 are refused whatever `loneSurrogates` says.
  package static func parse(
    _ bytes: Span<UInt8>, depthMax: Int = JSON.depthMax, loneSurrogates: LoneSurrogates = .refuse
  ) throws(JSONSyntaxError) -> JSON {
    var parser = JSONParser(depthMax: depthMax, loneSurrogates: loneSurrogates)
    return try parser.document(bytes)
  }

  /// Reads one JSON text.
  package static func parse(
    _ bytes: [UInt8], depthMax: Int = JSON.depthMax, loneSurrogates: LoneSurrogates = .refuse
  ) throws(JSONSyntaxError) -> JSON {
    try parse(bytes.span, depthMax: depthMax, loneSurrogates: loneSurrogates)
  }

  /// Reads one JSON text.
  package static func parse(_ text: String) throws(JSONSyntaxError) -> JSON { try parse(text.utf8.span) }
}

/// Puts the tokens of one text together, without recursion: what is open stands on stacks of its own.
///
/// Members and elements wait on two flat stacks until their container closes, which then gets storage of exactly its
/// size. A text costs few allocations so, and a hostile one no spare capacity in millions of small containers.
private struct JSONParser {
  /// An array or object that is still open.
  private struct Container {
    var isObject: Bool
    /// Where its members or elements begin on their stack.
    var start: Int
  }

  /// A container that fills its stack alone takes it whole from this many values on: copying a large one would hold
  /// it in memory twice.
  private static let handedOverMin = 1024

  private var scanner: JSONScanner
  private let depthMax: Int
  private var open: [Container] = []
  private var elements: [JSON] = []
  /// A member is pushed with its name and gets its value when that is complete.
  private var members: [(key: String, value: JSON)] = []

  init(depthMax: Int, loneSurrogates: JSON.LoneSurrogates) {
    scanner = JSONScanner(loneSurrogates: loneSurrogates)
    self.depthMax = depthMax
  }

  mutating func document(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> JSON {
    while true {
      guard var value = try beginValue(bytes) else { continue }
      while let container = open.last {
        if container.isObject {
          members[members.count - 1].value = value
        } else {
          elements.append(value)
        }
        guard try closes(container, bytes) else { break }
        open.removeLast()
        value = container.isObject ? closeObject(container) : closeArray(container)
      }
      if open.isEmpty {
        scanner.skipSpace(bytes)
        guard scanner.atEnd(bytes) else { throw scanner.unexpected(bytes, "the end after the value") }
        return value
      }
    }
  }

  /// Reads a scalar or an empty container; none when a container was opened whose first value comes next.
  ///
  /// None is spelled out, as `nil` may also be read as `JSON.null`.
  private mutating func beginValue(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> JSON? {
    scanner.skipSpace(bytes)
    guard !scanner.atEnd(bytes) else { throw scanner.unexpected(bytes, "a value") }
    switch bytes[scanner.position] {
    case JSONText.quote: return .string(try scanner.string(bytes))
    case UInt8(ascii: "{"):
      try push(Container(isObject: true, start: members.count))
      guard !scanner.take(UInt8(ascii: "}"), bytes) else { return pop(.object(JSONObject())) }
      try name(bytes)
      return .none
    case UInt8(ascii: "["):
      try push(Container(isObject: false, start: elements.count))
      guard !scanner.take(UInt8(ascii: "]"), bytes) else { return pop(.array([])) }
      return .none
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try scanner.number(bytes))
    case UInt8(ascii: "t"): return try scanner.word("true", bytes, .bool(true))
    case UInt8(ascii: "f"): return try scanner.word("false", bytes, .bool(false))
    case UInt8(ascii: "n"): return try scanner.word("null", bytes, .null)
    default: throw scanner.unexpected(bytes, "a value")
    }
  }

  private mutating func push(_ container: Container) throws(JSONSyntaxError) {
    guard open.count < depthMax else {
      throw JSONSyntaxError(offset: scanner.position, reason: "nested deeper than \(depthMax) levels")
    }
    open.append(container)
    scanner.position += 1
  }

  private mutating func pop(_ empty: JSON) -> JSON {
    open.removeLast()
    return empty
  }

  /// After a value: whether its container ends here; if not, what leads to the next value has been read.
  private mutating func closes(_ container: Container, _ bytes: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
    if scanner.take(UInt8(ascii: ","), bytes) {
      if container.isObject { try name(bytes) }
      return false
    }
    if container.isObject {
      guard scanner.take(UInt8(ascii: "}"), bytes) else { throw scanner.unexpected(bytes, "',' or '}'") }
    } else {
      guard scanner.take(UInt8(ascii: "]"), bytes) else { throw scanner.unexpected(bytes, "',' or ']'") }
    }
    return true
  }

  /// Reads a name and its colon, and pushes the member.
  private mutating func name(_ bytes: Span<UInt8>) throws(JSONSyntaxError) {
    scanner.skipSpace(bytes)
    guard !scanner.atEnd(bytes), bytes[scanner.position] == JSONText.quote else {
      throw scanner.unexpected(bytes, "a name in quotes")
    }
    members.append((try scanner.string(bytes), .null))
    guard scanner.take(UInt8(ascii: ":"), bytes) else { throw scanner.unexpected(bytes, "':' after the name") }
  }

  private mutating func closeArray(_ container: Container) -> JSON {
    let count = elements.count - container.start
    guard container.start > 0 || count < Self.handedOverMin else {
      var whole: [JSON] = []
      swap(&whole, &elements)
      return .array(whole)
    }
    defer { elements.removeLast(count) }
    return .array(Array(elements[container.start...]))
  }

  private mutating func closeObject(_ container: Container) -> JSON {
    let count = members.count - container.start
    guard container.start > 0 || count < Self.handedOverMin else {
      var whole: [(key: String, value: JSON)] = []
      swap(&whole, &members)
      return .object(JSONObject(written: whole))
    }
    defer { members.removeLast(count) }
    return .object(JSONObject(written: Array(members[container.start...])))
  }
}
