import OperatingSystem
import Protocol
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `An MCP server of a session:` {
  private let clock = ManualClock()

  private func host() -> MCPHost {
    MCPHost(name: "tests", version: "1", roots: ["/work/a b"], log: Log(level: .off) { _ in }, time: clock.source)
  }

  private func server(_ script: MCPShellServer, era: MCPServerSettings.Era = .automatic, host: MCPHost? = nil)
    -> MCPServer
  {
    MCPServer(script.settings(era: era), host: host ?? self.host(), open: script.open(clock.source))
  }

  /// Cases of a server that speaks the new era and nothing else.
  private static let modernOnly = """
    *'"method":"initialize"'*)
      refuse '{"code":-32022,"message":"no handshake here","data":{"supported":["2026-07-28"],"requested":"2025-11-25"}}' ;;
    *'"method":"server/discover"'*) answer "{$modern,\\"supportedVersions\\":[\\"2026-07-28\\"],$info}" ;;
    *'"method":"subscriptions/listen"'*) ;;
    """

  // MARK: Eras

  @Test func `it is met by a handshake, listed and called`() async throws {
    let script = try MCPShellServer()
    let server = server(script)
    #expect(server.state == .off)
    let greeting = try await server.start()
    #expect((greeting.revision, greeting.name, greeting.version) == (.handshake, "shell", "7"))
    #expect(
      greeting.capabilities.toolsChange && greeting.capabilities.resources && !greeting.capabilities.promptsChange)
    #expect(server.state == .ready(greeting))
    #expect(try await server.listTools().tools.map(\.name) == ["echo"])
    #expect(try await server.call("echo", ["a": 1]).content == [.text("called")])
    await server.shutDown()
    #expect(server.state == .closed)
    #expect(script.methods == ["initialize", "notifications/initialized", "tools/list", "tools/call"])
    #expect(script.sent[3]["params"]?["arguments"] == ["a": 1])
    #expect(script.faults == [])
    await #expect(throws: MCPFailure.self) { try await server.call("echo", [:]) }
  }

  @Test(arguments: [
    #"{"code":-32022,"message":"no","data":{"supported":["2026-07-28"]}}"#, #"{"code":-32022,"message":"no"}"#,
    #"{"code":-32601,"message":"Method not found"}"#,
    #"{"code":-32600,"message":"use 2026-07-28, not 2025-11-25"}"#,
  ]) func `one of the new era alone is discovered on the same process when it refuses the handshake with`(
    refusal: String
  ) async throws {
    let script = try MCPShellServer("*'\"method\":\"initialize\"'*) refuse '\(refusal)' ;;\n\(Self.modernOnly)")
    let server = server(script)
    let greeting = try await server.start()
    #expect((greeting.revision, greeting.name) == (.modern, "shell"))
    #expect(try await server.call("echo", [:]).content == [.text("called")])
    await server.shutDown()
    #expect(script.runs == 1)
    #expect(script.faults == [])
  }

  @Test func `one of an older revision is asked again for that`() async throws {
    let script = try MCPShellServer(
      """
      *'"protocolVersion":"2025-11-25"'*)
        refuse '{"code":-32602,"message":"Unsupported protocol version","data":{"supported":["2024-11-05","2025-03-26"]}}' ;;
      *'"method":"initialize"'*) answer "{\\"protocolVersion\\":\\"2025-03-26\\",$info}" ;;
      """)
    let server = server(script)
    #expect(try await server.start().revision.rawValue == "2025-03-26")
    await server.shutDown()
  }

  @Test func `revisions that nobody knows here are named beside ours`() async throws {
    let answers = [
      #"answer '{"protocolVersion":"2031-01-01","capabilities":{}}'"#,
      #"refuse '{"code":-32022,"message":"no","data":{"supported":["2031-01-01"]}}'"#,
    ]
    for answer in answers {
      let server = server(try MCPShellServer("*'\"method\":\"initialize\"'*) \(answer) ;;"))
      let failure = await #expect(throws: MCPFailure.self) { try await server.start() }
      let message = failure?.message ?? ""
      #expect(message.contains("2031-01-01") && message.contains("2024-11-05 to 2026-07-28"), "\(message)")
      #expect(server.state == .failed(.unusable(message)))
    }
  }

  @Test(arguments: [#"refuse '{"code":-32602,"message":"Invalid request parameters"}'"#, "exit 1", ":"])
  func `one that the settings call new and that is not is met by a handshake, with a fresh process, when it does`(
    probe: String
  ) async throws {
    let script = try MCPShellServer("*'\"method\":\"server/discover\"'*) \(probe) ;;")
    let server = server(script, era: .modern)
    let starting = Task { try await server.start() }
    if probe == ":" {
      try await script.hasRead("server/discover")
      try await HangGuard.wait { clock.sleeps.contains(MCPLimits.startMs / 3) }
      clock.pass(MCPLimits.startMs / 3)
    }
    #expect(try await starting.value.revision == .handshake)
    await server.shutDown()
    #expect(script.runs == 2)
  }

  @Test func `one that the settings call old is not asked in the new era`() async throws {
    let script = try MCPShellServer(Self.modernOnly)
    let server = server(script, era: .legacy)
    await #expect(throws: MCPFailure.self) { try await server.start() }
    #expect(script.methods == ["initialize"])
  }

  @Test func `one that says nothing is given up after its time, and everyone who waits is told`() async throws {
    let script = try MCPShellServer("*'\"method\":\"initialize\"'*) ;;")
    let server = server(script)
    let first = Task { try await server.start() }
    let second = Task { try await server.listTools() }
    try await script.hasRead("initialize")
    try await HangGuard.wait { clock.sleeps.contains(MCPLimits.startMs) }
    clock.pass(MCPLimits.startMs)
    await #expect(throws: MCPFailure.late("initialize took longer than its 30 s")) { try await first.value }
    await #expect(throws: MCPFailure.late("initialize took longer than its 30 s")) { try await second.value }
    #expect(script.runs == 1)
  }

  // MARK: Lists

  @Test func `lists are read to their end, through an empty cursor, and stop where they come back`() async throws {
    let tool = #"{"name":"T","inputSchema":{"type":"object"}}"#
    func page(_ names: [String], _ next: String) -> String {
      let tools = names.map { tool.replacing("T", with: $0) }.joined(separator: ",")
      return "answer '{\"tools\":[\(tools)],\"nextCursor\":\(next)}' ;;"
    }
    let script = try MCPShellServer(
      """
      *'"cursor":""'*) \(page(["b"], #""c""#))
      *'"cursor":"c"'*) \(page(["c"], #""""#))
      *'"method":"tools/list"'*) \(page(["a"], #""""#))
      """)
    let server = server(script)
    let list = try await server.listTools()
    #expect(list.tools.map(\.name) == ["a", "b", "c"])
    #expect(list.notices == ["its list of tools comes back to where it was"])
    await server.shutDown()
  }

  @Test func `tools that cannot be called are left out and named`() async throws {
    let script = try MCPShellServer(
      """
      *'"method":"tools/list"'*) answer '{"tools":[null,{"name":""},{"name":"x","inputSchema":7},
        {"name":"a","title":null,"description":null,"inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}},
        {"name":"a","inputSchema":{}}],"nextCursor":null}' | tr -d '\\n'; echo ;;
      """)
    let server = server(script)
    let list = try await server.listTools()
    #expect(list.tools.map(\.name) == ["a"])
    #expect(list.tools.first?.claims.isReadOnly == true)
    #expect(
      list.notices == [
        "a tool that is null, is left out", "a tool without a name, is left out",
        "the tool 'x', whose inputSchema is no object, is left out", "a second tool 'a', is left out",
      ])
    await server.shutDown()
  }

  @Test func `resources and prompts are listed and read, and one that has none has none`() async throws {
    let script = try MCPShellServer(
      """
      *'"method":"resources/list"'*) answer '{"resources":[{"uri":"a:b","name":"b","mimeType":null},{}]}' ;;
      *'"method":"resources/read"'*) answer '{"contents":[{"uri":"a:b","text":"t"},{"uri":"a:c","blob":"AA=="},{}]}' ;;
      *'"method":"prompts/get"'*)
        answer '{"messages":[{"role":"assistant","content":{"type":"text","text":"p"}}]}' ;;
      """)
    let server = server(script)
    #expect(try await server.listResources().map(\.uri) == ["a:b"])
    #expect(try await server.listResources(templates: true) == [])
    #expect(try await server.read("a:b").map { $0.text ?? $0.blob } == ["t", "AA=="])
    #expect(try await server.listPrompts() == [])
    let messages = try await server.prompt("p", ["x": "1"])
    #expect(messages.map(\.isAssistant) == [true])
    #expect(messages.map(\.content) == [.text("p")])
    await server.shutDown()
  }

  // MARK: What it asks

  @Test func `it is answered what it asks, whether that was offered or not`() async throws {
    let script = try MCPShellServer(
      """
      *'"method":"tools/call"'*) held=$id
        say '{"jsonrpc":"2.0","id":0,"method":"ping"}'
        say '{"jsonrpc":"2.0","id":1,"method":"roots/list"}'
        say '{"jsonrpc":"2.0","id":"s","method":"sampling/createMessage","params":{}}'
        say '{"jsonrpc":"2.0","id":2,"method":"elicitation/create","params":{"message":"m","requestedSchema":{}}}' ;;
      *'"id":2,'*) id=$held; text done ;;
      """)
    let server = server(script)
    #expect(try await server.call("echo", [:]).content == [.text("done")])
    await server.shutDown()
    let answers = script.sent.filter { $0["method"] == nil }
    func answer(_ id: JSON) -> JSON? { answers.first { $0["id"] == id } }
    #expect(answer(0)?["result"] == [:])
    #expect(answer(1)?["result"]?["roots"]?.array?.first?["uri"] == "file:///work/a%20b")
    #expect(answer("s")?["error"]?["code"] == -32601)
    #expect(answer(2)?["error"]?["code"] == -32601)
    #expect(script.sent[0]["params"]?["capabilities"]?["elicitation"] == nil)
  }

  @Test func `a person is asked for it where there is one, in both eras`() async throws {
    let question = #"{"mode":"form","message":"Who?","requestedSchema":{"type":"object"}}"#
    let old = """
      *'"method":"tools/call"'*) held=$id
        say '{"jsonrpc":"2.0","id":9,"method":"elicitation/create","params":\(question)}' ;;
      *'"id":9,'*'"action":"accept"'*) id=$held; text done ;;
      """
    let new = """
      *'"requestState":"s1"'*'"action":"accept"'*|*'"action":"accept"'*'"requestState":"s1"'*) text done ;;
      *'"method":"tools/call"'*) answer '{"resultType":"input_required","requestState":"s1","inputRequests":
        {"who":{"method":"elicitation/create","params":\(question)}}}' | tr -d '\\n'; echo ;;
      \(Self.modernOnly)
      """
    for cases in [old, new] {
      let script = try MCPShellServer(cases)
      var host = host()
      host.ask = { server, question in
        #expect((server, question.message) == ("shell", "Who?"))
        return .accept(["name": "core"])
      }
      let server = server(script, host: host)
      #expect(try await server.call("echo", [:]).content == [.text("done")])
      await server.shutDown()
      #expect(script.faults == [])
    }
  }

  @Test func `one that asks back for ever is given up after ten rounds, with a pause between them`() async throws {
    let script = try MCPShellServer(
      "*'\"method\":\"tools/call\"'*) answer '{\"resultType\":\"input_required\",\"requestState\":0}' ;;\n\(Self.modernOnly)"
    )
    let server = server(script)
    try await server.start()
    let calling = Task { try await server.call("echo", [:]) }
    for round in 1...11 {
      try await HangGuard.wait { clock.sleeps.filter { $0 == MCPLimits.roundPauseMs }.count == round }
      clock.pass(MCPLimits.roundPauseMs)
    }
    await #expect(throws: MCPFailure.unusable("the server asked back 10 times and gave no result")) {
      try await calling.value
    }
    await server.shutDown()
    #expect(script.methods.filter { $0 == "tools/call" }.count == 11)
    #expect(script.faults == [])
  }

  @Test func `a result of a kind that was not asked for is none`() async throws {
    let script = try MCPShellServer(
      "*'\"method\":\"tools/call\"'*) answer '{\"resultType\":\"task\",\"taskId\":\"1\"}' ;;\n\(Self.modernOnly)")
    let server = server(script)
    let failure = await #expect(throws: MCPFailure.self) { try await server.call("echo", [:]) }
    #expect(failure?.message.contains("'task'") == true)
    await server.shutDown()
  }

  @Test func `a storm of changes is told once for each list`() async throws {
    let change = #"{"jsonrpc":"2.0","method":"notifications/LIST/list_changed"}"#
    let storm = ["tools", "prompts"].map { list in
      "for i in 1 2 3 4 5 6 7 8 9; do say '\(change.replacing("LIST", with: list))'; done"
    }
    let script = try MCPShellServer("*'\"method\":\"tools/call\"'*) \(storm.joined(separator: "; ")); text done ;;")
    let told = Mutex<[MCPList]>([])
    var host = host()
    host.listChanged = { _, list in told.withLock { $0.append(list) } }
    let server = server(script, host: host)
    for calls in 1...2 {
      _ = try await server.call("echo", [:])
      try await HangGuard.wait { clock.sleeps.filter { $0 == MCPLimits.changePauseMs }.count == calls }
      #expect(told.withLock { $0.count } == 2 * (calls - 1))
      clock.pass(MCPLimits.changePauseMs)
      try await HangGuard.wait { told.withLock { $0.count } == 2 * calls }
    }
    #expect(told.withLock { $0 } == [.tools, .prompts, .tools, .prompts])
    await server.shutDown()
  }

  @Test func `what it logs of its own variables is hidden`() async throws {
    let script = try MCPShellServer(
      "*'tools/call'*) say '{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"data\":\"key canary-77\"}}'; text done ;;"
    )
    let log = Mutex<[String]>([])
    var host = host()
    host.log = Log(level: .debug) { line in log.withLock { $0.append(line) } }
    let settings = script.settings([.init("KEY", "canary-77")])
    let server = MCPServer(settings, host: host, open: script.open(clock.source))
    _ = try await server.call("echo", [:])
    await server.shutDown()
    let said = log.withLock { $0.joined() }
    #expect(said.contains("key •••") && !said.contains("canary"))
  }

  // MARK: Ends

  @Test func `a call in which it ends fails with its last words, and it is started again after a pause`() async throws {
    let script = try MCPShellServer("*'\"method\":\"tools/call\"'*'die'*) echo 'out of luck' >&2; exit 3 ;;")
    let states = Mutex<[String]>([])
    var host = host()
    host.stateChanged = { _, state in
      let name = "\(state)".prefix { $0 != "(" }
      states.withLock { $0.append(String(name)) }
    }
    let server = server(script, host: host)
    try await server.start()
    await #expect(throws: MCPFailure.gone("server ended (exit 3): out of luck")) { try await server.call("die", [:]) }
    let later = Task { try await server.call("echo", [:]).content }
    try await HangGuard.wait { clock.sleeps.contains(MCPLimits.restartPauseMs) }
    #expect(script.runs == 1)
    clock.pass(MCPLimits.restartPauseMs)
    #expect(try await later.value == [.text("called")])
    #expect(script.runs == 2)
    await server.shutDown()
    #expect(states.withLock { $0 } == ["starting", "ready", "starting", "ready", "closed"])
  }

  @Test func `a call waits for a start anew no longer than its own time`() async throws {
    let script = try MCPShellServer("*'\"method\":\"tools/call\"'*'die'*) exit 3 ;;")
    var settings = script.settings()
    settings.callMax = 1_500
    let server = MCPServer(settings, host: host(), open: script.open(clock.source))
    try await server.start()
    for pause in [1_000, 2_000] {
      await #expect(throws: MCPFailure.self) { try await server.call("die", [:]) }
      try await HangGuard.wait { clock.sleeps.contains(pause) }
      let limits = { [clock] in clock.sleeps.count { $0 == 1_500 } }
      let before = limits()
      let call = Task { try await server.call("echo", [:]) }
      try await HangGuard.wait { limits() > before }
      clock.pass(min(pause, 1_500))
      guard pause == 2_000 else {
        #expect(try await call.value.content == [.text("called")])
        continue
      }
      let failure = await #expect(throws: MCPFailure.self) { try await call.value }
      #expect(failure?.message == "it is being started, and was not there within 1500 ms; try again later")
    }
    await server.shutDown()
  }

  @Test func `one that ends again and again is left alone after five restarts, until it is asked for`() async throws {
    let script = try MCPShellServer("*'notifications/initialized'*) [ $run -gt 6 ] || exit 1 ;;")
    let server = server(script)
    try await server.start()
    for pause in [1_000, 2_000, 4_000, 8_000, 16_000] {
      try await HangGuard.wait { clock.sleeps.contains(pause) }
      clock.pass(pause)
    }
    try await HangGuard.wait { if case .failed = server.state { true } else { false } }
    let failure = await #expect(throws: MCPFailure.self) { try await server.call("echo", [:]) }
    #expect(failure?.message.contains("5 restarts within 600 s did not help") == true)
    #expect(script.runs == 6)
    try await server.start()
    #expect(try await server.call("echo", [:]).content == [.text("called")])
    await server.shutDown()
  }

  @Test func `one that is shut down while it starts leaves nothing`() async throws {
    let script = try MCPShellServer("*'\"method\":\"initialize\"'*) ;;")
    let server = server(script)
    let starting = Task { try await server.start() }
    try await script.hasRead("initialize")
    await server.shutDown()
    await #expect(throws: MCPFailure.gone("the server was shut down")) { try await starting.value }
    #expect(script.runs == 1)
    #expect(script.left == [])
  }
}
