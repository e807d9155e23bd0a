import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

/// A server from its first request to its end, as the product has it.
@Suite(.hangGuard) struct `An MCP server over HTTP` {
  private static func host(ask: MCPHost.Ask? = nil, time: TimeSource) -> MCPHost {
    var host = MCPHost(name: "wyn360", version: "1", roots: ["/w"], log: Log(level: .off) { _ in }, time: time)
    host.ask = ask
    return host
  }

  /// `time` is what the pauses before a restart go by; limits of calls last.
  private static func server(
    _ site: MCPSite, _ path: String = "/mcp", ask: MCPHost.Ask? = nil, time: TimeSource = ManualClock(.passes).limitless
  ) -> MCPServer {
    // However long a busy machine takes, no time of a call's is gone by it.
    var still = TimeSource.patient
    still.monotonic = { 0 }
    let network = MCPNetwork(CurlTransport(), time: still, log: Log(level: .off) { _ in })
    let settings = MCPServerSettings(
      name: "site", way: .http(url: site.server.url + path, headers: []), source: .session)
    return MCPServer(settings, host: host(ask: ask, time: time)) { inbox async throws(MCPFailure) in
      try network.open(settings, inbox: inbox)
    }
  }

  private static let schema: JSON = [
    "type": "object", "properties": ["region": ["type": "string", "x-mcp-header": "Region"]],
  ]

  private static func tools(_ ask: MCPSite.Ask) -> JSON {
    ask.result(["resultType": "complete", "tools": [["name": "find", "inputSchema": schema]]])
  }

  private static func text(_ ask: MCPSite.Ask, _ text: String) -> JSON {
    ask.result(["resultType": "complete", "content": [["type": "text", "text": .string(text)]]])
  }

  @Test func `of the modern era is met by its first request, and is told arguments in headers`() async throws {
    let site = try MCPSite { ask, connection in
      switch ask.kind {
      case "server/discover":
        try connection.send(
          ask.result([
            "resultType": "complete", "supportedVersions": ["2026-07-28"],
            "capabilities": ["tools": ["listChanged": true]],
          ]))
      case "tools/list": try connection.send(Self.tools(ask))
      case "tools/call": try connection.events(ask.progress(1), Self.text(ask, "found"))
      case "subscriptions/listen":
        try connection.beginEvents()
        connection.waitForPeerClose()
        throw LoopbackError.closed
      default: return false
      }
      return true
    }
    let server = Self.server(site)
    #expect(try await server.start().revision == .modern)
    #expect(try await server.listTools().tools.map(\.name) == ["find"])
    let result = try await server.call("find", ["region": "Österreich"])
    #expect(result.content.count == 1)
    try await HangGuard.wait { site.asks("subscriptions/listen").count == 1 }
    await server.shutDown()
    #expect(site.asks("initialize").isEmpty)
    #expect(site.asks("tools/call").first?.request["mcp-param-region"] == "=?base64?w5ZzdGVycmVpY2g=?=")
    #expect(site.faults == [])
  }

  @Test func `that forgets each session is met again, then after pauses, in the end not at all`() async throws {
    let site = try MCPSite { ask, connection in
      switch ask.kind {
      case "server/discover": try connection.reply(400, [], body: Array("Bad Request".utf8))
      case "tools/list": try connection.reply(404, body: [])
      default: return false
      }
      return true
    }
    let clock = ManualClock(.passes)
    let server = Self.server(site, time: clock.source())
    for _ in 0..<20 { await #expect(throws: MCPFailure.self) { try await server.listTools() } }
    #expect(clock.sleeps == [1_000, 2_000, 4_000, 8_000, 16_000])
    #expect(site.asks("initialize").count == 7)
    #expect(
      server.state == .failed(.gone("the server has forgotten the session; 5 restarts within 600 s did not help")))
    await server.shutDown()
  }

  @Test func `of the handshake is met by it, asks a person, and is met anew when it forgets`() async throws {
    let answered = Latch()
    let site = try MCPSite { ask, connection in
      if ask.kind == "answer" { answered.open() }
      if ask.kind == "initialize" {
        let result: JSON = ["protocolVersion": "2025-06-18", "capabilities": ["tools": [:]]]
        try connection.send(ask.result(result), [("Mcp-Session-Id", "s-\(ask.count)")])
        return true
      }
      guard ask.request.method == "POST" else { return false }
      // The second list and the second call find no session of theirs.
      let isGone = ask.count == 2 && ["tools/list", "tools/call"].contains(ask.kind)
      switch ask.kind {
      case "server/discover": try connection.reply(400, [], body: Array("Bad Request".utf8))
      case _ where isGone: try connection.send(ask.error(-32600, "Session not found", id: "server-error"), status: 404)
      case "tools/list": try connection.send(Self.tools(ask))
      case "tools/call" where ask.count == 1:
        try connection.beginEvents()
        let params: JSON = ["message": "Who?", "requestedSchema": ["type": "object", "properties": [:]]]
        try connection.event(["jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": params])
        answered.waitBlocking()
        try connection.event(Self.text(ask, "found"))
        try connection.endChunks()
      case "tools/call": try connection.send(Self.text(ask, "found"))
      default: return false
      }
      return true
    }
    let server = Self.server(site) { server, _ in server == "site" ? .decline : .cancel }
    #expect(try await server.listTools().tools.count == 1)
    #expect(try await server.call("find", ["region": "x"]).content.count == 1)
    #expect(site.asks("answer").first?.message["result"] == ["action": "decline"])
    #expect(try await server.listTools().tools.count == 1)
    await #expect(throws: MCPFailure.self) { _ = try await server.call("find", [:]) }
    #expect(try await server.call("find", [:]).content.count == 1)
    await server.shutDown()
    let kinds = site.asks.filter { ["initialize", "tools/list", "tools/call"].contains($0.kind) }
    #expect(
      kinds.map(\.kind) == [
        "initialize", "tools/list", "tools/call", "tools/list", "initialize", "tools/list", "tools/call", "initialize",
        "tools/call",
      ])
    #expect(kinds.map { $0.request["mcp-session-id"] } == [nil, "s-1", "s-1", "s-1", nil, "s-2", "s-2", nil, "s-3"])
    #expect(kinds.allSatisfy { $0.request["mcp-param-region"] == nil })
    #expect(site.asks("DELETE").last?.request["mcp-session-id"] == "s-3")
    #expect(site.faults == [])
  }

  @Test func `that wants to know who asks fails with what to set`() async throws {
    let site = try MCPSite { _, connection in
      try connection.reply(401, [("WWW-Authenticate", "Bearer")], body: [])
      return true
    }
    let server = Self.server(site)
    let failure = await #expect(throws: MCPFailure.self) { try await server.start() }
    guard case .unauthorized(let words)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(words.contains("set 'headers' of the server"))
    #expect(server.state == .failed(.unauthorized(words)))
    #expect(site.asks("initialize").isEmpty)
  }
}
