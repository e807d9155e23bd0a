package import Protocol
package import Providers
internal import Synchronization

/// One conversation: its set-up, what was said, its events, and the one run that may go on in it.
///
/// Everything changes under one lock, held for moments only; what takes time happens in ``Run``.
package final class Session: Sendable {
  private struct State {
    var options: SessionOptions
    var exchanges: [Exchange] = []
    var usage = Usage()
    var cost = CallCost.none
    var contextUsed = 0
    var updatedAt: Int
    var log = EventLog()
    var active: Run?
    var waiting: [Run] = []
    var isClosed = false
  }

  /// The session's name.
  package let id: String
  /// When it was made, in milliseconds since 1970.
  package let createdAt: Int
  /// The session it was forked from.
  package let forkedFrom: String?
  /// What the server chooses where the session does not: now, and when the session was made.
  private let defaults: SharedDefaults
  private let former: SessionDefaults
  private let sink: any EventSink
  private let time: TimeSource
  private let state: Mutex<State>

  /// A session with nothing said, or with what a document holds.
  package init(
    id: String, options: SessionOptions, defaults: SharedDefaults, sink: any EventSink, time: TimeSource,
    exchanges: [Exchange] = [], usage: Usage = Usage(), createdAt: Int? = nil, forkedFrom: String? = nil
  ) {
    self.id = id
    self.defaults = defaults
    former = defaults.current
    self.sink = sink
    self.time = time
    self.forkedFrom = forkedFrom
    let now = time.now()
    self.createdAt = createdAt ?? now
    state = Mutex(State(options: options, exchanges: exchanges, usage: usage, updatedAt: now))
  }
}

// MARK: - Set-up and history

extension Session {
  /// What the session is.
  package var info: SessionInfo { state.withLock { info($0) } }

  /// What the session is, and whether nobody chose its model.
  package var modelInfo: (SessionInfo, isDefault: Bool) {
    state.withLock { (info($0), $0.options.model == nil && !defaults.current.isModelChosen) }
  }

  /// The tokens of the last call's prompt and answer.
  package var contextUsed: Int { state.withLock { $0.contextUsed } }

  /// How the session is set up.
  package var options: SessionOptions { state.withLock { $0.options } }

  /// When something was last said, in milliseconds since 1970.
  package var updatedAt: Int { state.withLock { $0.updatedAt } }

  /// Changes the set-up and tells of it.
  package func change(_ body: (inout SessionOptions) -> Void) -> SessionInfo {
    let changed = state.withLock { state in
      body(&state.options)
      return info(state)
    }
    sink.tell(SessionUpdated(session: changed))
    return changed
  }

  /// What was said, and what it used.
  package var record: (exchanges: [Exchange], usage: Usage) { state.withLock { ($0.exchanges, $0.usage) } }

  /// The session as a document.
  ///
  /// - Throws: ``RPCError/Code/requestFailed`` while a run goes on.
  package func document() throws(RPCError) -> SessionDocument {
    let (busy, document) = state.withLock { state in
      (
        state.active,
        SessionDocument(
          sessionId: id, createdAt: createdAt, options: state.options, exchanges: state.exchanges, usage: state.usage)
      )
    }
    if let busy { throw .sessionBusy(id, run: busy.id) }
    return document
  }

  /// Forgets exchanges from one on.
  ///
  /// - Throws: ``RPCError/Code/requestFailed`` while a run goes on; what `point` throws.
  package func rewind(to point: ([Exchange]) throws(RPCError) -> Int) throws(RPCError) -> SessionInfo {
    let rewound = try state.withLock { state throws(RPCError) -> SessionInfo in
      if let active = state.active { throw .sessionBusy(id, run: active.id) }
      state.exchanges = Array(state.exchanges.prefix(try point(state.exchanges)))
      return info(state)
    }
    sink.tell(SessionUpdated(session: rewound))
    return rewound
  }

  /// Events after a number, and the range that is kept.
  package func events(after seq: Int, limit: Int) -> SessionEvents.Response {
    let (found, last, oldest) = state.withLock { state in
      (state.log.events(after: seq, limit: limit, sessionId: id), state.log.lastSeq, state.log.oldestSeq)
    }
    return SessionEvents.Response(events: found.map(\.json), lastSeq: last, oldestSeq: oldest)
  }

  private func info(_ state: borrowing State) -> SessionInfo {
    // A session that named its model stays with the provider that it named it for.
    let defaults = state.options.model == nil ? defaults.current : former
    var info = SessionInfo(
      sessionId: id, model: state.options.model ?? defaults.model,
      provider: state.options.provider ?? defaults.provider,
      createdAt: createdAt, updatedAt: state.updatedAt, exchanges: state.exchanges.count, usage: state.usage,
      lastSeq: state.log.lastSeq)
    info.title = state.options.title
    info.cwd = state.options.cwd
    info.activeRunId = state.active?.id
    info.forkedFrom = forkedFrom
    info.cost = state.cost == .none ? nil : state.cost.wire
    return info
  }
}

// MARK: - Runs

extension Session {
  /// Where a run found its place.
  package enum Admission: Sendable {
    /// It has the session and is to be started.
    case active
    /// It waits for its turn.
    case queued
    /// Its prompt joined that run.
    case steered(Run)
  }

  /// Gives a run the session, or a place in the queue, or its prompt to the run that goes on.
  package func admit(_ run: Run, whenBusy: WhenBusy) throws(RPCError) -> Admission {
    let result = state.withLock { state -> Result<Admission, RPCError> in
      guard !state.isClosed else { return .failure(.sessionNotFound(id)) }
      guard let active = state.active else {
        state.active = run
        return .success(.active)
      }
      switch whenBusy {
      case .reject: return .failure(.sessionBusy(id, run: active.id))
      case .steer where active.steer(run.request.prompt): return .success(.steered(active))
      case .steer, .queue:
        guard state.waiting.count < ServerLimits.runsQueuedMax else {
          let most = ServerLimits.runsQueuedMax
          return .failure(
            .overloaded(
              "session '\(id)' has \(most) runs waiting already", retryAfterMs: ServerLimits.overloadRetryAfterMs))
        }
        state.waiting.append(run)
        return .success(.queued)
      }
    }
    return try result.get()
  }

  /// Says something to the run that goes on, or to the one that waits under that name.
  package func steer(_ prompt: Prompt, expectedRunId: String?) -> AgentSteer.Response {
    let (active, waiting) = state.withLock { ($0.active, $0.waiting) }
    if let active, active.id == expectedRunId ?? active.id, active.steer(prompt) {
      return AgentSteer.Response(outcome: .injected, runId: active.id)
    }
    if let queued = waiting.first(where: { $0.id == expectedRunId }), queued.steer(prompt) {
      return AgentSteer.Response(outcome: .queued, runId: queued.id)
    }
    return AgentSteer.Response(outcome: .noActiveRun)
  }

  /// The runs that go on or wait, the active one first.
  package var runs: [Run] { state.withLock { ($0.active.map { [$0] } ?? []) + $0.waiting } }

  /// Takes no more runs.
  ///
  /// - Returns: The runs that were there, still to be cancelled.
  package func close() -> [Run] {
    state.withLock { $0.isClosed = true }
    return runs
  }

  /// Numbers, keeps and sends what happens in a run.
  package func emit(_ happenings: [Happening], run: Run) {
    guard !happenings.isEmpty else { return }
    let now = time.now()
    state.withLock { state in
      let numbered = happenings.map { state.log.append($0, sessionId: id, runId: run.id, at: now) }
      sink.send(run.request.stream ?? true ? numbered : numbered.filter { $0.happening.kind == nil })
    }
  }

  /// The messages to send: what the model may still see of the past, then the run's own.
  package func messages(with current: [JSON], target: HistoryTarget) -> [JSON] {
    let (exchanges, most) = state.withLock { ($0.exchanges, $0.options.maxHistory ?? ServerLimits.maxHistory) }
    return History.messages(past: exchanges, maxHistory: most, current: current, target: target)
  }

  /// Ends a run: its last event is sent, its messages are kept, and the session is the next one's.
  ///
  /// - Returns: What the session has used so far, and the run to start next.
  package func end(_ run: Run, exchange: Exchange?, tally: RunTally, completed: Happening)
    -> (usage: Usage, cost: CallCost, next: Run?)
  {
    let now = time.now()
    return state.withLock { state in
      state.usage += tally.usage
      state.cost += tally.cost
      if tally.turns > 0 { state.contextUsed = tally.lastUsage.prompt + tally.lastUsage.output }
      if let exchange, !state.isClosed { state.exchanges.append(exchange) }
      state.updatedAt = now
      sink.send([state.log.append(completed, sessionId: id, runId: run.id, at: now)])
      if state.active === run {
        state.active = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        return (state.usage, state.cost, state.active)
      }
      state.waiting.removeAll { $0 === run }
      return (state.usage, state.cost, nil)
    }
  }

  /// Waits until the client has caught up; tells whether to merge what comes.
  package func room() async { await sink.room() }

  /// Whether the client is behind.
  package var isBehind: Bool { sink.isBehind }
}
