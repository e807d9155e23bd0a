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
        #expect(params["toolCall"]?["input"]?["cwd"]?.string == bench.folder.path)
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

  @Test func `is not found out again when its session is closed while the person is asked`() throws {
    let script = try MCPScript()
    let bench = try bench(["mcpServers": ["local": script.entry([:])]])
    let messages = try bench.messages(upTo: try bench.start("go")) { method, _ in
      #expect(method == "permission/request")
      try bench.request("close", "session/close", ["sessionId": bench.id])
      return nil
    }
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
    let states = messages.params(of: "mcp/serverState").map { $0["server"]?["state"] }
    #expect(states == ["needsApproval"])
    #expect(!isStarted(script))
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
    var asked: [JSON?] = []
    let (_, result) = try bench.run("go") { _, params in
      asked += [params["toolCall"]?["input"]?["env"], params["toolCall"]?["input"]?["variables"]]
      return option("allowOnce")
    }
    #expect(asked == [["VALUE": "${MY_NAME}-${MISSING:-other}-${NOT"], ["MY_NAME"]])
    #expect(script.messages().first?["environment"]?["VALUE"] == "me-other-${NOT")
    let notices = result["notices"]?.array?.compactMap(\.string) ?? []
    #expect(notices.count == 5)
    for (name, why) in [
      ("missing", "the variable 'MISSING' is not set"), ("ours", "'ANTHROPIC_API_KEY' is not given"),
      ("odd", "'command'"), ("none", "neither a command nor a url"), ("sse", "'carrier'"),
    ] { #expect(notices.contains { $0.contains("'\(name)'") && $0.contains(why) }, "\(name): \(notices)") }
  }

  @Test func `gets no secret of ours, by whatever name it goes, but keys of other services`() throws {
    let model = try AgentModel([.init(.text("done"))])
    let ours = try #require(model.environment("anthropic")["ANTHROPIC_API_KEY"])
    let withheld = [
      "SECRET_ACCESS_KEY": "s1", "secret_access_key_2": "s2", "CLAUDE_CODE_OAUTH_TOKEN": "s3", "WYN360_KEY": "s4",
      "AWS_REGION": "s5", "Anthropic_Auth_Token": "s6", "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE": "s7", "GATEWAY": ours,
      "LITELLM_API_KEY": ours, "HEADERS": "Authorization: Bearer \(ours)",
    ]
    let given = ["BRAVE_API_KEY": "b", "GITHUB_TOKEN": "g", "CLAUDE_HOME": "h", "SECRET": "c"]
    let names = withheld.keys.sorted() + given.keys.sorted()
    let servers = names.map { ($0, ["command": "true", "env": ["V": .string("${\($0):-x}")]] as JSON) }
    let bench = try AgentBench(
      capabilities: Self.asking, environment: withheld.merging(given) { one, _ in one }, model: model)
    try bench.folder.write(".mcp.json", (["mcpServers": .object(JSONObject(servers))] as JSON).text)
    var asked: [JSON?] = []
    let (_, result) = try bench.run("go") { _, params in
      asked += [params["toolCall"]?["input"]?["variables"]]
      return option("rejectOnce")
    }
    #expect(asked == given.keys.sorted().map { [.string($0)] })
    let notices = result["notices"]?.array?.compactMap(\.string) ?? []
    #expect(notices.count == withheld.count)
    for name in withheld.keys { #expect(notices.contains { $0.contains("variable '\(name)' is not given") }) }
  }

  @Test(arguments: [true, false]) func `is shown as its file writes it, without the values of variables`(
    isAsked: Bool
  ) throws {
    let script = try MCPScript()
    var local = script.entry([:], env: ["VALUE": "${HIDDEN}"]).object ?? JSONObject()
    local["args"] = .array((local["args"]?.array ?? []) + ["${HIDDEN}"])
    let bench = try bench(
      [
        "mcpServers": [
          "far": ["url": "https://${HIDDEN}.invalid/${HIDDEN}", "headers": ["X": "Bearer ${HIDDEN}"]],
          "local": .object(local), "old": ["type": "sse", "url": "${SITE}/sse"],
          "whole": ["command": "${HIDDEN}"],
        ]
      ], capabilities: isAsked ? Self.asking : nil,
      environment: ["HIDDEN": "canary-7", "SITE": "https://canary-7.invalid"])
    let listed = try bench.ask("mcp/list")
    #expect(!listed.text.contains("canary-7"))
    #expect(
      listed["servers"]?.array?.compactMap { $0["url"] } == ["https://${HIDDEN}.invalid/${HIDDEN}", "${SITE}/sse"])
    var titles: [String] = []
    let (messages, result) = try bench.run("go") { _, params in
      let name = params["toolCall"]?["name"]?.string
      titles.append(params["toolCall"]?["title"]?.string ?? "")
      #expect(params["toolCall"]?["input"]?["variables"] == (name == "mcp__old" ? ["SITE"] : ["HIDDEN"]))
      return option(name == "mcp__local" ? "allowOnce" : "rejectOnce")
    }
    #expect(!messages.contains { $0.text.contains("canary-7") } && !result.text.contains("canary-7"))
    #expect(titles.count == (isAsked ? 4 : 0))
    #expect(result["notices"]?.text.contains("https://${HIDDEN}") ?? false != isAsked)
    #expect(script.messages().first?["environment"]?["VALUE"] == (isAsked ? "canary-7" : nil))
  }

  @Test(arguments: ["allowOnce", "allowAlways"]) func `is not started by an answer that edits its command`(
    answer: String
  ) throws {
    let script = try MCPScript()
    let bench = try bench(["mcpServers": ["local": script.entry([:])]], 2)
    var questions = 0
    let (_, result) = try bench.run("go") { _, params in
      questions += 1
      var input = params["toolCall"]?["input"]?.object ?? JSONObject()
      input["command"] = "true"
      return ["optionId": .string(answer), "updatedInput": .object(input)]
    }
    #expect(result["notices"]?.text.contains("cannot be edited here") == true)
    let (_, second) = try bench.run("go")
    #expect(second["notices"]?.array ?? [] == [])
    #expect(questions == 1 && !isStarted(script))
  }

  @Test func `is started by an answer that gives back the same command`() throws {
    let script = try MCPScript()
    let bench = try bench(["mcpServers": ["local": script.entry([:])]])
    let (_, result) = try bench.run("go") { _, params in
      let input = params["toolCall"]?["input"]?.object ?? JSONObject()
      let turned = JSONObject(input.reversed().map { ($0.key, $0.value) })
      return ["optionId": "allowOnce", "updatedInput": .object(turned)]
    }
    #expect(result["notices"]?.array ?? [] == [])
    #expect(isStarted(script))
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
