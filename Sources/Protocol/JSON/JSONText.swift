/// What reading and writing of JSON strings share: bytes, not characters, are looked at, eight at a time.
enum JSONText {
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  /// The first byte that may stand in a string as it is (RFC 8259 section 7).
  static let firstPlain: UInt8 = 0x20

  private static let everyByte: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Bytes that may stand in a string as they are.
  struct Run {
    /// The offset of the first byte after them: a quote, a backslash, a control character, or the end.
    var end: Int
    /// Whether all of them are ASCII.
    var isASCII: Bool
  }

  /// The run of bytes that begins at `start`.
  ///
  /// A byte of a word stands out where subtracting borrows into its high bit. A borrow may mark bytes after the first
  /// match as well, but never one before it, so the lowest mark is exact.
  static func run(in bytes: Span<UInt8>, from start: Int) -> Run {
    var position = start
    var seen: UInt64 = 0
    while position &+ 8 <= bytes.count {
      let word = word(at: position, in: bytes)
      let quotes = word ^ (everyByte &* UInt64(quote))
      let backslashes = word ^ (everyByte &* UInt64(backslash))
      let marks =
        ((quotes &- everyByte) & ~quotes) | ((backslashes &- everyByte) & ~backslashes)
        | ((word &- everyByte &* UInt64(firstPlain)) & ~word)
      let found = marks & highBits
      if found != 0 {
        let plain = found.trailingZeroBitCount >> 3
        seen |= word & ((1 << UInt64(plain << 3)) &- 1)
        return Run(end: position &+ plain, isASCII: seen & highBits == 0)
      }
      seen |= word
      position &+= 8
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == quote || byte == backslash || byte < firstPlain { break }
      seen |= UInt64(byte)
      position &+= 1
    }
    return Run(end: position, isASCII: seen & highBits == 0)
  }

  /// Whether two strings are the same bytes.
  ///
  /// Swift's `==` also takes "é" written in two ways for equal; two JSON names that differ so are different names
  /// (RFC 8259 section 8.3).
  static func same(_ one: String, _ other: String) -> Bool {
    guard one.utf8.count == other.utf8.count else { return false }
    let one = one.utf8.span
    let other = other.utf8.span
    var position = 0
    while position &+ 8 <= one.count {
      guard word(at: position, in: one) == word(at: position, in: other) else { return false }
      position &+= 8
    }
    while position < one.count {
      guard one[position] == other[position] else { return false }
      position &+= 1
    }
    return true
  }

  /// A number that differs for most names that differ: made of the length and the first eight bytes.
  static func fingerprint(_ text: String) -> UInt64 {
    let print = unsafe text.utf8.withContiguousStorageIfAvailable { bytes in
      guard bytes.count < 8 else { return word(at: 0, in: unsafe bytes.span) &+ UInt64(bytes.count) }
      return unsafe bytes.reduce(UInt64(bytes.count)) { $0 << 8 | UInt64($1) }
    }
    return print ?? UInt64(text.utf8.count)
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
