/// Changes inputs by chance, where no fuzzer with a look into the program is at hand.
package struct Mutations<Generator: RandomNumberGenerator> {
  private var random: Generator

  /// Changes that follow from these numbers.
  package init(_ random: Generator) { self.random = random }

  /// An input made of those of a corpus.
  package mutating func input(of corpus: [[UInt8]]) -> [UInt8] {
    var bytes = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, corpus) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8], _ corpus: [[UInt8]]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...8, using: &random))
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where place < bytes.count: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
    case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(contentsOf: Self.words.randomElement(using: &random) ?? [], at: place)
    case 5:
      let other = corpus.randomElement(using: &random) ?? []
      let from = Int.random(in: 0...other.count, using: &random)
      bytes.replaceSubrange(place..<end, with: other[from..<min(other.count, from + 24)])
    default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
    }
  }

  /// What is at the edge of something somewhere.
  private static var words: [[UInt8]] {
    [
      "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e999", "-0", "0.1e-999999999999", "null",
      "[]",
      "{}", "\"\"", "\\ud83d", "\u{2028}", "\u{FEFF}", "\u{301}", "\r\n", "\n\n", "\0", "((((((((", "[[[[[[[[",
      "{{{{{{{{",
      "$(", "`", "<<EOF\n", "**/", "{a,b}", "(a*)*", "{1,1000}", "&#x110000;", "]]>",
      "Content-Length: 4294967296\r\n\r\n",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]
  }
}
