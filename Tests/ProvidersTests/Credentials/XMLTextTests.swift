import Providers
import Testing

@Suite struct XMLTextTests {
  @Test func `texts are found by the path of their element`() throws {
    let text = try XMLText(
      Array(
        """
        \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment with <tags> -->
        <s:Reply xmlns:s='https://sts.amazonaws.com/' a="x > y">
          <One> 1 &lt;&amp;&gt;&quot;&apos;&#65;&#x1F600; </One><One>second</One>
          <Two><![CDATA[<raw> & ]]]]><![CDATA[>]]></Two>
          <Empty/><Empty2></Empty2>
          <Parent>lost<Child>kept</Child></Parent>
        </s:Reply>
        """.utf8))
    #expect(text["Reply/One"] == "1 <&>\"'A😀")
    #expect(text["Reply/Two"] == "<raw> & ]]>")
    #expect(text["Reply/Empty"] == "")
    #expect(text["Reply/Empty2"] == "")
    #expect(text["Reply/Parent"] == nil)
    #expect(text["Reply/Parent/Child"] == "kept")
    #expect(text["One"] == nil)
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "<a/><b/>", "<a/>text", "</a>", "<a", "<a b></a>", "<a b=c></a>", "<a b='<'></a>",
    "<a b='1'c='2'></a>", "<a>&nbsp;</a>", "<a>&#0;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&amp</a>",
    "<a>&;</a>", "<a>&#+65;</a>", "<1/>", "< a/>", "<a>\u{1}</a>", "<a><!-- </a>", "<a><![CDATA[x</a>", "<![CDATA[x]]>",
    "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a><!ELEMENT b></a>", "<?xml", "{}",
  ]) func `what is not well formed is refused`(document: String) {
    #expect(throws: XMLSyntaxError.self) { try XMLText(Array(document.utf8)) }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: XMLSyntaxError.self) { try XMLText([0x3C, 0x61, 0x3E, 0xFF, 0x3C, 0x2F, 0x61, 0x3E]) }
  }

  @Test func `depth and size are bounded`() throws {
    let deepest = RemoteCredentialLimits.elementDepthMax
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
    }
    _ = try XMLText(nested(deepest))
    #expect(throws: XMLSyntaxError.self) { try XMLText(nested(deepest + 1)) }
    let filled = RemoteCredentialLimits.replyMax - 7
    _ = try XMLText(Array("<a>\(String(repeating: "x", count: filled))</a>".utf8))
    #expect(throws: XMLSyntaxError.self) {
      try XMLText(Array("<a>\(String(repeating: "x", count: filled + 1))</a>".utf8))
    }
  }

  @Test func `every cut of a document is refused`() {
    let whole = Array("<a b='c'><d>&lt;<![CDATA[x]]></d></a>".utf8)
    for length in 0..<whole.count {
      #expect(throws: XMLSyntaxError.self) { try XMLText(Array(whole[..<length])) }
    }
  }
}
