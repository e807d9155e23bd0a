/// The bytes that texts are cut at, and what ASCII says of a byte.
package enum Byte {
  /// The end of a line.
  @inlinable package static var newline: UInt8 { UInt8(ascii: "\n") }
  /// What may stand before a line's end.
  @inlinable package static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
  /// What ends a name before its value.
  @inlinable package static var colon: UInt8 { UInt8(ascii: ":") }
  /// The beginning of a JSON object, or of choices in a pattern.
  @inlinable package static var openBrace: UInt8 { UInt8(ascii: "{") }
  /// The beginning of a JSON array.
  @inlinable package static var openBracket: UInt8 { UInt8(ascii: "[") }
  /// JSON's white space (RFC 8259 section 2).
  package static let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), newline, carriageReturn]
  /// UTF-8's byte order mark.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Whether it is a letter of ASCII.
  @inlinable package static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(byte))
  }

  /// Whether it is a digit of ASCII.
  @inlinable package static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether it is a letter or a digit of ASCII.
  @inlinable package static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  /// Whether words consist of it, as the names of variables do: a letter, a digit or `_`.
  @inlinable package static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }

  /// Whether names consist of it, as those of tools and calls do: a letter, a digit, `_` or `-`.
  @inlinable package static func isName(_ byte: UInt8) -> Bool { isWord(byte) || byte == UInt8(ascii: "-") }

  /// Whether a `token` consists of it, as methods and the names of headers do (RFC 9110 section 5.6.2).
  @inlinable package static func isToken(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  /// Whether it is a hexadecimal digit, in small letters or capital ones.
  @inlinable package static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(lowercased(byte))
  }

  /// Whether it is visible and no blank: what keys, tokens and header names consist of.
  @inlinable package static func isGraphic(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  /// The byte as a small letter, when it is a capital one.
  @inlinable package static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
