import Protocol
import Providers
import TestSupport
import Testing

@Suite(.ownThread) struct `The images of a request together` {
  private static let small = Picture.base64(width: 2_000)
  private static let large = Picture.base64(width: 2_001)

  private static func block(_ data: String) -> JSON {
    ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(data)]]
  }

  /// A conversation in which each image stands in a message of its own, by turns a prompt's and a tool's.
  private static func conversation(_ images: [String]) -> [JSON] {
    images.enumerated().flatMap { number, data -> [JSON] in
      let id = JSON.string("t\(number)")
      let image = block(data)
      guard number.isMultiple(of: 2) else {
        return [
          ["role": "user", "content": "go on"],
          ["role": "assistant", "content": [["type": "tool_use", "id": id, "name": "n", "input": [:]]]],
          ["role": "user", "content": [["type": "tool_result", "tool_use_id": id, "content": [image]]]],
          ["role": "assistant", "content": "so"],
        ]
      }
      return [["role": "user", "content": [image]], ["role": "assistant", "content": "so"]]
    }
  }

  private static func images(_ messages: [JSON]) -> [String] {
    let blocks = messages.flatMap { $0["content"]?.array ?? [] }.flatMap { [$0] + ($0["content"]?.array ?? []) }
    return blocks.compactMap { $0["source"]?["data"]?.string }
  }

  private func kept(_ images: [String], _ provider: ProviderID = .anthropic) -> [String] {
    let (messages, leftOut) = ImageBounds.fitted(Self.conversation(images), for: provider)
    let kept = Self.images(messages)
    #expect(leftOut.count == images.count - kept.count)
    #expect(Conversation.flaw(in: messages) == nil)
    return kept
  }

  @Test func `stay as they are while there are few`() {
    for images in [[], [Self.large], Array(repeating: Self.large, count: 20), Array(repeating: Self.small, count: 100)]
    {
      let messages = Self.conversation(images)
      let fitted = ImageBounds.fitted(messages, for: .bedrock)
      #expect(fitted.messages == messages && fitted.leftOut.isEmpty)
    }
  }

  @Test func `give way when there are many and one is large, the oldest first`() {
    let many = Array(repeating: Self.small, count: 30)
    #expect(kept(many + [Self.large]) == many.suffix(15) + [Self.large])
    #expect(kept([Self.large] + many) == many)
    #expect(kept(many.prefix(2) + [Self.large] + many) == many)
    #expect(kept(Array(repeating: Self.large, count: 21)).count == 16)
    #expect(kept(Array(repeating: Self.small, count: 101)).count == 76)
  }

  @Test func `give way when they are too large together, or each, for their service`() {
    let megabytes = Picture.base64(count: 3 << 20)
    #expect(kept(Array(repeating: megabytes, count: 6)).count == 6)
    #expect(kept(Array(repeating: megabytes, count: 7)).count == 5)
    #expect(kept(Array(repeating: megabytes, count: 3), .bedrock).count == 3)
    #expect(kept(Array(repeating: megabytes, count: 4), .bedrock).count == 3)
    let tooLarge = Picture.base64(count: 4 << 20)
    #expect(kept([Self.small, tooLarge, Self.large], .bedrock) == [Self.small, Self.large])
    #expect(kept([Self.small, tooLarge, Self.large]).count == 3)
  }

  @Test func `that gave way once stay away, and the beginning seldom changes`() {
    var numbers = RandomNumbers(seed: 11)
    for _ in 0..<4 {
      let large = Picture.base64(width: 2_001)
      let all = (0..<150).map { _ in Int.random(in: 0..<6, using: &numbers) == 0 ? large : Self.small }
      let messages = Self.conversation(all)
      var before: [JSON] = []
      var changes = 0
      for end in stride(from: 2, through: messages.count, by: 2) {
        let now = ImageBounds.fitted(Array(messages[..<end]), for: .anthropic).messages
        if !now.starts(with: before) {
          changes += 1
          // What is no image any more never becomes one again.
          #expect(zip(before, now).allSatisfy { Self.images([$0]).count >= Self.images([$1]).count })
        }
        before = now
        let kept = Self.images(now)
        #expect(kept.last == Self.images(Array(messages[..<end])).last)
        #expect(kept.count <= 100 && (kept.count <= 20 || !kept.contains(large)))
      }
      #expect(changes <= 30)
    }
  }

  @Test func `count from where they are kept`() {
    let messages = Self.conversation(Array(repeating: Self.large, count: 21))
    let once = ImageBounds.fitted(messages, for: .anthropic).messages
    #expect(ImageBounds.fitted(once, for: .anthropic).messages == once)
    #expect(ImageBounds.fitted(once, for: .bedrock).messages == once)
  }
}
