internal import Protocol

/// Whether a call of awk only prints: its language can run commands, write files and read others.
enum AwkScript {
  /// Where the program of a call stands; `nil` when it, or its options, do more than print.
  ///
  /// The words before `start` were agreed to.
  static func places(in words: [ShellWord], from start: Int) -> Set<Int>? {
    var place = 1
    while place < words.count {
      guard let word = words[place].literal else { return nil }
      let isOpen = place >= start
      place += 1
      guard word.first == UInt8(ascii: "-"), word.count > 1 else {
        return !isOpen || onlyPrints(word) ? [place - 1] : nil
      }
      let letter = word[1]
      guard letter == UInt8(ascii: "F") || letter == UInt8(ascii: "v") else {
        guard !isOpen else { return nil }
        continue
      }
      if word.count == 2 { place += 1 }
    }
    return []
  }

  private static func onlyPrints(_ program: [UInt8]) -> Bool {
    let text = String(decoding: program, as: UTF8.self)
    return !["system", "|", ">", "getline", "@", "ARGV", "ARGC", "\\\n"].contains { text.contains($0) }
  }
}
