import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite(.hangGuard) struct `Who waits for a session` {
  private let session: Session

  init() throws {
    let sessions = Sessions(
      defaults: SessionDefaults(model: "claude-sonnet-5-5", provider: .anthropic), sink: SilentSink(),
      time: ManualClock().source, names: .random, folder: "/work")
    session = try sessions.makeSession(SessionOptions())
  }

  /// A run that wants the session, and stands in its queue.
  @discardableResult private func run(_ name: String) throws(Failure) -> Run {
    let run = Run(id: name, request: AgentRun(prompt: Prompt(name), sessionId: session.id), session: session)
    _ = try session.admit(run, whenBusy: .queue)
    return run
  }

  private let end = RunEnd(stopReason: .endTurn, usage: Usage(), turns: 1)

  @Test func `has it when whoever had it is done, one after the other`() async throws {
    let (_, next) = try await session.exclusively("work") { () throws(Failure) in
      try run("a")
      try run("b")
    } then: {
      .success(())
    }
    #expect(next?.id == "a" && session.runs.map(\.id) == ["a", "b"])
    #expect(session.end(try #require(next), end)?.id == "b")
  }

  @Test func `never has it once it is closed, and stays there to be cancelled`() async throws {
    let (_, next) = try await session.exclusively("work") { () throws(Failure) in
      try run("a")
    } then: { [session] _ in
      .success(#expect(session.close().map(\.id) == ["a"]))
    }
    #expect(next == nil && session.runs.map(\.id) == ["a"])
    #expect(throws: Failure.sessionNotFound(session.id)) { try run("late") }
  }

  @Test func `never has it either when the run before it ends after that`() throws {
    let first = try run("a")
    try run("b")
    #expect(session.close().map(\.id) == ["a", "b"])
    #expect(session.end(first, end) == nil && session.runs.map(\.id) == ["b"])
  }
}
