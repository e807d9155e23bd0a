import Protocol
import Providers
import Testing

@Suite struct `What is left out of a conversation` {
  private static let thought: JSON = ["type": "thinking", "thinking": "", "signature": "s1"]
  private static let later: JSON = ["type": "thinking", "thinking": "", "signature": "s2"]
  private static let image: JSON = [
    "type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "AAAA"],
  ]
  private static let other: JSON = [
    "type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "BBBB"],
  ]
  private static let messages: [JSON] = [
    ["role": "user", "content": "look"],
    ["role": "assistant", "content": [thought, ["type": "tool_use", "id": "t", "name": "n", "input": [:]]]],
    ["role": "user", "content": [["type": "tool_result", "tool_use_id": "t", "content": [image]]]],
    ["role": "assistant", "content": [later, ["type": "text", "text": "so"]]],
    ["role": "user", "content": [other, ["type": "text", "text": "and?"]]],
  ]

  private func refusal(_ text: String) -> ProviderError {
    var refusal = ProviderError(.invalidRequest, text)
    refusal.refusal = Refusal(text)
    return refusal
  }

  private func signatures(_ messages: [JSON]) -> [String] {
    messages.flatMap(Conversation.blocks).compactMap { $0["signature"]?.string }
  }

  @Test func `is thinking from the refused one on, then all of it, then nothing`() throws {
    var tried = HistoryCure.Tried()
    let text =
      "messages.3.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation."
    let first = try #require(HistoryCure.of(refusal(text), in: Self.messages, &tried)).applied(to: Self.messages)
    #expect(signatures(first) == ["s1"])
    let second = try #require(HistoryCure.of(refusal(text), in: first, &tried)).applied(to: first)
    #expect(signatures(second) == [])
    #expect(HistoryCure.of(refusal(text), in: second, &tried) == nil)
  }

  @Test(
    arguments: [
      ("messages.4.content.0: not supported", 4), ("messages.2.content.0: too large", 2),
      ("messages.0.content.0: text is not allowed", 0),
    ]) func `is the block that a refusal names, with a word in its place`(text: String, number: Int) throws
  {
    var tried = HistoryCure.Tried()
    let cure = try #require(HistoryCure.of(refusal(text), in: Self.messages, &tried))
    let cured = cure.applied(to: Self.messages)
    #expect(cured.indices.filter { cured[$0] != Self.messages[$0] } == [number])
    #expect(cured[number].text.contains("left out, as the service refused it"))
    #expect(HistoryCure.of(refusal(text), in: Self.messages, &tried) == nil)
  }

  @Test func `is no call, as its result would answer nothing`() {
    var tried = HistoryCure.Tried()
    let text = "messages.1.content.1.tool_use.name: odd"
    #expect(HistoryCure.of(refusal(text), in: Self.messages, &tried) == nil)
  }

  @Test func `are images where no place is named, the newest first`() throws {
    var tried = HistoryCure.Tried()
    let text = "messages: Could not process image"
    var other = Self.messages
    other[2] = [
      "role": "user",
      "content": [
        [
          "type": "tool_result", "tool_use_id": "t",
          "content": [["type": "image", "source": ["type": "url", "url": "https://example.com/a.png"]]],
        ]
      ],
    ]
    let first = try #require(HistoryCure.of(refusal(text), in: other, &tried)).applied(to: other)
    #expect(first[2] == other[2] && first[4] != other[4])
    let second = try #require(HistoryCure.of(refusal(text), in: first, &tried)).applied(to: first)
    #expect(!second.contains { $0.text.contains(#""image""#) })
  }

  @Test func `is nothing where another thing was refused`() {
    var tried = HistoryCure.Tried()
    #expect(HistoryCure.of(refusal("max_tokens: 9 > 8, which is the maximum"), in: Self.messages, &tried) == nil)
    #expect(HistoryCure.of(ProviderError(.rateLimited, "wait"), in: Self.messages, &tried) == nil)
  }
}
