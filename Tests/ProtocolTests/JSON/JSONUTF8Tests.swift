import Protocol
import Testing

@Suite struct JSONUTF8Tests {
  /// One of each class of bytes that RFC 3629 forbids, with the offset of the first wrong byte.
  @Test(
    arguments: [
      ("a continuation byte alone", [0x80], 0), ("another", [0x41, 0xBF, 0x41], 1),
      ("two bytes cut short", [0xC3], 0), ("two bytes without the second", [0xC3, 0x41], 0),
      ("three bytes cut after one", [0xE2], 0), ("three bytes cut after two", [0xE2, 0x82], 0),
      ("three bytes without the third", [0xE2, 0x82, 0x41], 0), ("four bytes cut after three", [0xF0, 0x9F, 0x98], 0),
      ("four bytes without the fourth", [0xF0, 0x9F, 0x98, 0x41], 0),
      ("an overlong NUL", [0xC0, 0x80], 0), ("an overlong slash", [0xC1, 0xAF], 0),
      ("overlong in three", [0xE0, 0x9F, 0xBF], 0), ("overlong in four", [0xF0, 0x8F, 0xBF, 0xBF], 0),
      ("a surrogate", [0xED, 0xA0, 0x80], 0), ("the last surrogate", [0xED, 0xBF, 0xBF], 0),
      ("a pair of surrogates", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], 0),
      ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80], 0), ("a lead byte F5", [0xF5, 0x80, 0x80, 0x80], 0),
      ("a byte FE", [0xFE], 0), ("a byte FF", [0xFF], 0),
      ("wrong after right", [0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xFF], 5),
    ] as [(String, [UInt8], Int)])
  func `bytes that are not UTF-8 are refused where they begin`(name: String, bytes: [UInt8], offset: Int) throws {
    let quote = UInt8(ascii: "\"")
    for padding in [0, 1, 7, 8, 9, 30] {
      for escape in ["", #"\n"#, #"\u00e9"#] {
        let before = [quote] + Array(repeating: UInt8(ascii: "a"), count: padding) + Array(escape.utf8)
        let text = before + bytes + [quote]
        for choice in [JSON.LoneSurrogates.refuse, .replace] {
          let error = try #require(throws: JSONSyntaxError.self) { try JSON.parse(text, loneSurrogates: choice) }
          #expect(error.offset == before.count + offset, "\(name), \(padding) bytes and '\(escape)' before")
          #expect(error.reason.hasPrefix("invalid UTF-8"))
        }
      }
    }
  }

  @Test func `a wrong byte is refused in a name and outside strings too`() {
    #expect(throws: JSONSyntaxError.self) { try JSON.parse(Array(#"{""#.utf8) + [0xFF] + Array(#"":1}"#.utf8)) }
    #expect(throws: JSONSyntaxError(offset: 1, reason: "expected a value, found the byte 0xFF")) {
      try JSON.parse([UInt8(ascii: "["), 0xFF, UInt8(ascii: "]")])
    }
  }

  @Test func `the first and last character of each length is kept, as it is and as an escape`() throws {
    for value: UInt32 in [0x20, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF] {
      let scalar = try #require(Unicode.Scalar(value))
      let escapes = UTF16.encode(scalar)?.map { unit in
        let digits = String(unit, radix: 16)
        return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
      }
      #expect(try JSON.parse("\"ab\(Character(scalar))\"") == .string("ab\(Character(scalar))"))
      #expect(try JSON.parse("\"ab\(try #require(escapes).joined())\"") == .string("ab\(Character(scalar))"))
    }
  }

  @Test func `every pair of bytes is judged as the standard library judges it`() {
    let quote = UInt8(ascii: "\"")
    var misjudged: [[UInt8]] = []
    for first in UInt8(0x80)...0xFF {
      for second in UInt8(0x20)...0xFF where second != quote && second != UInt8(ascii: "\\") {
        let isValid = (try? UTF8Span(validating: [first, second].span)) != nil
        let isRead = (try? JSON.parse([quote, first, second, quote])) != nil
        if isRead != isValid { misjudged.append([first, second]) }
      }
    }
    #expect(misjudged.isEmpty)
  }
}
