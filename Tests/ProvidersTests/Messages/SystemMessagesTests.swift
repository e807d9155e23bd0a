import Protocol
import Providers
import Testing

@Suite struct `Messages of the system` {
  private static func reminder(_ text: String) -> JSON {
    ["type": "text", "text": .string("<system-reminder>\n\(text)\n</system-reminder>")]
  }

  @Test func `stand before the words of the user's message before them, and behind results`() {
    let result: JSON = ["type": "tool_result", "tool_use_id": "t", "content": "ok"]
    let messages: [JSON] = [
      ["role": "user", "content": "hi"], ["role": "system", "content": "one"],
      ["role": "assistant", "content": [["type": "text", "text": "yes"]]],
      ["role": "user", "content": [result]],
      ["role": "system", "content": [["type": "text", "text": "two"], ["type": "text", "text": "three"]]],
      ["role": "system", "content": "four"],
    ]
    let lowered = SystemMessages.lowered(messages)
    #expect(
      lowered == [
        ["role": "user", "content": [Self.reminder("one"), ["type": "text", "text": "hi"]]], messages[2],
        ["role": "user", "content": [result, Self.reminder("two\nthree\nfour")]],
      ])
    #expect(SystemMessages.lowered(lowered) == lowered)
  }

  @Test func `that say nothing in words are left out, and without a user's before them they are one`() {
    let change: JSON = ["type": "tool_removal", "tool": ["type": "tool_reference", "name": "x"]]
    let messages: [JSON] = [
      ["role": "system", "content": "first"], ["role": "assistant", "content": "a"],
      ["role": "system", "content": [change]], ["role": "system", "content": [], "output_config": ["effort": "low"]],
      ["role": "system", "content": "last"],
    ]
    #expect(
      SystemMessages.lowered(messages) == [
        ["role": "user", "content": [Self.reminder("first")]], messages[1],
        ["role": "user", "content": [Self.reminder("last")]],
      ])
  }

  @Test func `leave all else as it is`() {
    let messages: [JSON] = [["role": "user", "content": "hi"], ["role": "assistant", "content": "ho"]]
    #expect(SystemMessages.lowered(messages) == messages)
    #expect(SystemMessages.lowered([]) == [])
  }
}
