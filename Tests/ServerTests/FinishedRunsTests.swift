import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite(.hangGuard) struct `What is kept of runs that are over` {
  private func run(_ text: String, of session: String = "s") -> FinishedRun {
    var result = RunResult(runId: "r", sessionId: session)
    result.text = text
    result.stopReason = .endTurn
    return FinishedRun(id: "r", sessionId: session, outcome: .success(result))
  }

  @Test func `is the result as it was, or the failure`() throws {
    var runs = FinishedRuns()
    runs.keep(run("é\u{1F600}"), as: "one")
    runs.keep(FinishedRun(id: "r", sessionId: "t", outcome: .failure(.cancelled)), as: "two")
    #expect(try runs["one"]?.result().text == "é\u{1F600}")
    #expect(runs["two"]?.sessionId == "t")
    #expect(throws: Failure.cancelled) { try runs["two"]?.result() }
    #expect(runs["three"] == nil)
  }

  @Test func `is bounded by number, the oldest going first`() {
    var runs = FinishedRuns(countMax: 3, bytesMax: .max)
    for name in ["a", "b", "c", "b", "d"] { runs.keep(run(name), as: name) }
    #expect(["a", "b", "c", "d"].filter { runs[$0] != nil } == ["b", "c", "d"])
  }

  @Test func `is bounded by the memory it takes, but for the newest`() throws {
    var runs = FinishedRuns(countMax: 100, bytesMax: 10_000)
    for number in 1...20 { runs.keep(run(String(repeating: "x", count: 3_000)), as: "\(number)") }
    #expect((1...20).filter { runs["\($0)"] != nil } == [18, 19, 20])
    runs.keep(run(String(repeating: "x", count: 100_000)), as: "large")
    #expect((1...20).allSatisfy { runs["\($0)"] == nil })
    #expect(try runs["large"]?.result().text?.utf8.count == 100_000)
  }

  /// Says one word, whatever it is asked.
  private struct Parrot: Provider {
    func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
      async throws(ProviderError) -> ModelMessage
    {
      var message = ModelMessage(raw: ["model": "m"], content: [["type": "text", "text": "hello"]])
      message.stopReason = "end_turn"
      return message
    }
  }

  @Test func `is no session: a closed one goes, whoever may still ask for its runs`() async throws {
    let time = TimeSource(now: { 0 }, monotonic: { 0 }, sleep: { _ in }, random: { 0 })
    let sessions = Sessions(
      defaults: SessionDefaults(model: "claude-sonnet-4-5", provider: .anthropic), sink: SilentSink(), time: time,
      names: .random)
    let engine = Engine.idle(sessions: sessions, providers: ProviderSet([.anthropic: Parrot()]), time: time)
    let runs = Runs(sessions: sessions, engine: engine, names: .random) {}
    weak var session: Session?
    let run: String
    do {
      let made = try sessions.makeSession(SessionOptions())
      session = made
      run = try await runs.run(AgentRun(prompt: Prompt("hi"), sessionId: made.id)).runId
      _ = try await runs.close((["sessionId": .string(made.id)] as JSON).decode())
    }
    // The task that ran it ends after its answer is there.
    try await HangGuard.wait { session == nil }
    #expect(try await runs.wait((["runId": .string(run)] as JSON).decode()).text == "hello")
  }
}
