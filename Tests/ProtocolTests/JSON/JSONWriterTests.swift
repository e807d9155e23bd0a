import Protocol
import Testing

@Suite struct JSONWriterTests {
  @Test func `values are written without space`() {
    let value: JSON = ["a": [1, true, false, .null, "x"], "b": [:], "c": [], "d": ["e": -5]]
    #expect(value.text == #"{"a":[1,true,false,null,"x"],"b":{},"c":[],"d":{"e":-5}}"#)
  }

  @Test func `nothing is escaped but what has to be`() {
    #expect(JSON.string("\"\\\n\t\r\u{8}\u{C}").text == #""\"\\\n\t\r\b\f""#)
    #expect(JSON.string("\0\u{1}\u{1F}\u{B}").text == #""\u0000\u0001\u001f\u000b""#)
    #expect(JSON.string("/é€𝄞\u{7F}\u{2028}").text == "\"/é€𝄞\u{7F}\u{2028}\"")
    #expect(JSON(dictionaryLiteral: ("a\"b", 1)).text == #"{"a\"b":1}"#)
  }

  @Test func `an escape is found wherever it stands`() throws {
    for length in 1...40 {
      for place in 0..<length {
        for special: Character in ["\"", "\\", "\n", "\0", "\u{1F}"] {
          var characters = Array(repeating: Character("x"), count: length)
          characters[place] = special
          let text = String(characters)
          #expect(try JSON.parse(JSON.string(text).serialized) == .string(text))
        }
      }
    }
  }

  @Test(arguments: [0, 1, -1, 9, 10, 99, 100, 1234567890, -1234567890, Int.max, Int.min])
  func `whole numbers are written as their digits`(number: Int) {
    var writer = JSONWriter()
    writer.write(number)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == String(number))
  }

  @Test func `a writer is filled piece by piece and used again`() {
    var writer = JSONWriter()
    writer.raw(#"{"id":"#)
    writer.write(7)
    writer.raw(#","text":"#)
    writer.write("a\nb")
    writer.raw(#","rest":"#)
    writer.raw([UInt8]("[1]".utf8).span)
    writer.raw("}")
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"id":7,"text":"a\nb","rest":[1]}"#)
    let capacity = writer.bytes.capacity
    writer.removeAll(keepingCapacity: true)
    #expect(writer.bytes.isEmpty && writer.bytes.capacity == capacity)
  }
}
