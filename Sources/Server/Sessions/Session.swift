package import OperatingSystem
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
    /// What stands before them in every request; `nil` before the first.
    var prefix: ConversationPrefix?
    var usage = Usage()
    var cost = CallCost.none
    var contextUsed = 0
    var wallMs = 0
    var calibration: TokenCalibration?
    var format: JSON?
    var webTools: [String: (isPermitted: Bool, answer: Bool?)] = [:]
    var archive = CompactionArchive()
    /// Where the journal stood when the run of each exchange began, and that of the run that goes on.
    var marks: [String: Int] = [:]
    /// Where it stood when they ended.
    var ends: [String: Int] = [:]
    /// The run that began last.
    var last: LastRun?
    /// What its person has said to hold always, and what the client has set.
    var rules = RuleSet.none
    var updatedAt: Int
    var log = EventLog()
    /// How often somebody has switched the model.
    var switches = 0
    var queue: SessionQueue
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
  /// What undoes the changes that tools made to files.
  package let journal = FileJournal()
  /// What its commands wrote, where that is long.
  package let outputs = CommandOutputs()
  /// What its models have seen of files.
  package let seen: SeenFiles
  private let sink: any EventSink
  private let time: TimeSource
  private let state: Mutex<State>

  /// A session with nothing said, or with that past.
  package init(
    id: String, options: SessionOptions, defaults: SharedDefaults, sink: any EventSink, time: TimeSource,
    past: SessionPast = SessionPast(), createdAt: Int? = nil, forkedFrom: String? = nil
  ) {
    self.id = id
    self.defaults = defaults
    former = defaults.current
    self.sink = sink
    self.time = time
    self.forkedFrom = forkedFrom
    seen = past.seen
    let now = time.now()
    self.createdAt = createdAt ?? now
    state = Mutex(
      State(
        options: options, exchanges: past.exchanges, prefix: past.prefix, usage: past.usage, cost: past.cost,
        archive: past.archive,
        updatedAt: now, queue: SessionQueue(sessionId: id)))
  }
}

// MARK: - Set-up and history

extension Session {
  package var info: SessionInfo { state.withLock { info($0) } }

  /// What the session is, whether nobody chose its model, and how often it was switched.
  package var modelInfo: (SessionInfo, isDefault: Bool, switches: Int) {
    state.withLock { (info($0), $0.options.model == nil && !defaults.current.isModelChosen, $0.switches) }
  }

  /// The tokens of the last call's prompt and answer.
  package var contextUsed: Int { state.withLock { $0.contextUsed } }

  /// How the session is set up.
  package var options: SessionOptions { state.withLock { $0.options } }

  /// When something was last said, in milliseconds since 1970.
  package var updatedAt: Int { state.withLock { $0.updatedAt } }

  /// Switches to another model and tells of it; in a run that goes on it goes before the run's own.
  package func switchModel(to model: String, provider: ProviderID) {
    state.withLock { $0.switches += 1 }
    _ = change { options in
      options.model = model
      options.provider = provider
    }
  }

  /// Changes the set-up and tells of it.
  package func change(_ body: (inout SessionOptions) -> Void) -> SessionInfo {
    let changed = state.withLock { state in
      body(&state.options)
      return info(state)
    }
    sink.tell(.sessionUpdated(changed))
    return changed
  }

  /// What was said, and what it used.
  package var record: (exchanges: [Exchange], usage: Usage) { state.withLock { ($0.exchanges, $0.usage) } }

  /// All of it, for a fork.
  package var past: SessionPast {
    state.withLock { state in
      var past = SessionPast()
      (past.exchanges, past.archive, past.prefix) = (state.exchanges, state.archive, state.prefix)
      (past.usage, past.cost) = (state.usage, state.cost)
      past.seen = SeenFiles(copying: seen)
      return past
    }
  }

  /// The bytes of memory that it takes: what was said, its events, and what undoes changes to files.
  package var memoryBytes: Int {
    let (exchanges, archive, log) = state.withLock { ($0.exchanges, $0.archive, $0.log.bytes) }
    return (exchanges + archive.exchanges).reduce(log + journal.bytes) { $0 + $1.memoryBytes }
  }

  /// The rules that hold in this session alone; they end with it.
  package var permissionRules: RuleSet {
    get { state.withLock { $0.rules } }
    set { state.withLock { $0.rules = newValue } }
  }

  /// Adds rules.
  package func addRules(_ body: (inout RuleSet) -> Void) { state.withLock { body(&$0.rules) } }

  /// The session as a document.
  ///
  /// - Throws: ``Failure/Reason/failed`` while a run goes on.
  package func document() throws(Failure) -> SessionDocument {
    let (busy, document) = state.withLock { state in
      var document = SessionDocument(
        sessionId: id, createdAt: createdAt, options: state.options, exchanges: state.exchanges, usage: state.usage,
        cost: state.cost == .none ? nil : state.cost.wire, compacted: state.archive.exchanges)
      document.prefix = state.prefix
      return (state.queue.holder, document)
    }
    if let busy { throw .sessionBusy(id, with: busy) }
    return document
  }

  /// Forgets exchanges from one on; one that a summary stands for brings those before it back.
  ///
  /// - Returns: The session, and where the journal of files stood when the first forgotten run began; `nil` when none of
  ///   them was this process's.
  /// - Throws: ``Failure/Reason/failed`` while a run goes on; what `point` throws.
  package func rewind(to point: (_ past: RewindPast) throws(Failure) -> RewindPoint) throws(Failure) -> (
    SessionInfo, mark: Int?
  ) {
    let (rewound, mark) = try state.withLock { state throws(Failure) -> (SessionInfo, Int?) in
      if let active = state.queue.active { throw .sessionBusy(id, with: "run '\(active.id)'") }
      let archive = state.archive.exchanges
      let mark: Int?
      switch try point(RewindPast(exchanges: state.exchanges, archived: archive)) {
      case .exchange(let kept):
        let gone = state.exchanges.dropFirst(kept)
        mark = Self.takeMarks(of: gone, from: &state)
        state.exchanges.removeLast(gone.count)
        // Who forgets a summary forgets what it stands for.
        if gone.contains(where: Compaction.isSummary) {
          _ = Self.takeMarks(of: archive[...], from: &state)
          state.archive = CompactionArchive()
        }
      case .archived(let kept):
        let later = state.exchanges.filter { !Compaction.isSummary($0) }
        mark = [archive.dropFirst(kept), later[...]].compactMap { Self.takeMarks(of: $0, from: &state) }.min()
        state.exchanges = archive.prefix(kept).map(\.shown)
        (state.archive, state.prefix) = (CompactionArchive(), nil)
      }
      state.last = nil
      return (info(state), mark)
    }
    sink.tell(.sessionUpdated(rewound))
    return (rewound, mark)
  }

  /// Lets the marks of exchanges go.
  ///
  /// - Returns: The first of them: exchanges of another process have none.
  private static func takeMarks(of exchanges: ArraySlice<Exchange>, from state: inout State) -> Int? {
    for exchange in exchanges { state.ends[exchange.runId] = nil }
    return exchanges.compactMap { state.marks.removeValue(forKey: $0.runId) }.min()
  }

  /// What was asked last, where it stands, and where the journal of files stood before it.
  var lastRun: (run: LastRun?, past: RewindPast) {
    state.withLock { ($0.last, RewindPast(exchanges: $0.exchanges, archived: $0.archive.exchanges)) }
  }

  /// Where the journal of files stood when a run began and ended, `nil` while it goes on; `nil` for one that is not known.
  func span(of runId: String) -> (begin: Int, end: Int?)? {
    state.withLock { state in
      guard let begin = state.marks[runId] else { return nil }
      return (begin, state.ends[runId])
    }
  }

  /// Events after a number, and the range that is kept.
  package func events(after seq: Int, limit: Int) -> (events: [SessionEvent], lastSeq: Int, oldestSeq: Int) {
    // The log is a value: what it holds is read without holding up those who add to it.
    let log = state.withLock { $0.log }
    return (log.events(after: seq, limit: limit, sessionId: id), log.lastSeq, log.oldestSeq)
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
    info.additionalDirectories = state.options.additionalDirectories.flatMap { $0.isEmpty ? nil : $0 }
    info.activeRunId = state.queue.active?.id
    info.forkedFrom = forkedFrom
    info.cost = state.cost == .none ? nil : state.cost.wire
    return info
  }
}

// MARK: - Runs

extension Session {
  /// Gives a run the session, or a place in the queue, or its prompt to the run that goes on.
  package func admit(_ run: Run, whenBusy: WhenBusy) throws(Failure) -> Admission {
    try state.withLock { state throws(Failure) in try state.queue.admit(run, whenBusy: whenBusy) }
  }

  /// Says something to the run that goes on, or to the one that waits under that name.
  package func steer(_ prompt: Prompt, expectedRunId: String?) -> AgentSteer.Response {
    let (active, waiting) = state.withLock { ($0.queue.active, $0.queue.waiting) }
    if let active, active.id == expectedRunId ?? active.id, active.steer(prompt) {
      return AgentSteer.Response(outcome: .injected, runId: active.id)
    }
    if let queued = waiting.first(where: { $0.id == expectedRunId }), queued.steer(prompt) {
      return AgentSteer.Response(outcome: .queued, runId: queued.id)
    }
    return AgentSteer.Response(outcome: .noActiveRun)
  }

  /// The runs that go on or wait, the active one first.
  package var runs: [Run] { state.withLock { $0.queue.runs } }

  /// Whether it takes no more runs.
  var isClosed: Bool { state.withLock { $0.queue.isClosed } }

  /// Takes no more runs.
  ///
  /// - Returns: The runs that were there, still to be cancelled.
  package func close() -> [Run] {
    let (cancel, runs) = state.withLock { ($0.queue.close(), $0.queue.runs) }
    cancel?()
    return runs
  }

  /// Does something that needs the session to itself.
  ///
  /// `begin` is done in place, `work` when there is time. Runs that come meanwhile wait; closing the session cancels it.
  ///
  /// - Returns: What came of it, and the run to start next.
  /// - Throws: ``Failure/Reason/failed`` when a run, or other work, has the session.
  package func exclusively<Begun: Sendable, Value: Sendable>(
    _ what: String, begin: () throws(Failure) -> Begun,
    then work: @escaping @Sendable (Begun) async -> Result<Value, Failure>
  ) async throws(Failure) -> (Result<Value, Failure>, next: Run?) {
    try state.withLock { state throws(Failure) in try state.queue.hold(for: what) }
    let begun: Begun
    do throws(Failure) { begun = try begin() } catch {
      return (.failure(error), state.withLock { $0.queue.release() })
    }
    let task = Task { await work(begun) }
    if state.withLock({ $0.queue.cancelHolding { task.cancel() } }) { task.cancel() }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    return (result, state.withLock { $0.queue.release() })
  }

  /// Numbers, keeps and sends what happens in a run.
  package func emit(_ events: [AgentEvent], run: Run) {
    guard !events.isEmpty else { return }
    let now = time.now()
    state.withLock { state in
      let numbered = events.map { state.log.append($0, sessionId: id, runId: run.id, at: now) }
      sink.send(run.request.stream ?? true ? numbered : numbered.filter(\.event.isBorder))
    }
  }

  /// Begins a run: its first event is sent, and what it changes in files can be undone from here.
  package func begin(_ run: Run, _ events: [AgentEvent]) {
    let mark = journal.mark
    state.withLock { state in
      state.marks[run.id] = mark
      state.last = LastRun(id: run.id, request: run.request, mark: mark)
    }
    emit(events, run: run)
  }

  /// Ends a run: its last event is sent, its messages are kept, and the session is the next one's.
  ///
  /// - Returns: What the session has used so far, and the run to start next.
  package func end(_ run: Run, exchange: Exchange?, tally: RunTally, completed: RunEnd)
    -> (usage: Usage, cost: CallCost, next: Run?)
  {
    let (now, mark) = (time.now(), journal.mark)
    return state.withLock { state in
      state.ends[run.id] = mark
      state.usage += tally.usage
      state.cost += tally.cost
      state.wallMs += tally.wallMs
      if tally.turns > 0 { state.contextUsed = tally.lastUsage.all }
      if let exchange, !state.queue.isClosed { state.exchanges.append(exchange) } else { state.marks[run.id] = nil }
      state.ends = state.ends.filter { state.marks[$0.key] != nil }
      state.updatedAt = now
      sink.send([state.log.append(.completed(completed), sessionId: id, runId: run.id, at: now)])
      return (state.usage, state.cost, state.queue.leave(run))
    }
  }

  /// Reads or changes what was said.
  func change<Value>(_ body: (inout ConversationPast) -> Value) -> Value {
    state.withLock { state in
      var history = ConversationPast(exchanges: state.exchanges, prefix: state.prefix, archive: state.archive)
      let before = history.exchanges.first?.runId
      // Moved, not copied: the past may be megabytes.
      (state.exchanges, state.archive) = ([], CompactionArchive())
      defer { (state.exchanges, state.prefix, state.archive) = (history.exchanges, history.prefix, history.archive) }
      let value = body(&history)
      if let summary = history.exchanges.first, summary.runId != before, Compaction.isSummary(summary) {
        // Who forgets a summary forgets what it stands for, and that may be of a run that goes on.
        let first = state.marks.values.min()
        let known = Set(history.archive.exchanges.map(\.runId) + [state.queue.active?.id].compactMap(\.self))
        state.marks = state.marks.filter { known.contains($0.key) }
        state.marks[summary.runId] = first
      }
      return value
    }
  }

  /// What the API counted last, by which estimates are corrected.
  package var calibration: TokenCalibration? {
    get { state.withLock { $0.calibration } }
    set { state.withLock { $0.calibration = newValue } }
  }

  /// The form that the last answer had to have, by which the service's cache is read; `nil` for any.
  package var format: JSON? {
    get { state.withLock { $0.format } }
    set { state.withLock { $0.format = newValue } }
  }

  /// The tools by which the model's service may look at the web, and those by which it may not, as somebody has answered.
  package var webTools: [String: (isPermitted: Bool, answer: Bool?)] {
    get { state.withLock { $0.webTools } }
    set { state.withLock { $0.webTools = newValue } }
  }

  /// Adds what a call outside any run has used.
  package func add(_ usage: Usage, cost: CallCost) {
    state.withLock { state in
      state.usage += usage
      state.cost += cost
    }
  }

  /// What all runs that are over have used.
  package var spent: (usage: Usage, cost: CallCost, wallMs: Int) {
    state.withLock { ($0.usage, $0.cost, $0.wallMs) }
  }

  /// Waits until the client has caught up; tells whether to merge what comes.
  package func room() async { await sink.room() }

  /// Whether the client is behind.
  package var isBehind: Bool { sink.isBehind }
}
