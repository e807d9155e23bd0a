import Protocol
import Server
import TestSupport
import Testing

@Suite(.ownThread) struct `A tool of an MCP server` {
  private static let asking: JSON = ["permission": true]
  private static let search = MCPScript.tool(
    "search", "Searches issues.",
    more: [
      "title": "Search issues", "annotations": ["readOnlyHint": true],
      "inputSchema": [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "properties": ["q": ["type": "string", "x-mcp-header": "Query"]], "required": ["q"],
      ],
    ])

  private func bench(
    _ script: MCPScript, _ entry: JSON, _ turns: [AgentModel.Turn], capabilities: JSON? = asking,
    options: JSONObject = [:], name: String = "tracker"
  ) throws -> AgentBench {
    var options = options
    options["mcpServers"] = .object([name: entry])
    return try AgentBench(
      capabilities: capabilities, options: options, environment: ["MCP_CANARY_TOKEN": "no"], model: AgentModel(turns))
  }

  private func names(_ question: AgentModel.Question) -> [String] {
    question.body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
  }

  @Test func `is told to the model, asked about with all that is known, and called`() throws {
    let script = try MCPScript()
    let bench = try bench(
      script, script.entry(["tools": [Self.search], "does": ["search": "echo"]], env: ["TOKEN": "canary-7f"]),
      [.init(.call("mcp__tracker__search", ["q": "crash"])), .init(.text("done"))])
    let (messages, result) = try bench.run("look") { method, params in
      #expect(method == "permission/request")
      #expect(params["toolCall"]?["name"] == "mcp__tracker__search")
      #expect(params["toolCall"]?["title"] == "tracker: Search issues")
      #expect(params["toolCall"]?["input"] == ["q": "crash"])
      #expect(params["reason"] == "the MCP server 'tracker' does it, which says that it only reads")
      let always = params["options"]?.array?.first { $0["kind"] == "allowAlways" }
      #expect(always?["rules"] == ["mcp__tracker__search"])
      return option("allowOnce")
    }
    #expect(result["notices"] == [])
    let tool = bench.model.questions[0].body["tools"]?.array?.first { $0["name"] == "mcp__tracker__search" }
    #expect(
      tool?["input_schema"] == ["properties": ["q": ["type": "string"]], "required": ["q"], "type": "object"])
    #expect(!names(bench.model.questions[0]).contains("find_tools"))
    #expect(bench.model.questions[1].resultTexts == [#"{"q": "crash"}"#])
    #expect(messages.events("toolResult").first?["title"] == "tracker: Search issues")
    #expect(bench.model.flaws == [])
    let told = script.messages()
    let environment = told.first?["environment"]
    #expect(environment?["TOKEN"] == "canary-7f")
    #expect(environment?["ANTHROPIC_API_KEY"] == nil)
    #expect(environment?["MCP_CANARY_TOKEN"] == nil)
    #expect(told.first?["folder"]?.string?.hasSuffix(bench.folder.path) == true)
    let listed = try bench.ask("mcp/list")["servers"]?.array?.first
    #expect(listed?["state"] == "ready")
    #expect(listed?["source"] == "session")
    #expect(listed?["tools"] == 1)
    #expect(listed?["era"] == "legacy")
    #expect(listed?["toolPrefix"] == "mcp__tracker__")
    #expect(listed?.text.contains("canary") == false)
    let states = messages.params(of: "mcp/serverState").compactMap { $0["server"]?["state"]?.string }
    #expect(states == ["starting", "ready"])
  }

  @Test func `is told the trace of the run, as it came, and none where there is none`() throws {
    let script = try MCPScript()
    let call = AgentModel.Block.call("mcp__tracker__search", ["q": "a"])
    let bench = try bench(
      script, script.entry(["tools": [Self.search]]),
      [.init(call), .init(.text("1")), .init(call), .init(.text("2")), .init(call), .init(.text("3"))],
      options: ["permissionMode": "bypass"])
    let trace: JSONObject = [
      "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1",
      "baggage": "user=x",
    ]
    var more = trace
    (more["other"], more["progressToken"]) = ("o", 9)
    _ = try bench.run("go", ["_meta": .object(more)])
    _ = try bench.run("go", ["_meta": ["tracestate": "a=1", "baggage": 7]])
    _ = try bench.run("go")
    let told = script.messages().filter { $0["method"] == "tools/call" }.map { call in
      (call["params"]?["_meta"]?.object ?? [:]).filter { $0.key != "progressToken" }
    }
    #expect(
      told.map { JSON.object(JSONObject($0.map { ($0.key, $0.value) })).sortedByName } == [
        JSON.object(trace).sortedByName, [:], [:],
      ])
    #expect(script.messages().allSatisfy { $0["params"]?["_meta"]?["progressToken"] != 9 })
  }

  @Test func `is never called unasked, whatever it says of itself`() throws {
    let script = try MCPScript()
    let entry = script.entry(["tools": [Self.search]])
    let turns: [AgentModel.Turn] = [.init(.call("mcp__tracker__search", ["q": "a"])), .init(.text("done"))]
    let isCalled = { script.messages().contains { $0["method"] == "tools/call" } }
    let nobody = try bench(script, entry, turns, capabilities: nil)
    let (_, result) = try nobody.run("look")
    #expect(result["notices"]?.text.contains("nobody can be asked; --allow all allows it") == true)
    #expect(result["notices"]?.text.contains("allow:mcp__tracker__search") == true)
    let readOnly = try bench(script, entry, turns, options: ["permissionMode": "readOnly"])
    _ = try readOnly.run("look") { _, _ in
      Issue.record("nobody is to be asked")
      return option("allowOnce")
    }
    #expect(readOnly.model.questions[1].results.first?["is_error"] == true)
    #expect(!isCalled())
  }

  @Test(arguments: [
    ("allow", "mcp__tracker", true), ("allow", "mcp__tracker__*", true), ("allow", "mcp__tracker__search", true),
    ("allow", "mcp__track", false), ("allow", "mcp__tracker__sear", false), ("allow", "mcp__other__*", false),
  ]) func `is let through by a rule that names it or its server, and by no other`(
    list: String, rule: String, isCalled: Bool
  ) throws {
    let script = try MCPScript()
    let bench = try bench(
      script, script.entry(["tools": [Self.search]]),
      [.init(.call("mcp__tracker__search", ["q": "a"])), .init(.text("done"))], capabilities: nil)
    _ = try bench.ask("permission/rules", ["rules": [list: [.string(rule)], "ask": [], "deny": []]])
    _ = try bench.run("look")
    #expect(script.messages().contains { $0["method"] == "tools/call" } == isCalled)
  }

  @Test func `is let through by no rule for another server, however alike their names are`() throws {
    let script = try MCPScript()
    let servers = ["my server", "my_server", "my_server_", "_my__server"]
    let entries = servers.map { ($0, script.entry(["tools": [MCPScript.tool("go")]], log: $0)) }
    var words = MCPServerWords()
    let prefixes = servers.sorted().map { ($0, "mcp__\(words.word(of: $0))__") }
    var turn = AgentModel.Turn(.text("going"))
    turn.blocks = prefixes.map { .call($0.1 + "go", [:]) }
    let bench = try AgentBench(
      options: ["mcpServers": .object(JSONObject(entries))], model: AgentModel([turn, .init(.text("done"))]))
    _ = try bench.ask("permission/rules", ["rules": ["allow": ["mcp__my_server"], "ask": [], "deny": []]])
    _ = try bench.run("go")
    let listed = try bench.ask("mcp/list")["servers"]?.array?.compactMap { $0["toolPrefix"]?.string }
    #expect(listed == prefixes.map(\.1))
    #expect(Set(prefixes.map(\.1)).count == servers.count)
    for (server, prefix) in prefixes {
      let isCalled = script.messages(server).contains { $0["method"] == "tools/call" }
      #expect(isCalled == (prefix == "mcp__my_server__"), "\(server): \(prefix)")
    }
  }

  @Test func `costs nothing but itself when its server does not start, or ends in a call`() throws {
    let script = try MCPScript()
    let bench = try AgentBench(
      capabilities: Self.asking,
      options: [
        "mcpServers": [
          "broken": script.entry(["startError": "no such thing"], log: "broken"),
          "falling": script.entry(["tools": [MCPScript.tool("fall")], "does": ["fall": "exit"]], log: "falling"),
        ]
      ], model: AgentModel([.init(.call("mcp__falling__fall", [:])), .init(.text("done"))]))
    let (_, result) = try bench.run("go") { _, _ in option("allowOnce") }
    #expect(result["stopReason"] == "endTurn")
    #expect(result["notices"]?.text.contains("the MCP server 'broken' is not there: ") == true)
    #expect(result["notices"]?.text.contains("no such thing") == true)
    let answer = bench.model.questions[1].results.first
    #expect(answer?["is_error"] == true)
    #expect(answer?.text.contains("it fell over") == true)
    #expect(bench.model.flaws == [])
  }

  /// What servers give, and what models are told of it.
  @Test func `gives what it gives: texts, pictures, what is kept, and errors`() throws {
    let script = try MCPScript()
    let results: JSONObject = [
      "picture": ["content": [["type": "image", "mimeType": "image/png", "data": .string(Picture.png)]]],
      "sound": ["content": [["type": "audio", "mimeType": "audio/wav", "data": "AAAA"]]],
      "value": ["content": [], "structuredContent": ["n": 1]],
      "both": ["content": [["type": "text", "text": "words"]], "structuredContent": ["n": 1]],
      "bad": ["content": [["type": "text", "text": "no"]], "isError": true],
      "wrong": ["error": ["code": -32000, "message": "out of paper"]],
      "off": ["content": [], "structuredContent": ["n": "one"]],
      "nothing": ["content": []],
    ]
    let order = ["picture", "sound", "value", "both", "bad", "wrong", "long", "off", "nothing"]
    let tools = order.map { name in
      MCPScript.tool(
        name,
        more: name == "off"
          ? ["outputSchema": ["type": "object", "properties": ["n": ["type": "integer"]]]] : [:])
    }
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = order.map { .call("mcp__tracker__\($0)", [:]) }
    let bench = try bench(
      script,
      script.entry(["tools": .array(tools), "results": .object(results), "does": ["long": "long"]]),
      [
        turn, .init(.call("read_file", ["path": "command-output:2", "start_line": 7_999])), .init(.text("done")),
      ], options: ["permissionMode": "bypass"])
    _ = try bench.run("go")
    let given = bench.model.questions[1].results
    let texts = given.map { result in
      result["content"]?.array?.compactMap { $0["text"]?.string }.joined(separator: "|") ?? ""
    }
    #expect(given[0]["content"]?.array?.first?["type"] == "image")
    #expect(texts[1].contains("read_file command-output:1"))
    #expect(texts[2] == #"{"n":1}"#)
    #expect(texts[3] == "words")
    #expect(texts[4] == "no" && given[4]["is_error"] == true)
    #expect(texts[5] == "-32000: out of paper" && given[5]["is_error"] == true)
    #expect(texts[6].utf8.count < 101_000 && texts[6].contains("bytes left out"))
    #expect(texts[6].hasSuffix("[the whole result can be read: read_file command-output:2]"))
    #expect(texts[7].contains("does not fit the server's own outputSchema"))
    #expect(texts[8] == "(nothing)")
    #expect(bench.model.questions[2].resultTexts.last?.contains("0123456789abcdef") == true)
    #expect(bench.model.flaws == [])
  }

  @Test func `shows its progress as its output`() throws {
    let script = try MCPScript()
    let bench = try bench(
      script, script.entry(["tools": [MCPScript.tool("slow")], "does": ["slow": "progress"]]),
      [.init(.call("mcp__tracker__slow", [:])), .init(.text("done"))])
    let (messages, _) = try bench.run("go") { _, _ in option("allowOnce") }
    // Between two there must be time; the first always comes.
    #expect(messages.events("toolOutputDelta").first?["text"] == "step 1 (1 of 3)\n")
  }

  @Test func `that comes later is found, called by its name, and told at the end`() throws {
    let script = try MCPScript()
    let more = MCPScript.tool(
      "close", "Closes an issue.", more: ["inputSchema": ["type": "object", "properties": ["n": ["type": "integer"]]]])
    let bench = try bench(
      script,
      script.entry([
        "capabilities": ["tools": ["listChanged": true]], "tools": [MCPScript.tool("grow")], "more": [more],
        "does": ["grow": "grow", "close": "echo"],
      ]),
      [
        .init(.call("mcp__tracker__grow", [:])), .init(.text("grown")),
        .init(.call("find_tools", ["query": "close an issue"])),
        .init(.call("call_tool", ["name": "mcp__tracker__close", "arguments": ["n": 7]])), .init(.text("done")),
        .init(.call("mcp__tracker__close", ["n": 8])), .init(.text("not now")),
      ])
    // One that has what it finds loaded.
    _ = try bench.ask("agent/switchModel", ["model": "claude-opus-4-8"])
    let (first, _) = try bench.run("grow") { _, _ in option("allowOnce") }
    if !first.params(of: "mcp/serverState").contains(where: { $0["server"]?["tools"] == 2 }) {
      _ = try bench.next { $0["method"] == "mcp/serverState" && $0["params"]?["server"]?["tools"] == 2 }
    }
    var asked: [String] = []
    let (messages, result) = try bench.run("close it") { _, params in
      asked.append(params["toolCall"]?["name"]?.string ?? "")
      #expect(params["toolCall"]?["input"] == ["n": 7])
      return option("allowOnce")
    }
    #expect(asked == ["mcp__tracker__close"])
    #expect(result["notices"] == [])
    #expect(messages.events("toolResult").last?["name"] == "mcp__tracker__close")
    let questions = bench.model.questions
    let begun = questions[0].body["tools"]?.array ?? []
    #expect(questions.prefix(3).allSatisfy { $0.body["tools"]?.array == begun })
    #expect(questions.allSatisfy { $0.body["tools"]?.array?.starts(with: begun) == true })
    #expect(questions.allSatisfy { $0.body["system"] == questions[0].body["system"] })
    #expect(questions[2].body["messages"]?.text.contains("tracker (1: mcp__tracker__close)") == true)
    #expect(
      questions[3].results.last?["content"] == [["type": "tool_reference", "tool_name": "mcp__tracker__close"]])
    let loaded = questions[3].body["tools"]?.array?.dropFirst(begun.count).first
    #expect(loaded?["name"] == "mcp__tracker__close" && loaded?["defer_loading"] == true)
    let shown = messages.events("toolResult").first?["content"]
    #expect(shown == [["type": "text", "text": "mcp__tracker__close: Closes an issue."]])
    #expect(questions[4].resultTexts.last == #"{"n": 7}"#)
    // A run that wants other tools withholds what was found as well.
    _ = try bench.run("and now", ["tools": ["read_file"]])
    let withheld = bench.model.questions.suffix(2)
    let told = withheld.first?.messages.last?.text ?? ""
    #expect(told.contains("Not available now") && told.contains("mcp__tracker__close"))
    #expect(withheld.last?.results.last?["is_error"] == true)
    #expect(bench.model.flaws == [])
  }

  @Test func `ends with its session`() throws {
    let script = try MCPScript()
    let bench = try bench(
      script, script.entry(["tools": [Self.search]]), [.init(.text("done"))])
    _ = try bench.run("go")
    _ = try bench.ask("session/close")
    _ = try bench.server.call(900, "shutdown")
    #expect(HangGuard.waitBlocking { script.messages().last == ["end": true] })
  }
}

@Suite(.ownThread) struct `What else an MCP server has` {
  @Test func `of questions is asked of the person, in the server's name`() throws {
    let script = try MCPScript()
    let bench = try AgentBench(
      capabilities: ["question": true],
      options: [
        "permissionMode": "bypass",
        "mcpServers": ["hub": script.entry(["tools": [MCPScript.tool("pick")], "does": ["pick": "ask"]])],
      ], model: AgentModel([.init(.call("mcp__hub__pick", [:])), .init(.text("done"))]))
    _ = try bench.run("go") { method, params in
      #expect(method == "question/ask")
      #expect(params["asker"] == "hub")
      #expect(params["message"] == "Which one?")
      return ["action": "accept", "content": ["repo": "core"]]
    }
    #expect(bench.model.questions[1].resultTexts == [#"{"action": "accept", "content": {"repo": "core"}}"#])
  }

  @Test func `of resources is listed and read as its tools are`() throws {
    let script = try MCPScript()
    let bench = try AgentBench(
      options: [
        "permissionMode": "bypass",
        "mcpServers": [
          "docs": script.entry([
            "capabilities": ["resources": [:]], "instructions": "Ask me about birds.",
            "resources": [["uri": "doc://a", "name": "a", "description": "About a."]],
            "contents": ["doc://a": [["uri": "doc://a", "mimeType": "text/plain", "text": "inside"]]],
          ])
        ],
      ],
      model: AgentModel([
        .init(
          .call("mcp__docs__list_resources", [:]), .call("mcp__docs__read_resource", ["uri": "doc://a"]),
          .call("mcp__docs__read_resource", ["uri": "doc://b"])), .init(.text("done")),
      ]))
    _ = try bench.run("go")
    #expect(bench.model.questions[0].body["system"]?.text.contains("Ask me about birds.") == true)
    let texts = bench.model.questions[1].resultTexts
    #expect(texts == ["doc://a: a, About a.", "doc://a:\ninside", "There is nothing of that name."])
    #expect(bench.model.flaws == [])
  }
}

@Suite(.ownThread) struct `An MCP server that is started anew` {
  @Test func `is ready again when that is answered, and is no other's business`() throws {
    let script = try MCPScript()
    let bench = try AgentBench(
      options: [
        "permissionMode": "bypass", "mcpServers": ["one": script.entry(["tools": [MCPScript.tool("go")]])],
      ],
      model: AgentModel([
        .init(.text("done")), .init(.call("mcp__one__go", [:])), .init(.text("done")),
      ]))
    _ = try bench.run("go")
    let info = try bench.ask("mcp/restart", ["name": "one"])
    #expect(info["state"] == "ready")
    #expect(info["tools"] == 1)
    let (_, result) = try bench.run("go")
    #expect(result["notices"] == [])
    #expect(bench.model.questions[2].resultTexts.last == "done")
    #expect(script.messages().filter { $0["method"] == "initialize" }.count == 2)
    #expect(script.messages().contains(["end": true]))
    let refused = try bench.server.call(
      950, "mcp/restart", ["sessionId": bench.id, "name": "other"])
    #expect(refused["error"]?["code"] == -32602)
  }
}
