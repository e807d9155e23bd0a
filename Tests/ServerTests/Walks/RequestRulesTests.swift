import Protocol
import Providers
import Testing

@Suite struct `The API's rules of a request` {
  @Test func `hold for what surrounds the messages`() {
    let messages: [JSON] = [
      ["role": "user", "content": "q"], ["role": "assistant", "content": [["type": "text", "text": "so "]]],
    ]
    var request = ModelRequest(model: "m", messages: [messages[0]], maxTokens: 2_048)
    #expect(RequestRules.flaw(in: request) == nil)
    request.thinking = ["type": "enabled", "budget_tokens": 2_048]
    #expect(RequestRules.flaw(in: request)?.contains("2048 tokens of 2048") == true)
    request.thinking = ["type": "enabled", "budget_tokens": 1_024]
    #expect(RequestRules.flaw(in: request) == nil)
    request.messages = messages
    #expect(RequestRules.flaw(in: request)?.contains("ends with blanks") == true)
    request.messages = ConversationRepair.repaired(messages)
    #expect(RequestRules.flaw(in: request)?.contains("did not begin with it") == true)
    request.messages = []
    #expect(RequestRules.flaw(in: request) == "there are no messages")
    request.messages = [messages[0]]
    request.system = [["type": "text", "text": " "]]
    #expect(RequestRules.flaw(in: request)?.contains("blank") == true)
    let marked: JSON = ["type": "text", "text": "x", "cache_control": ["type": "ephemeral"]]
    request.system = Array(repeating: marked, count: 5)
    #expect(RequestRules.flaw(in: request) == "there are 5 cache marks")
  }
}
