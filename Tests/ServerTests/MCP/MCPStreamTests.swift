import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

/// Streams of events: answers that come so, what the server says of itself, and what happens when they break.
@Suite(.hangGuard) struct `A stream of an MCP server` {
  @Test func `is read in any of its forms`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      let id = String(decoding: ask.id.serialized, as: UTF8.self)
      try connection.beginEvents()
      try connection.chunk(": a comment\r\n\r\nid: 1\rretry: 5\rdata:\r\revent: ping\ndata: {}\n\ndata: no json\n\n")
      try connection.chunk("event: message\r\ndata: {\"jsonrpc\":\"2.0\",\r\ndata: \"id\":\(id),\r")
      try connection.chunk("\ndata: \"result\":{\"a\":\"\\ud800\"}}\r\n\r\n")
      try connection.endChunks()
      return true
    }
    let way = try await site.session()
    #expect(try await way.ask(.legacy("tools/call")) == ["a": "\u{FFFD}"])
  }

  @Test func `tells progress in order, and may ask on the way`() async throws {
    let answered = Latch()
    let site = try MCPSite { ask, connection in
      if ask.kind == "answer" { answered.open() }
      guard ask.kind == "tools/call" else { return false }
      try connection.beginEvents()
      try connection.event(ask.progress(1))
      try connection.event(["jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": ["message": "Who?"]])
      try connection.event(ask.progress(2))
      answered.waitBlocking()
      try connection.event(ask.progress(3))
      try connection.event(ask.result(["ok": true]))
      try connection.endChunks()
      return true
    }
    let way = try await site.session()
    site.inbox.onQuestion { method, params in
      .failure(RPCError(.methodNotFound, "\(method) \(params?["message"]?.string ?? "")"))
    }
    let progress = Mutex<[JSON]>([])
    let result = try await way.ask(
      .legacy("tools/call") { told in progress.withLock { $0.append(told["progress"] ?? .null) } })
    #expect(result == ["ok": true])
    #expect(progress.withLock { $0 } == [1, 2, 3])
    let answer = try #require(site.asks("answer").first)
    #expect(answer.id == 0)
    #expect(answer.message["error"]?["message"] == "elicitation/create Who?")
    #expect(answer.request["mcp-session-id"] == MCPSite.session)
    #expect(site.faults == [])
  }

  @Test func `a question whose call ended, or that is taken back, is not asked any more`() async throws {
    let (asked, cancelled) = (Latch(2), Latch(2))
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      try connection.beginEvents()
      for id in 1...2 {
        try connection.event(["jsonrpc": "2.0", "id": .number(JSONNumber(id)), "method": "elicitation/create"])
      }
      asked.waitBlocking()
      try connection.event(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 2]])
      try connection.event(ask.result())
      try connection.endChunks()
      return true
    }
    let way = try await site.session()
    site.inbox.onQuestion { _, _ in
      asked.open()
      try? await Latch().wait()
      cancelled.open()
      return .success([:])
    }
    _ = try await way.ask(.legacy("tools/call"))
    try await cancelled.wait()
    await way.close()
    #expect(site.asks("answer").isEmpty)
  }

  // What breaks.

  @Test func `that breaks is taken up behind what came, after the pause that the server names`() async throws {
    let site = try MCPSite { ask, connection in
      if ask.kind == "tools/call" {
        try connection.beginEvents()
        try connection.chunk("id: e1\nretry: 1500\ndata:\n\n")
        try connection.event(ask.progress(1), id: "e2")
        throw LoopbackError.closed
      }
      guard ask.kind == "GET", let last = ask.request["last-event-id"] else { return false }
      try connection.beginEvents()
      if last == "e2" {
        try connection.event(["jsonrpc": "2.0", "method": "notifications/message"], id: "e3")
      } else {
        try connection.event(["jsonrpc": "2.0", "id": "other", "result": ["late": true]], id: "e4")
      }
      try connection.endChunks()
      return true
    }
    let clock = ManualClock(.passes)
    let way = try await site.session(time: clock.limitless)
    #expect(try await way.ask(.legacy("tools/call") { _ in }) == ["late": true])
    #expect(site.asks("tools/call").count == 1)
    let resumed = site.asks("GET").filter { $0.request["last-event-id"] != nil }
    #expect(resumed.map { $0.request["last-event-id"] } == ["e2", "e3"])
    #expect(resumed.allSatisfy { $0.request["mcp-session-id"] == MCPSite.session })
    #expect(clock.sleeps.filter { $0 < 60_000 }.prefix(1) == [1_500])
    #expect(site.inbox.methods == ["notifications/message"])
  }

  @Test(arguments: [true, false]) func `that cannot be taken up fails its call, and only a list is asked again`(
    hasID: Bool
  ) async throws {
    let site = try MCPSite { ask, connection in
      guard ["tools/call", "tools/list"].contains(ask.kind) else { return false }
      guard ask.kind == "tools/call" || ask.count == 1 else { return false }
      try connection.beginEvents()
      try connection.event(["jsonrpc": "2.0", "method": "notifications/message"], id: hasID ? "e1" : nil)
      try connection.endChunks()
      return true
    }
    let clock = ManualClock(.passes)
    let way = try await site.session(time: clock.limitless)
    let failure = await way.failure(.legacy("tools/call"))
    #expect(failure == .gone("\(site.server.url)/mcp ended its answer to tools/call before it was whole"))
    #expect(site.asks("tools/call").count == 1)
    #expect(site.asks("GET").count { $0.request["last-event-id"] == "e1" } == (hasID ? 2 : 0))
    #expect(try await way.ask(.legacy("tools/list")) == ["asked": "tools/list"])
    #expect(Set(site.asks("tools/list").map(\.id)).count == 2)
  }

  // What the server says of itself.

  @Test func `brings what belongs to no call, questions too, and is opened again where it ended`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "GET" else { return false }
      try connection.beginEvents()
      try connection.chunk("retry: 700\n\n")
      switch ask.count {
      case 1: try connection.event(["jsonrpc": "2.0", "method": "notifications/tools/list_changed"], id: "g1")
      case 2: try connection.event(["jsonrpc": "2.0", "id": "q", "method": "roots/list"], id: "g2")
      default: connection.waitForPeerClose()
      }
      try connection.endChunks()
      return true
    }
    let clock = ManualClock(.passes)
    let way = try await site.session(time: clock.limitless)
    try await HangGuard.wait { site.asks("GET").count == 3 && site.asks("answer").count == 1 }
    #expect(site.asks("GET").map { $0.request["last-event-id"] } == [nil, "g1", "g2"])
    #expect(site.asks("GET").allSatisfy { $0.request["mcp-session-id"] == MCPSite.session })
    #expect(site.asks("answer").first?.message == ["jsonrpc": "2.0", "id": "q", "result": ["did": "roots/list"]])
    #expect(site.inbox.methods == ["notifications/tools/list_changed"])
    #expect(clock.sleeps.filter { $0 < 60_000 } == [700, 700])
    await way.close()
    #expect(site.faults == [])
  }

  @Test(arguments: [405, 404, 200, 500]) func `that there is not is not asked for again and again`(status: Int)
    async throws
  {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "GET" else { return false }
      try connection.reply(status, [("Content-Type", "text/html")], body: [])
      return true
    }
    let way = try await site.session(time: ManualClock(.passes).limitless)
    try await HangGuard.wait { site.asks("GET").count >= (status == 500 ? 2 : 1) }
    for _ in 0..<3 { _ = try await way.ask(.legacy("tools/list")) }
    #expect(site.asks("GET").count == (status == 500 ? 2 : 1))
    await way.close()
  }

  @Test func `that was open and is refused is tried ever more rarely, and costs the session nothing`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "GET" else { return false }
      if ask.count == 1 {
        try connection.events(["jsonrpc": "2.0", "method": "notifications/message"])
      } else {
        try connection.reply(400, [], body: Array("session already exists".utf8))
      }
      return true
    }
    let clock = ManualClock(.passes)
    let way = try await site.session(time: clock.limitless)
    try await HangGuard.wait { site.asks("GET").count == 8 }
    #expect(clock.sleeps.filter { $0 < 60_000 } == [1, 1, 2, 4, 8, 16, 32].map { $0 * 1_000 })
    #expect(try await way.ask(.legacy("tools/list")) == ["asked": "tools/list"])
    await way.close()
  }

  @Test func `in another coding is read all the same`() async throws {
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      let text = Array("data: \(String(decoding: ask.result(["packed": true]).serialized, as: UTF8.self))\n\n".utf8)
      try connection.reply(
        200, [("Content-Type", "text/event-stream"), ("Content-Encoding", "deflate")], body: Self.deflated(text))
      return true
    }
    let way = try await site.session()
    #expect(try await way.ask(.legacy("tools/call")) == ["packed": true])
  }

  /// One block that compresses nothing (RFC 1951 section 3.2.4), as RFC 1950 wraps it.
  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var (a, b) = (1, 0)
    for byte in bytes { (a, b) = ((a + Int(byte)) % 65_521, (b + a + Int(byte)) % 65_521) }
    let count = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)]
    return [0x78, 0x01, 1] + count + count.map { ~$0 } + bytes
      + [UInt8(b >> 8), UInt8(b & 255), UInt8(a >> 8), UInt8(a & 255)]
  }
}
