import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

/// The transport of 2024-11-05: a stream, and posts beside it.
@Suite(.hangGuard) struct `The transport of old` {
  /// A server that has its stream at `/sse` and takes messages at `/messages`.
  private final class OldSite: Sendable {
    private let streams: Streams
    let site: MCPSite

    private final class Streams: Sendable {
      let open = Mutex<[LoopbackConnection]>([])
      let ending = Latch()
    }

    /// `endpoint` is what it calls that place, `answer` what it says to a message in place of the usual.
    init(
      endpoint: String = "/messages?session=1", isMixed: Bool = false,
      answer: @escaping @Sendable (MCPSite.Ask, LoopbackConnection) throws -> Bool = { _, _ in false }
    ) throws {
      let streams = Streams()
      self.streams = streams
      site = try MCPSite { ask, connection in
        let path = ask.request.target
        if ask.kind == "GET" {
          try connection.beginEvents()
          // Whoever reads the place may post there before anything else is done here.
          streams.open.withLock { $0.append(connection) }
          try connection.chunk("event: endpoint\r\ndata: \(endpoint)\r\n\r\n")
          streams.ending.waitBlocking()
          throw LoopbackError.closed
        }
        guard path.hasPrefix("/messages") else {
          try connection.reply(405, [], body: Array("Method Not Allowed".utf8))
          return true
        }
        let stream = try #require(streams.open.withLock { $0.last })
        guard try !answer(ask, stream) else {
          try connection.reply(202, body: Array("Accepted".utf8))
          return true
        }
        try connection.reply(202, body: Array("Accepted".utf8))
        guard ask.kind != "answer", !ask.id.isNull else { return true }
        let result: JSON = ask.kind == "initialize" ? ["protocolVersion": "2024-11-05"] : ["asked": .string(ask.kind)]
        try stream.event(ask.result(result))
        return true
      }
    }

    func end() { streams.ending.open() }
  }

  @Test(arguments: [true, false]) func `is spoken where it is named, and where a server takes no message`(
    isNamed: Bool
  ) async throws {
    let old = try OldSite()
    defer { old.end() }
    let way = try old.site.way("/sse", headers: [.init("X-Key", "canary-key")], isOld: isNamed)
    if !isNamed {
      guard case .unusable? = await way.failure(.modern("server/discover")) else {
        Issue.record("not unusable")
        return
      }
    }
    #expect(try await way.greet()["protocolVersion"] == "2024-11-05")
    #expect(try await way.ask(.legacy("tools/list")) == ["asked": "tools/list"])
    let posts = old.site.asks.filter { $0.request.target == "/messages?session=1" }
    #expect(posts.map(\.kind) == ["initialize", "notifications/initialized", "tools/list"])
    #expect(old.site.asks.allSatisfy { $0.request["x-key"] == "canary-key" })
    #expect(old.site.asks("GET").count == 1)
    await way.close()
  }

  @Test func `finds answers by their ids, as numbers or as texts, in any order`() async throws {
    let first = Mutex<MCPSite.Ask?>(nil)
    let old = try OldSite { ask, stream in
      guard ask.kind == "tools/call" else { return false }
      let other = first.withLock { first in
        defer { first = first ?? ask }
        return first
      }
      guard let other else { return true }
      try stream.event(["jsonrpc": "2.0", "id": 4_711, "result": "nobody's"])
      try stream.event(ask.progress(1))
      for one in [ask, other] {
        try stream.event([
          "jsonrpc": "2.0", "id": .string(String(one.id.int ?? 0)), "result": one.message["params"] ?? .null,
        ])
      }
      return true
    }
    defer { old.end() }
    let way = try old.site.way("/sse", isOld: true)
    try await way.greet()
    let told = Latch()
    async let one = way.ask(.legacy("tools/call", ["n": 1]))
    try await HangGuard.wait { first.withLock { $0 != nil } }
    async let two = way.ask(.legacy("tools/call", ["n": 2]) { _ in told.open() })
    #expect(try await [one["n"], two["n"]] == [1, 2])
    #expect(told.isOpen)
    await way.close()
  }

  @Test func `brings questions, which are answered by a post`() async throws {
    let old = try OldSite { ask, stream in
      guard ask.kind == "notifications/initialized" else { return false }
      try stream.event(["jsonrpc": "2.0", "id": 0, "method": "ping"])
      return true
    }
    defer { old.end() }
    let way = try old.site.way("/sse", isOld: true)
    try await way.greet()
    try await HangGuard.wait { old.site.asks("answer").count == 1 }
    #expect(old.site.asks("answer").first?.message == ["jsonrpc": "2.0", "id": 0, "result": ["did": "ping"]])
    await way.close()
  }

  @Test(arguments: [false, true]) func `is over when its stream ends, which is told once unless it was closed`(
    isClosed: Bool
  ) async throws {
    let asked = Latch()
    let old = try OldSite { ask, _ in
      guard ask.kind == "tools/call" else { return false }
      asked.open()
      return true
    }
    defer { old.end() }
    let way = try old.site.way("/sse", isOld: true)
    try await way.greet()
    let call = Task { await way.failure(.legacy("tools/call")) }
    try await asked.wait()
    if isClosed { await way.close() } else { old.end() }
    guard case .gone? = await call.value else {
      Issue.record("the call did not fail")
      return
    }
    if !isClosed { try await HangGuard.wait { !old.site.inbox.ends.isEmpty } }
    guard case .gone? = await way.failure(.legacy("tools/list")) else {
      Issue.record("it goes on")
      return
    }
    #expect(old.site.inbox.ends.count == (isClosed ? 0 : 1))
  }

  @Test func `sends nothing to another origin`() async throws {
    let other = try MCPSite()
    let old = try OldSite(endpoint: other.server.url + "/messages")
    defer { old.end() }
    let way = try old.site.way("/sse", headers: [.init("Authorization", "Bearer canary-token")], isOld: true)
    let failure = await way.failure(.legacy("initialize"))
    #expect(failure == .unusable("\(old.site.server.url)/sse wants its messages sent to another server"))
    #expect(other.asks.isEmpty)
  }

  @Test func `a cancelled call is taken back by a post`() async throws {
    let asked = Latch()
    let old = try OldSite { ask, _ in
      guard ask.kind == "tools/call" else { return false }
      asked.open()
      return true
    }
    defer { old.end() }
    let way = try old.site.way("/sse", isOld: true)
    try await way.greet()
    let call = Task { await way.failure(.legacy("tools/call")) }
    try await asked.wait()
    call.cancel()
    #expect(await call.value == .cancelled)
    try await HangGuard.wait { old.site.asks("notifications/cancelled").count == 1 }
    #expect(
      old.site.asks("notifications/cancelled").first?.message["params"]?["requestId"]
        == old.site.asks("tools/call").first?.id)
    await way.close()
  }

  @Test func `a stream that never says where to send has an end`() async throws {
    let clock = ManualClock()
    let held = Latch()
    let site = try MCPSite { ask, connection in
      guard ask.kind == "GET" else { return false }
      try connection.beginEvents()
      try connection.chunk(": hello\n\n")
      held.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let way = try site.way("/sse", isOld: true, time: clock.source)
    let hello = Task { await way.failure(.legacy("initialize")) }
    try await held.wait()
    try await HangGuard.wait { clock.sleeps.contains(15_000) }
    clock.pass(15_000)
    let failure = await hello.value
    #expect(failure == .late("\(site.server.url)/sse did not say within 15 s where to send"))
    await way.close()
  }
}
