import Foundation
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `Finding and listing` {
  private func tree() throws -> ToolBench {
    let bench = try ToolBench()
    for path in [
      "a.swift", "b.txt", "Sources/c.swift", "Sources/deep/d.swift", "Sources/deep/e.h", ".github/workflows/ci.yml",
      ".git/config", "legit/file", "x.git/file", "node_modules/m/index.js", "build/out.o", "sub/.git/x", "sub/keep",
    ] { try bench.make(path) }
    try bench.make(".gitignore", "build/\n*.txt\n")
    return bench
  }

  private func find(_ bench: ToolBench, _ pattern: String, _ more: JSONObject = [:]) async throws -> [String] {
    var input = more
    input["pattern"] = .string(pattern)
    return try await bench.run("find_files", .object(input)).text.split(separator: "\n").map(String.init)
  }

  @Test func `patterns mean what they do elsewhere`() async throws {
    let bench = try tree()
    #expect(try await find(bench, "*.swift") == ["Sources/c.swift", "Sources/deep/d.swift", "a.swift"])
    #expect(try await find(bench, "./*.swift") == ["(no file fits './*.swift')"])
    #expect(try await find(bench, "Sources/*.swift") == ["Sources/c.swift"])
    #expect(try await find(bench, "**/deep/*.{h,c}") == ["Sources/deep/e.h"])
    #expect(
      try await find(bench, "Sources/**") == [
        "Sources/c.swift", "Sources/deep/", "Sources/deep/d.swift", "Sources/deep/e.h",
      ])
    #expect(try await find(bench, "[ab].*") == ["a.swift"])
    #expect(try await find(bench, "[!a].swift", ["path": "Sources"]) == ["Sources/c.swift", "Sources/deep/d.swift"])
    #expect(try await find(bench, "?.h") == ["Sources/deep/e.h"])
    #expect(try await find(bench, "*.yml") == [".github/workflows/ci.yml"])
  }

  @Test func `what is hidden is hidden by its whole name`() async throws {
    let bench = try tree()
    let all = try await find(bench, "file")
    #expect(all == ["legit/file", "x.git/file"])
    let listed = try await bench.run("list_files", ["depth": 2]).text.split(separator: "\n")
    #expect(
      listed == [
        ".github/", ".github/workflows/", ".gitignore  13", "Sources/", "Sources/c.swift  2", "Sources/deep/",
        "a.swift  2", "legit/", "legit/file  2", "sub/", "sub/keep  2", "x.git/", "x.git/file  2",
      ])
    let everything = try await bench.run("list_files", ["include_ignored": true]).text
    #expect(everything.contains("node_modules/") && everything.contains("b.txt") && everything.contains("build/"))
    #expect(!everything.split(separator: "\n").contains(".git/") && everything.contains("x.git/"))
  }

  @Test func `gitignore is read as git reads it`() async throws {
    let bench = try ToolBench()
    guard try await !bench.command("git init -q .").isError else { return }
    let rules = """
      # a comment
      *.log
      !keep.log
      /top
      deep/only
      folder/
      **/anywhere/x
      a/**/z
      trail**
      \\#hash
      \\!bang
      with\\ space\\ \u{20}
      [ab]c.txt
      q?z
      end/**
      foo/*
      !foo/bar
      *.é
      no[
      """
    try bench.make(".gitignore", rules)
    try bench.make("sub/.gitignore", "*.tmp\n!top\nlocal\r\n/only-here\n")
    try bench.make(".git/info/exclude", "excluded\n")
    let names = [
      "x.log", "keep.log", "top", "sub/top", "deep/only", "sub/deep/only", "folder/f", "sub/folder/g", "folder2",
      "anywhere/x", "p/anywhere/x", "a/z", "a/b/z", "a/b/c/z", "b/a/z", "trailing", "trail/x", "#hash", "!bang",
      "with space ", "ac.txt", "cc.txt", "qaz", "qéz", "q/z", "end/1", "end/2/3", "foo/1", "foo/bar/2", "foo/bar3",
      "x.é", "no[", "sub/y.tmp", "y.tmp", "sub/local", "local", "sub/only-here", "sub/p/only-here", "excluded",
      "sub/excluded", "sub/x.log", "sub/keep.log", "p/sub/keep.log",
    ]
    for name in names { try bench.make(name) }
    let git = try await bench.command("git ls-files --others --exclude-standard -z | tr '\\0' '\\n' | LC_ALL=C sort")
    let expected = git.text.split(separator: "\n").map(String.init)
    let found = try await find(bench, "**").filter { !$0.hasSuffix("/") }
    #expect(Set(found).symmetricDifference(expected) == [])
    #expect(found.count > 10 && found.count < names.count)
  }

  @Test func `a pattern of many stars takes no time`() async throws {
    let bench = try ToolBench()
    try bench.make(String(repeating: "a", count: 200))
    #expect(try await find(bench, String(repeating: "*a", count: 100) + "b").first?.hasPrefix("(no file") == true)
    #expect(
      await bench.refusal("find_files", ["pattern": .string(String(repeating: "{a,b}", count: 10))])?.kind
        == .invalidInput)
  }

  @Test func `much is cut short, and said to be`() async throws {
    let bench = try ToolBench()
    for number in 0..<1_100 { try bench.make("f\(number)") }
    #expect(try await find(bench, "f*").count == 1_001)
    #expect(try await bench.run("list_files", [:]).text.hasSuffix("use find_files]"))
    let deep = (0..<70).map { _ in "d" }.joined(separator: "/")
    _ = try await bench.run("create_directory", ["path": .string(deep)])
    #expect(try await find(bench, "d", ["path": "d"]).last?.contains("further down") == true)
  }
}

@Suite struct `search_files` {
  @Test func `finds lines, with context and line ends of both kinds`() async throws {
    let bench = try ToolBench()
    try bench.make("a", "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\nseven")
    try bench.make("b/c", "two\n")
    try bench.make("binary", [0, 1, 2] + Array("two".utf8))
    try bench.make("utf16", try #require(TextEncoding.utf16LittleEndian.encode(Array("zwei two\n".utf8))))
    #expect(try await bench.run("search_files", ["pattern": "^tw.$"]).text == "a:2: two\nb/c:1: two\n")
    #expect(
      try await bench.run("search_files", ["pattern": "two|six", "context": 1, "path": "a"]).text
        == "a-1- one\na:2: two\na-3- three\n--\na-5- five\na:6: six\na-7- seven\n")
    #expect(
      try await bench.run("search_files", ["pattern": "two", "files": "{c,utf16}"]).text
        == "b/c:1: two\nutf16:1: zwei two\n")
    #expect(
      try await bench.run("search_files", ["pattern": "TWO", "ignore_case": true, "max_results": 1]).text
        .hasPrefix("a:2: two\n[more than 1"))
    #expect(
      try await bench.run("search_files", ["pattern": "e", "path": "a", "context": 10]).text.split(separator: "\n")
        .count == 7)
  }

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
      ("a{3,2}", "", nil),
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
    var matcher = ExpressionMatcher(expression)
    let bytes = Array(line.utf8)
    #expect((matcher.find(in: bytes.span) != nil) == matches)
    if matches {
      // What every match is said to hold, the line does hold.
      #expect(expression.required.isEmpty || line.utf8.contains(expression.required))
    }
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
      var matcher = ExpressionMatcher(ours)
      for _ in 0..<12 {
        let line = String(
          (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in "abc ".randomElement(using: &random) })
        let bytes = Array(line.utf8)
        let expected = theirs.firstMatch(in: line, range: NSRange(location: 0, length: bytes.count))
        let found = matcher.find(in: bytes.span)
        #expect((found != nil) == (expected != nil), "\(text) in '\(line)'")
        #expect(found == nil || bytes.isEmpty || ours.required.isEmpty || line.utf8.contains(ours.required))
      }
    }
  }

  @Test func `no pattern takes more than its time`() throws {
    let line = Array(String(repeating: "a", count: 5_000).utf8)
    for pattern in ["(a*)*b", "(a|a)*b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)b", "(a?){50}a{50}b"] {
      var matcher = ExpressionMatcher(try RegularExpression(pattern))
      #expect(matcher.find(in: line.span) == nil)
      #expect(matcher.steps < 5_000 * 1_000)
    }
  }
}

extension Collection<UInt8> {
  /// Whether some bytes stand in these one after another.
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    let bytes = Array(self)
    return bytes.indices.contains { bytes[$0...].starts(with: part) }
  }
}
