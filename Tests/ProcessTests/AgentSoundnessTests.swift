import Protocol
import TestSupport
import Testing

/// What a service would refuse never gets into a conversation: over both services, whose doubles refuse what they do.
@Suite(.ownThread) struct `A session stays usable whatever` {
  private static let shot: JSON = ["name": "shot", "description": "d", "inputSchema": ["type": "object"]]
  private static func image(_ type: String, _ data: String) -> JSON {
    ["type": "image", "mimeType": .string(type), "data": .string(data)]
  }

  private func bench(_ provider: String, tools: [JSON], environment: [String: String] = [:], model: AgentModel) throws
    -> AgentBench
  {
    let bench = try AgentBench(
      provider, capabilities: ["tools": true], environment: environment, model: model)
    _ = try bench.ask("tools/register", ["tools": .array(tools)], inSession: false)
    return bench
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `images a tool gives`(provider: String) throws {
    let mebibytes = Picture.base64(count: 6 << 20)
    let answers: [JSON] = [
      ["content": [Self.image("image/png", Picture.png)]], ["content": [Self.image("image/jpg", Picture.png)]],
      ["content": [Self.image("image/png", "data:image/png;base64," + Picture.png)]],
      ["content": [Self.image("image/svg+xml", "PHN2Zz4=")]], ["content": [Self.image("image/png", "no base64!")]],
      ["content": [Self.image("image/png", "")]], ["content": [Self.image("image/png", Picture.base64(width: 9_000))]],
      ["content": [["type": "text", "text": "boom"], Self.image("image/png", Picture.png)], "isError": true],
      ["content": [Self.image("image/png", mebibytes)]], ["content": []], ["content": " "],
    ]
    let turns = answers.flatMap { _ in [AgentModel.Turn(.call("shot", [:])), .init(.text("fine"))] }
    let bench = try bench(provider, tools: [Self.shot], model: AgentModel(turns))
    for answer in answers {
      let (_, result) = try bench.run("take it") { _, _ in answer }
      #expect(result["text"] == "fine")
    }
    #expect(bench.model.flaws == [])
    let last = try #require(bench.model.questions.last)
    let results = last.messages.flatMap { $0["content"]?.array ?? [] }.filter { $0["type"] == "tool_result" }
    let given = results.map { $0["content"]?.array?.last?["type"]?.string ?? "" }
    #expect(
      given == Array(repeating: "image", count: 3) + Array(repeating: "text", count: 5) + [
        provider == "bedrock" ? "text" : "image", "text", "text",
      ])
    #expect(results[6].text.contains("9000"))
    #expect(results[7].text.contains("boom"))
  }

  @Test func `an image is too large for a service it moves to`() throws {
    let model = try AgentModel { question in
      !question.messages.contains { $0["role"] == "assistant" } ? .init(.call("shot", [:])) : .init(.text("fine"))
    }
    var variables = model.environment("bedrock")
    variables["CLAUDE_CODE_USE_BEDROCK"] = nil
    let bench = try bench("anthropic", tools: [Self.shot], environment: variables, model: model)
    let large = Self.image("image/png", Picture.base64(count: 6 << 20))
    _ = try bench.run("take it") { _, _ in ["content": [large, Self.image("image/png", Picture.png)]] }
    _ = try bench.ask("agent/switchModel", ["model": "sonnet", "provider": "bedrock"])
    #expect(try bench.run("and now").result["text"] == "fine")
    _ = try bench.ask("agent/switchModel", ["model": "sonnet", "provider": "anthropic"])
    #expect(try bench.run("and here").result["text"] == "fine")
    let types = bench.model.questions.map { question in
      question.messages.flatMap { $0["content"]?.array ?? [] }.first { $0["type"] == "tool_result" }?["content"]?.array?
        .map { $0["type"] ?? .null } ?? []
    }
    #expect(types == [[], ["image", "image"], ["text", "image"], ["image", "image"]])
    #expect(bench.model.questions.map(\.service).contains(.bedrock))
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `a prompt shows`(provider: String) throws {
    let bench = try bench(provider, tools: [], model: AgentModel { _ in .init(.text("fine")) })
    let text: JSON = ["type": "text", "text": "what is it?"]
    let refused: [(JSON, String)] = [
      (Self.image("image/png", ""), "empty"), (Self.image("image/png", "PHN2Zz4="), "no PNG"),
      (Self.image("image/png", Picture.base64(width: 9_000)), "9000"),
      (Self.image("image/png", Picture.base64(count: 8 << 20)), "smaller"),
    ]
    for (number, (image, reason)) in refused.enumerated() {
      for method in ["agent/run", "agent/steer"] {
        let answer = try bench.server.call(
          1_000 + number, method, ["sessionId": bench.id, "prompt": [text, image]])
        #expect(answer["error"]?["code"] == -32602)
        let message = answer["error"]?["message"]?.string ?? ""
        #expect(message.contains("prompt[1]") && message.contains(reason), "\(message)")
      }
    }
    for (type, data) in [("image/jpg", Picture.png), ("image/gif", "data:image/gif;base64," + Picture.png)] {
      let params: JSON = ["sessionId": bench.id, "prompt": [text, Self.image(type, data)]]
      #expect(try bench.server.call(2_000, "agent/run", params)["result"]?["text"] == "fine")
      let sent = bench.model.questions.last?.messages.last { $0["role"] == "user" }?["content"]?.array?.last?["source"]
      #expect(sent == ["type": "base64", "media_type": "image/png", "data": .string(Picture.png)])
    }
    #expect(bench.model.questions.count == 2)
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `a turn's tools give megabytes`(provider: String) throws {
    let log = "FIRST LINE\n" + String(repeating: "compiling module\n", count: 60_000) + "LAST LINE"
    let calls = AgentModel.Turn(.call("shot", [:]), .call("shot", [:]), .call("shot", [:]))
    let bench = try bench(provider, tools: [Self.shot], model: AgentModel([calls, .init(.text("fine"))]))
    var answers: [JSON] = [["content": "short"], ["content": .string(log)], ["content": .string(log)]]
    let (messages, result) = try bench.run("build") { _, _ in answers.removeFirst() }
    #expect(result["text"] == "fine")
    let given = try #require(bench.model.questions.last?.resultTexts)
    #expect(given.reduce(0) { $0 + $1.utf8.count } < 210_000)
    #expect(given.count { $0 == "short" } == 1)
    for text in given where text != "short" {
      #expect(text.hasPrefix("FIRST LINE\ncompiling") && text.hasSuffix("LAST LINE") && text.contains("bytes left out"))
    }
    let shown = messages.events("toolResult").compactMap { $0["content"]?.array?.first?["text"]?.string }
    #expect(shown.count { $0 == log } == 2)
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `the model calls`(provider: String) throws {
    func call(_ id: JSON, _ name: String, _ input: JSON) -> AgentModel.Block {
      .other(["type": "tool_use", "id": id, "name": .string(name), "input": input])
    }
    let turns: [AgentModel.Turn] = [
      .init(call("call_0", "shot", [:]), call("call_0", "shot", ""), stopReason: "tool_use"),
      .init(call("call_0", "read file", [:]), call("a b", "", .null), stopReason: "tool_use"),
      .init(.rawCall("shot", "[]"), call(.null, "shot", [:]), stopReason: "tool_use"), .init(.text("fine")),
      .init(call("call_0", "shot", [:]), stopReason: "tool_use"), .init(.text("fine")),
    ]
    let bench = try bench(provider, tools: [Self.shot], model: AgentModel(turns))
    var asked = 0
    for _ in 0..<2 {
      let (messages, result) = try bench.run("go") { _, _ in
        asked += 1
        return ["content": "taken"]
      }
      #expect(result["text"] == "fine")
      #expect(messages.events("toolResult").allSatisfy { $0["toolCallId"]?.string?.isEmpty == false })
    }
    #expect(asked == 3)
    #expect(bench.model.flaws == [])
    let texts = bench.model.questions.flatMap(\.resultTexts)
    #expect(texts.count { $0 == "taken" } == 3)
    #expect(texts.count { $0.contains("must be an object") } == 2)
    #expect(texts.count { $0.contains("There is no tool") } == 2)
    let document = try bench.ask("session/export")["document"] ?? .null
    _ = try bench.ask("session/import", ["document": document], inSession: false)
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `schemas its tools have`(provider: String) throws {
    let tools: [JSON] = [
      [
        "name": "odd", "description": "d",
        "inputSchema": [
          "properties": ["file path": ["type": "string"], "url": ["type": "string"]],
          "oneOf": [["required": ["file path"]], ["required": ["url"]]],
        ],
      ], Self.shot,
    ]
    let turns: [AgentModel.Turn] = [
      .init(.call("odd", ["file_path": "a"]), .call("odd", ["file_path": "a", "url": "b"])), .init(.text("fine")),
    ]
    let bench = try bench(provider, tools: tools, model: AgentModel(turns))
    let bad: JSON = ["name": "bad", "description": "", "inputSchema": ["type": "object", "properties": []]]
    let other: JSON = ["name": "other", "description": "", "inputSchema": ["type": "object"]]
    let refused = try bench.server.call(1_000, "tools/register", ["tools": [other, bad]])["error"]
    #expect(refused?["code"] == -32602)
    #expect(refused?["message"]?.string?.contains("tools[1].inputSchema of 'bad'") == true)
    let (messages, result) = try bench.run("go") { _, params in
      #expect(params["input"] == ["file path": "a"])
      return ["content": "taken"]
    }
    #expect(result["text"] == "fine")
    #expect(messages.params(of: "tool/call").count == 1)
    let results = try #require(bench.model.questions.last?.resultTexts)
    #expect(results.first == "taken" && results.last?.contains("'file path' is called 'file_path'") == true)
    let names = bench.model.questions[0].body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(names.contains("odd") && names.contains("shot") && !names.contains("bad") && !names.contains("other"))
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `a document holds`(provider: String) throws {
    let bench = try bench(provider, tools: [], model: AgentModel { _ in .init(.text("fine")) })
    _ = try bench.run("first")
    var document = try #require(try bench.ask("session/export")["document"]?.object)
    var exchange = try #require(document["exchanges"]?.array?.first?.object)
    func imported(_ messages: JSON) throws -> JSON {
      exchange["messages"] = messages
      document["exchanges"] = [.object(exchange)]
      document["sessionId"] = "other"
      return try bench.server.call(1_000, "session/import", ["document": .object(document)])
    }
    let broken: JSON = [
      ["role": "user", "content": [["type": "text", "text": "q"], ["type": "text", "text": " "]]],
      ["role": "system", "content": "Be brief."],
      [
        "role": "assistant",
        "content": [
          ["type": "thinking", "thinking": "hm"], ["type": "tool_use", "id": "x y", "name": "read file", "input": "x"],
        ],
      ],
      [
        "role": "user",
        "content": [
          [
            "type": "tool_result", "tool_use_id": "x y",
            "content": [["type": "image", "source": ["type": "base64", "media_type": "image/bmp", "data": "Qk0="]]],
          ]
        ],
      ], ["role": "assistant", "content": "so"],
    ]
    let answer = try imported(broken)
    let session = try #require(answer["result"]?["sessionId"]?.string, "\(answer.text)")
    let again = try bench.ask("session/export", ["sessionId": .string(session)], inSession: false)["document"] ?? .null
    _ = try bench.ask("session/import", ["document": again], inSession: false)
    let refused = try imported([["role": "user", "content": [["type": "text", "text": " "]]]])["error"]
    #expect(refused?["message"]?.string?.contains("document.exchanges[0]: message 0") == true)
    let params: JSON = ["sessionId": .string(session), "prompt": "go on"]
    #expect(try bench.server.call(1_001, "agent/run", params)["result"]?["text"] == "fine")
    #expect(bench.model.flaws == [])
  }
}
