import Protocol
import Providers
import TestSupport
import Testing

/// What a search for tools has found, as services that load it are sent it, and others.
@Suite struct `Tools that were found` {
  private static let frozen: [JSON] = [
    ["description": "Finds.", "input_schema": ["type": "object"], "name": "find_tools"],
    ["description": "Closes.", "input_schema": ["type": "object"], "name": "mcp__a__close"],
  ]

  /// One with a number that could be written otherwise.
  private static func tool(_ name: String, _ words: String = "Does it.") -> JSON {
    let schema = try? JSON.parse(#"{"properties":{"n":{"maximum":1.50e1,"type":"number"}},"type":"object"}"#)
    return ["description": .string(words), "input_schema": schema ?? .null, "name": .string(name)]
  }

  private static func call(_ id: String, _ name: String = "find_tools") -> JSON {
    ["role": "assistant", "content": [["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]]]]
  }

  private static func result(_ id: String, _ text: String, _ more: JSON...) -> JSON {
    let result: JSON = ["type": "tool_result", "tool_use_id": .string(id), "content": [.text(text)]]
    return ["role": "user", "content": .array([result] + more)]
  }

  private static func request(_ messages: [JSON]) -> ModelRequest {
    var request = ModelRequest(
      model: "claude-opus-4-8", messages: [["role": "user", "content": [.text("go")]]] + messages, maxTokens: 100)
    request.tools = frozen
    return request
  }

  private static func loaded(
    _ messages: [JSON], model: String = "claude-opus-4-8", onBedrock: Bool = false
  ) -> ModelRequest {
    var request = request(messages)
    request.load(foundBy: "find_tools", for: ModelCatalog.traits(of: model), onBedrock: onBedrock)
    return request
  }

  private func blocks(_ message: JSON) -> [JSON] { message["content"]?.array ?? [] }

  private func references(_ message: JSON) -> [String]? {
    blocks(message).first?["content"]?.array?.map { $0["tool_name"]?.string ?? "" }
  }

  @Test func `are defined behind all others, and stand as references where they were found`() {
    let (one, two, three) = (Self.tool("mcp__a__one"), Self.tool("mcp__a__two"), Self.tool("mcp__b__three"))
    let messages = [
      Self.call("t1"), Self.result("t1", FoundTools.text([two, one]), .text("a remark")), Self.call("t2"),
      Self.result("t2", FoundTools.text([one, three])),
    ]
    let request = Self.loaded(messages)
    #expect(
      blocks(request.messages[2]).first?["content"]?.array?.first
        == ["type": "tool_reference", "tool_name": "mcp__a__two"])
    #expect(references(request.messages[2]) == ["mcp__a__two", "mcp__a__one"])
    #expect(blocks(request.messages[2]).last == .text("a remark"))
    #expect(references(request.messages[4]) == ["mcp__a__one", "mcp__b__three"])
    #expect(Array(request.tools.prefix(2)) == Self.frozen)
    #expect(
      request.tools.dropFirst(2).map { $0["name"]?.string } == ["mcp__a__two", "mcp__a__one", "mcp__b__three"])
    for (sent, found) in zip(request.tools.dropFirst(2), [two, one, three]) {
      #expect(sent.object?.map(\.key) == ["defer_loading", "description", "input_schema", "name"])
      #expect(sent["defer_loading"] == true)
      #expect(sent["input_schema"]?.text == found["input_schema"]?.text)
    }
    #expect(
      FoundTools.names(foundBy: "find_tools", in: messages) == ["mcp__a__two", "mcp__a__one", "mcp__b__three"])
    #expect(request.betas == [])
    #expect(Self.loaded(messages, onBedrock: true).betas == ["tool-search-tool-2025-10-19"])
    // What goes on adds, and changes nothing.
    let before = Self.loaded(Array(messages.prefix(2)))
    #expect(request.messages.starts(with: before.messages))
    #expect(request.tools.starts(with: before.tools))
    var again = request
    again.messages = Self.request(messages).messages
    again.load(foundBy: "find_tools", for: ModelCatalog.traits(of: "claude-opus-4-7"), onBedrock: false)
    #expect(again.messages == request.messages && again.tools == request.tools)
  }

  private static let others: [(String, [JSON])] = [
    ("of another tool", [call("t1", "read_file"), result("t1", FoundTools.text([tool("mcp__a__one")]))]),
    ("with a word behind them", [call("t1"), result("t1", FoundTools.text([tool("mcp__a__one")]) + "\nand so on")]),
    ("cut in the middle", [call("t1"), result("t1", String(FoundTools.text([tool("mcp__a__one")]).dropLast()))]),
    ("that say that there are none", [call("t1"), result("t1", "No tool fits.")]),
    ("that are defined anyway", [call("t1"), result("t1", FoundTools.text([tool("mcp__a__close"), tool("x")]))]),
    ("without a schema", [call("t1"), result("t1", #"{"description":"","input_schema":{},"name":"x"}"#)]),
    ("whose name is none", [call("t1"), result("t1", FoundTools.text([tool("a.b")]))]),
    (
      "in two texts",
      [
        call("t1"),
        [
          "role": "user",
          "content": [
            ["type": "tool_result", "tool_use_id": "t1", "content": [.text(FoundTools.text([tool("x")])), .text("!")]]
          ],
        ],
      ]
    ),
  ]

  @Test(arguments: others.indices) func `stay text where they are anything else`(_ index: Int) {
    let (name, messages) = Self.others[index]
    let request = Self.loaded(messages)
    #expect(request.messages == Self.request(messages).messages, "\(name)")
    #expect(request.tools == Self.frozen, "\(name)")
  }

  @Test func `stay text as a whole where another version of one is loaded already`() {
    let messages = [
      Self.call("t1"), Self.result("t1", FoundTools.text([Self.tool("x")])), Self.call("t2"),
      Self.result("t2", FoundTools.text([Self.tool("x", "Does more."), Self.tool("y")])),
    ]
    let request = Self.loaded(messages)
    #expect(references(request.messages[2]) == ["x"])
    #expect(request.messages[4] == messages[3])
    #expect(request.tools.count == 3)
  }

  @Test func `stay text for a model that loads none, and where no tool is there from the beginning`() {
    let messages = [Self.call("t1"), Self.result("t1", FoundTools.text([Self.tool("x")]))]
    for model in ["claude-opus-4-1", "claude-sonnet-4", "claude-3-7-sonnet", "my-model"] {
      let request = Self.loaded(messages, model: model)
      #expect(request.messages == Self.request(messages).messages && request.tools == Self.frozen, "\(model)")
    }
    var request = Self.request(messages)
    request.tools = []
    request.load(foundBy: "find_tools", for: ModelCatalog.traits(of: "claude-opus-4-8"), onBedrock: false)
    #expect(request.tools == [] && request.messages == Self.request(messages).messages)
  }

  /// What other programs have searched, in a conversation that came from there.
  @Test func `are left out, or named, where their definitions are not there`() {
    let call: JSON = [
      "type": "server_tool_use", "id": "srvtoolu_1", "name": "tool_search_tool_bm25", "input": ["query": "q"],
    ]
    func found(_ name: String) -> JSON {
      [
        "type": "tool_search_tool_result", "tool_use_id": "srvtoolu_1",
        "content": [
          "type": "tool_search_tool_search_result",
          "tool_references": [["type": "tool_reference", "tool_name": .string(name)]],
        ],
      ]
    }
    func said(_ name: String) -> [JSON] {
      [
        ["role": "assistant", "content": [call, found(name), .text("Well.")]],
        ["role": "user", "content": [.text("?")]],
      ]
    }
    #expect(Array(Self.loaded(said("mcp__a__close")).messages.dropFirst()) == said("mcp__a__close"))
    let less = Self.loaded(said("gone"))
    #expect(less.messages[1] == ["role": "assistant", "content": [.text("Well.")]])
    let mine: [JSON] = [
      Self.call("t1"),
      [
        "role": "user",
        "content": [
          [
            "type": "tool_result", "tool_use_id": "t1",
            "content": [["type": "tool_reference", "tool_name": "gone"]],
          ]
        ],
      ],
    ]
    for model in ["claude-opus-4-8", "claude-opus-4-1"] {
      #expect(blocks(Self.loaded(mine, model: model).messages[2]).first?["content"] == [.text("gone")], "\(model)")
    }
  }

  @Test func `stay text for a model whose thinking is sealed over what stands before it`() {
    let messages = [Self.call("t1"), Self.result("t1", FoundTools.text([Self.tool("mcp__a__one")]))]
    for model in StrictModel.all where ModelCatalog.traits(of: model.name).sealsThinking {
      let request = Self.loaded(messages, model: model.name)
      #expect(request.messages == Self.request(messages).messages && request.tools == Self.frozen, "\(model.name)")
    }
  }

  @Test func `are a line each for people`() {
    let long = Self.tool("x", "One \u{1B}[2J" + String(repeating: "w", count: 500) + "\nmore")
    let shown = FoundTools.shown([.text(FoundTools.text([Self.tool("y", ""), long]))])?.first?["text"]?.string
    let lines = shown?.split(separator: "\n") ?? []
    #expect(lines.count == 2 && lines.first == "y")
    #expect(lines.last?.hasPrefix(#"x: One \u{1B}[2Jwww"#) == true && (lines.last?.count ?? 0) < 200)
    #expect(shown?.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" } == false)
    #expect(FoundTools.shown([.text("No tool fits.")]) == nil)
  }

  @Test func `are loaded for the models that are documented to take it`() {
    for model in StrictModel.all {
      #expect(ModelCatalog.traits(of: model.name).loadsFoundTools == model.loadsTools, "\(model.name)")
    }
    #expect(ModelCatalog.traits(of: "claude-sonnet-6-2").loadsFoundTools)
    #expect(!ModelCatalog.traits(of: "some-gateway-model").loadsFoundTools)
  }
}

extension JSON {
  fileprivate static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
}
