import Protocol
import Providers
import Testing

@Suite struct `A conversation` {
  private let question: JSON = ["role": "user", "content": [["type": "text", "text": "q"]]]
  private let answer: JSON = ["role": "assistant", "content": [["type": "text", "text": "a"]]]

  private let target = ConversationTarget(provider: .anthropic, model: "claude-test")

  private func exchange(_ messages: [JSON]) -> Exchange {
    Exchange(runId: "r", at: 0, messages: messages, usage: Usage(), stopReason: .endTurn)
  }

  @Test func `joins a question that got no answer with the next one`() {
    let messages = Conversation.messages(past: [exchange([question])], current: [question], target: target)
    #expect(messages.count == 1)
    #expect(messages[0]["content"]?.array?.count == 2)
    #expect(Conversation.flaw(in: messages) == nil)
  }

  @Test func `leaves out what the API would refuse`() {
    var message = ModelMessage(content: [
      ["type": "thinking", "thinking": "hm", "signature": ""], ["type": "text", "text": "half"],
      ["type": "text", "text": " \n"], ["type": "tool_use", "id": "t", "name": "n", "input": [:]],
    ])
    message.incomplete = [0, 3]
    #expect(
      Conversation.assistantMessage(message) == [
        "role": "assistant", "content": [["type": "text", "text": "half"]],
      ])
    #expect(Conversation.assistantMessage(ModelMessage(content: [["type": "text", "text": ""]])) == nil)
    let thinkingOnly = ModelMessage(content: [["type": "thinking", "thinking": "hm", "signature": "s"]])
    #expect(Conversation.assistantMessage(thinkingOnly) == nil)
  }

  @Test func `keeps blocks it does not know, word for word`() throws {
    let block = try JSON.parse(#"{"type":"future","n":1.50,"x":{"z":1,"a":2}}"#)
    var message = ModelMessage(content: [block])
    message.stopReason = "end_turn"
    #expect(Conversation.assistantMessage(message)?["content"]?.array?.first?.text == block.text)
  }

  @Test(arguments: [
    (#"[]"#, true), (#"[{"role":"user","content":"hi"}]"#, true), (#"[{"role":"assistant","content":"hi"}]"#, false),
    (#"[{"role":"user","content":"hi"},{"role":"user","content":"hi"}]"#, false),
    (#"[{"role":"user","content":[]}]"#, false), (#"[{"role":"user","content":" "}]"#, false),
    (
      #"[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{}}]}]"#,
      false
    ),
    (
      #"[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]"#,
      true
    ),
    (#"[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]"#, false),
  ]) func `tells a conversation from what is none`(text: String, isSound: Bool) throws {
    let messages = try #require(try JSON.parse(text).array)
    #expect((Conversation.flaw(in: messages) == nil) == isSound)
  }
}
