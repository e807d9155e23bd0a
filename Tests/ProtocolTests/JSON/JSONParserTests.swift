import Protocol
import Testing

@Suite struct JSONParserTests {
  @Test func `a text of every kind of value is read`() throws {
    let value = try JSON.parse(#" { "a" : [ 1 , -2.5e3, true,false , null ] ,"b":{"c":"d"}, "e":[], "f":{} } "#)
    #expect(
      value == [
        "a": [1, .number(try number("-2.5e3")), true, false, .null], "b": ["c": "d"], "e": [], "f": [:],
      ])
  }

  @Test(
    arguments: [
      ("null", .null), ("true", true), ("false", false), ("0", 0), ("-1", -1), (#""""#, ""), ("[]", []), ("{}", [:]),
      ("\r\n\t 1 \r\n\t", 1), ("[[[]]]", [[[]]]), (#"{"":""}"#, ["": ""]),
    ] as [(String, JSON)])
  func `any value may be the whole text`(text: String, value: JSON) throws {
    #expect(try JSON.parse(text) == value)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC\uFFFF""#, "Aé€\u{FFFF}"),
    (#""\uD834\uDD1e""#, "𝄞"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\u0000""#, "\0"), (#""a\u0020b""#, "a b"),
    (#""plain text, longer than a word\nand then more of it""#, "plain text, longer than a word\nand then more of it"),
  ])
  func `escapes become their characters`(text: String, value: String) throws {
    #expect(try JSON.parse(text) == .string(value))
  }

  @Test(arguments: [
    ("", 0, "expected a value, found the end of the text"),
    ("  ", 2, "expected a value, found the end of the text"),
    ("[1,]", 3, "expected a value, found ']'"),
    (#"{"a":1,}"#, 7, "expected a name in quotes, found '}'"),
    ("[,1]", 1, "expected a value, found ','"),
    ("[1 2]", 3, "expected ',' or ']', found '2'"),
    ("[1}", 2, "expected ',' or ']', found '}'"),
    (#"{"a":1]"#, 6, "expected ',' or '}', found ']'"),
    (#"{"a" 1}"#, 5, "expected ':' after the name, found '1'"),
    (#"{"a":}"#, 5, "expected a value, found '}'"),
    ("{a:1}", 1, "expected a name in quotes, found 'a'"),
    ("{1:1}", 1, "expected a name in quotes, found '1'"),
    ("1 2", 2, "expected the end after the value, found '2'"),
    ("{}x", 2, "expected the end after the value, found 'x'"),
    ("null\0", 4, "expected the end after the value, found the byte 0x0"),
    ("nul", 3, "expected the word null, found the end of the text"),
    ("nulL", 3, "expected the word null, found 'L'"),
    ("True", 0, "expected a value, found 'T'"),
    ("'a'", 0, "expected a value, found '''"),
    ("NaN", 0, "expected a value, found 'N'"),
    ("+1", 0, "expected a value, found '+'"),
    (".5", 0, "expected a value, found '.'"),
    ("-", 1, "expected a digit, found the end of the text"),
    ("-a", 1, "expected a digit, found 'a'"),
    ("1.", 2, "expected a digit, found the end of the text"),
    ("1.e1", 2, "expected a digit, found 'e'"),
    ("1e", 2, "expected a digit, found the end of the text"),
    ("1e+", 3, "expected a digit, found the end of the text"),
    ("01", 0, "a number must not begin with a zero that further digits follow"),
    ("[-00]", 2, "a number must not begin with a zero that further digits follow"),
    ("0x1", 1, "expected the end after the value, found 'x'"),
    (#""abc"#, 4, "expected the end of the string, found the end of the text"),
    (#""a\x""#, 3, "expected one of \" \\ / b f n r t u after a backslash, found 'x'"),
    (#""a\"#, 3, "expected an escape, found the end of the text"),
    (#""\u12g4""#, 5, "expected a hexadecimal digit, found 'g'"),
    (#""\u12"#, 5, "expected a hexadecimal digit, found the end of the text"),
    ("\"a\nb\"", 2, "a control character in a string must be escaped"),
    ("\"a\tb\"", 2, "a control character in a string must be escaped"),
    ("\"0123456789\0\"", 11, "a control character in a string must be escaped"),
    ("\u{FEFF}{}", 0, "expected a value, found the byte 0xEF"),
    ("[1]\u{A0}", 3, "expected the end after the value, found the byte 0xC2"),
    ("// no\n1", 0, "expected a value, found '/'"),
  ])
  func `what is wrong is named with its place`(text: String, offset: Int, reason: String) {
    #expect(throws: JSONSyntaxError(offset: offset, reason: reason)) { try JSON.parse(text) }
  }

  @Test func `every control character has to be escaped, wherever it stands`() {
    for byte in UInt8(0)..<0x20 {
      for place in 0..<20 {
        var bytes = Array(repeating: UInt8(ascii: "a"), count: 24)
        (bytes[0], bytes[23], bytes[place + 1]) = (UInt8(ascii: "\""), UInt8(ascii: "\""), byte)
        let error = JSONSyntaxError(offset: place + 1, reason: "a control character in a string must be escaped")
        #expect(throws: error) { try JSON.parse(bytes) }
      }
    }
    #expect(throws: Never.self) { try JSON.parse("\"\u{7F}\"") }
  }

  @Test func `of duplicate names the last value wins in the place of the first`() throws {
    #expect(try JSON.parse(#"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
  }

  @Test func `names that only look alike are different`() throws {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    let value = try JSON.parse("{\"\(composed)\":1,\"\(decomposed)\":2}")
    #expect(value[composed] == 1)
    #expect(value[decomposed] == 2)
    #expect(JSON.string(composed) != JSON.string(decomposed))
  }

  @Test(arguments: [
    (#""\uD800""#, 1, "\u{FFFD}"), (#""\uDC00""#, 1, "\u{FFFD}"), (#""ab\uDBFFc""#, 3, "ab\u{FFFD}c"),
    (#""\uD834x\uDD1E""#, 1, "\u{FFFD}x\u{FFFD}"), (#""\uD834\uD834\uDD1E""#, 1, "\u{FFFD}𝄞"),
    (#""\uD834\u0041""#, 1, "\u{FFFD}A"), (#""\uD834\n""#, 1, "\u{FFFD}\n"),
  ])
  func `half a surrogate pair is refused, or replaced on request`(text: String, offset: Int, replaced: String) throws {
    let reason = "an escape names half of a surrogate pair, without its other half"
    #expect(throws: JSONSyntaxError(offset: offset, reason: reason)) { try JSON.parse(text) }
    #expect(try JSON.parse(Array(text.utf8), loneSurrogates: .replace) == .string(replaced))
  }

  @Test(arguments: [
    #"{"jsonrpc":"2.0","id":1,"params":{"a":[1,-2.5e-3,true,false,null,"x\n\u00e9\ud834\udd1ey"],"é":{"":[]}}}"#,
    #"["a string that is longer than eight bytes","日本語","\\\"\/",{"k":{}},[[[]]],0.5E+10]"#,
  ])
  func `no part of a text is taken for a whole one`(text: String) throws {
    let bytes = Array(text.utf8)
    #expect(throws: Never.self) { try JSON.parse(bytes) }
    for end in 0..<bytes.count {
      let error = #expect(throws: JSONSyntaxError.self) { try JSON.parse(bytes.span.extracting(..<end)) }
      #expect(try #require(error).offset <= end)
    }
  }

  private func number(_ literal: String) throws -> JSONNumber {
    guard case .number(let number) = try JSON.parse(literal) else { throw JSONSyntaxError(offset: 0, reason: literal) }
    return number
  }
}
