import Foundation
import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.ownThread) struct `Searching with expressions` {
  @Test(
    arguments: [
      ("a.c", "abc axc ac", true), ("a.c", "ac", false), ("^b", "abc", false), ("c$", "abc", true),
      ("colou?r", "color", true),
      ("a{2,3}b", "ab aab", true), ("^a{2,3}$", "aaaa", false), ("^a{3}$", "aaa", true), ("a{,2}b", "b", true),
      ("(ab|cd)+e", "abcde", true), ("^(ab|cd)+$", "abc", false), ("[^a-c]", "abc", false), ("[^a-c]", "abcd", true),
      ("\\bword\\b", "a word.", true), ("\\bword\\b", "swords", false), ("\\d+\\.\\d*", "v12.", true),
      ("\\s\\S", "a b", true),
      ("\\w+é", "caf\u{e9} d\u{e9}", true), ("^\\w+$", "naïve", true), ("^.$", "漢", true), ("^..$", "漢", false),
      ("[à-ü]", "é", true), ("(?i)STRASSE é", "strasse É", true), ("a(?i:B)c", "abc aBc", true),
      ("a(?i:B)c", "abC", false),
      ("func \\w+\\(", "func name(x)", true), ("func {", "func {", true), ("x{a}", "x{a}", true), ("{}", "a{}", true),
      ("a|", "zzz", true), ("()", "", true), ("^$", "", true), ("(a*)*$", "aaab", true), ("(?:a|b)*?c", "ababc", true),
      ("[]a]", "]", true), ("[a\\]b]", "]", true), ("[a-]", "-", true), ("[[:alpha:]]+[[:digit:]]", "ab1", true),
      ("\\.", "a", false), ("\\x41\\u00e9\\x{1F600}", "A\u{e9}😀", true), ("(?P<name>a)(?<n>b)", "ab", true),
      ("\\Aab\\z", "ab", true), ("a\\/b", "a/b", true), ("\\", "", nil), ("a**", "aaa", true), ("\\bé", " é", true),
      ("(a", "", nil), ("a)", "", nil), ("[a", "", nil), ("*a", "", nil), ("(a)\\1", "", nil), ("(?=a)", "", nil),
      ("(?<!a)b", "", nil), ("a++", "", nil), ("\\pL", "", nil), ("a\\nb", "", nil), ("a{1001}", "", nil),
      ("a{3,2}", "", nil), ("(?i)k", "\u{212A}", true), ("(?i)task", "TA\u{17F}K", true), ("(?i)i", "ı", false),
      ("(?i)Ask|kiss", "xKISſ", true), ("(?i)é", "É", true), ("(?i)[a-z]+\\d", "ABC7", true),
      ("(((a{100}){100}){100})", "", nil), ("[z-a]", "", nil), ("\\q", "", nil), ("(?x)a", "", nil),
      ("[[:foo:]]", "", nil),
      ("^+a", "a", true), ("(?:\\b){2}a", "a", true), ("\\x{110000}", "", nil),
    ] as [(String, String, Bool?)]) func `understands`(pattern: String, line: String, matches: Bool?) throws
  {
    guard let matches else {
      let error = #expect(throws: ToolError.self) { try RegularExpression(pattern) }
      #expect(error?.kind == .invalidInput)
      return
    }
    let expression = try RegularExpression(pattern)
    #expect(try (end(of: expression, in: line) != nil) == matches)
    if matches { #expect(isHeld(expression.required, by: line)) }
  }

  @Test func `agrees with another engine on random patterns`() throws {
    var random = RandomNumbers(seed: 7)
    func pattern(_ depth: Int) -> String {
      func part() -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &random) {
        case 0, 1: ["a", "b", "c"].randomElement(using: &random) ?? ""
        case 2: "."
        case 3: ["[ab]", "[^a]", "\\b", "^", "$"].randomElement(using: &random) ?? ""
        case 4: "c"
        case 5, 6: "(?:\(pattern(depth - 1)))" + (["", "*", "+", "?", "{1,2}"].randomElement(using: &random) ?? "")
        case 7: "(?:\(pattern(depth - 1))|\(pattern(depth - 1)))"
        default: "a" + (["*", "+", "?", "{2}"].randomElement(using: &random) ?? "")
        }
      }
      return (0..<Int.random(in: 1...3, using: &random)).map { _ in part() }.joined()
    }
    for _ in 0..<400 {
      let text = pattern(2)
      let ours = try RegularExpression(text)
      let theirs = try NSRegularExpression(pattern: text)
      for _ in 0..<12 {
        let line = String(
          (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in "abc ".randomElement(using: &random) })
        let expected = theirs.firstMatch(in: line, range: NSRange(location: 0, length: line.utf8.count))
        let found = try end(of: ours, in: line)
        #expect((found != nil) == (expected != nil), "\(text) in '\(line)'")
        #expect(found == nil || isHeld(ours.required, by: line), "\(text) in '\(line)'")
      }
    }
  }

  @Test func `no pattern takes more than its time`() throws {
    let line = String(repeating: "a", count: 5_000)
    for pattern in ["(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)b", "(a?){50}a{50}b"] {
      // Each look at the clock comes after 64 Ki steps; for every character there may be a thousand of those.
      #expect(try end(of: RegularExpression(pattern), in: line, looks: 80) == nil)
    }
    var random = RandomNumbers(seed: 2)
    let mixed = String((0..<40_000).map { _ in Bool.random(using: &random) ? "a" : "b" })
    #expect(throws: WorkPace.End.self) {
      try end(of: RegularExpression("(a|b)*a(a|b){900}c"), in: mixed, looks: 20)
    }
  }

  @Test func `nothing that an expression says ends the program or holds it up`() throws {
    let deep = String(repeating: "(", count: 600)
    for pattern in [
      deep, deep + "a" + String(repeating: ")", count: 600), "a" + String(repeating: "*", count: 900),
      "a" + String(repeating: "{2}", count: 300), "a{99999999999999999999}", "a{1,99999999999999999999}", "a{,1001}",
      "\\x{FFFFFFFFFFFFFFFF}", "\\x", "\\u12", "[", "[a-", "[^", "[[:", "[\\", "(?", "(?P<", "(?i", "{", "}{", "{,}",
      "{1", "a{2",
      "[a-\\d-z]", "a|*", "(|)", "\\x{}", "[\\x{0}-\\x{10FFFF}]", "()" + String(repeating: "{1000}", count: 90),
      "((((){1000}){1000}){1000}){1000}", "((((^){0}){1000}){1000}){1000}", "(((a{0}){1000}){1000}){1000}",
      "(((){0,1000}){0,1000}){0,1000}",
    ] {
      if let expression = try? RegularExpression(pattern) { _ = try end(of: expression, in: "aab {,} \u{0}") }
    }
    #expect(try end(of: RegularExpression("[\\w-.]+@"), in: "a-b.c@d") == 6)
    #expect(try end(of: RegularExpression("()" + String(repeating: "{1000}", count: 9) + "b"), in: "ab") == 2)
  }

  @Test func `an automaton of too many states is done without`() throws {
    var random = RandomNumbers(seed: 3)
    let expression = try RegularExpression("(?:a|b|é)*a(?:[ab]|é){18}c")
    for _ in 0..<4 {
      var line = (0..<6_000).map { _ in ["a", "b", "é"].randomElement(using: &random) ?? "a" }
      #expect(try end(of: expression, in: line.joined()) == nil)
      line[5_000] = "c"
      let isThere = line[4_981] == "a"
      #expect(try (end(of: expression, in: line.joined()) != nil) == isThere)
      line[4_981] = "a"
      #expect(try end(of: expression, in: line.joined()) == line[...5_000].joined().utf8.count)
    }
    // Many characters that are each a class of their own have the table made wider.
    let letters = (0x4E00..<0x4E90).compactMap { Unicode.Scalar($0).map { String(Character($0)) } }
    let many = try RegularExpression("x(?:" + letters.map { "\($0)+" }.joined(separator: "|") + ")y")
    for letter in letters { #expect(try end(of: many, in: "x\(letter)\(letter)y") == 8) }
    #expect(try end(of: many, in: "x\(letters[0])\(letters[1])y") == nil)
  }

  private func end(of expression: RegularExpression, in line: String, looks: Int = .max) throws -> Int? {
    let count = Mutex(0)
    let time = TimeSource(
      now: { 0 },
      monotonic: {
        count.withLock { count in
          count += 1
          return count
        }
      }, sleep: { _ in }, random: { 0 })
    var matcher = ExpressionMatcher(
      expression, pace: WorkPace(Cancellation(), time: time, milliseconds: looks == .max ? 1 << 40 : looks))
    return try unsafe Array(line.utf8).withUnsafeBytes { try unsafe matcher.find(in: $0) }
  }

  /// Whether one of the texts stands in a line that every match is said to hold.
  private func isHeld(_ required: RequiredLiterals?, by line: String) -> Bool {
    required?.literals.contains { literal in
      let options: String.CompareOptions = literal.folded.contains(true) ? [.caseInsensitive, .literal] : .literal
      return literal.bytes.isEmpty
        || line.range(of: String(decoding: literal.bytes, as: UTF8.self), options: options) != nil
    } ?? true
  }
}
