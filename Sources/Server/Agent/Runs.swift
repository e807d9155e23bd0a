internal import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// All runs of the process: starts them, finds them by name, and keeps the results of the last ones.
package final class Runs: Sendable {
  private struct State {
    var open: [String: Run] = [:]
    /// Second names of runs that go on: those of requests whose prompts they took in.
    var aliases: [String: Run] = [:]
    var finished = FinishedRuns()
    /// What closed sessions took since memory was last given back.
    var bytesFreed = 0
  }

  private let state = Mutex(State())
  let sessions: Sessions
  let engine: Engine
  private let names: NameSource
  private let onIdle: @Sendable () -> Void

  /// No runs yet; `onIdle` is called whenever the last one that goes on has ended.
  package init(
    sessions: Sessions, engine: Engine, names: NameSource, onIdle: @escaping @Sendable () -> Void
  ) {
    self.sessions = sessions
    self.engine = engine
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
  package var isIdle: Bool { state.withLock { $0.open.isEmpty } }

  /// Those that go on or wait.
  package var open: [Run] { state.withLock { Array($0.open.values) } }

  /// Cancels all that go on or wait, in the order of ``cancelAll(in:_:)``.
  package func cancelAll(_ others: () -> Void = {}) {
    for session in sessions.all { cancelWaiting(in: session) }
    others()
    for run in open { cancel(run) }
  }

  /// Cancels all of a session, the last that came first: none begins as the one before it ends.
  ///
  /// `others` cancels what asks for runs, once those that wait are cancelled, and before the one that goes on is.
  func cancelAll<Value>(in session: Session, _ others: () -> Value) -> Value {
    cancelWaiting(in: session)
    let value = others()
    for run in session.runs { cancel(run) }
    return value
  }

  private func cancelWaiting(in session: Session) {
    for run in session.runs.reversed() where !run.hasBegun { cancel(run) }
  }
}

// MARK: - Handlers

extension Runs {
  /// Answers `agent/run`; everything up to the first wait is done before the next message is read.
  ///
  /// - Returns: The answer, and what it sets going: nothing is told of a run that nobody waits for before its name.
  package func begin(_ request: AgentRun) async throws -> (RunResult, @Sendable () -> Void) {
    guard request.detach == true else { return (try await run(request), {}) }
    var begun: Run?
    let known = try admit(request) { begun = $0 }
    return (try await result(of: known, detached: true), { [begun] in if let begun { self.start(begun) } })
  }

  /// Runs what is asked for, and gives its result.
  package func run(_ request: AgentRun) async throws -> RunResult {
    try await result(of: try admit(request), detached: false)
  }

  /// The result of a run, which is cancelled with whoever waits for it; `detached`, no more than its name.
  func result(of known: Known, detached: Bool) async throws -> RunResult {
    switch known {
    case .over(let run):
      guard !detached else { return RunResult(runId: run.id, sessionId: run.sessionId) }
      return try run.result()
    case .open(let run):
      guard !detached else { return RunResult(runId: run.id, sessionId: run.session.id) }
      let result = await withTaskCancellationHandler {
        await run.result()
      } onCancel: {
        cancel(run)
      }
      if Task.isCancelled { throw Failure.cancelled }
      return try result.get()
    }
  }

  /// Answers `agent/wait`; whoever stops waiting leaves the run alone.
  package func wait(_ request: AgentWait) async throws -> RunResult {
    switch known(request.runId) {
    case nil: throw Failure.runNotFound(request.runId)
    case .over(let run)?: return try run.result()
    case .open(let run)?:
      guard let result = await run.resultUnlessCancelled() else { throw Failure.cancelled }
      return try result.get()
    }
  }

  /// Answers `agent/cancel`, and says how to cancel what it means.
  package func cancel(_ request: AgentCancel) throws(Failure) -> (AgentCancel.Response, @Sendable () -> Void) {
    let runs = try sessions.session(request.sessionId).runs
    let meant = runs.filter { $0.id == request.runId ?? $0.id && !$0.isCancelled }
    return (AgentCancel.Response(runIds: meant.map(\.id)), { for run in meant.reversed() { self.cancel(run) } })
  }

  /// Answers `agent/steer`.
  package func steer(_ request: AgentSteer) throws(Failure) -> AgentSteer.Response {
    let session = try sessions.session(request.sessionId)
    let prompt = try Check.prompt(request.prompt, for: session.info.provider)
    return session.steer(prompt, expectedRunId: request.expectedRunId)
  }

  /// Answers `session/close`: what goes on in the session is cancelled, and what it took is given back to the system.
  package func close(_ request: SessionClose) async throws(Failure) -> NoResult {
    let (session, runs, bytes) = try sessions.close(request.sessionId)
    for run in runs { cancel(run) }
    engine.servers.close(request.sessionId)
    if session.recorder != nil {
      // What its runs have said is in its file before that is anybody else's.
      for run in runs { _ = await run.result() }
      await session.letGo()
    }
    let isMuch = state.withLock { state in
      state.bytesFreed += bytes
      guard state.bytesFreed >= ServerLimits.memoryReleaseAbove else { return false }
      state.bytesFreed = 0
      return true
    }
    // The allocator goes through all it has: in place, that would hold up whoever is read next.
    if isMuch { try? await ToolThread.run { _ in Memory.release() } }
    return NoResult()
  }
}

extension Runs {
  /// Answers `session/delete`: the same, and its file goes.
  package func delete(_ request: SessionDelete) async throws(Failure) -> NoResult {
    let isOpen = sessions.isOpen(request.sessionId)
    if isOpen { _ = try await close(SessionClose(sessionId: request.sessionId)) }
    let isGone = try await sessions.deleteStored(request.sessionId)
    guard isOpen || isGone else { throw .sessionNotFound(request.sessionId) }
    return NoResult()
  }
}

// MARK: - Life of a run

extension Runs {
  /// A run that was asked for.
  enum Known: Sendable {
    case open(Run)
    case over(FinishedRun)

    var sessionId: String {
      switch self {
      case .open(let run): run.session.id
      case .over(let run): run.sessionId
      }
    }
  }

  /// The run of that name, going on or over.
  private func known(_ name: String) -> Known? {
    state.withLock { state in
      if let run = state.open[name] ?? state.aliases[name] { return .open(run) }
      return state.finished[name].map(Known.over)
    }
  }

  /// The run of that name, which must be one of that session; `nil` for none.
  func known(_ name: String, of session: Session) throws(Failure) -> Known? {
    guard let known = known(name) else { return nil }
    guard known.sessionId == session.id else {
      throw .invalidParams("runId '\(name)' is a run of session '\(known.sessionId)'")
    }
    return known
  }

  /// Finds or makes the run that a request asks for, and starts it when its session is free.
  func admit(_ request: AgentRun) throws(Failure) -> Known { try admit(request, start: start) }

  private func admit(_ request: AgentRun, start: (Run) -> Void) throws(Failure) -> Known {
    try request.check()
    if let name = request.runId { _ = try Check.clientID(name, "runId") }
    if let name = request.runId, let known = known(name) {
      guard known.sessionId == request.sessionId ?? known.sessionId else {
        throw .invalidParams("runId '\(name)' is a run of session '\(known.sessionId)'")
      }
      return known
    }
    var existing: Session?
    if let id = request.sessionId { existing = try sessions.session(id) }
    var request = request
    request.prompt = try Check.prompt(request.prompt, for: existing?.info.provider ?? sessions.defaults.provider)
    let session: Session
    if let existing { session = existing } else { session = try sessions.makeSession(SessionOptions()) }
    _ = try engine.provider(session.info.provider)
    try engine.tools.check(names: request.tools)
    let run = Run(id: request.runId ?? names.next("run"), request: request, session: session)
    // A run is found by its name before it starts, and forgotten when it finds no place.
    state.withLock { $0.open[run.id] = run }
    do throws(Failure) {
      switch try session.admit(run, whenBusy: request.whenBusy ?? .queue) {
      case .steered(let active):
        state.withLock { state in
          state.open[run.id] = nil
          guard let alias = request.runId else { return }
          // A run that is over by now has been settled, or will be: either way its alias goes with it.
          if let result = active.finished {
            state.finished.keep(FinishedRun(id: active.id, sessionId: session.id, outcome: result), as: alias)
          } else {
            state.aliases[alias] = active
          }
        }
        return .open(active)
      case .active: start(run)
      case .queued: break
      }
    } catch {
      settle { $0.open[run.id] = nil }
      throw error
    }
    return .open(run)
  }

  /// Does something that needs a session to itself, in a place of its queue; what came meanwhile goes on afterwards.
  ///
  /// `begin` is done in place, `work` when there is time.
  ///
  /// - Throws: ``Failure/Reason/failed`` when the session is busy.
  package func exclusively<Begun: Sendable, Value: Sendable>(
    _ what: String, in session: Session, begin: () throws(Failure) -> Begun,
    then work: @escaping @Sendable (Begun) async -> Result<Value, Failure>
  ) async throws(Failure) -> Value {
    let (result, next) = try await session.exclusively(what, begin: begin, then: work)
    await session.written()
    if let next { start(next) }
    return try result.get()
  }

  /// Starts the run that has its session now.
  private func start(_ run: Run) {
    run.start { [self] run in
      await SettingsPermission.look(at: run.session, engine: engine)
      let next = await RunLoop(run: run, engine: engine).work()
      settle(run)
      if let next { start(next) }
    }
  }

  /// Stops a run; one that waits for its session is over at once, and has an end only.
  func cancel(_ run: Run) {
    guard case .beforeItBegan = run.cancel() else { return }
    let next = RunLoop(run: run, engine: engine).endBeforeItBegan()
    settle(run)
    if let next { start(next) }
  }

  /// Keeps the result of a run that is over, in the place of the run.
  private func settle(_ run: Run) {
    guard let result = run.finished else { return }
    let finished = FinishedRun(id: run.id, sessionId: run.session.id, outcome: result)
    settle { state in
      state.open[run.id] = nil
      state.finished.keep(finished, as: run.id)
      for (alias, other) in state.aliases where other === run {
        state.aliases[alias] = nil
        state.finished.keep(finished, as: alias)
      }
    }
  }

  private func settle(_ change: (inout State) -> Void) {
    let isIdle = state.withLock { state in
      change(&state)
      return state.open.isEmpty
    }
    if isIdle { onIdle() }
  }
}
