import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

/// Sessions over streamable HTTP: revisions 2025-03-26 to 2025-11-25.
@Suite(.hangGuard) struct `A session over HTTP` {
  @Test func `begins with the handshake, names itself from then on, and is deleted at its end`() async throws {
    let site = try MCPSite()
    let way = try await site.session()
    #expect(try await way.ask(.legacy("tools/list")) == ["asked": "tools/list"])
    await way.close()
    await way.close()
    let kinds = site.asks.filter { $0.kind != "GET" }
    #expect(kinds.map(\.kind) == ["initialize", "notifications/initialized", "tools/list", "DELETE"])
    for ask in kinds.dropFirst() {
      #expect(ask.request["mcp-session-id"] == MCPSite.session)
      #expect(ask.request["mcp-protocol-version"] == "2025-11-25")
    }
    #expect(site.faults == [])
    #expect(await way.failure(.legacy("ping")) == .gone("the connection to \(site.server.url)/mcp was closed"))
  }

  @Test func `is none where the server names none`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "initialize" else { return false }
      try connection.events(ask.result(["protocolVersion": "2025-03-26"]))
      return true
    }
    let way = try await site.session()
    _ = try await way.ask(.legacy("tools/list"))
    await way.close()
    #expect(site.asks("tools/list").first?.request["mcp-session-id"] == nil)
    #expect(site.asks("tools/list").first?.request["mcp-protocol-version"] == "2025-03-26")
    #expect(site.asks("DELETE").isEmpty)
  }

  @Test(arguments: [JSON.null, "server-error", 77])
  func `is not taken from an error, which belongs to its request whatever id it has`(id: JSON) async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" || ask.kind == "initialize" && ask.count == 1 else { return false }
      try connection.send(ask.error(-32600, "not so", id: id), [("mcp-session-id", "evil")], status: 400)
      return true
    }
    let way = try site.way()
    #expect(await way.failure(.legacy("initialize")) == .refused(RPCError(.invalidRequest, "not so")))
    try await way.greet()
    #expect(await way.failure(.legacy("tools/call")) == .refused(RPCError(.invalidRequest, "not so")))
    _ = try await way.ask(.legacy("tools/list"))
    #expect(site.asks("tools/list").last?.request["mcp-session-id"] == MCPSite.session)
    #expect(site.faults == [])
  }

  enum Loss: String, CaseIterable { case notFound, words, error }

  @Test(arguments: Loss.allCases) func `that is gone is told as forgotten, and begins anew`(loss: Loss) async throws {
    let site = try MCPSite { ask, connection in
      if ask.kind == "initialize", ask.count == 2 {
        try connection.send(ask.result(["protocolVersion": "2025-11-25"]), [("Mcp-Session-Id", "s-2")])
        return true
      }
      guard ask.request["mcp-session-id"] == MCPSite.session, ask.kind != "GET", ask.count > 1 else {
        return false
      }
      switch loss {
      case .notFound: try connection.reply(404, body: [])
      case .words: try connection.reply(400, [], body: Array("No valid session ID provided".utf8))
      case .error: try connection.send(ask.error(-32600, "Session not found", id: "server-error"), status: 404)
      }
      return true
    }
    let way = try await site.session()
    _ = try await way.ask(.legacy("tools/call"))
    #expect(await way.failure(.legacy("tools/call")) == .forgotten)
    #expect(site.asks("tools/call").count == 2)
    #expect(await way.failure(.legacy("tools/call")) == .forgotten)
    try await way.greet()
    #expect(try await way.ask(.legacy("tools/call")) == ["asked": "tools/call"])
    #expect(site.asks("tools/call").last?.request["mcp-session-id"] == "s-2")
    #expect(site.faults == [])
  }

  @Test func `a cancelled call ends at once and is taken back by a message`() async throws {
    let held = Latch()
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      held.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let way = try await site.session()
    let call = Task { await way.failure(.legacy("tools/call")) }
    try await held.wait()
    call.cancel()
    #expect(await call.value == .cancelled)
    try await HangGuard.wait { site.asks("notifications/cancelled").count == 1 }
    let told = try #require(site.asks("notifications/cancelled").first)
    #expect(told.message["params"]?["requestId"] == site.asks("tools/call").first?.id)
    #expect(site.faults == [])
  }

  @Test func `what waits when it is closed fails`() async throws {
    let held = Latch()
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      held.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let way = try await site.session()
    let call = Task { await way.failure(.legacy("tools/call")) }
    try await held.wait()
    await way.close()
    #expect(await call.value == .gone("the connection to \(site.server.url)/mcp was closed"))
    #expect(site.asks("DELETE").count == 1)
  }

  @Test func `several messages in one answer are all taken`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      try connection.send([
        ask.progress(1), ["jsonrpc": "2.0", "method": "notifications/message"], ask.result(["ok": true]),
      ])
      return true
    }
    let way = try await site.session()
    let (progress, note) = AsyncStream.makeStream(of: JSON.self)
    #expect(try await way.ask(.legacy("tools/call") { note.yield($0) }) == ["ok": true])
    note.finish()
    #expect(await progress.reduce(into: []) { $0.append($1["progress"] ?? .null) } == [1])
    #expect(site.inbox.methods == ["notifications/message"])
  }

  @Test func `what is configured goes along, but what is the protocol's is not the configuration's`() async throws {
    let site = try MCPSite()
    let way = try await site.session(headers: [
      .init("Authorization", "Bearer canary-token"), .init("X-Team", "core"), .init("Mcp-Session-Id", "mine"),
      .init("accept", "*/*"), .init("Content-Length", "3"),
    ])
    _ = try await way.ask(.legacy("tools/list"))
    await way.close()
    for ask in site.asks {
      #expect(ask.request["authorization"] == "Bearer canary-token")
      #expect(ask.request["x-team"] == "core")
      #expect(ask.request.headers.count { $0.name.lowercased() == "mcp-session-id" } <= 1)
    }
    #expect(site.faults == [])
  }
}
