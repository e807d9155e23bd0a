import Protocol
import Providers
import TestSupport
import Testing

@Suite struct `What comes from outside` {
  private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
  private static func image(_ type: String, _ data: String) -> JSON {
    ["type": "image", "source": ["type": "base64", "media_type": .string(type), "data": .string(data)]]
  }
  private static let picture = image("image/png", Picture.png)

  private static let results: [([JSON], Bool, [JSON])] = [
    ([picture], false, [picture]), ([text("a"), text(" \n"), picture], false, [text("a"), picture]),
    ([image("image/jpg", Picture.png)], false, [picture]),
    ([image("image/png", "data:image/gif;base64," + Picture.png)], false, [picture]),
    ([text("\u{1F}\u{2003}\u{85}")], false, [text("(nothing)")]), ([text(" \u{301}")], false, [text(" \u{301}")]),
    ([], false, [text("(nothing)")]), ([text("")], true, [text("(nothing)")]),
    (
      [text("boom"), picture], true,
      [
        text("boom"),
        text("[an image said to be image/png, 96 bytes of Base64, was left out: a failed call has texts only]"),
      ]
    ),
    (
      [image("image/svg+xml", "PHN2Zz4=")], false,
      [
        text(
          "[an image said to be image/svg+xml, 8 bytes of Base64, was left out: its bytes are no PNG, JPEG, GIF or WebP image, "
            + "which are all that models see]")
      ]
    ),
    ([["type": "image"]], false, [text("[an image was left out: it has no data]")]),
    ([["type": "audio", "data": "x"]], false, [text(#"{"type":"audio","data":"x"}"#)]),
    ([["type": "tool_reference", "tool_name": "n"]], false, [["type": "tool_reference", "tool_name": "n"]]),
    (
      [["type": "document", "source": ["type": "base64", "media_type": "application/pdf", "data": "AAAA"]]], false,
      [text("[a document said to be application/pdf, 4 bytes of Base64, was left out: it is no PDF]")]
    ),
  ]

  @Test(arguments: results) func `in a tool's result is made sound`(given: [JSON], isError: Bool, sound: [JSON]) {
    let made = SoundContent.result(given, isError: isError, for: .anthropic)
    #expect(made == sound)
    #expect(SoundContent.result(made, isError: isError, for: .anthropic) == made)
    let result: JSON = ["type": "tool_result", "tool_use_id": "t", "content": .array(made), "is_error": .bool(isError)]
    let call: JSON = ["type": "tool_use", "id": "t", "name": "n", "input": [:]]
    let messages: [JSON] = [
      ["role": "user", "content": "q"], ["role": "assistant", "content": [call]],
      ["role": "user", "content": [result]],
    ]
    #expect(Conversation.flaw(in: messages) == nil)
    #expect(SoundContent.messages(messages) == messages)
  }

  @Test func `in a conversation is made sound, and what is sound stays word for word`() throws {
    let sound = """
      [{"role":"user","content":[{"type":"text","text":"q"},\(Self.picture.text)]},{"role":"system","content":"Be brief."},\
      {"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"s","x":1.0},\
      {"type":"redacted_thinking","data":"d"},{"type":"tool_use","id":"t","name":"n","input":{"b":1.50,"a":null},"caller":1}]},\
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]},{"role":"assistant","content":"so"}]
      """
    let messages = try #require(try JSON.parse(sound).array)
    #expect(Conversation.flaw(in: messages) == nil)
    #expect(JSON.array(SoundContent.messages(messages)).text == sound)
    let broken: [JSON] = [
      ["role": "user", "content": [Self.text("q"), Self.text(" "), Self.image("image/gif", Picture.png)]],
      [
        "role": "assistant",
        "content": [
          ["type": "thinking", "thinking": "hm"], ["type": "redacted_thinking", "data": ""], Self.text(""),
          ["type": "thinking", "signature": "s"], ["type": "tool_use", "id": "a b", "name": "", "input": "x"],
          ["type": "tool_use", "id": "a b", "name": "read file", "input": [:]],
        ],
      ],
      [
        "role": "user",
        "content": [
          ["type": "tool_result", "tool_use_id": "a b", "content": [Self.image("image/png", "x")]],
          ["type": "tool_result", "tool_use_id": "a b", "content": " ", "is_error": true],
        ],
      ],
      ["role": "assistant", "content": [Self.text("so"), ["type": "thinking", "thinking": "hm", "signature": "s"]]],
    ]
    let made = SoundContent.messages(broken)
    #expect(Conversation.flaw(in: made) == nil)
    #expect(SoundContent.messages(made) == made)
    #expect(made[0]["content"]?.array == [Self.text("q"), Self.picture])
    let said = made[1]["content"]?.array ?? []
    #expect(said.first == ["type": "thinking", "signature": "s", "thinking": ""])
    #expect(said.dropFirst().map { $0["id"] } == ["a_b", "a_b_2"])
    #expect(said.dropFirst().map { $0["name"] } == ["unnamed", "read_file"])
    #expect(made[2]["content"]?.array?.map { $0["tool_use_id"] } == ["a_b", "a_b_2"])
    #expect(made[3]["content"]?.array == [Self.text("so")])
  }

  @Test func `that nothing could be made of is left for the rules to refuse`() {
    let messages: [JSON] = [["role": "user", "content": [Self.text(" ")]]]
    #expect(SoundContent.messages(messages) == messages)
    for other: [JSON] in [["x"], [["role": "user"]], [["role": "user", "content": [1]]]] {
      #expect(SoundContent.messages(other) == other)
      #expect(Conversation.flaw(in: other) != nil)
    }
  }
}

@Suite struct `A model's call` {
  private func call(_ id: JSON, _ name: String = "n", input: JSON = [:]) -> JSON {
    ["type": "tool_use", "id": id, "name": .string(name), "input": input]
  }
  private func assistant(_ calls: JSON...) -> JSON { ["role": "assistant", "content": .array(calls)] }
  private func results(_ ids: String...) -> JSON {
    let blocks = ids.enumerated().map { number, id -> JSON in
      ["type": "tool_result", "tool_use_id": .string(id), "content": .string("\(id) \(number)")]
    }
    return ["role": "user", "content": .array(blocks)]
  }
  private let question: JSON = ["role": "user", "content": "q"]

  @Test(arguments: ["", "x", .null, [], ["x"], 1, true] as [JSON])
  func `is kept with an object whatever its input is, and whole for the tool to refuse`(input: JSON) throws {
    let block = #"{"type":"tool_use","id":"t","name":"n","input":\#(input.text)}"#
    let begun = [MessageAccumulatorTests.start, MessageAccumulatorTests.block(block), MessageAccumulatorTests.stop()]
    let empty = MessageAccumulatorTests.block(#"{"type":"tool_use","id":"t","name":"n","input":{}}"#)
    let piece = JSON.string(input.text).text
    let streamed = [
      MessageAccumulatorTests.start, empty,
      MessageAccumulatorTests.delta(#"{"type":"input_json_delta","partial_json":\#(piece)}"#),
      MessageAccumulatorTests.stop(),
    ]
    for events in [begun, streamed] {
      let message = try MessageAccumulatorTests.take(events).message
      #expect(message.incomplete.isEmpty)
      #expect(message.content[0]["input"] == input)
      #expect(Conversation.assistantMessage(message)?["content"]?.array == [call("t")])
    }
  }

  @Test(arguments: [
    ("read file", "read_file"), ("", "unnamed"), ("größe", "gr__e"), ("mcp.tool", "mcp_tool"), ("\u{0}", "_"),
    (String(repeating: "a", count: 201), String(repeating: "a", count: 200)), ("read_file-2", "read_file-2"),
  ]) func `of what cannot be a tool is kept under a name like it`(name: String, kept: String) {
    let message = ModelMessage(content: [call("t", name)])
    #expect(Conversation.assistantMessage(message)?["content"]?.array == [call("t", kept)])
  }

  @Test func `has an id of its own in its message from the start`() throws {
    let ids = ["\"t\"", "\"t\"", "\"\"", "null", "\"a b\"", "\"t_2\""]
    let events = ids.enumerated().flatMap { number, id in
      [
        MessageAccumulatorTests.block(#"{"type":"tool_use","id":\#(id),"name":"n","input":{}}"#, number),
        MessageAccumulatorTests.stop(number),
      ]
    }
    let taken = try MessageAccumulatorTests.take([MessageAccumulatorTests.start] + events)
    let expected = ["t", "t_2", "unnamed", "unnamed_2", "a_b", "t_2_2"]
    #expect(taken.message.content.map { $0["id"]?.string ?? "" } == expected)
    let ended = taken.events.compactMap { if case .blockEnd(_, let block) = $0 { block["id"]?.string } else { nil } }
    #expect(ended == expected)
  }

  @Test func `that repeats an id gets another one, with its result`() {
    let messages = [
      question, assistant(call("c"), call("c"), call("")), results("c", "c", ""), assistant(call("c")), results("c"),
      assistant(call("c_2"), call("d")), results("d", "c_2"),
    ]
    let made = ConversationRepair.repaired(messages)
    #expect(Conversation.flaw(in: made) == nil)
    #expect(ConversationRepair.repaired(made) == made)
    let answered = made.flatMap { $0["content"]?.array ?? [] }.filter { $0["type"] == "tool_result" }
    #expect(answered.map { $0["tool_use_id"] } == ["c", "c_2", "unnamed", "c_3", "d", "c_2_2"])
    #expect(answered.map { $0["content"] } == ["c 0", "c 1", " 2", "c 0", "d 0", "c_2 1"])
    // What was sent does not change when more comes.
    for end in [3, 5] { #expect(ConversationRepair.repaired(Array(messages[..<end])) == Array(made[..<end])) }
  }

  @Test func `that is sound stays as it is`() {
    let messages = [question, assistant(call("c"), call("d")), results("d", "c"), assistant(call("e")), results("e")]
    #expect(ConversationRepair.repaired(messages) == messages)
  }
}

@Suite struct `A thought` {
  @Test(
    arguments: [
      (["type": "thinking", "thinking": "", "signature": "s"], true),
      (["type": "thinking", "thinking": "hm", "signature": "s"], true),
      (["type": "thinking", "thinking": "hm"], false),
      (["type": "thinking", "thinking": "hm", "signature": ""], false),
      (["type": "redacted_thinking", "data": "d"], true), (["type": "redacted_thinking", "data": ""], false),
      (["type": "redacted_thinking"], false),
    ] as [(JSON, Bool)]) func `is kept when a model can read it again`(thought: JSON, isKept: Bool)
  {
    let text: JSON = ["type": "text", "text": "so"]
    let kept = Conversation.assistantMessage(ModelMessage(content: [thought, text]))?["content"]?.array
    #expect(kept == (isKept ? [thought, text] : [text]))
  }
}
