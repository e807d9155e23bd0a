import Protocol
import Testing

@Suite struct `A cut of UTF-8` {
  private let bytes = Array("aé€😀z".utf8)
  /// Where the characters begin, and the end.
  private let starts = [0, 1, 3, 6, 10, 11]

  @Test func `is moved to where a character begins, backwards or forwards`() {
    for place in 0...bytes.count {
      #expect(UTF8Cut.before(place, in: bytes[...]) == starts.last { $0 <= place })
      #expect(UTF8Cut.behind(place, in: bytes[...]) == starts.first { $0 >= place })
    }
    #expect(UTF8Cut.before(4, in: bytes[4...]) == 4, "a slice has no character before its start")
  }

  @Test func `leaves out a last character whose rest is missing, and no other`() {
    for end in 0...bytes.count {
      #expect(UTF8Cut.wholeCharacters(bytes[..<end]) == starts.last { $0 <= end })
    }
    #expect(zip(starts, starts.dropFirst()).allSatisfy { UTF8Cut.end(ofCharacterAt: $0, in: bytes[...]) == $1 })
  }

  @Test func `never traps on what is no UTF-8`() {
    for bytes in [[0x80, 0x80, 0x80, 0x80, 0x80], [0xFF, 0x80], [0xC0], [0xF0, 0x9F]] as [[UInt8]] {
      for place in 0...bytes.count {
        #expect(0...bytes.count ~= UTF8Cut.before(place, in: bytes[...]))
        #expect(0...bytes.count ~= UTF8Cut.behind(place, in: bytes[...]))
        #expect(0...place ~= UTF8Cut.wholeCharacters(bytes[..<place]))
      }
    }
  }
}
