import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite(.hangGuard) struct `The MCP servers of sessions` {
  private let clock = ManualClock()

  private func servers(_ script: MCPShellServer) -> MCPServers {
    let servers = MCPServers(
      sink: SilentSink(), log: Log(level: .off) { _ in }, time: clock.source, variables: MCPVariables([:], secrets: [])
    ) { [clock] _, _, inbox async throws(MCPFailure) in try await script.open(clock.source)(inbox) }
    servers.client = [script.settings()]
    return servers
  }

  @Test func `are asked for while others ask whether there are some`() async throws {
    let servers = servers(try MCPShellServer())
    let project = (0..<8).map { number in
      MCPServerSettings(
        name: "p\(number)", way: .command("/p", arguments: [], environment: []), source: .project(file: ".mcp.json"))
    }
    servers.client = project
    await withTaskGroup(of: Void.self) { group in
      for turn in 0..<2 {
        group.addTask {
          for _ in 0..<500 {
            if turn == 0 { _ = servers.prepare("s", in: ["/w"], project: nil) } else { _ = servers.areThere }
          }
        }
      }
    }
    #expect(servers.session("s")?.waiting.count == 8)
  }

  @Test func `come neither by a look at a session nor to one that is closed by then`() throws {
    let servers = servers(try MCPShellServer())
    #expect(servers.session("s") == nil)
    #expect(servers.prepare("s", in: ["/w"], project: nil, isClosed: { true }) == nil)
    #expect(servers.session("s") == nil)
    #expect(!servers.areThere)
  }

  @Test func `are awaited at the end though their session was closed before`() async throws {
    let script = try MCPShellServer(first: "trap 'echo bye >bye' EXIT")
    let servers = servers(script)
    let session = try #require(servers.prepare("s", in: [script.folder.path], project: nil))
    await session.start()
    #expect(session.infos.map(\.state) == [.ready])
    servers.close("s")
    await servers.closeAll()
    #expect(script.lines("bye") == ["bye"])
    #expect(!servers.areThere)
  }

  @Test func `are started anew while they start, and what the former said is not theirs`() async throws {
    let script = try MCPShellServer(
      "*'\"method\":\"initialize\"'*) [ $run -gt 1 ] && answer \"{\\\"protocolVersion\\\":\\\"2025-11-25\\\",$info}\" ;;"
    )
    let servers = servers(script)
    let session = try #require(servers.prepare("s", in: [script.folder.path], project: nil))
    let starting = Task { await session.start() }
    try await script.hasRead("initialize")
    #expect(try await session.restart("shell").state == .ready)
    await starting.value
    #expect(session.infos.map(\.state) == [.ready])
    #expect(session.takeNotices() == [])
    #expect(script.runs == 2)
    await servers.closeAll()
  }

  @Test func `keep their tools while they are started again, and say so while somebody starts them anew`() async throws
  {
    let script = try MCPShellServer(
      """
      *'"method":"tools/call"'*) exit 3 ;;
      *'"method":"initialize"'*) [ $run -lt 3 ] && answer "{\\"protocolVersion\\":\\"2025-11-25\\",$info}" ;;
      """)
    let servers = servers(script)
    let session = try #require(servers.prepare("s", in: [script.folder.path], project: nil))
    let tools = MCPTools(session)
    await session.start()
    let name = "mcp__shell__echo"
    #expect(tools.definitions.contains { $0.name == name })
    let setting = ToolSetting(
      workspace: try Workspace(path: script.folder.path), run: RunName(sessionId: "s", runId: "r"))
    let request = ToolRequest(id: "t", name: name, input: [:])
    let context = ToolContext()
    _ = try await tools.plan(request, in: setting).run(context)
    try await HangGuard.wait { session.infos.first?.state == .starting }
    #expect(tools.has(name))
    let plan = try tools.plan(request, in: setting)
    let waiting = Task { try await plan.run(context) }
    try await HangGuard.wait { clock.sleeps.contains(MCPLimits.restartPauseMs) }
    clock.pass(MCPLimits.restartPauseMs)
    // The second process ends in the call as well.
    #expect(try await waiting.value.text.contains("exit 3"))
    let starting = Task { try await session.restart("shell") }
    try await HangGuard.wait { script.runs == 3 }
    #expect(tools.has(name) && !tools.has("mcp__shell__other"))
    let error = #expect(throws: ToolError.self) { try tools.plan(request, in: setting) }
    #expect(error?.kind == .changed)
    #expect(error?.message.contains("is being started again") == true)
    await servers.closeAll()
    _ = await starting.result
  }

  @Test func `have few notices of a listing told, in which nothing hides`() async throws {
    let tool = #"{"name":"\u001b[2Jlong NUMBER \#(String(repeating: "n", count: 500))"}"#
    let tools = (0..<30).map { tool.replacing("NUMBER", with: "\($0)") }.joined(separator: ",")
    let script = try MCPShellServer("*'\"method\":\"tools/list\"'*) answer '{\"tools\":[\(tools)]}' ;;")
    let servers = servers(script)
    let session = try #require(servers.prepare("s", in: [script.folder.path], project: nil))
    await session.start()
    let notices = session.takeNotices()
    #expect(notices.count == 11)
    #expect(notices.last == "the MCP server 'shell': and 20 more")
    #expect(notices.first?.hasPrefix(#"the MCP server 'shell': the tool '\u{1B}[2Jlong 0 nnn"#) == true)
    #expect(notices.allSatisfy { $0.count < 200 })
    #expect(session.takeNotices() == [])
    await servers.closeAll()
  }

  @Test func `have one limit of time for a whole list`() async throws {
    let script = try MCPShellServer(
      """
      *'"cursor":"b"'*) ;;
      *'"method":"tools/list"'*) while [ ! -e go ]; do sleep 0.01; done
        answer '{"tools":[{"name":"echo","inputSchema":{"type":"object"}}],"nextCursor":"b"}' ;;
      """)
    let servers = servers(script)
    let session = try #require(servers.prepare("s", in: [script.folder.path], project: nil))
    let starting = Task { await session.start() }
    try await script.hasRead("tools/list")
    try await HangGuard.wait { clock.sleeps.contains(MCPLimits.listMs) }
    clock.pass(40_000)
    try script.folder.write("go", "")
    try await script.hasRead("cursor")
    try await HangGuard.wait { clock.sleeps.contains(MCPLimits.listMs - 40_000) }
    clock.pass(MCPLimits.listMs - 40_000)
    await starting.value
    try await HangGuard.wait { session.infos.first?.tools != nil }
    #expect(
      session.takeNotices() == ["the MCP server 'shell': its list of tools ends early: it took longer than its 60 s"])
    await servers.closeAll()
  }
}
