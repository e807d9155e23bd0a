import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

/// Requests that stand alone: revision 2026-07-28.
@Suite(.hangGuard) struct `A request of the modern era` {
  @Test func `says in headers what it says within`() async throws {
    let site = try MCPSite()
    let way = try site.way()
    var call = MCPRequest.modern("tools/call", ["name": "add", "arguments": [:]])
    call.argumentHeaders = [("Mcp-Param-Region", "eu-west-1"), ("Mcp-Param-Tenant", "Zürich")]
    for request in [
      .modern("server/discover"), .modern("tools/list"), call, .modern("prompts/get", ["name": " edge"]),
      .modern("resources/read", ["uri": "file:///a b", "name": "other"]),
    ] {
      _ = try await way.ask(request)
    }
    way.agree(on: MCPRevision(rawValue: "2026-07-28"))
    try await way.tell("notifications/roots/list_changed", [:])
    await way.close()
    #expect(
      site.asks.map { $0.request["mcp-name"] } == [nil, nil, "add", "=?base64?IGVkZ2U=?=", "file:///a b"])
    #expect(site.asks[2].request["mcp-param-region"] == "eu-west-1")
    #expect(site.asks[2].request["mcp-param-tenant"] == "=?base64?WsO8cmljaA==?=")
    #expect(site.asks.allSatisfy { $0.request.method == "POST" })
    #expect(site.faults == [])
  }

  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a\tb", "=?base64?YQli?="), (" a", "=?base64?IGE=?="), ("a ", "=?base64?YSA=?="),
    ("é", "=?base64?w6k=?="), ("=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?="), ("=?base64?", "=?base64?"),
    ("a\r\nX: y", "=?base64?YQ0KWDogeQ==?="),
  ])
  func `keeps a value whole in a header:`(value: String, sent: String) async throws {
    let site = try MCPSite()
    var call = MCPRequest.modern("tools/call", ["name": "t"])
    call.argumentHeaders = [("Mcp-Param-A", value)]
    _ = try await site.way().ask(call)
    #expect(site.asks.first?.request["mcp-param-a"] == sent)
  }

  @Test(arguments: [false, true]) func `is answered by JSON or by a stream`(isStream: Bool) async throws {
    let site = try MCPSite { ask, connection in
      let result = ask.result(["resultType": "complete"])
      if isStream { try connection.events(ask.progress(1), result) } else { try connection.send(result) }
      return true
    }
    let (progress, note) = AsyncStream.makeStream(of: JSON.self)
    #expect(try await site.way().ask(.modern("tools/call") { note.yield($0) }) == ["resultType": "complete"])
    note.finish()
    #expect(await progress.reduce(0) { count, _ in count + 1 } == (isStream ? 1 : 0))
  }

  @Test func `is taken back by closing its stream, and without a word`() async throws {
    let (held, closed) = (Latch(), Latch())
    let site = try MCPSite { ask, connection in
      try connection.beginEvents()
      try connection.event(ask.progress(1))
      held.open()
      connection.waitForPeerClose()
      closed.open()
      throw LoopbackError.closed
    }
    let way = try site.way()
    let call = Task { await way.failure(.modern("tools/call")) }
    try await held.wait()
    call.cancel()
    #expect(await call.value == .cancelled)
    try await closed.wait()
    #expect(site.asks.count == 1)
  }

  @Test func `whose stream breaks is lost, and only a list is asked again`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" || ask.count == 1 else { return false }
      try connection.beginEvents()
      try connection.event(ask.progress(1), id: "e1")
      throw LoopbackError.closed
    }
    let way = try site.way()
    guard case .gone? = await way.failure(.modern("tools/call")) else {
      Issue.record("the call was not lost")
      return
    }
    #expect(try await way.ask(.modern("tools/list")) == ["asked": "tools/list"])
    #expect(site.asks.map(\.kind) == ["tools/call", "tools/list", "tools/list"])
    #expect(site.asks[1].id != site.asks[2].id)
  }

  @Test func `may stay open, for what changes; a server may ask nothing by it`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "subscriptions/listen" else { return false }
      let about: JSON = ["_meta": ["io.modelcontextprotocol/subscriptionId": ask.id]]
      try connection.beginEvents()
      try connection.event(["jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": about])
      try connection.event(["jsonrpc": "2.0", "id": 1, "method": "sampling/createMessage", "params": [:]])
      try connection.event(["jsonrpc": "2.0", "method": "notifications/tools/list_changed", "params": about])
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let way = try site.way()
    let listening = Task {
      await way.failure(.modern("subscriptions/listen", ["notifications": ["toolsListChanged": true]]))
    }
    try await HangGuard.wait { site.inbox.methods.count == 2 }
    #expect(site.inbox.methods == ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"])
    #expect(site.inbox.taken.last?.params?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == site.asks.first?.id)
    _ = try await way.ask(.modern("tools/list"))
    #expect(site.asks("answer").isEmpty)
    listening.cancel()
    #expect(await listening.value == .cancelled)
  }

  // Which era a server is of.

  @Test(arguments: [
    (400, -32022, "unsupported"), (400, -32020, "mismatch"), (400, -32021, "capability"), (404, -32601, "no method"),
    (200, -32602, "bad"),
  ])
  func `that a modern server refuses is told with all it says:`(status: Int, code: Int, words: String) async throws {
    let site = try MCPSite { ask, connection in
      try connection.send(ask.error(code, words, data: ["supported": ["2026-07-28"]], id: .null), status: status)
      return true
    }
    let failure = await (try site.way()).failure(.modern("server/discover"))
    #expect(failure == .refused(RPCError(.init(rawValue: code), words, data: ["supported": ["2026-07-28"]])))
  }

  @Test(arguments: [
    (400, "Bad Request"), (404, #"{"detail":"Not Found"}"#), (405, ""),
    (406, #"{"error":{"code":406,"message":"no"}}"#),
    (500, "<html>"), (200, "<html>hello</html>"), (202, ""),
  ])
  func `that no MCP server of this era answers leaves the handshake to be tried:`(status: Int, body: String)
    async throws
  {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "server/discover" else { return false }
      try connection.reply(status, [("Content-Type", "text/html")], body: Array(body.utf8))
      return true
    }
    let way = try site.way()
    guard case .unusable? = await way.failure(.modern("server/discover")) else {
      Issue.record("not unusable")
      return
    }
    #expect(try await way.greet()["protocolVersion"] == "2025-11-25")
    #expect(site.faults == [])
  }

  @Test(arguments: [429, 502, 503, 504]) func `that something in between refuses says nothing of the era:`(
    status: Int
  ) async throws {
    let site = try MCPSite { _, connection in
      try connection.reply(status, [], body: Array("busy".utf8))
      return true
    }
    let failure = await (try site.way()).failure(.modern("server/discover"))
    #expect(failure == .gone("\(site.server.url)/mcp answered \(status): busy"))
  }
}
