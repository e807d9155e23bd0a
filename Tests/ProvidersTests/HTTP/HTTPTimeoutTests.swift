import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct HTTPTimeoutTests {
  private let transport = CurlTransport()

  @Test func `a reader is told that nothing comes, and goes on`() async throws {
    let told = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks()
      told.waitBlocking()
      try connection.chunk("at last")
      try connection.endChunks()
    }
    defer { told.open() }
    var request = HTTPRequest(method: "GET", url: server.url)
    request.timeouts.idleNotice = 20
    let body = try await transport.send(request).body
    var before = 0
    for _ in 0..<3 {
      guard case .idle(let milliseconds)? = try await body.next() else {
        Issue.record("no notice")
        return
      }
      #expect(milliseconds >= before + 20)
      before = milliseconds
    }
    told.open()
    var next = try await body.next()
    while case .idle? = next { next = try await body.next() }
    #expect(next == .bytes(Array("at last".utf8)))
    #expect(try await body.readToEnd().isEmpty)
  }

  @Test func `who waits for an answer is told that nothing comes, and gets it`() async throws {
    let told = Latch()
    let server = try LoopbackServer { _, connection in
      told.waitBlocking()
      try connection.reply(200, [], body: Array("at last".utf8))
    }
    defer { told.open() }
    var request = HTTPRequest(method: "GET", url: server.url)
    request.timeouts.idleNotice = 20
    let silences = Mutex<[Int]>([])
    let response = try await transport.send(request) { milliseconds in
      let count = silences.withLock { silences in
        silences.append(milliseconds)
        return silences.count
      }
      if count == 2 { told.open() }
    }
    #expect(response.status == 200)
    #expect(try await response.body.readToEnd() == Array("at last".utf8))
    let waited = silences.withLock(\.self)
    #expect(waited.count >= 2 && waited[0] >= 20 && waited[1] >= waited[0] + 20)
  }

  /// A clock that a transport goes by, and that passes only once all is taken in that has come or gone.
  ///
  /// A transport that looks again counts from the moment at which it has taken something in: time that passes before is no
  /// silence.
  private final class LookedAtClock: Sendable {
    private let clock = ManualClock()
    private let looks = Mutex(0)

    /// What a transport is told, however often it looks.
    func look() -> Int {
      looks.withLock { $0 += 1 }
      return clock.now
    }

    /// Lets time pass behind two whole turns of the transport, each of which looks three times at most.
    func pass(_ milliseconds: Int) {
      let before = looks.withLock(\.self)
      _ = HangGuard.waitBlocking { looks.withLock { $0 >= before + 9 } }
      clock.pass(milliseconds)
    }
  }

  /// A provider whose transport goes by that clock: silent transfers are looked at by the real time, all else by the clock.
  private static func provider(of server: LoopbackServer, _ clock: LookedAtClock) -> AnthropicProvider {
    var configuration = AnthropicConfiguration(version: "1")
    configuration.baseURL = server.url
    configuration.apiKey = Secret("sk-ant-1")
    configuration.timeouts.now.stallNoticeMs = 20 * ProviderLimits.stallNoticeLooks
    return AnthropicProvider(
      configuration, transport: CurlTransport(clock: clock.look), time: ManualClock(.passes).source)
  }

  @Test func `a machine that slept does not wait on for what is long dead`() async throws {
    let clock = LookedAtClock()
    let server = try LoopbackServer { request, connection in
      try connection.beginChunks(200, [("Content-Type", "text/event-stream")])
      guard request["x-stainless-retry-count"] == "0" else {
        try connection.chunk(AnthropicWireTests.answer.joined())
        return try connection.endChunks()
      }
      try connection.chunk(String(Wire.start.prefix { $0 != "\n" }) + "\n\n")
      connection.waitForPeerClose()
    }
    let log = EventLog()
    let message = try await Self.provider(of: server, clock).answer(AnthropicRequestTests.hello) { events in
      log.note(events)
      if log.events.count == events.count { clock.pass(ProviderLimits.idleMax) }
    }
    #expect(message.content == [["type": "text", "text": "Hello!"]])
    #expect(
      log.retries.map(\.reason) == ["no byte came from 127.0.0.1:\(server.port) for \(ProviderLimits.idleMax) ms"])
  }

  @Test func `a server that takes the request and never answers has an end`() async throws {
    let clock = LookedAtClock()
    let server = try LoopbackServer { _, connection in
      clock.pass(ProviderLimits.idleMax)
      connection.waitForPeerClose()
    }
    let failure = await #expect(throws: ProviderError.self) {
      try await Self.provider(of: server, clock).answer(AnthropicRequestTests.hello) { _ in }
    }
    #expect(failure?.kind == .stalled)
    #expect(failure?.attempts == 3)
    #expect(server.requests.count == 3)
  }

  @Test func `a server that takes the connection and does not speak TLS is given up in time`() async throws {
    let server = try DeadPort(takesConnections: true)
    var request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
    request.timeouts.connectMax = 50
    let error = try await failure { _ = try await transport.send(request) }
    #expect(error.kind == .connectTimeout)
    #expect(error.message.hasPrefix("no connection to 127.0.0.1:\(server.port) within 50 ms"))
  }
}
