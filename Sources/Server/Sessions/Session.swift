package import OperatingSystem
package import Protocol
package import Providers
internal import Synchronization

/// One conversation: its set-up, what was said, its events, and the one run that may go on in it.
///
/// Everything changes under one lock, held for moments only; what takes time happens in ``Run``.
package final class Session: Sendable {
  /// What changes.
  struct State {
    var options: SessionOptions
    var past: ConversationPast
    var usage = Usage()
    var cost = CallCost.none
    var contextUsed = 0
    var wallMs = 0
    var calibration: TokenCalibration?
    var format: JSON?
    var webTools: [String: (isPermitted: Bool, answer: Bool?)] = [:]
    /// Where the journal stood when the run of each exchange began, and that of the run that goes on.
    var marks: [String: Int] = [:]
    /// Where it stood when they ended.
    var ends: [String: Int] = [:]
    /// The run that began last.
    var last: LastRun?
    /// What its person has said to hold always, and what the client has set.
    var rules = RuleSet.none
    var settings: SessionSettings.Kept
    var updatedAt: Int
    var log: EventLog
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
  let defaults: SharedDefaults
  private let former: SessionDefaults
  /// What undoes the changes that tools made to files.
  package let journal: FileJournal
  /// What its commands wrote, where that is long.
  package let outputs: CommandOutputs
  /// Its commands that go on in the background.
  package let background: BackgroundCommands
  /// The session for whose run it works; `nil` for one of a client's.
  let delegator: Session?
  /// What its models have seen of files.
  package let seen: SeenFiles
  /// What its person was told of files, once.
  package let toldNotices = ToldNotices()
  /// What keeps it in a file; `nil` for a session that is in memory only.
  package let recorder: SessionRecorder?
  let sink: any EventSink
  let time: TimeSource
  let state: Mutex<State>

  /// A session with nothing said, or with that past.
  package init(
    id: String, options: SessionOptions, defaults: SharedDefaults, sink: any EventSink, time: TimeSource,
    past: SessionPast = SessionPast(), createdAt: Int? = nil, forkedFrom: String? = nil,
    settings: SettingsInForce = SettingsInForce(), workingFor delegator: Session? = nil,
    recorder: (SessionInfo) -> SessionRecorder? = { _ in nil }
  ) {
    self.id = id
    self.delegator = delegator
    journal = delegator?.journal ?? FileJournal()
    outputs = delegator?.outputs ?? CommandOutputs()
    background = delegator?.background ?? BackgroundCommands()
    self.defaults = defaults
    former = defaults.current
    self.sink = sink
    self.time = time
    self.forkedFrom = forkedFrom
    seen = past.seen
    let now = time.now()
    self.createdAt = createdAt ?? now
    let state = State(
      options: options, past: ConversationPast(past), usage: past.usage, cost: past.cost,
      contextUsed: past.contextUsed, wallMs: past.wallMs, rules: past.rules,
      settings: .init(inForce: settings), updatedAt: past.updatedAt ?? now,
      log: EventLog(lastSeq: past.lastSeq), queue: SessionQueue(sessionId: id))
    self.state = Mutex(state)
    self.recorder = recorder(Self.info(state, id, self.createdAt, forkedFrom, former.with(settings)))
    // What a file tells already is not told again.
    for change in self.recorder?.isOpen == false ? state.past.asChanges : [.opened] { note(change) }
  }
}

// MARK: - Set-up and history

extension Session {
  package var info: SessionInfo { state.withLock { info($0) } }

  /// What the session is, whether nobody chose its model, and how often it was switched.
  package var modelInfo: (SessionInfo, isDefault: Bool, switches: Int) {
    state.withLock {
      (info($0), $0.options.model == nil && !defaults.current.with($0.settings.inForce).isModelChosen, $0.switches)
    }
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
      let before = state.options
      body(&state.options)
      if state.options != before { note(.options(state.options), state) }
      return info(state)
    }
    recorder?.write(waits: false)
    sink.tell(.sessionUpdated(changed))
    return changed
  }

  /// What was said, and what it used.
  package var record: (exchanges: [Exchange], usage: Usage) { state.withLock { ($0.past.exchanges, $0.usage) } }

  /// All of it, for a fork.
  package var past: SessionPast {
    state.withLock { state in
      var past = SessionPast()
      (past.exchanges, past.archive, past.prefix) = (state.past.exchanges, state.past.archive, state.past.prefix)
      (past.usage, past.cost) = (state.usage, state.cost)
      past.seen = SeenFiles(copying: seen)
      return past
    }
  }

  /// The bytes of memory that it takes: what was said, its events, and what undoes changes to files.
  package var memoryBytes: Int {
    let (exchanges, archive, log) = state.withLock { ($0.past.exchanges, $0.past.archive, $0.log.bytes) }
    return (exchanges + archive.exchanges).reduce(log + journal.bytes) { $0 + $1.memoryBytes }
  }

  /// The rules that hold in this session alone; they end with it.
  package var permissionRules: RuleSet {
    get { state.withLock { $0.rules } }
    set { addRules { $0 = newValue } }
  }

  /// Adds rules.
  package func addRules(_ body: (inout RuleSet) -> Void) {
    state.withLock { state in
      let before = state.rules
      body(&state.rules)
      if state.rules != before { note(.rules(state.rules), state) }
    }
    recorder?.write(waits: false)
  }

  /// Events after a number, and the range that is kept.
  package func events(after seq: Int, limit: Int) -> (events: [SessionEvent], lastSeq: Int, oldestSeq: Int) {
    // The log is a value: what it holds is read without holding up those who add to it.
    let log = state.withLock { $0.log }
    return (log.events(after: seq, limit: limit, sessionId: id), log.lastSeq, log.oldestSeq)
  }

  func info(_ state: borrowing State) -> SessionInfo {
    // A session that named its model stays with the provider that it named it for.
    let chosen = state.options.model == nil ? defaults.current : former
    return Self.info(state, id, createdAt, forkedFrom, chosen.with(state.settings.inForce))
  }

  private static func info(
    _ state: borrowing State, _ id: String, _ createdAt: Int, _ forkedFrom: String?, _ defaults: SessionDefaults
  ) -> SessionInfo {
    var info = SessionInfo(
      sessionId: id, model: state.options.model ?? defaults.model,
      provider: state.options.provider ?? defaults.provider,
      createdAt: createdAt, updatedAt: state.updatedAt, exchanges: state.past.exchanges.count, usage: state.usage,
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

  /// Keeps what a run has said and used; the session is still the run's.
  ///
  /// - Returns: What the session has used so far.
  package func keep(_ run: Run, exchange: Exchange?, tally: RunTally) -> (usage: Usage, cost: CallCost) {
    let (now, mark) = (time.now(), journal.mark)
    var entitled: SessionInfo?
    defer { if let entitled { sink.tell(.sessionUpdated(entitled)) } }
    return state.withLock { state in
      state.ends[run.id] = mark
      state.usage += tally.usage
      state.cost += tally.cost
      state.wallMs += tally.wallMs
      if tally.turns > 0 { state.contextUsed = tally.lastUsage.all }
      state.updatedAt = now
      if recorder != nil, exchange != nil, state.options.title == nil, let title = Title.made(of: run.request.prompt) {
        state.options.title = title
        note(.options(state.options), state)
        entitled = info(state)
      }
      // What was said in a session that was closed is for its file alone.
      if let exchange, !state.queue.isClosed || recorder != nil {
        state.past.make(.exchange(exchange))
      } else {
        state.marks[run.id] = nil
        if tally.turns > 0 { note(.spent, state) }
      }
      state.ends = state.ends.filter { state.marks[$0.key] != nil }
      noteChanges(&state)
      return (state.usage, state.cost)
    }
  }

  /// Notes for its file what a run that goes on has said so far: should this process end now, that is not lost.
  package func draft(_ exchange: Exchange, of run: Run, cost: CallCost) {
    guard recorder != nil else { return }
    let from = run.noteDraft(exchange.messages)
    guard from < exchange.messages.count else { return }
    var rest = exchange
    rest.messages.removeFirst(from)
    note(.draft(StoredChange.Draft(from: from, exchange: rest, cost: cost == .none ? nil : cost.wire)))
  }

  /// Keeps what a run has said that another process could not end.
  func keep(left draft: StoredChange.Draft) {
    state.withLock { state in
      state.usage += draft.exchange.usage
      if let cost = draft.cost { state.cost += CallCost(cost) }
      state.past.make(.exchange(draft.exchange))
      noteChanges(&state)
    }
    recorder?.write(waits: false)
  }

  /// Ends a run: its last event is sent, and the session is the next one's.
  ///
  /// - Returns: The run to start next.
  package func end(_ run: Run, _ completed: RunEnd) -> Run? {
    let now = time.now()
    return state.withLock { state in
      sink.send([state.log.append(.completed(completed), sessionId: id, runId: run.id, at: now)])
      return state.queue.leave(run)
    }
  }

  /// Reads or changes what was said; the file is told of it with the next that is written.
  func change<Value>(_ body: (inout ConversationPast) -> Value) -> Value {
    state.withLock { state in
      let before = state.past.exchanges.first?.runId
      let value = body(&state.past)
      if let summary = state.past.exchanges.first, summary.runId != before, Compaction.isSummary(summary) {
        // Who forgets a summary forgets what it stands for, and that may be of a run that goes on.
        let first = state.marks.values.min()
        let known = Set(state.past.archive.exchanges.map(\.runId) + [state.queue.active?.id].compactMap(\.self))
        state.marks = state.marks.filter { known.contains($0.key) }
        state.marks[summary.runId] = first
      }
      noteChanges(&state)
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
      note(.spent, state)
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

// MARK: - Its file

extension Session {
  /// Notes something for the file; where there is none, nothing is made for it.
  private func note(_ change: StoredChange, _ state: borrowing State) {
    guard let recorder else { return }
    var info = info(state)
    info.activeRunId = nil
    recorder.note(change, now: StoredState(session: info, wallMs: state.wallMs, contextUsed: state.contextUsed))
  }

  private func note(_ change: StoredChange) { state.withLock { note(change, $0) } }

  func noteChanges(_ state: inout State) {
    for change in state.past.takeChanges() { note(change, state) }
  }
}
