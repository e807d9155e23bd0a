/// Why some bytes are not JSON, and where.
package struct JSONSyntaxError: Error, Hashable, Sendable {
  /// The offset of the first byte that cannot stand there.
  package var offset: Int
  /// What is wrong, for a person.
  package var reason: String

  /// An error at that place.
  package init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

extension JSON {
  /// What to do with an escape that names half a surrogate pair, which no Swift string can hold.
  package enum LoneSurrogates: Sendable { case refuse, replace }

  /// Reads one JSON text (RFC 8259), and nothing after it but white space.
  ///
  /// Of duplicate names the last one wins. Bytes that are not UTF-8 are refused whatever `loneSurrogates` says.
  package static func parse(
    _ bytes: Span<UInt8>, depthMax: Int = JSONLimits.depthMax, valuesMax: Int = JSONLimits.valuesMax,
    loneSurrogates: LoneSurrogates = .refuse
  ) throws(JSONSyntaxError) -> JSON {
    var parser = JSONParser(depthMax: depthMax, valuesMax: valuesMax, loneSurrogates: loneSurrogates)
    return try parser.document(bytes)
  }

  /// Reads one JSON text.
  package static func parse(
    _ bytes: [UInt8], depthMax: Int = JSONLimits.depthMax, valuesMax: Int = JSONLimits.valuesMax,
    loneSurrogates: LoneSurrogates = .refuse
  ) throws(JSONSyntaxError) -> JSON {
    try parse(bytes.span, depthMax: depthMax, valuesMax: valuesMax, loneSurrogates: loneSurrogates)
  }

  /// Reads what a file holds: one JSON text, behind a byte order mark if there is one.
  package static func parse(file bytes: [UInt8]) throws(JSONSyntaxError) -> JSON {
    let mark = Byte.byteOrderMark
    return try parse(bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes)
  }

  /// Reads one JSON text.
  package static func parse(_ text: String) throws(JSONSyntaxError) -> JSON { try parse(text.utf8.span) }
}

/// Puts the tokens of one text together, without recursion: what is open stands on stacks of its own.
///
/// Names and values wait on flat stacks until their container closes, which then gets storage of exactly its size. A
/// text costs few allocations so, and a hostile one no spare capacity in millions of small containers.
private struct JSONParser: ~Copyable {
  /// An array or object that is still open.
  private struct Container {
    var isObject: Bool
    /// Where its values begin on the stack.
    var start: Int
  }

  private var scanner: JSONScanner
  private let depthMax: Int
  private let valuesMax: Int
  private var valuesRead = 0
  private var open = JSONStack<Container>(capacity: JSONLimits.stackCapacity)
  private var names = JSONStack<String>(capacity: JSONLimits.stackCapacity)
  private var values = JSONStack<JSON>(capacity: JSONLimits.stackCapacity)

  init(depthMax: Int, valuesMax: Int, loneSurrogates: JSON.LoneSurrogates) {
    scanner = JSONScanner(loneSurrogates: loneSurrogates)
    self.depthMax = depthMax
    self.valuesMax = valuesMax
  }

  mutating func document(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> JSON {
    while true {
      guard var value = try beginValue(bytes) else { continue }
      while let container = open.last {
        values.push(value)
        guard try closes(container, bytes) else { break }
        value = close(container)
      }
      if open.count == 0 {
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
    guard valuesRead < valuesMax else {
      throw JSONSyntaxError(offset: scanner.position, reason: "more than \(valuesMax) values")
    }
    valuesRead &+= 1
    switch bytes[scanner.position] {
    case JSONText.quote: return .string(try scanner.string(bytes))
    case UInt8(ascii: "{"):
      try push(Container(isObject: true, start: values.count))
      guard !scanner.take(UInt8(ascii: "}"), bytes) else { return drop(.object(JSONObject())) }
      try name(bytes)
      return .none
    case UInt8(ascii: "["):
      try push(Container(isObject: false, start: values.count))
      guard !scanner.take(UInt8(ascii: "]"), bytes) else { return drop(.array([])) }
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
    open.push(container)
    scanner.position += 1
  }

  private mutating func drop(_ empty: JSON) -> JSON {
    open.drop()
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

  /// Reads a name and its colon.
  private mutating func name(_ bytes: Span<UInt8>) throws(JSONSyntaxError) {
    scanner.skipSpace(bytes)
    guard !scanner.atEnd(bytes), bytes[scanner.position] == JSONText.quote else {
      throw scanner.unexpected(bytes, "a name in quotes")
    }
    names.push(try scanner.string(bytes))
    guard scanner.take(UInt8(ascii: ":"), bytes) else { throw scanner.unexpected(bytes, "':' after the name") }
  }

  /// Makes the value of the innermost container of what has been read for it.
  private mutating func close(_ container: Container) -> JSON {
    open.drop()
    guard container.isObject else { return .array(values.take(from: container.start)) }
    return .object(
      JSONObject(written: values.take(from: container.start, with: &names) { JSONObject.Member(key: $0, value: $1) }))
  }
}
