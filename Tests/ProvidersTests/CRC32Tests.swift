import Providers
import TestSupport
import Testing

@Suite struct CRC32Tests {
  @Test(
    arguments: [
      ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
      ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ] as [(String, UInt32)])
  func `known checksums`(text: String, sum: UInt32) {
    #expect(CRC32.checksum(Array(text.utf8).span) == sum)
  }

  @Test func `every length and every cut gives the checksum of the plain definition`() {
    var numbers = RandomNumbers(seed: 32)
    let bytes = numbers.bytes(67)
    for length in 0...bytes.count {
      let message = Array(bytes[..<length])
      let expected = EventStreamFrames.checksum(message)
      for cut in 0...length {
        var sum = CRC32()
        let (head, tail) = (Array(message[..<cut]), Array(message[cut...]))
        sum.update(head.span)
        sum.update(tail.span)
        #expect(sum.value == expected)
      }
    }
  }
}
