import Protocol
import Providers
import TestSupport
import Testing

@Suite struct `What a prompt brings` {
  private static let pdf = "%PDF-1.4\ntrailer <</Root 1 0 R>>"

  private static func base64(_ text: String) -> String { Base64.encode(Array(text.utf8).span) }

  private static func block(_ json: JSON, for provider: ProviderID = .anthropic) throws -> JSON? {
    let sound = try SoundDocument.sound(try json.decode(ContentBlock.self), for: provider)
    return Conversation.userMessage(Prompt(blocks: [sound]))["content"]?.array?.first
  }

  @Test(arguments: [ProviderID.anthropic, .bedrock]) func `is sent in the API's form`(provider: ProviderID) throws {
    let data = JSON.string(Self.base64(Self.pdf))
    let source: JSON = ["type": "base64", "media_type": "application/pdf", "data": data]
    let cases: [(JSON, JSON)] = [
      (["type": "document", "data": data], ["type": "document", "source": source]),
      (
        ["type": "document", "mimeType": "application/pdf", "data": data, "title": "A\nB"],
        ["type": "document", "source": source, "title": "A?B"]
      ),
      (
        ["type": "document", "text": "snow", "title": " "],
        ["type": "document", "source": ["type": "text", "media_type": "text/plain", "data": "snow"]]
      ),
      (["type": "document", "text": "\n", "title": "Diary"], ["type": "text", "text": "('Diary' is empty)"]),
      (
        ["type": "resource", "resource": ["uri": "file:///a", "mimeType": "text/x-c", "text": "int x;"]],
        [
          "type": "document", "source": ["type": "text", "media_type": "text/plain", "data": "int x;"],
          "title": "file:///a",
        ]
      ),
      (
        ["type": "resource", "resource": ["uri": "file:///a", "blob": data]],
        ["type": "document", "source": source, "title": "file:///a"]
      ),
      (
        ["type": "resource", "resource": ["uri": "u", "blob": .string(Self.base64("h\u{e9}"))]],
        [
          "type": "document", "source": ["type": "text", "media_type": "text/plain", "data": "h\u{e9}"], "title": "u",
        ]
      ),
      (
        ["type": "resource", "resource": ["uri": "u", "mimeType": "text/plain", "blob": .string(Picture.png)]],
        ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(Picture.png)]]
      ),
      (
        ["type": "resource_link", "uri": "file:///p.md", "name": "p.md", "description": "the plan", "size": 12],
        ["type": "text", "text": "[p.md](file:///p.md) (the plan, 12 bytes)"]
      ),
      (
        ["type": "resource_link", "uri": "file:///p.md", "name": "p.md", "title": "p.md"],
        ["type": "text", "text": "[p.md](file:///p.md)"]
      ),
    ]
    for (given, sent) in cases { #expect(try Self.block(given, for: provider) == sent, "\(given.text.prefix(200))") }
    #expect(try Self.block(["type": "text", "text": " "]) == nil)
  }

  @Test func `is fetched by the API alone`() throws {
    for type in ["image", "document"] {
      let block: JSON = ["type": .string(type), "uri": "https://example.com/a"]
      #expect(try Self.block(block)?["source"] == ["type": "url", "url": "https://example.com/a"])
      #expect(throws: SoundImage.Flaw.self) { try Self.block(block, for: .bedrock) }
    }
  }

  @Test(
    arguments: [
      (["type": "document", "data": "bm8gcGRm"], "no PDF"), (["type": "document", "data": "%%%"], "no Base64"),
      (["type": "resource", "resource": ["uri": "u", "blob": "AAEC"]], "no image, PDF or UTF-8"),
      (["type": "resource", "resource": ["uri": "u", "blob": "/w=="]], "no image, PDF or UTF-8"),
    ] as [(JSON, String)]) func `is refused when no model reads it`(given: JSON, reason: String) throws
  {
    let block = try given.decode(ContentBlock.self)
    let flaw = #expect(throws: SoundImage.Flaw.self) { try SoundDocument.sound(block, for: .anthropic) }
    #expect(flaw?.reason.contains(reason) == true)
  }

  @Test func `is no encrypted PDF, and none that is larger than a request`() throws {
    func check(_ text: String, for provider: ProviderID) throws {
      _ = try SoundDocument.pdf(bytes: Array(text.utf8), title: nil, for: provider)
    }
    #expect(throws: SoundImage.Flaw.self) { try check("%PDF-1.7 trailer <</Encrypt 5 0 R>>", for: .anthropic) }
    let large = "%PDF-1.7" + String(repeating: "x", count: 11 << 20)
    try check(large, for: .anthropic)
    #expect(throws: SoundImage.Flaw.self) { try check(large, for: .bedrock) }
  }

  @Test(
    arguments: [
      (["type": "document"], "has one of"), (["type": "document", "data": "eA==", "text": "x"], "has one of"),
      (["type": "document", "uri": "file:///x"], "https"),
      (["type": "document", "data": "eA==", "mimeType": "text/csv"], "send a text as 'text'"),
      (["type": "resource", "resource": ["uri": "u"]], "has one of"),
      (["type": "resource", "resource": ["text": "u"]], "missing"), (["type": "resource_link", "uri": "u"], "missing"),
      (["type": "audio", "data": "x"], "expected one of text, image, document, resource, resource_link"),
    ] as [(JSON, String)]) func `is told what is wrong with its shape`(given: JSON, reason: String)
  {
    let error = #expect(throws: JSONDecodingError.self) { try given.decode(ContentBlock.self) }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }
}
