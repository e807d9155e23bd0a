import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// How calls share what a service has room for: refused once for all, let through in the order in which they came.
@Suite(.hangGuard) struct `Calls in line` {
  /// A service that refuses as it is told, and notes what it is asked, with the moment.
  final class Service: HTTPTransport {
    private let state = Mutex<(asked: [(prompt: String, at: Int)], replies: [ScriptedTransport.Reply])>(([], []))
    private let clock: ManualClock

    /// A service that says these first, and answers everybody then.
    init(_ clock: ManualClock, _ replies: ScriptedTransport.Reply...) {
      self.clock = clock
      state.withLock { $0.replies = replies }
    }

    var asked: [(prompt: String, at: Int)] { state.withLock { $0.asked } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      let body = try? JSON.parse(request.body)
      let prompt = body?["messages"]?.array?.last?["content"]
      let text = prompt?.string ?? prompt?.array?.last?["text"]?.string ?? ""
      let reply = state.withLock { state -> ScriptedTransport.Reply in
        state.asked.append((text, clock.now - ManualClock.start))
        return state.replies.isEmpty ? AnthropicProviderTests.answer : state.replies.removeFirst()
      }
      return try await ScriptedTransport(reply).send(request)
    }
  }

  static func limited(_ headers: [String: String]) -> ScriptedTransport.Reply {
    .plain(429, #"{"type":"error","error":{"type":"rate_limit_error","message":"Too many"}}"#, headers)
  }

  static func answer(_ headers: [String: String]) -> ScriptedTransport.Reply {
    var reply = AnthropicProviderTests.answer
    reply.headers += headers.map { ($0.key, $0.value) }
    return reply
  }

  static func provider(
    _ service: Service, _ clock: ManualClock, key: String = "sk-ant-canary-0123", lines: CallLines = CallLines(),
    _ change: (inout CallTimeouts) -> Void = { _ in }
  ) -> AnthropicProvider {
    var configuration = AnthropicConfiguration(version: "1.2.3")
    configuration.apiKey = Secret(key)
    configuration.lines = lines
    var timeouts = CallTimeouts()
    change(&timeouts)
    configuration.timeouts.now = timeouts
    return AnthropicProvider(configuration, transport: service, time: clock.source)
  }

  static func question(_ text: String, model: String = "claude-x") -> ModelRequest {
    ModelRequest(model: model, messages: [["role": "user", "content": .string(text)]], maxTokens: 10)
  }

  @Test func `one refusal is enough for fifty calls, which then go in the order in which they came`() async throws {
    let clock = ManualClock()
    let service = Service(clock, Self.limited(["retry-after": "7"]))
    let provider = Self.provider(service, clock)
    let logs = (0..<50).map { _ in EventLog() }
    var calls: [Task<ModelMessage, any Error>] = []
    for number in 0..<50 {
      calls.append(Task { try await provider.answer(Self.question("\(number)")) { logs[number].note($0) } })
      // Each is in the line before the next one comes, and the first one sleeps.
      try await HangGuard.wait { logs[number].retries.count == 1 && clock.sleeps.contains(7_000) }
    }
    #expect(service.asked.map(\.prompt) == ["0"])
    #expect(logs[0].retries.map(\.attempt) == [2])
    for log in logs.dropFirst() {
      #expect(log.retries.map(\.attempt) == [1])
      #expect(log.retries.map(\.delayMs) == [7_000])
      #expect(log.retries.first?.reason.contains("Too many") == true)
    }
    clock.pass(7_000)
    for call in calls { _ = try await call.value }
    #expect(service.asked.map(\.prompt).prefix(2) == ["0", "0"])
    #expect(Set(service.asked.map(\.prompt)).count == 50)
    #expect(service.asked.count == 51)
    #expect(service.asked.dropFirst().allSatisfy { $0.at == 7_000 })
  }

  @Test func `who is cancelled in the line leaves at once, and the next one takes the turn`() async throws {
    let clock = ManualClock()
    let service = Service(clock, Self.limited(["retry-after-ms": "2500"]))
    let provider = Self.provider(service, clock)
    let logs = (0..<3).map { _ in EventLog() }
    var calls: [Task<ModelMessage, any Error>] = []
    /// Waits until whoever is first has begun to sleep so many times.
    func firstSleeps(times count: Int) async throws {
      try await HangGuard.wait { clock.sleeps.filter { $0 == 2_500 }.count == count }
    }
    for number in 0..<3 {
      calls.append(Task { try await provider.answer(Self.question("\(number)")) { logs[number].note($0) } })
      try await HangGuard.wait { logs[number].retries.count == 1 }
      try await firstSleeps(times: 1)
    }
    for (times, number) in [(1, 1), (2, 0)] {
      calls[number].cancel()
      let error = await #expect(throws: ProviderError.self) { try await calls[number].value }
      #expect(error?.kind == .cancelled)
      try await firstSleeps(times: times)
    }
    clock.pass(2_500)
    _ = try await calls[2].value
    #expect(service.asked.map(\.prompt) == ["0", "2"])
  }

  @Test func `a wait that is longer than a call waits is named, and nothing is sent`() async throws {
    let clock = ManualClock(.passes)
    let service = Service(clock, Self.limited(["retry-after": "600"]))
    let provider = Self.provider(service, clock)
    for asked in [1, 0] {
      let error = await #expect(throws: ProviderError.self) { try await provider.answer(Self.question("x")) { _ in } }
      #expect(error?.kind == .rateLimited)
      #expect(error?.retryAfterMs == 600_000)
      #expect(error?.attempts == asked)
      #expect(error?.message.contains(asked == 1 ? "Too many" : "another 600 s") == true)
    }
    #expect(service.asked.count == 1)
    clock.pass(600_000)
    _ = try await provider.answer(Self.question("y")) { _ in }
  }

  @Test func `a wait beyond a call's own time is named, too`() async throws {
    let clock = ManualClock(.passes)
    let service = Service(clock, Self.limited(["retry-after": "20"]))
    let provider = Self.provider(service, clock) { $0.callMs = 5_000 }
    for _ in 0..<2 {
      let error = await #expect(throws: ProviderError.self) { try await provider.answer(Self.question("x")) { _ in } }
      #expect(error?.kind == .rateLimited)
    }
    #expect(service.asked.count == 1)
  }

  @Test func `others' keys and other models have limits of their own`() async throws {
    let clock = ManualClock(.passes)
    let service = Service(clock, Self.limited(["retry-after": "600"]))
    let lines = CallLines()
    let one = Self.provider(service, clock, lines: lines)
    await #expect(throws: ProviderError.self) { try await one.answer(Self.question("a")) { _ in } }
    _ = try await one.answer(Self.question("b", model: "claude-y")) { _ in }
    _ = try await Self.provider(service, clock, key: "sk-ant-canary-4567", lines: lines).answer(Self.question("c")) {
      _ in
    }
    let same = Self.provider(service, clock, lines: lines)
    await #expect(throws: ProviderError.self) { try await same.answer(Self.question("d")) { _ in } }
    #expect(service.asked.map(\.prompt) == ["a", "b", "c"])
  }

  /// Gives the first of its keys once, and the last one from then on.
  private final class RotatingKeys: RequestAuthorization {
    private let keys: Mutex<[String]>
    init(_ keys: String...) { self.keys = Mutex(keys) }

    func current() async throws(ProviderError) -> AnthropicCredentials {
      keys.withLock { AnthropicCredentials(apiKey: Secret($0.count > 1 ? $0.removeFirst() : $0[0])) }
    }
    func refreshed(after rejected: AnthropicCredentials) async throws(ProviderError) -> AnthropicCredentials {
      rejected
    }
  }

  @Test func `a call whose key is another one now leaves the line of the old key to others`() async throws {
    let clock = ManualClock(.passes)
    let service = Service(clock, Self.limited(["retry-after": "7"]))
    var configuration = AnthropicConfiguration(version: "1.2.3")
    configuration.lines = CallLines()
    let moving = AnthropicProvider(
      configuration, authorization: RotatingKeys("sk-ant-canary-0123", "sk-ant-canary-4567"), transport: service,
      time: clock.source)
    _ = try await moving.answer(Self.question("moves")) { _ in }
    let staying = Self.provider(service, clock, key: "sk-ant-canary-0123", lines: configuration.lines)
    for text in ["stays", "stays too"] { _ = try await staying.answer(Self.question(text)) { _ in } }
    #expect(service.asked.map(\.prompt) == ["moves", "moves", "stays", "stays too"])
    #expect(service.asked.dropFirst(2).allSatisfy { $0.at == 7_000 })
  }

  @Test func `where nothing is left of a limit the next call waits for it, by the service's clock`() async throws {
    let clock = ManualClock(.passes)
    // The service's clock is a day behind; of fifty requests a minute one is there again after 1.2 seconds.
    let service = Service(
      clock,
      Self.answer([
        "date": "Sun, 06 Nov 1994 08:49:30 GMT", "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "1994-11-06T08:50:30Z",
      ]))
    let provider = Self.provider(service, clock)
    for prompt in ["a", "b", "c"] { _ = try await provider.answer(Self.question(prompt)) { _ in } }
    #expect(service.asked.map(\.at) == [0, 1_200, 1_200])
  }

  @Test func `a busy service is left alone by all, for longer each time`() async throws {
    let clock = ManualClock(.passes)
    let busy = AnthropicProviderTests.overloaded
    let service = Service(clock, busy, busy, busy, busy, busy)
    let provider = Self.provider(service, clock) { $0.retries = 0 }
    var waits: [Int] = []
    for number in 0..<6 {
      _ = try? await provider.answer(Self.question("\(number)")) { _ in }
      waits.append(service.asked[number].at - (number == 0 ? 0 : service.asked[number - 1].at))
    }
    #expect(waits == [0, 375, 750, 1_500, 3_000, 6_000])
  }

  @Test(
    arguments: [
      ([:], nil),
      (["requests-remaining": "3", "requests-reset": "2027-01-15T08:01:00Z", "requests-limit": "50"], nil),
      (["requests-remaining": "0", "requests-reset": "2027-01-15T08:01:00Z", "requests-limit": "50"], 1_200),
      (["requests-remaining": "0", "requests-reset": "2027-01-15T08:01:00Z"], 60_000),
      (["requests-remaining": "0", "requests-reset": "2027-01-15T07:59:00Z", "requests-limit": "50"], nil),
      (["requests-remaining": "0", "requests-reset": "soon", "requests-limit": "50"], nil),
      (
        ["input-tokens-remaining": "0", "input-tokens-reset": "2027-01-15T08:01:00Z", "input-tokens-limit": "40000"],
        3_000
      ),
      (
        ["output-tokens-remaining": "0", "output-tokens-reset": "2027-01-15T08:00:10Z", "output-tokens-limit": "8000"],
        500
      ),
      (
        [
          "requests-remaining": "0", "requests-reset": "2027-01-15T08:01:00Z", "requests-limit": "50",
          "tokens-remaining": "-1", "tokens-reset": "2027-01-15T08:01:00Z", "tokens-limit": "0",
        ], 60_000
      ),
    ] as [([String: String], Int?)])
  func `what headers say of limits`(_ headers: [String: String], _ milliseconds: Int?) {
    let headers = HTTPHeaders(headers.map { ("anthropic-ratelimit-\($0.key)", $0.value) })
    // 2027-01-15T08:00:00Z.
    #expect(Retry.requestedDelay(headers, now: ManualClock.start) == milliseconds)
  }
}
