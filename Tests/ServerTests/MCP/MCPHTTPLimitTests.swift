import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

/// Servers that take too long, or say too much.
@Suite(.hangGuard) struct `An MCP server that does not answer` {
  private static func silent(_ held: Latch) throws -> MCPSite {
    try MCPSite { ask, connection in
      guard ask.kind.hasPrefix("tools/") else { return false }
      held.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
  }

  @Test(arguments: [
    ("tools/list", 600_000, 300_000, 60_000, "nothing came of tools/list for 60 s"),
    ("tools/call", 600_000, 300_000, 300_000, "nothing came of tools/call for 300 s"),
    ("tools/call", 120_000, 300_000, 120_000, "no answer to tools/call within 120 s"),
  ])
  func `is waited for so long:`(method: String, totalMax: Int, idleMax: Int, due: Int, words: String) async throws {
    let held = Latch()
    let site = try Self.silent(held)
    let clock = ManualClock()
    let way = try site.way(time: clock.source)
    let call = Task { await way.failure(.legacy(method, totalMax: totalMax, idleMax: idleMax)) }
    try await held.wait()
    try await clock.sleeper()
    #expect(clock.sleeps == [due])
    clock.pass(due)
    #expect(await call.value == .late(words))
    try await HangGuard.wait { site.asks("notifications/cancelled").count == 1 }
    await way.close()
  }

  @Test func `has a hard end, whatever it tells meanwhile`() async throws {
    let steps = (0..<3).map { _ in Latch() }
    let site = try MCPSite { ask, connection in
      try connection.beginEvents()
      for step in steps {
        step.waitBlocking()
        try connection.event(ask.progress(1))
      }
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let clock = ManualClock()
    let way = try site.way(time: clock.source)
    let told = (0..<3).map { _ in Latch() }
    let count = Mutex(0)
    let call = Task {
      await way.failure(
        .legacy("tools/call", totalMax: 100_000, idleMax: 60_000) { _ in
          told[
            count.withLock { count in
              defer { count += 1 }
              return count
            }
          ].open()
        })
    }
    try await clock.sleeper()
    for place in 0..<3 {
      steps[place].open()
      try await told[place].wait()
      // What was heard at the first moment has it wait again, for the rest.
      if place == 2 { try await HangGuard.wait { clock.sleeps.count == 2 } }
      clock.pass(place < 2 ? 40_000 : 20_000)
    }
    #expect(await call.value == .late("no answer to tools/call within 100 s"))
    await way.close()
  }

  @Test func `is not silent while it waits for us`() async throws {
    let (asked, answers) = (Latch(), Latch())
    let site = try MCPSite { ask, connection in
      guard ask.kind == "tools/call" else { return false }
      try connection.beginEvents()
      try connection.event(["jsonrpc": "2.0", "id": 1, "method": "elicitation/create"])
      answers.waitBlocking()
      try connection.event(ask.result(["ok": true]))
      try connection.endChunks()
      return true
    }
    site.inbox.onQuestion { _, _ in
      asked.open()
      try? await answers.wait()
      return .success([:])
    }
    let clock = ManualClock()
    let way = try site.way(time: clock.source)
    let call = Task { try await way.ask(.legacy("tools/call", totalMax: 600_000, idleMax: 60_000)) }
    try await asked.wait()
    try await clock.sleeper()
    clock.pass(300_000)
    try await HangGuard.wait { clock.sleeps.count >= 2 }
    answers.open()
    #expect(try await call.value == ["ok": true])
    await way.close()
  }

  @Test func `but refuses without end is heard out only so far`() async throws {
    let site = try MCPSite { _, connection in
      try connection.beginChunks(400)
      let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 16 * 1024)
      while true { try connection.chunk(piece) }
    }
    let failure = await (try site.way()).failure(.modern("server/discover"))
    let shown = String(repeating: "x", count: 300)
    #expect(failure == .unusable("\(site.server.url)/mcp answered 400: \(shown)… (65236 more)"))
  }

  @Test func `and is not there is told as gone`() async throws {
    let port = try DeadPort()
    let network = MCPNetwork(CurlTransport(), time: .patient, log: Log(level: .off) { _ in })
    let url = "http://127.0.0.1:\(port.port)/mcp"
    for way in [MCPServerSettings.Way.http(url: url, headers: []), .events(url: url, headers: [])] {
      let way = try network.open(MCPServerSettings(name: "x", way: way, source: .client), inbox: MCPInboxDouble())
      let failure = try #require(await way.failure(.legacy("initialize")))
      guard case .gone(let words) = failure else {
        Issue.record("\(failure)")
        return
      }
      #expect(words.hasPrefix("cannot connect to 127.0.0.1:\(port.port)"))
    }
  }
}
