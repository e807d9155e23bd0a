/// What reading and writing of JSON strings share: bytes, not characters, are looked at, eight at a time.
enum JSONText {
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  /// The first byte that may stand in a string as it is (RFC 8259 section 7).
  static let firstPlain: UInt8 = 0x20

  private static let everyByte: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The offset of the first byte from `start` that cannot stand in a string unescaped: a quote, a backslash or a
  /// control character; the number of bytes when there is none.
  ///
  /// A byte of a word stands out where subtracting borrows into its high bit. A borrow may mark bytes after the first
  /// match as well, but never one before it, so the lowest mark is exact.
  static func firstSpecial(in bytes: Span<UInt8>, from start: Int) -> Int {
    var position = start
    let count = bytes.count
    while position &+ 8 <= count {
      let word = word(at: position, in: bytes)
      let quotes = word ^ (everyByte &* UInt64(quote))
      let backslashes = word ^ (everyByte &* UInt64(backslash))
      let marks =
        ((quotes &- everyByte) & ~quotes) | ((backslashes &- everyByte) & ~backslashes)
        | ((word &- everyByte &* UInt64(firstPlain)) & ~word)
      let found = marks & highBits
      if found != 0 { return position &+ found.trailingZeroBitCount >> 3 }
      position &+= 8
    }
    while position < count {
      let byte = bytes[position]
      if byte == quote || byte == backslash || byte < firstPlain { return position }
      position &+= 1
    }
    return count
  }

  /// Whether two strings are the same bytes.
  ///
  /// Swift's `==` also takes "é" written in two ways for equal; two JSON names that differ so are different names
  /// (RFC 8259 section 8.3).
  static func same(_ one: String, _ other: String) -> Bool {
    let one = one.utf8.span
    let other = other.utf8.span
    let count = one.count
    guard count == other.count else { return false }
    var position = 0
    while position &+ 8 <= count {
      guard word(at: position, in: one) == word(at: position, in: other) else { return false }
      position &+= 8
    }
    while position < count {
      guard one[position] == other[position] else { return false }
      position &+= 1
    }
    return true
  }

  /// Feeds the bytes of a string to a hash, so that it agrees with ``same(_:_:)``.
  static func hash(_ text: String, into hasher: inout Hasher) {
    unsafe text.utf8.span.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    hasher.combine(UInt8.max)  // a byte UTF-8 never has: where one text ends
  }

  /// Eight bytes, the first one lowest.
  private static func word(at position: Int, in bytes: Span<UInt8>) -> UInt64 {
    UInt64(littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
  }
}
