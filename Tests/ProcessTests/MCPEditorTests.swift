import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `An MCP server that an editor gives` {
  @Test func `is started, asked about and called`() throws {
    let (script, folder) = (try MCPScript(), try TemporaryFolder())
    let model = try AgentModel([.init(.call("mcp__given__go", [:])), .init(.text("done"))])
    var environment = model.environment()
    environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    let server = try ServerInMemory([], environment: environment)
    let opened = try server.call(1, "initialize", ["protocolVersion": 1])
    #expect(opened["result"]?["agentCapabilities"]?["mcpCapabilities"] == ["http": true, "sse": true])
    let entry = script.acpEntry("given", ["tools": [MCPScript.tool("go")]], env: ["TOKEN": "t"])
    let made = try server.call(2, "session/new", ["cwd": .string(folder.path), "mcpServers": [entry]])
    let id = try #require(made["result"]?["sessionId"])
    #expect(script.messages() == [])
    try server.send(
      ([
        "jsonrpc": "2.0", "id": 3, "method": "session/prompt",
        "params": ["sessionId": id, "prompt": [["type": "text", "text": "go"]]],
      ] as JSON).text)
    var kinds: [String] = []
    while true {
      let message = try server.receive()
      if message["id"] == 3, message["method"] == nil { break }
      if message["method"] == "session/request_permission" {
        let call = message["params"]?["toolCall"]
        kinds.append(call?["kind"]?.string ?? "none")
        let outcome: JSON = ["outcome": "selected", "optionId": "allow_once"]
        try server.send(
          (["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": ["outcome": outcome]] as JSON).text)
      }
    }
    #expect(kinds == ["other"])
    #expect(model.questions.last?.resultTexts == ["done"])
    #expect(script.messages().first?["environment"]?["TOKEN"] == "t")
  }

  @Test func `has its prompts as commands, and is told of all folders`() throws {
    let (script, other) = (try MCPScript(), try TemporaryFolder())
    let editor = try ACPEditor([.init(.text("hello")), .init(.text("mended"))], opensSession: false)
    let fix: JSON = [
      "name": "fix", "description": "Mends an issue.",
      "arguments": [["name": "issue", "required": true], ["name": "how"]],
    ]
    let filled: JSON = ["messages": [["role": "user", "content": ["type": "text", "text": "Mend issue 7 quickly."]]]]
    let entry = script.acpEntry(
      "tracker",
      ["capabilities": ["prompts": [:], "tools": [:]], "prompts": [fix], "filled": ["fix": filled], "asksRoots": true])
    let opened = try editor.result(
      "session/new",
      [
        "cwd": .string(editor.folder.path), "additionalDirectories": [.string(other.path)], "mcpServers": [entry],
      ])
    let id = try #require(opened["sessionId"])
    func prompt(_ text: String) throws -> [JSON] {
      try editor.receive(
        upTo: try editor.send(
          "session/prompt", ["sessionId": id, "prompt": [["type": "text", "text": .string(text)]]]))
    }
    let first = try prompt("hi")
    let commands = first.compactMap { $0["params"]?["update"] }.kind("available_commands_update").last
    let command = commands?["availableCommands"]?.array?.first { $0["name"] == "mcp__tracker__fix" }
    #expect(
      command == ["name": "mcp__tracker__fix", "description": "Mends an issue.", "input": ["hint": "issue [how]"]])
    #expect(try prompt("/mcp__tracker__fix 7 quickly").last?["result"]?["stopReason"] == "end_turn")
    #expect(editor.model.questions.last?.body["messages"]?.text.contains("Mend issue 7 quickly.") == true)
    let told = script.messages()
    #expect(
      told.first { $0["method"] == "prompts/get" }?["params"]?["arguments"] == ["how": "quickly", "issue": "7"])
    let roots = told.first { $0["result"]?["roots"] != nil }?["result"]?["roots"]?.array?.compactMap {
      $0["uri"]?.string
    }
    #expect(roots?.map { $0.hasSuffix(editor.folder.path) || $0.hasSuffix(other.path) } == [true, true])
    #expect(editor.model.flaws == [])
  }
}
