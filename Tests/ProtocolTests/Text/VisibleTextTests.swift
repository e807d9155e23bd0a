import Protocol
import TestSupport
import Testing

@Suite struct `Text from elsewhere` {
  /// All characters of the planes in which there is anything but ideographs.
  private static var scalars: [Unicode.Scalar] {
    [0...0x1FFFF, 0xE0000...0xE0FFF].flatMap { range in range.compactMap { Unicode.Scalar(UInt32($0)) } }
  }

  @Test func `hides nothing: no character is shown that is a control, invisible or blank`() {
    let wrong = Self.scalars.filter { scalar in
      let properties = scalar.properties
      let hides = properties.isDefaultIgnorableCodePoint || properties.isBidiControl || properties.isWhitespace
      return hides && scalar != " " && !VisibleText.isHidden(scalar)
    }
    #expect(wrong.isEmpty)
    for code in [0x200B, 0x202E, 0x2066, 0xFEFF, 0xAD, 0x34F, 0x115F, 0x180E, 0x2800, 0x3164, 0xE0041, 0x1D173, 0xFE0F]
    {
      #expect(Unicode.Scalar(UInt32(code)).map(VisibleText.isHidden) == true, "\(code)")
    }
    #expect("aé日本😀́".unicodeScalars.allSatisfy { !VisibleText.isHidden($0) })
  }

  @Test func `is one line where a line is shown, and says how much of it is not`() {
    #expect(VisibleText.line("a\nb\tc\u{1B}\u{202E}é", most: 99) == "a\\nb\\tc\\u{1B}\\u{202E}é")
    #expect(VisibleText.line("abcdef", most: 4) == "abcd… (2 more)")
  }

  @Test func `steers no terminal, wherever it is cut`() {
    let parts = ["a", "\r", "\n", "\r\n", "\u{1B}[2J", "\u{9B}", "\u{7F}", "é", "⚠️", "\t", "\u{202E}", "\u{200F}"]
    var numbers = RandomNumbers(seed: 7)
    for _ in 0..<300 {
      let text = (0..<12).map { _ in parts[Int(numbers.next() % UInt64(parts.count))] }
      var screen = ScreenText()
      let shown = text.map { screen.shown($0) }.joined() + screen.end()
      #expect(shown == VisibleText.unsteering(text.joined()))
      #expect(!shown.unicodeScalars.contains(where: VisibleText.steers))
    }
    #expect(VisibleText.unsteering("a\r\nb\rc\r") == "a\nb\\u{D}c\\u{D}")
    #expect(VisibleText.unsteering("⚠️ é\t\u{200F}x") == "⚠️ é\t\u{200F}x")
  }

  @Test func `stands in rows of ours, none wider than the screen, with nothing left out`() {
    let words = ["a", "bc", " ", "  ", "日本", "e\u{301}", String(repeating: "x", count: 90), "😀"]
    var numbers = RandomNumbers(seed: 9)
    for columns in [20, 40, 80, 120] {
      for _ in 0..<60 {
        let text = (0..<15).map { _ in words[Int(numbers.next() % UInt64(words.count))] }.joined()
        let rows = TextRows.of(text, columns: columns, first: "  | ", next: "  : ")
        #expect(rows.map { String($0.unicodeScalars.dropFirst(4)) }.joined() == text)
        #expect(rows.enumerated().allSatisfy { $1.utf8.starts(with: ($0 == 0 ? "  | " : "  : ").utf8) })
        let widths = rows.map { $0.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) } }
        #expect(widths.allSatisfy { $0 < columns })
      }
    }
    #expect(TextRows.of("", columns: 80, first: "| ", next: ": ") == ["| "])
  }

  @Test(arguments: [
    ("curl \u{455}ite", ["\u{455} (U+455) looks like s"], ["\u{455} (U+455) looks like s"]),
    ("rm \u{2013}rf", ["\u{2013} (U+2013) looks like -"], []),
    ("\u{FF52}m x", ["\u{FF52} (U+FF52) looks like r"], ["\u{FF52} (U+FF52) looks like r"]),
    (
      "\u{441}\u{430}t", ["\u{441} (U+441) looks like c", "\u{430} (U+430) looks like a"],
      ["\u{441} (U+441) looks like c", "\u{430} (U+430) looks like a"]
    ),
    ("\u{440}\u{443}", ["\u{440} (U+440) looks like p", "\u{443} (U+443) looks like y"], []),
    ("\u{43F}\u{440}\u{438}\u{432}\u{435}\u{442} world", [], []), ("plain ls -l", [], []), ("é日本", [], []),
    ("it\u{2019}s", ["\u{2019} (U+2019) looks like '"], []),
    ("\u{1D41A}b", ["\u{1D41A} (U+1D41A) looks like a"], ["\u{1D41A} (U+1D41A) looks like a"]),
  ]) func `is told of where its letters are others than they look`(text: String, code: [String], prose: [String]) {
    #expect(LookAlikes.hints(in: text, .code) == code)
    #expect(LookAlikes.hints(in: text, .prose) == prose)
  }
}
