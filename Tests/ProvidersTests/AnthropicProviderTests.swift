import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// Answers, failures and second tries, over an upstream made of byte arrays.
@Suite struct AnthropicProviderTests {
  let log = EventLog()
  let time = ManualClock(.passes)

  /// Asks once over that upstream.
  func ask(
    _ transport: ScriptedTransport, key: String = "sk-ant-canary-0123", time source: TimeSource? = nil,
    timeouts: CallTimeouts = CallTimeouts()
  ) async throws(ProviderError) -> ModelMessage {
    var configuration = AnthropicConfiguration(version: "1.2.3")
    configuration.apiKey = Secret(key)
    configuration.timeouts.now = timeouts
    let provider = AnthropicProvider(configuration, transport: transport, time: source ?? time.source)
    return try await provider.answer(AnthropicRequestTests.hello) { [log] in log.note($0) }
  }

  static let answer = ScriptedTransport.Reply.stream(Wire.start, Wire.delta("Hello"), Wire.delta("!"), Wire.end)
  static let overloaded = ScriptedTransport.Reply.plain(
    529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)

  @Test func `an answer is handed over in the batches in which it came`() async throws {
    let transport = ScriptedTransport(Self.answer, beforeChunk: { [time] in time.pass(40) })
    let message = try await ask(transport)
    #expect(message.content == [["type": "text", "text": "Hello!"]])
    #expect(message.stopReason == "end_turn")
    #expect(message.usage.input == 7)
    #expect(message.usage.output == 3)
    #expect(message.incomplete.isEmpty)
    #expect(message.firstContentMs == 40)
    #expect(
      log.batches.dropFirst().prefix(2) == [[.textDelta(index: 0, text: "Hello")], [.textDelta(index: 0, text: "!")]])
    #expect(log.batches.count == 4)
    #expect(log.events.first == .messageStart(id: "msg_1", model: "claude-x"))
    #expect(log.events.last == .messageEnd(stopReason: "end_turn"))
  }

  @Test func `the call's name comes with the message`() async throws {
    var reply = Self.answer
    reply.headers.append(("Request-ID", "req_1"))
    #expect(try await ask(ScriptedTransport(reply)).requestID == "req_1")
  }

  @Test func `a busy service is asked again, with notice before each wait`() async throws {
    let transport = ScriptedTransport(Self.overloaded, Self.overloaded, Self.answer)
    let message = try await ask(transport, time: time.source(random: 0.5))
    #expect(message.stopReason == "end_turn")
    #expect(time.sleeps == [437, 875])
    #expect(log.retries.map(\.attempt) == [2, 3])
    #expect(log.retries.map(\.of) == [3, 3])
    #expect(log.retries.map(\.delayMs) == [437, 875])
    #expect(log.retries.first?.reason == "the API answered 529 overloaded_error: Overloaded")
    #expect(log.text == "Hello!")
    #expect(transport.requests.count == 3)
    #expect(Set(transport.requests.map(\.body)).count == 1)
    #expect(transport.requests.map { AnthropicRequestTests.headers($0)["x-stainless-retry-count"] } == ["0", "1", "2"])
  }

  @Test func `after three tries the last failure stands`() async throws {
    let transport = ScriptedTransport(Self.overloaded, .unsent(.connect), Self.overloaded, Self.answer)
    let failure = await #expect(throws: ProviderError.self) { try await ask(transport) }
    #expect(failure?.kind == .overloaded)
    #expect(failure?.attempts == 3)
    #expect(failure?.partial == nil)
    #expect(transport.requests.count == 3)
  }

  @Test(arguments: [(["retry-after-ms": "70"], 70), (["retry-after": "2"], 2_000), (["retry-after": "60"], 60_000)])
  func `the server's wait is kept to`(headers: [String: String], milliseconds: Int) async throws {
    _ = try await ask(ScriptedTransport(.plain(429, "{}", headers), Self.answer))
    #expect(time.sleeps == [milliseconds])
  }

  @Test func `a wait that is too long is left to the user`() async throws {
    let transport = ScriptedTransport(.plain(429, "{}", ["retry-after": "61"]), Self.answer)
    let failure = await #expect(throws: ProviderError.self) { try await ask(transport) }
    #expect(failure?.kind == .rateLimited)
    #expect(failure?.retryAfterMs == 61_000)
    #expect(failure?.retryable == true)
    #expect(time.sleeps.isEmpty)
  }

  @Test(arguments: ["overloaded_error", "api_error", "rate_limit_error", "timeout_error"])
  func `an error inside a stream is tried again while nothing was said`(type: String) async throws {
    let early = ScriptedTransport.Reply.stream(
      String(Wire.start.prefix { $0 != "\n" }) + "\n\n" + Wire.ping, Wire.error(type))
    let message = try await ask(ScriptedTransport(.stream(Wire.error(type)), early, Self.answer))
    #expect(message.stopReason == "end_turn")
    #expect(log.text == "Hello!")
    #expect(log.retries.count == 2)
  }

  @Test(arguments: [
    (
      ScriptedTransport.Reply.stream(Wire.start, Wire.delta("Hel") + Wire.error("overloaded_error")),
      ProviderError.Kind.overloaded
    ),
    (.stream(Wire.start, Wire.delta("Hel")), .network),
    (.stream(Wire.start, Wire.delta("Hel"), failure: HTTPError(.closedEarly, "cut", responseStarted: true)), .network),
    (.stream(Wire.start, Wire.delta("Hel"), failure: HTTPError(.idleTimeout, "idle", responseStarted: true)), .stalled),
    (.stream(Wire.start, Wire.delta("Hel"), failure: HTTPError(.cancelled, "", responseStarted: true)), .cancelled),
    (.stream(Wire.start, Wire.delta("Hel") + Wire.event("{broken")), .providerError),
  ])
  func `what was said before a failure is kept, and never said again`(
    reply: ScriptedTransport.Reply, kind: ProviderError.Kind
  ) async throws {
    let transport = ScriptedTransport(reply, Self.answer)
    let failure = await #expect(throws: ProviderError.self) { try await ask(transport) }
    #expect(failure?.kind == kind)
    #expect(failure?.status == 200)
    #expect(failure?.attempts == 1)
    #expect(failure?.partial?.content == [["type": "text", "text": "Hel"]])
    #expect(failure?.partial?.incomplete == [0])
    #expect(failure?.partial?.usage.input == 7)
    #expect(log.text == "Hel")
    #expect(transport.requests.count == 1)
  }

  @Test func `a stream that ends before anything was said is asked for again`() async throws {
    let transport = ScriptedTransport(
      .stream(), .stream(Wire.ping, failure: HTTPError(.closedEarly, "cut", responseStarted: true)), Self.answer)
    #expect(try await ask(transport).stopReason == "end_turn")
    #expect(log.retries.first?.reason == "the stream ended before it began")
  }

  @Test(arguments: [
    "upstream went away", #"{"error":{"message":"upstream went away"}}"#, #"{"error":"upstream went away"}"#,
    #"{"message":"upstream went away"}"#,
  ])
  func `an error event is shown in whatever form a gateway writes it`(data: String) async throws {
    let transport = ScriptedTransport(.stream("event: error\ndata: \(data)\n\n"))
    let failure = await #expect(throws: ProviderError.self) { try await ask(transport) }
    #expect(failure?.kind == .providerError)
    #expect(failure?.message.contains("upstream went away") == true)
  }

  @Test func `what comes after the end does not matter`() async throws {
    for failure in [nil, HTTPError(.closedEarly, "reset", responseStarted: true)] {
      let rest = [Wire.ping, "garbage\n\n", Wire.event("[DONE]"), Wire.error("api_error")]
      var reply = ScriptedTransport.Reply.stream(Wire.start, Wire.delta("a"), Wire.end, failure: failure)
      reply.chunks += rest.map { .bytes(Array($0.utf8)) }
      #expect(try await ask(ScriptedTransport(reply)).stopReason == "end_turn")
    }
    var endless = Self.answer
    let waste = HTTPChunk.bytes([UInt8](repeating: 0x0A, count: ProviderLimits.drainMax / 4))
    endless.chunks += [HTTPChunk](repeating: waste, count: 10)
    let reads = Mutex(0)
    _ = try await ask(ScriptedTransport(endless, beforeChunk: { reads.withLock { $0 += 1 } }))
    #expect(reads.withLock { $0 } == 9)
    let quiet = ScriptedTransport.Reply(chunks: Self.answer.chunks + [.idle(milliseconds: 10_000), waste])
    _ = try await ask(ScriptedTransport(quiet))
    #expect(!log.events.contains(.stalled(idleMs: 10_000)))
  }

  @Test(arguments: [
    (#"{"type":"message","content":[]}"#, "application/json"), ("<html>Sign in</html>", "text/html"),
  ])
  func `a reply that is no stream is an error, whatever its status`(body: String, type: String) async throws {
    let failure = await #expect(throws: ProviderError.self) {
      try await ask(ScriptedTransport(.plain(200, body, type: type), Self.answer))
    }
    #expect(failure?.kind == .providerError)
    #expect(failure?.message.contains("200 (\(type)), instead of the API's answer") == true)
    #expect(failure?.hint?.contains("ANTHROPIC_BASE_URL") == true)
  }

  @Test func `a secret that a server echoes is masked everywhere`() async throws {
    let key = "sk-ant-canary-0123"
    let echoes: [ScriptedTransport.Reply] = [
      .plain(400, #"{"error":{"type":"invalid_request_error","message":"key \#(key) is odd"}}"#),
      .plain(502, "<p>\(key)</p>", type: "text/html", ["x-should-retry": "false"]),
      .stream(Wire.error("invalid_request_error", "your \(key)!")),
      .plain(401, #"{"error":{"type":"authentication_error","message":"\u0073k-ant-canary-0123"}}"#),
      .plain(400, String(repeating: "a", count: ProviderLimits.excerptMax - 10) + key),
    ]
    for echo in echoes {
      let failure = await #expect(throws: ProviderError.self) { try await ask(ScriptedTransport(echo), key: key) }
      let shown = "\(String(describing: failure))"
      #expect(shown.contains("•••"))
      #expect(!shown.contains("canary"))
    }
  }

  @Test func `a wait between tries ends with the task`() async throws {
    let clock = ManualClock()
    let transport = ScriptedTransport(Self.overloaded, Self.answer)
    let call = Task { () -> ProviderError? in
      do throws(ProviderError) {
        _ = try await ask(transport, time: clock.source)
        return nil
      } catch {
        return error
      }
    }
    try await clock.sleeper()
    call.cancel()
    let failure = await call.value
    #expect(failure?.kind == .cancelled)
    #expect(failure?.message.contains("529") == true)
    #expect(transport.requests.count == 1)
  }

  @Test func `a cancelled task hears no more, and keeps what was said`() async throws {
    let transport = ScriptedTransport(Self.answer, Self.answer)
    var configuration = AnthropicConfiguration(version: "1")
    configuration.apiKey = Secret("sk-ant-1")
    let provider = AnthropicProvider(configuration, transport: transport, time: time.source)
    let call = Task { () -> ProviderError? in
      do throws(ProviderError) {
        _ = try await provider.answer(AnthropicRequestTests.hello) { [log] events in
          log.note(events)
          if log.text == "Hello" { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
        }
        return nil
      } catch {
        return error
      }
    }
    let failure = await call.value
    #expect(failure?.kind == .cancelled)
    #expect(failure?.partial?.content == [["type": "text", "text": "Hello"]])
    #expect(log.text == "Hello")
    #expect(transport.requests.count == 1)
  }
}
