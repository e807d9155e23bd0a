import OperatingSystem
import TestSupport
import Testing

@Suite struct `Bytes are found` {
  @Test func `where a simple search finds them, in buffers of every length`() {
    var random = RandomNumbers(seed: 4)
    for round in 0..<400 {
      // Few different bytes, so that a literal is nearly there everywhere.
      let alphabet = round % 2 == 0 ? Array("abAB\n".utf8) : Array("xyzXYZ_k".utf8)
      let text = (0..<Int.random(in: 0...300, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let part = (0..<Int.random(in: 1...5, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let isFolded = part.map { byte in lower(byte) != upper(byte) && Bool.random(using: &random) }
      let literal = ByteLiteral(part, folded: isFolded)
      let start = Int.random(in: 0...20, using: &random)
      let expected = text.indices.first { place in
        place >= start && place + part.count <= text.count
          && part.indices.allSatisfy { offset in
            let (one, other) = (text[place + offset], part[offset])
            return isFolded[offset] ? lower(one) == lower(other) : one == other
          }
      }
      unsafe text.withUnsafeBytes { bytes in
        #expect(unsafe literal.firstIndex(in: bytes, from: start) == expected)
        let byte = alphabet[0]
        #expect(unsafe ByteSearch.count(byte, in: bytes) == text.count { $0 == byte })
        #expect(unsafe ByteSearch.lastIndex(of: byte, in: bytes) == text.lastIndex(of: byte))
      }
    }
  }

  @Test func `names are sorted by their bytes, a shorter one first`() {
    let names = ["", "a", "aa", "a\u{0}", "b", "B", "é", "z", "\u{10FFFF}"].map { FileName(Array($0.utf8)) }
    for one in names {
      for other in names { #expect((one < other) == one.bytes.lexicographicallyPrecedes(other.bytes)) }
    }
  }

  private func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
  private func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte & 0xDF : byte }
}
