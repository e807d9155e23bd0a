import Protocol
import Testing

@Suite struct `A pattern with stars` {
  private func takes(_ pattern: String, _ text: String) -> Bool {
    let (parts, bytes) = (Array(pattern.utf8), Array(text.utf8))
    return Glob.takes(bytes.count, parts: parts.count, isStar: { parts[$0] == UInt8(ascii: "*") }) { part, place in
      parts[part] == bytes[place] ? 1 : nil
    }
  }

  @Test(arguments: [
    ("", "", true), ("", "a", false), ("*", "", true), ("**", "abc", true), ("a*c", "abbc", true),
    ("a*c", "abcd", false),
    ("*ab*ab", "abxabab", true), ("a", "", false), ("*a", "aaab", false),
  ]) func `takes a whole text or does not`(pattern: String, text: String, fits: Bool) {
    #expect(takes(pattern, text) == fits)
  }

  @Test func `does not take exponential time`() {
    #expect(!takes(String(repeating: "*a", count: 64) + "*b", String(repeating: "a", count: 10_000)))
  }

  private func progress(_ pattern: [String?], _ path: [String]) -> (isWhole: Bool, mayFit: Bool) {
    var progress = GlobProgress(pattern)
    for name in path { progress.take { $0 == name } }
    return (progress.isWhole, progress.mayFit)
  }

  @Test func `of names has any number of folders for two stars`() {
    #expect(progress(["a", nil, "b"], ["a", "b"]) == (true, true))
    #expect(progress(["a", nil, "b"], ["a", "x", "b", "b"]) == (true, true))
    #expect(progress(["a", nil, "b"], ["a", "x"]) == (false, true))
    #expect(progress(["a", nil, "b"], ["x"]) == (false, false))
    #expect(progress([nil], []) == (true, true))
    #expect(progress([], ["a"]) == (false, false))
  }
}
