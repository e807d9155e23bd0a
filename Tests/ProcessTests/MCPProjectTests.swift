import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A server of a project's .mcp.json` {
  private static let asking: JSON = ["permission": true]

  private func bench(
    _ file: JSON, _ turns: Int = 1, capabilities: JSON? = asking, options: JSONObject = [:],
    environment: [String: String] = [:]
  ) throws -> AgentBench {
    let bench = try AgentBench(
      capabilities: capabilities, options: options, environment: environment,
      model: AgentModel(Array(repeating: .init(.text("done")), count: turns)))
    try bench.folder.write(".mcp.json", file.text)
    return bench
  }

  private func isStarted(_ script: MCPScript, _ log: String = "log") -> Bool { !script.messages(log).isEmpty }

  @Test func `is started only once the person has agreed to exactly its command`() throws {
    let script = try MCPScript()
    let entry = script.entry(["tools": [MCPScript.tool("go")]], env: ["A": "1"])
    let bench = try bench(["mcpServers": ["local": entry]], 4)
    let listed = try bench.ask("mcp/list")["servers"]?.array?.first
    #expect(listed?["state"] == "needsApproval")
    #expect(listed?["source"] == "project")
    var questions = 0
    func run(_ answer: String) throws {
      _ = try bench.run("go") { method, params in
        questions += 1
        #expect(params["toolCall"]?["name"] == "mcp__local")
        #expect(params["toolCall"]?["input"]?["command"] == "python3")
        #expect(params["toolCall"]?["input"]?["args"] == entry["args"])
        #expect(params["toolCall"]?["input"]?["env"] == ["A": "1"])
        #expect(
          params["options"]?.array?.compactMap { $0["kind"]?.string } == [
            "allowOnce", "allowAlways", "rejectOnce", "rejectAlways",
          ])
        #expect(!isStarted(script))
        return option(answer)
      }
    }
    try run("rejectOnce")
    try run("allowOnce")
    #expect(questions == 1)
    #expect(!isStarted(script))
    // Another command is another question, in the same session too.
    let other = script.entry(["tools": [MCPScript.tool("go")]], log: "other")
    try bench.folder.write(".mcp.json", (["mcpServers": ["local": other]] as JSON).text)
    _ = try bench.run("go") { _, params in
      questions += 1
      #expect(params["toolCall"]?["input"]?["args"] == other["args"])
      return option("allowAlways")
    }
    #expect(questions == 2)
    #expect(isStarted(script, "other") && !isStarted(script))
    let tools = bench.model.questions.map { question in
      question.body["tools"]?.array?.contains { $0["name"] == "mcp__local__go" } ?? false
    }
    #expect(tools == [false, false, true])
  }

  @Test(arguments: ["never", "allow:mcp__local", "bypass", "readOnly"])
  func `is started by no rule and no mode, and where nobody can be asked`(way: String) throws {
    let script = try MCPScript()
    let options: JSONObject = way == "bypass" || way == "readOnly" ? ["permissionMode": .string(way)] : [:]
    let bench = try bench(
      ["mcpServers": ["local": script.entry([:])]], capabilities: way == "readOnly" ? Self.asking : nil,
      options: options)
    if way.hasPrefix("allow") {
      _ = try bench.ask("permission/rules", ["rules": ["allow": ["mcp__local"], "ask": [], "deny": []]])
    }
    let (_, result) = try bench.run("go")
    #expect(result["notices"]?.text.contains("start the MCP server: python3 -S ") == true)
    #expect(result["notices"]?.text.contains("--allow") == false)
    #expect(!isStarted(script))
  }

  @Test func `takes variables of the person's, but none that are ours`() throws {
    let script = try MCPScript()
    func entry(_ value: String) -> JSON {
      var entry = script.entry([:]).object ?? JSONObject()
      entry["env"] = ["VALUE": .string(value)]
      return .object(entry)
    }
    let bench = try bench(
      [
        "mcpServers": [
          "good": entry("${MY_NAME}-${MISSING:-other}-${NOT"), "missing": entry("${MISSING}"),
          "ours": entry("${ANTHROPIC_API_KEY:-x}"), "odd": ["command": 7], "none": [:], "sse": ["type": "carrier"],
        ]
      ], environment: ["MY_NAME": "me"])
    var asked: [JSON] = []
    let (_, result) = try bench.run("go") { _, params in
      asked.append(params["toolCall"]?["input"]?["env"] ?? .null)
      return option("allowOnce")
    }
    #expect(asked == [["VALUE": "me-other-${NOT"]])
    #expect(script.messages().first?["environment"]?["VALUE"] == "me-other-${NOT")
    let notices = result["notices"]?.array?.compactMap(\.string) ?? []
    #expect(notices.count == 5)
    for (name, why) in [
      ("missing", "the variable 'MISSING' is not set"), ("ours", "'ANTHROPIC_API_KEY' is not given"),
      ("odd", "'command'"), ("none", "neither a command nor a url"), ("sse", "'carrier'"),
    ] { #expect(notices.contains { $0.contains("'\(name)'") && $0.contains(why) }, "\(name): \(notices)") }
  }

  @Test(arguments: ["[]", "{", #"{"mcpServers":[]}"#, "", #"{"mcpServers":{}}"#]) func `is none in a file that is none`(
    text: String
  ) throws {
    let bench = try bench([:])
    try bench.folder.write(".mcp.json", text)
    let (_, result) = try bench.run("go")
    #expect(result["stopReason"] == "endTurn")
    #expect(result["notices"]?.array?.count == (text == #"{"mcpServers":{}}"# ? 0 : 1))
  }

  @Test func `gives way to one of the client's, which gives way to the session's`() throws {
    let script = try MCPScript()
    let bench = try bench(
      ["mcpServers": ["one": script.entry([:], log: "project"), "two": script.entry([:], log: "project")]],
      options: ["mcpServers": ["one": script.entry([:], log: "session")]])
    let (_, result) = try bench.run("go") { _, params in
      #expect(params["toolCall"]?["name"] == "mcp__two")
      return option("rejectOnce")
    }
    #expect(result["notices"]?.array?.count == 1)
    #expect(result["notices"]?.text.contains("'one' of ") == true)
    #expect(isStarted(script, "session") && !isStarted(script, "project"))
  }
}
