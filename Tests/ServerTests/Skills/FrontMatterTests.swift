import Foundation
import Server
import TestSupport
import Testing

@Suite struct `What stands before a text` {
  /// One member, named `v`, as it is written and as it is meant.
  private static let texts: [(String, String?)] = [
    ("v: words", "words"), ("v:   words  ", "words"), ("v:\twords", "words"), ("v: a # not said", "a"),
    ("v: a#b", "a#b"),
    ("v: use it when: it fits", "use it when: it fits"), ("v: https://a.b/c", "https://a.b/c"),
    ("v: one\n  two\n  three", "one two three"), ("v: one\n\n  two", "one\ntwo"), ("v:\n  below\n  it", "below it"),
    (#"v: "in \"two\" \\ ways\n\x41\u00e9\U0001F600""#, "in \"two\" \\ ways\nAé😀"), ("v: 'it''s'", "it's"),
    ("v: \"a # b\" # not said", "a # b"), ("v: \"over\n  lines\"", "over lines"), ("v: 'open", "'open"),
    ("v: |\n  one\n    two\n\n  three\n", "one\n  two\n\nthree"), ("v: |-\n  one\n", "one"),
    ("v: |2\n    one", "  one"),
    ("v: >\n  one\n  two\n\n  three\n", "one two\nthree"), ("v: >-\n  one\n    code\n  two", "one\n  code\ntwo"),
    ("v: > # said how\n  one\n  two", "one two"), ("v: [a, 'b, c', \"d\"]", "a, b, c, d"),
    ("v: [issue] [priority]", "[issue] [priority]"), ("v: [open", "[open"),
    ("v:\n  - a\n  - 'b'\n  # no\n  - c d", "a, b, c d"),
    ("v:\n- a\n- b", "a, b"), ("v: true", "true"), ("v:", nil), ("v: \"\"", nil), ("v: {a: b}", nil),
    ("v:\n  a: b", nil),
    ("v: &x a", nil), ("w: a\n  v: b", nil), ("# v: a", nil), ("v:a", nil), ("\"v\": a", "a"),
    ("v: first\nv: second", "first"),
    ("w: |\n  v: inside\nv: after", "after"), ("w:\n  - x\nv: after", "after"),
  ]

  @Test(arguments: texts) func `is read as it is meant`(written: String, meant: String?) {
    for end in ["\n", "\r\n"] {
      let text = "---\n\(written)\n---\nbody\n".replacing("\n", with: end)
      let front = FrontMatter(text)
      #expect(front.text("v") == meant, "\(text)")
      #expect(front.body == "body\n")
    }
  }

  @Test(arguments: [
    "", "words", "--- \nname: a", "name: a\n---\n", " ---\nname: a\n---\n", "----\nname: a\n----\n",
    "\n---\nname: a\n---\n",
  ]) func `is nothing without two lines of dashes`(text: String) {
    let front = FrontMatter(text)
    #expect(front.members.isEmpty && front.body == text)
  }

  @Test func `ends with the first line of dashes, or of dots`() {
    #expect(FrontMatter("---\nv: a\n---\nb\n---\nc").body == "b\n---\nc")
    #expect(FrontMatter("---  \nv: a\n...\nb").text("v") == "a")
    #expect(FrontMatter("---\n---\n").body == "")
  }

  @Test func `says words and yes or no in more ways than one`() {
    let front = FrontMatter("---\na: x y,z\nb: [x y, z]\nc: Yes\nd: false\ne: perhaps\n---\n")
    #expect(front.words("a") == ["x", "y", "z"] && front.words("b") == ["x y", "z"] && front.words("f") == [])
    #expect(front.flag("c") == true && front.flag("d") == false && front.flag("e") == nil && front.flag("f") == nil)
  }

  /// Whatever comes, it is read to an end, and the body is a part of the text.
  @Test func `may be anything`() {
    var random = RandomNumbers(seed: 13)
    let pieces = [
      "---\n", "v:", " ", "\n", "- ", "|", ">-", "\"", "'", "[", "]", ",", "#", "\\", "\\u12", "é", "\t", "a", "{",
      "...\n",
    ]
    for _ in 0..<2_000 {
      let text =
        "---\n"
        + (0..<(1 + Int(random.next() % 24))).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let front = FrontMatter(text)
      #expect(text.hasSuffix(front.body))
    }
  }
}
