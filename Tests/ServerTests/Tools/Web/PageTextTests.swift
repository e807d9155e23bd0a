import Server
import TestSupport
import Testing

@Suite(.ownThread) struct `The words of a page` {
  @Test(arguments: [
    ("<p>one</p><p>two</p>", "one\n\ntwo"), ("a  \n b<b>c</b> d", "a bc d"), ("a<br>b<br/>c", "a\nb\nc"),
    ("<ul><li>x<li>y</ul>z", "- x\n- y\n\nz"), ("<h2>T</h2>text", "## T\n\ntext"),
    ("<script>var a = '<p>no</p>';</script>yes<style>p{}</style>", "yes"), ("a<!-- <p>no</p> -->b", "ab"),
    ("<a href=\"https://x.y/z?a=1&amp;b=2\">w</a>", "w (https://x.y/z?a=1&b=2)"), ("<a href='#top'>up</a>", "up"),
    ("<pre>a\n  b</pre>c", "a\n  b\n\nc"), ("<img alt='A cat' src=x>", "[image: A cat]"),
    ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
    ("&lt;b&gt; &#65;&#x42; &nope; &amp;lt; &#xD800;", "<b> AB &nope; &lt; &#xD800;"), ("", ""), ("<", ""), ("<p", ""),
    ("<a href='x", ""), ("x<!--", "x"), ("<script>", ""), ("<td>a</td><td>b</td>", "a | b | "), ("</p></a></li>x", "x"),
    ("<!DOCTYPE html><?xml?>x", "x"), ("<svg><text>no</text></svg>y", "y"), ("<p title='>'>q", "q"),
  ]) func `are what a reader sees`(page: String, words: String) {
    #expect(PageText.of(page).text.trimmed == words.trimmed)
  }

  @Test func `have the page's title`() {
    #expect(PageText.of("<head><title> A\n &amp; B </title></head>x").title == "A & B")
    #expect(PageText.of("<title></title>x").title == nil)
  }

  @Test(arguments: ["<", "<a ", "<!--", "&", "<a href='", "<li>", "<pre>", "</a>", "<script>", "&#", "<p>x"])
  func `take time by the length only`(piece: String) {
    // Quadratic work on a megabyte would outlast any patience.
    #expect(PageText.of(String(repeating: piece, count: 200_000)).title == nil)
  }
}

extension String {
  fileprivate var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    return start.lastIndex { !$0.isWhitespace }.map { start[...$0] } ?? ""
  }
}
