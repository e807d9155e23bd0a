import Protocol
import Server
import TestSupport
import Testing

@Suite(.ownThread) struct `Many tools of MCP servers` {
  /// Tools as real servers have them: some 100 to 200 tokens each.
  private func tools(_ count: Int) -> JSON {
    .array(
      (1...count).map { number in
        MCPScript.tool(
          "operation_\(number)",
          "Performs operation \(number) on an object of the catalog, and gives what became of it.",
          more: [
            "inputSchema": [
              "type": "object",
              "properties": [
                "object_id": ["type": "string", "description": "The id of the object, as list_objects gives it."],
                "dry_run": ["type": "boolean", "description": "Whether to say only what would be done."],
              ], "required": ["object_id"],
            ]
          ])
      })
  }

  private static let name = "mcp__catalog__operation_177"

  private func firstRequest(_ count: Int) throws -> (bytes: Int, bench: AgentBench) {
    let script = try MCPScript()
    let bench = try AgentBench(
      options: [
        "mcpServers": ["catalog": script.entry(["tools": tools(count)])], "permissionMode": "bypass",
        "model": "claude-opus-4-8",
      ],
      model: AgentModel([
        .init(.call("find_tools", ["query": "operation_177"])), .init(.call(Self.name, ["object_id": "a"])),
        .init(.text("done")),
      ]))
    _ = try bench.run("go")
    let body = bench.model.questions[0].body
    return ((body["tools"]?.text.utf8.count ?? 0) + (body["system"]?.text.utf8.count ?? 0), bench)
  }

  @Test func `take at most a tenth more of the first request than few`() throws {
    let few = try firstRequest(20)
    let many = try firstRequest(200)
    #expect(many.bytes * 10 <= few.bytes * 11, "\(many.bytes) and \(few.bytes)")
    let questions = many.bench.model.questions
    #expect(questions[0].body["system"]?.text.contains("catalog (200)") == true)
    #expect(questions[1].results.last?["content"]?.array?.first?["tool_name"]?.string == Self.name)
    #expect(questions[2].resultTexts.last == "done")
    #expect(many.bench.model.flaws == [])
  }

  /// A session on Bedrock, where there is a model of each kind.
  @Test func `stay found when another model answers in between that loads none, here and elsewhere`() throws {
    let (script, folder) = (try MCPScript(), try TemporaryFolder())
    let call = StrictAction.call(Self.name, ["object_id": "a"])
    let upstream = try StrictUpstream([
      .call("find_tools", ["query": "operation_177"]), call, .text("one"),
      .call("call_tool", ["name": .string(Self.name), "arguments": ["object_id": "b"]]), .text("two"), call,
      .text("three"), call, .text("four"), .text("It was all about operation 177."), .text("five"),
    ])
    var variables = upstream.environment(.bedrock)
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    let server = try ServerInMemory([], environment: variables, folder: folder.path, time: .patient)
    let options: JSONObject = [
      "mcpServers": ["catalog": script.entry(["tools": tools(60)])], "permissionMode": "bypass",
      "model": .string(StrictModel.named("claude-opus-4-8")?.id(at: .bedrock) ?? ""),
    ]
    var id = 0
    func ask(_ method: String, _ params: JSONObject) throws -> JSON {
      id += 1
      return try #require(try server.call(id, method, .object(params))["result"])
    }
    var session = try #require(try ask("session/new", options)["sessionId"])
    func run(_ model: String) throws -> JSON {
      let name = StrictModel.named(model)?.id(at: .bedrock) ?? ""
      _ = try ask("agent/switchModel", ["sessionId": session, "model": .string(name)])
      return try ask("agent/run", ["sessionId": session, "prompt": "go"])
    }
    #expect(try run("claude-opus-4-8")["text"] == "one")
    #expect(try run("claude-opus-4-1")["text"] == "two")
    #expect(try run("claude-opus-4-8")["text"] == "three")
    let document = try #require(try ask("session/export", ["sessionId": session])["document"])
    _ = try ask("session/close", ["sessionId": session])
    session = try #require(try ask("session/import", ["document": document])["sessionId"])
    #expect(try run("claude-opus-4-8")["text"] == "four")
    #expect(upstream.refused.isEmpty && upstream.missing.isEmpty && upstream.cache.flaw(mayBeginAnew: false) == nil)
    let isLoaded = upstream.questions.map { $0.body["tools"]?.text.contains("defer_loading") == true }
    #expect(isLoaded == [false, true, true, false, false, true, true, true, true])
    let isNamed = upstream.questions.map { $0.body["messages"]?.text.contains("tool_reference") == true }
    #expect(isNamed == isLoaded)
    // What is summarized is sent as before; behind the summary nothing is loaded.
    _ = try ask("session/compact", ["sessionId": session])
    #expect(try run("claude-opus-4-8")["text"] == "five")
    let later = upstream.questions.suffix(2).map { $0.body["tools"]?.text.contains("defer_loading") == true }
    #expect(later == [true, false] && upstream.refused.isEmpty)
  }
}
