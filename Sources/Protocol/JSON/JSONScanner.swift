/// Reads the tokens of a JSON text: strings, numbers, words and the space between them (RFC 8259 sections 2, 6, 7).
struct JSONScanner {
  /// The offset of the next byte to be read.
  var position = 0

  private let loneSurrogates: JSON.LoneSurrogates
  /// The bytes of a string that has escapes, kept for the next such string.
  private var unescaped: [UInt8] = []

  init(loneSurrogates: JSON.LoneSurrogates) { self.loneSurrogates = loneSurrogates }

  func atEnd(_ bytes: Span<UInt8>) -> Bool { position >= bytes.count }

  /// Skips the four characters that JSON takes for white space.
  mutating func skipSpace(_ bytes: Span<UInt8>) {
    while position < bytes.count, bytes[position] <= UInt8(ascii: " ") {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position &+= 1
      default: return
      }
    }
  }

  /// Skips white space and takes the byte if it comes next.
  mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    skipSpace(bytes)
    guard position < bytes.count, bytes[position] == byte else { return false }
    position &+= 1
    return true
  }

  /// The error for a byte, or an end, that cannot stand here.
  func unexpected(_ bytes: Span<UInt8>, _ expected: String) -> JSONSyntaxError {
    guard position < bytes.count else {
      return JSONSyntaxError(offset: position, reason: "expected \(expected), found the end of the text")
    }
    let byte = bytes[position]
    let isPrintable = byte > 0x20 && byte < 0x7F
    let found =
      isPrintable ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte 0x" + String(byte, radix: 16, uppercase: true)
    return JSONSyntaxError(offset: position, reason: "expected \(expected), found \(found)")
  }

  /// Reads `true`, `false` or `null`.
  mutating func word(_ word: StaticString, _ bytes: Span<UInt8>, _ value: JSON) throws(JSONSyntaxError) -> JSON {
    for place in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count, unsafe bytes[position] == word.utf8Start[place] else {
        throw unexpected(bytes, "the word \(word)")
      }
      position &+= 1
    }
    return value
  }

  /// Reads a number and keeps it as it is written.
  mutating func number(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> JSONNumber {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
    let first = position
    try digits(bytes)
    if bytes[first] == UInt8(ascii: "0"), position > first + 1 {
      throw JSONSyntaxError(offset: first, reason: "a number must not begin with a zero that further digits follow")
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position &+= 1
      try digits(bytes)
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
        position &+= 1
      }
      try digits(bytes)
    }
    return JSONNumber(validated: ascii(bytes, start..<position))
  }

  /// Skips at least one digit.
  private mutating func digits(_ bytes: Span<UInt8>) throws(JSONSyntaxError) {
    let start = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
    guard position > start else { throw unexpected(bytes, "a digit") }
  }

  /// Reads a string, from its opening quote.
  mutating func string(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> String {
    let start = position + 1
    let run = JSONText.run(in: bytes, from: start)
    position = run.end
    guard position < bytes.count, bytes[position] == JSONText.quote else { return try escaped(bytes, from: start) }
    position &+= 1
    return run.isASCII ? ascii(bytes, start..<run.end) : try text(bytes, start..<run.end)
  }

  /// Reads a string that has escapes, or is wrong; `position` is at the first special byte.
  private mutating func escaped(_ bytes: Span<UInt8>, from start: Int) throws(JSONSyntaxError) -> String {
    unescaped.removeAll(keepingCapacity: true)
    var plain = start
    while position < bytes.count {
      if plain < position {
        unsafe bytes.extracting(plain..<position).withUnsafeBufferPointer { unsafe unescaped.append(contentsOf: $0) }
      }
      switch bytes[position] {
      case JSONText.quote:
        position &+= 1
        if let text = try? UTF8Span(validating: unescaped.span) { return String(copying: text) }
        // Escapes are ASCII and stand for whole characters, so the text as written is wrong in the same place.
        return try text(bytes, start..<position)
      case JSONText.backslash: try escape(bytes)
      default:
        throw JSONSyntaxError(offset: position, reason: "a control character in a string must be escaped")
      }
      plain = position
      position = JSONText.run(in: bytes, from: plain).end
    }
    throw unexpected(bytes, "the end of the string")
  }

  /// Reads one escape, from its backslash.
  private mutating func escape(_ bytes: Span<UInt8>) throws(JSONSyntaxError) {
    let start = position
    position &+= 1
    guard position < bytes.count else { throw unexpected(bytes, "an escape") }
    switch bytes[position] {
    case JSONText.quote, JSONText.backslash, UInt8(ascii: "/"): unescaped.append(bytes[position])
    case UInt8(ascii: "n"): unescaped.append(0x0A)
    case UInt8(ascii: "t"): unescaped.append(0x09)
    case UInt8(ascii: "r"): unescaped.append(0x0D)
    case UInt8(ascii: "b"): unescaped.append(0x08)
    case UInt8(ascii: "f"): unescaped.append(0x0C)
    case UInt8(ascii: "u"):
      position &+= 1
      return try unicode(bytes, from: start)
    default: throw unexpected(bytes, "one of \" \\ / b f n r t u after a backslash")
    }
    position &+= 1
  }

  /// Reads the digits of a `\u` escape, and the second half of its pair if it has one.
  private mutating func unicode(_ bytes: Span<UInt8>, from start: Int) throws(JSONSyntaxError) {
    var value = try hexadecimal(bytes)
    if UTF16.isLeadSurrogate(value), position + 1 < bytes.count, bytes[position] == JSONText.backslash,
      bytes[position + 1] == UInt8(ascii: "u")
    {
      let rest = position
      position += 2
      let low = try hexadecimal(bytes)
      if UTF16.isTrailSurrogate(low) {
        return append(Unicode.Scalar(0x10000 + (UInt32(value & 0x3FF) << 10) + UInt32(low & 0x3FF)))
      }
      position = rest
    }
    if UTF16.isSurrogate(value) {
      guard loneSurrogates == .replace else {
        throw JSONSyntaxError(offset: start, reason: "an escape names half of a surrogate pair, without its other half")
      }
      value = 0xFFFD  // REPLACEMENT CHARACTER
    }
    append(Unicode.Scalar(value))
  }

  private mutating func append(_ scalar: Unicode.Scalar?) {
    guard let scalar else { return }
    unescaped.append(contentsOf: Unicode.UTF8.encode(scalar) ?? Unicode.UTF8.encodedReplacementCharacter)
  }

  /// Reads four hexadecimal digits.
  private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(JSONSyntaxError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < bytes.count else { throw unexpected(bytes, "a hexadecimal digit") }
      let byte = bytes[position]
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 || letter < 6 else { throw unexpected(bytes, "a hexadecimal digit") }
      value = value << 4 | UInt16(digit < 10 ? digit : letter + 10)
      position &+= 1
    }
    return value
  }

  /// The text of a range in which each byte has been found to be ASCII.
  private func ascii(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    String(copying: unsafe UTF8Span(unchecked: bytes.extracting(range), isKnownASCII: true))
  }

  /// The text of a range, if it is UTF-8 (RFC 3629: nothing overlong, no surrogates, nothing above U+10FFFF).
  private func text(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(JSONSyntaxError) -> String {
    do {
      return String(copying: try UTF8Span(validating: bytes.extracting(range)))
    } catch {
      throw JSONSyntaxError(
        offset: range.lowerBound + error.byteOffsets.lowerBound, reason: "invalid UTF-8: \(error.kind)")
    }
  }
}
