import Protocol
import Providers
import Testing

@Suite struct `A conversation that was cut` {
  private let question: JSON = ["role": "user", "content": [["type": "text", "text": "q"]]]
  private let search: JSON = ["type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": [:]]
  private let found: JSON = ["type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []]
  private let thought: JSON = ["type": "thinking", "thinking": "x", "signature": "s"]

  private func call(_ id: String) -> JSON { ["type": "tool_use", "id": .string(id), "name": "n", "input": [:]] }
  private func result(_ id: String) -> JSON { ["type": "tool_result", "tool_use_id": .string(id), "content": "ok"] }
  private func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
  private func assistant(_ blocks: JSON...) -> JSON { ["role": "assistant", "content": .array(blocks)] }
  private func user(_ blocks: JSON...) -> JSON { ["role": "user", "content": .array(blocks)] }

  @Test func `stays as it is when it is sound`() {
    let sound = [
      question, assistant(thought, call("a"), call("b")), user(result("b"), result("a"), text("more")),
      assistant(search, found, text("so")), question, assistant(text("wait"), search),
    ]
    #expect(ConversationRepair.repaired(sound) == sound)
    #expect(ConversationRepair.repaired([]) == [])
  }

  @Test func `gets the results that are missing, in front and each once`() {
    let cut = [
      question, assistant(call("a"), call("b")), user(text("stop"), result("b"), result("b"), result("z")),
      assistant(call("c")),
    ]
    let repaired = ConversationRepair.repaired(cut)
    #expect(Conversation.flaw(in: repaired) == nil)
    #expect(repaired[2]["content"]?.array?.map { $0["tool_use_id"]?.string ?? "-" } == ["a", "b", "-"])
    #expect(repaired[2]["content"]?.array?[0]["is_error"] == true)
    #expect(repaired[2]["content"]?.array?[1] == result("b"))
    #expect(repaired.last?["content"]?.array?.first?["tool_use_id"] == "c")
    #expect(ConversationRepair.repaired(repaired) == repaired)
  }

  @Test func `loses results that answer nothing`() {
    let repaired = ConversationRepair.repaired([user(result("a")), assistant(text("a"), found)])
    #expect(repaired == [user(text(Conversation.leftOut)), assistant(text("a"))])
  }

  @Test func `loses a search that was never answered once the person goes on`() {
    let paused = [question, assistant(text("wait"), thought, search)]
    #expect(ConversationRepair.repaired(paused) == paused)
    #expect(ConversationRepair.repaired(paused + [question])[1] == assistant(text("wait")))
    let only = [question, assistant(thought, search), question]
    #expect(ConversationRepair.repaired(only)[1] == assistant(text(Conversation.leftOut)))
  }

  @Test func `sends no blanks at the end of the model's last words`() {
    #expect(ConversationRepair.repaired([question, assistant(text("wait \n"))]).last == assistant(text("wait")))
    let past = [question, assistant(text("wait \n")), question]
    #expect(ConversationRepair.repaired(past) == past)
  }
}

@Suite struct `A conversation that moves` {
  @Test func `keeps its instructions where they stand`() {
    let messages: [JSON] = [
      ["role": "user", "content": "q"], ["role": "system", "content": [["type": "text", "text": "Be brief."]]],
      ["role": "assistant", "content": [["type": "text", "text": "a"]]],
    ]
    let moved = ConversationPort.fit(messages, for: ConversationTarget(provider: .bedrock, model: "m"))
    #expect(moved[1] == messages[1] && moved[2] == messages[2])
    #expect(Conversation.flaw(in: ConversationRepair.repaired(moved)) == nil)
  }

  private let messages: [JSON] = [
    [
      "role": "user",
      "content": [
        ["type": "image", "source": ["type": "url", "url": "https://example.com/a.png"]],
        ["type": "container_upload", "file_id": "f"],
      ],
    ],
    [
      "role": "assistant",
      "content": [
        ["type": "thinking", "thinking": "x", "signature": "s"],
        ["type": "server_tool_use", "id": "srvtoolu_1", "name": "code_execution", "input": [:]],
        ["type": "code_execution_tool_result", "tool_use_id": "srvtoolu_1", "content": [:]],
        [
          "type": "text", "text": "so",
          "citations": [["type": "web_search_result_location"], ["type": "char_location", "start_char_index": 1]],
        ],
        [
          "type": "tool_use", "id": "t", "name": "n", "input": [:],
          "caller": ["type": "code_execution_20250825", "tool_id": "srvtoolu_1"],
        ],
      ],
    ],
    ["role": "user", "content": [["type": "tool_result", "tool_use_id": "t", "content": "ok"]]],
    [
      "role": "assistant",
      "content": [
        ["type": "redacted_thinking", "data": "x"],
        ["type": "server_tool_use", "id": "srvtoolu_2", "name": "web_search", "input": [:]],
        ["type": "web_search_tool_result", "tool_use_id": "srvtoolu_2", "content": []],
      ],
    ],
  ]

  @Test func `to Bedrock leaves out what only the API has`() {
    #expect(
      ConversationPort.fit(messages, for: ConversationTarget(provider: .bedrock, model: "m")) == [
        ["role": "user", "content": [["type": "text", "text": "(image left out: https://example.com/a.png)"]]],
        [
          "role": "assistant",
          "content": [
            ["type": "thinking", "thinking": "x", "signature": "s"],
            ["type": "text", "text": "so", "citations": [["type": "char_location", "start_char_index": 1]]],
            ["type": "tool_use", "id": "t", "name": "n", "input": [:]],
          ],
        ],
        messages[2], ["role": "assistant", "content": [["type": "text", "text": .string(Conversation.leftOut)]]],
      ])
  }

  @Test func `to a model that cannot think loses its thoughts and nothing else`() {
    let moved = ConversationPort.fit(
      messages, for: ConversationTarget(provider: .anthropic, model: "claude-3-haiku-20240307"))
    #expect(moved[0] == messages[0])
    #expect(moved[1]["content"]?.array == messages[1]["content"]?.array.map { Array($0.dropFirst()) })
    #expect(moved[3]["content"]?.array == messages[3]["content"]?.array.map { Array($0.dropFirst()) })
    for model in ["claude-opus-5-5", "nobody-knows"] {
      let target = ConversationTarget(provider: .anthropic, model: model)
      #expect(ConversationPort.fit(messages, for: target) == messages)
    }
  }

  @Test(arguments: [ProviderID.anthropic, .bedrock], ["m", "claude-3-haiku-20240307"])
  func `is sound, and the second move changes nothing`(provider: ProviderID, model: String) {
    let target = ConversationTarget(provider: provider, model: model)
    let moved = ConversationPort.fit(messages, for: target)
    #expect(Conversation.flaw(in: messages) == nil)
    #expect(Conversation.flaw(in: moved) == nil)
    #expect(ConversationPort.fit(moved, for: target) == moved)
  }
}
