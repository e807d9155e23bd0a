import Server
import TestSupport
import Testing

@Suite(.ownThread) struct `The text of a terminal` {
  private static func shown(_ pieces: [[UInt8]]) -> (text: String, remarks: [String]) {
    var terminal = TerminalText()
    var text: [UInt8] = []
    for piece in pieces {
      terminal.feed(piece[...])
      text += terminal.take()
    }
    terminal.finish()
    text += terminal.take()
    return (String(decoding: text, as: UTF8.self), terminal.remarks)
  }

  private static func shown(_ bytes: [UInt8]) -> String { shown([bytes]).text }

  private static let samples: [(String, String)] = [
    ("", ""), ("a\nb\n", "a\nb\n"), ("a\r\nb\r\n", "a\nb\n"), ("no end", "no end"), ("a\n\n\nb\n\n", "a\n\n\nb\n\n"),
    ("a\tb\n\tc\n", "a\tb\n\tc\n"), ("  two  \n", "  two  \n"), ("é漢🙂e\u{301}\n", "é漢🙂e\u{301}\n"),
    // Colours, links, titles, images.
    ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}[1;38;5;200mx\u{1B}[m", "x"), ("\u{1B}[38:2::1:2:3mx", "x"),
    ("\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"), ("\u{1B}]0;title\u{7}x", "x"),
    ("\u{1B}]0;title\u{9C}x", "x"), ("\u{1B}P1;2q#0~~\n~~\u{1B}\\x", "x"), ("\u{1B}_apc\u{1B}\\x", "x"),
    ("\u{1B}^pm\u{1B}\\\u{1B}Xsos\u{1B}\\x", "x"), ("\u{9B}31mred\u{9B}0m", "red"), ("\u{1B}ktitle\u{1B}\\x", "x"),
    ("\u{1B}(B\u{1B}=\u{1B}>\u{1B}[?25l\u{1B}[?1049hx\u{1B}[6n", "x"), ("\u{90}dcs\u{9C}x\u{81}", "x"),
    // What is no sequence takes nothing along.
    ("\u{1B}]no end\nnext\n", "\nnext\n"), ("\u{1B}[\nnext", "\nnext"), ("\u{1B}[12é", "é"), ("\u{1B}[1\u{18}x", "x"),
    ("a\u{7}b\u{0E}c\u{7F}d", "abcd"), ("\u{1B}\u{1B}[31mx", "x"), ("\u{1B}", ""), ("\u{1B}[3", ""),
    // A line that is written again: what was not written over stays.
    ("one\rtwo\n", "two\n"), ("longer\rab\n", "abnger\n"), ("\r10%\r20%\r100%\n", "100%\n"), ("a\r", "a"),
    ("abc\r\u{1B}[Kx\n", "x\n"), ("abcdef\r\u{1B}[3C\u{1B}[K\n", "abc\n"), ("abc\r\u{1B}[2Kx\n", "x\n"),
    ("abc\u{1B}[1K|\n", "   |\n"), ("abc\u{8}\u{8}X\n", "aXc\n"), ("_\u{8}b_\u{8}o", "bo"), ("N\u{8}N", "N"),
    ("ab\u{8}\u{8}\u{8}\u{8}c", "cb"), ("abc\u{1B}[2Dx\n", "axc\n"), ("abc\u{1B}[1Gx\n", "xbc\n"),
    ("\u{1B}[5Gx", "    x"), ("ok\u{1B}[60G[ done ]\n", "ok" + String(repeating: " ", count: 57) + "[ done ]\n"),
    ("x\u{1B}[999Cy\n", "x" + String(repeating: " ", count: 78) + "y\n"), ("abcd\u{1B}[2G\u{1B}[2P\n", "ad\n"),
    ("abcd\u{1B}[2G\u{1B}[2@\n", "a  bcd\n"), ("abcd\u{1B}[2G\u{1B}[2X\n", "a  d\n"), ("漢字\rx\n", "x 字\n"),
    ("漢字\u{8}x\n", "漢 x\n"), ("a\tb\rxy\n", "xy      b\n"), ("e\u{301}f\rx", "xf"), ("a\u{1B}7bc\u{1B}8x", "axc"),
    // Displays of several lines.
    ("a: 1\nb: 1\n\u{1B}[2Aa: 2\nb: 2\n", "a: 2\nb: 2\n"), ("a\nb\n\u{1B}[1A\u{1B}[2Kc\n", "a\nc\n"),
    ("a\nb\n\u{1B}[2A\u{1B}[Jc\n", "c\n"), ("\u{1B}[2J\u{1B}[Hfresh\n", "fresh\n"),
    ("old\n\u{1B}[H\u{1B}[2Jfresh\n", "fresh\n"),
    ("old\n\u{1B}cfresh\n", "fresh\n"), ("a\nb\n\u{1B}[1F\u{1B}[1Mc", "a\nc"), ("a\nb\n\u{1B}[1F\u{1B}[1Lc", "a\nc\nb"),
    ("a\u{1B}[1Bb", "a\n b"), ("a\u{1B}Db\u{1B}Mc\u{1B}Ed", "a c\ndb"),
    ("\u{1B}[3;2Hx\u{1B}[1dy", "  y\n\n x"), ("a\u{0B}b\u{0C}c\u{85}d", "a\nb\nc\nd"),
  ]

  @Test(arguments: samples) func `is what a person would see`(bytes: String, text: String) {
    #expect(Self.shown(Array(bytes.utf8)) == text)
  }

  @Test func `takes bytes that are no UTF-8 for what they can be, and tells of them`() {
    let (text, remarks) = Self.shown([[0x61, 0xFF, 0xE2, 0x82, 0x62, 0x9B] + Array("31mred".utf8) + [0xC3]])
    #expect(text == "a\u{FFFD}\u{FFFD}bred\u{FFFD}")
    #expect(remarks == ["[bytes that are no UTF-8, shown as \u{FFFD}: 4]"])
    let wide = "größer 🙂\r\nzwei".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    #expect(Self.shown([[0xFF, 0xFE] + wide]) == ("größer 🙂\nzwei", ["[the output is UTF-16]"]))
    let other = "größer".utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    #expect(Self.shown([[0xFE, 0xFF] + other]).text == "größer")
    let unmarked = "two words".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    #expect(Self.shown([unmarked]).text == "two words")
    #expect(Self.shown([unmarked]).remarks.first?.contains("left out: 9;") == true)
  }

  @Test func `does not grow with what is written over, nor trap at any number`() {
    let bar = (0..<3_000).map { "\rProgress \($0)%  " }.joined() + "\n"
    #expect(Self.shown(Array(bar.utf8)) == "Progress 2999%  \n")
    let frames = (0..<2_000).map { "\u{1B}[3Aone \($0)\u{1B}[K\ntwo\u{1B}[K\nthree\u{1B}[K\n" }.joined()
    #expect(Self.shown(Array(("\n\n\n" + frames).utf8)) == "one 1999\ntwo\nthree\n")
    for final in "ABCDEFGHIJKLMPSTXZ@`abcdefghlmnqrsu" {
      let text = Self.shown(Array("a\nb\u{1B}[99999999999999999999\(final)c\u{1B}[7;99999999999\(final)d".utf8))
      #expect(text.utf8.count < 1_000)
    }
    // A line without an end is settled piece by piece.
    let long = Self.shown([[UInt8]](repeating: [UInt8](repeating: UInt8(ascii: "x"), count: 50_001), count: 20))
    #expect(long.text.utf8.count == 1_000_020)
  }

  @Test func `is the same however its bytes come in pieces`() {
    var random = RandomNumbers(seed: 11)
    let parts: [[UInt8]] =
      [
        "a", "bc", "\n", "\r", "\r\n", "\t", "\u{8}", "é", "漢", "🙂", "\u{301}", "\u{1B}", "[", "]", "\u{1B}[",
        "\u{1B}[2K",
        "\u{1B}[1A", "\u{1B}[J", "\u{1B}[3G", ";", "1", "m", "\u{1B}]0;t", "\u{7}", "\u{1B}\\", "\u{9B}", "\u{9D}",
        "\u{1B}P", "\0",
      ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0x9B], [0xFE]]
    for _ in 0..<400 {
      let bytes = (0..<Int.random(in: 1...60, using: &random)).flatMap { _ in parts.randomElement(using: &random) ?? []
      }
      let whole = Self.shown([bytes])
      #expect(Self.shown(bytes.map { [$0] }) == whole, "\(bytes)")
      var (pieces, rest) = ([[UInt8]](), bytes[...])
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...9, using: &random))
        pieces.append(Array(piece))
        rest = rest[piece.endIndex...]
      }
      #expect(Self.shown(pieces) == whole, "\(bytes)")
    }
  }

  @Test func `is that of a plain grid of characters`() {
    var random = RandomNumbers(seed: 12)
    for _ in 0..<400 {
      var (grid, bytes) = (Grid(), [UInt8]())
      for _ in 0..<Int.random(in: 1...50, using: &random) {
        bytes += grid.step(Int.random(in: 0...13, using: &random), Int.random(in: 1...4, using: &random))
      }
      #expect(
        Grid.trimmed(Self.shown(bytes)) == Grid.trimmed(grid.text),
        "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
  }
}

/// A terminal as plainly as it can be said: a grid of characters and a place in it.
private struct Grid {
  private var cells = [[Character]](repeating: [Character](repeating: " ", count: 400), count: 64)
  private var (row, column, next) = (0, 0, 0)

  var text: String { cells.map { String($0) }.joined(separator: "\n") }

  /// Blanks at the ends of lines and of the whole are no more to be seen than the others.
  static func trimmed(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Does something, and says what a program writes for it.
  mutating func step(_ what: Int, _ count: Int) -> [UInt8] {
    func control(_ final: String) -> [UInt8] { Array("\u{1B}[\(count)\(final)".utf8) }
    switch what {
    case 0:
      row -= min(row, count)
      return control("A")
    case 1:
      row = min(63, row + count)
      return control("B")
    case 2:
      column -= min(column, count)
      return control("D")
    case 3:
      column = count - 1
      return control("G")
    case 4:
      for place in column..<400 { cells[row][place] = " " }
      return Array("\u{1B}[K".utf8)
    case 5:
      for place in 0...column { cells[row][place] = " " }
      return Array("\u{1B}[1K".utf8)
    case 6:
      for place in column..<400 { cells[row][place] = " " }
      for below in row + 1..<64 { cells[below] = [Character](repeating: " ", count: 400) }
      return Array("\u{1B}[J".utf8)
    case 7:
      column = 0
      return [0x0D]
    case 8 where row < 63:
      (row, column) = (row + 1, 0)
      return [0x0A]
    case 9:
      column -= min(1, column)
      return [0x08]
    default:
      let letters = (0..<count).map { UInt8(ascii: "a") + UInt8((next + $0) % 26) }
      next += count
      for letter in letters {
        cells[row][column] = Character(Unicode.Scalar(letter))
        column += 1
      }
      return letters
    }
  }
}
