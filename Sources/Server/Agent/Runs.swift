package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// All runs of the process: starts them, finds them by name, and keeps the results of the last ones.
package final class Runs: Sendable {
  private struct State {
    var runs: [String: Run] = [:]
    /// The names of runs that are over, the oldest first.
    var finished: [String] = []
    var going = 0
  }

  private let state = Mutex(State())
  let sessions: Sessions
  let providers: ProviderSet
  let agent: Agent
  let time: TimeSource
  private let names: NameSource
  private let onIdle: @Sendable () -> Void

  /// No runs yet; `onIdle` is called whenever the last one that goes on has ended.
  package init(
    sessions: Sessions, providers: ProviderSet, agent: Agent, time: TimeSource, names: NameSource,
    onIdle: @escaping @Sendable () -> Void
  ) {
    self.sessions = sessions
    self.providers = providers
    self.agent = agent
    self.time = time
    self.names = names
    self.onIdle = onIdle
  }

  /// How many go on, and how many wait for their session.
  package var counts: ServerStats.RunCounts {
    let runs = sessions.all.map(\.runs.count)
    var counts = ServerStats.RunCounts()
    counts.active = runs.count { $0 > 0 }
    counts.queued = runs.reduce(0) { $0 + max(0, $1 - 1) }
    return counts
  }

  /// Whether none goes on or waits.
  package var isIdle: Bool { state.withLock { $0.going == 0 } }

  /// Those that go on or wait.
  package var open: [Run] { state.withLock { Array($0.runs.values) }.filter { !$0.isOver } }

  /// Cancels all that go on or wait.
  package func cancelAll() {
    for run in open { cancel(run) }
  }
}

// MARK: - Handlers

extension Runs {
  /// Answers `agent/run`; everything up to the first wait is done before the next message is read.
  package func run(_ request: AgentRun) async throws -> RunResult {
    let run = try begin(request)
    guard request.detach != true else { return RunResult(runId: run.id, sessionId: run.session.id) }
    let result = await withTaskCancellationHandler {
      await run.result()
    } onCancel: {
      cancel(run)
    }
    if Task.isCancelled { throw RPCError.cancelled }
    return try result.get()
  }

  /// Answers `agent/wait`; whoever stops waiting leaves the run alone.
  package func wait(_ request: AgentWait) async throws -> RunResult {
    guard let run = state.withLock({ $0.runs[request.runId] }) else { throw RPCError.runNotFound(request.runId) }
    guard let result = await run.resultUnlessCancelled() else { throw RPCError.cancelled }
    return try result.get()
  }

  /// Answers `agent/cancel`.
  package func cancel(_ request: AgentCancel) throws(RPCError) -> AgentCancel.Response {
    let runs = try sessions.session(request.sessionId).runs
    let meant = runs.filter { $0.id == request.runId ?? $0.id && !$0.isCancelled }
    for run in meant.reversed() { cancel(run) }
    return AgentCancel.Response(runIds: meant.map(\.id))
  }

  /// Answers `agent/steer`.
  package func steer(_ request: AgentSteer) throws(RPCError) -> AgentSteer.Response {
    let session = try sessions.session(request.sessionId)
    try Check.prompt(request.prompt)
    return session.steer(request.prompt, expectedRunId: request.expectedRunId)
  }
}

// MARK: - Life of a run

extension Runs {
  /// Finds or makes the run that a request asks for, and starts it when its session is free.
  private func begin(_ request: AgentRun) throws(RPCError) -> Run {
    try request.check()
    if let name = request.runId { _ = try Check.clientID(name, "runId") }
    if let name = request.runId, let known = state.withLock({ $0.runs[name] }) {
      guard known.session.id == request.sessionId ?? known.session.id else {
        throw .invalidParams("runId '\(name)' is a run of session '\(known.session.id)'")
      }
      return known
    }
    let session: Session
    if let id = request.sessionId {
      session = try sessions.session(id)
    } else {
      session = try sessions.makeSession(SessionOptions())
    }
    _ = try provider(of: session)
    try checkTools(request.tools)
    let run = Run(id: request.runId ?? names.next("run"), request: request, session: session)
    switch try session.admit(run, whenBusy: request.whenBusy ?? .queue) {
    case .steered(let active):
      if let alias = request.runId { register(active, as: alias) }
      return active
    case .active:
      register(run)
      start(run)
    case .queued: register(run)
    }
    return run
  }

  /// Refuses the name of a tool that is not there: a model would miss it without a word.
  private func checkTools(_ names: [String]?) throws(RPCError) {
    guard let names else { return }
    let known = agent.list().tools.map(\.name) + ["switch_model"]
    for name in names where !known.contains(name) {
      let meant = NearMiss.of(name, among: known).map { "; did you mean '\($0)'?" } ?? "; tools/list names them"
      throw .invalidParams("tools: there is no tool '\(name)'\(meant)")
    }
  }

  private func provider(of session: Session) throws(RPCError) -> any Provider {
    let id = session.info.provider
    guard let provider = providers[id] else { throw providers.missing(id) }
    return provider
  }

  private func register(_ run: Run) {
    state.withLock { state in
      state.runs[run.id] = run
      state.going += 1
    }
  }

  /// Gives a run a second name: that of a request whose prompt it took in.
  private func register(_ run: Run, as alias: String) {
    state.withLock { state in
      state.runs[alias] = run
      forget(alias, in: &state)
    }
  }

  private func start(_ run: Run) {
    run.start { [self] run in
      let next = await Turns(run: run, providers: providers, agent: agent, time: time).work()
      settle(run)
      if let next { start(next) }
    }
  }

  /// Stops a run; one that waits for its session is over at once.
  private func cancel(_ run: Run) {
    run.cancel()
    start(run)
  }

  private func settle(_ run: Run) {
    let isIdle = state.withLock { state in
      forget(run.id, in: &state)
      state.going -= 1
      return state.going == 0
    }
    if isIdle { onIdle() }
  }

  /// Lets a name go when enough others have come after it.
  private func forget(_ name: String, in state: inout State) {
    state.finished.append(name)
    if state.finished.count > ServerLimits.runsFinishedMax { state.runs[state.finished.removeFirst()] = nil }
  }
}
