import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// Watchdogs, by a clock that only the test moves.
@Suite struct `A call that does not get on` {
  let log = EventLog()
  let time = ManualClock(.passes)

  /// Asks over chunks that come at that distance.
  private func ask(
    _ reply: ScriptedTransport.Reply..., every milliseconds: Int = 10_000, timeouts: CallTimeouts = CallTimeouts(),
    receiverTakes pause: Int = 0
  ) async throws(ProviderError) -> ModelMessage {
    var configuration = AnthropicConfiguration(version: "1")
    configuration.apiKey = Secret("sk-ant-1")
    configuration.timeouts.now = timeouts
    let transport = ScriptedTransport(all: reply) { [time] in time.pass(milliseconds) }
    let provider = AnthropicProvider(configuration, transport: transport, time: time.source)
    return try await provider.answer(AnthropicRequestTests.hello) { [log, time] in
      log.note($0)
      if pause > 0 { time.pass(pause) }
    }
  }

  private static func reply(_ chunks: [HTTPChunk]) -> ScriptedTransport.Reply {
    ScriptedTransport.Reply(chunks: chunks)
  }
  private static func bytes(_ text: String) -> HTTPChunk { .bytes(Array(text.utf8)) }
  private static let ping = bytes(Wire.ping)
  private static func delta(_ json: String) -> HTTPChunk {
    bytes(Wire.event(#"{"type":"content_block_delta","index":0,"delta":\#(json)}"#))
  }

  private var stalls: [Int] {
    log.events.compactMap { event in if case .stalled(let idle) = event { idle } else { nil } }
  }

  @Test func `is announced after a minute of silence, and after each further one`() async throws {
    let silence = (1...20).map { HTTPChunk.idle(milliseconds: $0 * 10_000) }
    _ = try await ask(Self.reply([Self.bytes(Wire.start)] + silence + [Self.bytes(Wire.end)]))
    #expect(stalls == [60_000, 120_000, 180_000])
  }

  @Test(arguments: [
    ping, delta(#"{"type":"text_delta","text":""}"#), delta(#"{"type":"input_json_delta","partial_json":""}"#),
  ])
  func `is announced and ended although the connection lives`(chunk: HTTPChunk) async throws {
    let failure = await #expect(throws: ProviderError.self) {
      try await ask(Self.reply([Self.bytes(Wire.start)] + [HTTPChunk](repeating: chunk, count: 200)))
    }
    #expect(failure?.kind == .stalled)
    #expect(failure?.hint?.contains("--content-timeout-ms") == true)
    #expect(stalls == (1...20).map { $0 * 60_000 })
    #expect(time.now - ManualClock.start == 1_210_000)
  }

  @Test(arguments: [
    delta(#"{"type":"signature_delta","signature":"c2ln"}"#), delta(#"{"type":"text_delta","text":"a"}"#),
    delta(#"{"type":"thinking_delta","thinking":"","estimated_tokens":40}"#),
    bytes(Wire.event(#"{"type":"message_delta","delta":{"stop_reason":null}}"#)),
  ])
  func `is none while anything comes that takes the answer further`(chunk: HTTPChunk) async throws {
    let chunks = [Self.bytes(Wire.start)] + [HTTPChunk](repeating: chunk, count: 40) + [Self.bytes(Wire.end)]
    _ = try await ask(Self.reply(chunks), every: 50_000)
    #expect(stalls == [])
  }

  @Test func `is none when the one who listens is slow`() async throws {
    let message = try await ask(
      .stream(Wire.start, Wire.ping, Wire.delta("a"), Wire.end), receiverTakes: 2_000_000)
    #expect(message.stopReason == "end_turn")
  }

  @Test func `has as long as it is given`() async throws {
    var timeouts = CallTimeouts()
    timeouts.stallNoticeMs = 0
    timeouts.contentMs = 25_000
    let failure = await #expect(throws: ProviderError.self) {
      try await ask(Self.reply([Self.bytes(Wire.start), Self.ping, Self.ping, Self.ping]), timeouts: timeouts)
    }
    #expect(failure?.kind == .stalled)
    #expect(failure?.partial?.content.count == 1)
    #expect(stalls == [])
    timeouts.contentMs = 5_000_000
    let pings = [HTTPChunk](repeating: Self.ping, count: 400)
    _ = try await ask(Self.reply([Self.bytes(Wire.start)] + pings + [Self.bytes(Wire.end)]), timeouts: timeouts)
  }

  @Test func `is tried again as often as it is said`() async throws {
    let busy = AnthropicProviderTests.overloaded
    var timeouts = CallTimeouts()
    timeouts.retries = 4
    _ = try await ask(busy, busy, busy, busy, AnthropicProviderTests.answer, timeouts: timeouts)
    #expect(log.retries.map(\.of) == [5, 5, 5, 5])
    timeouts.retries = 0
    let failure = await #expect(throws: ProviderError.self) {
      try await ask(busy, AnthropicProviderTests.answer, timeouts: timeouts)
    }
    #expect(failure?.attempts == 1)
  }

  @Test func `ends when all of its time is over, tries and waits included`() async throws {
    var timeouts = CallTimeouts()
    timeouts.callMs = 25_000
    let long = Self.reply([Self.bytes(Wire.start)] + [HTTPChunk](repeating: Self.bytes(Wire.delta("a")), count: 9))
    let failure = await #expect(throws: ProviderError.self) { try await ask(long, timeouts: timeouts) }
    #expect(failure?.kind == .timeout)
    #expect(failure?.retryable == false)
    #expect(failure?.message.contains("25000 ms") == true)
    #expect(failure?.partial?.content == [["type": "text", "text": "aa"]])

    let later = ScriptedTransport.Reply.plain(429, "{}", ["retry-after": "30"])
    let busy = await #expect(throws: ProviderError.self) {
      try await ask(later, AnthropicProviderTests.answer, every: 0, timeouts: timeouts)
    }
    #expect(busy?.kind == .rateLimited)
    #expect(time.sleeps == [])
  }
}
