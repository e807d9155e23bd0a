internal import OperatingSystem
package import Protocol
internal import Providers

/// A session as the lines of its file tell it, one after the other.
struct StoredPast {
  /// The first line.
  private(set) var header: StoredHeader?
  private(set) var options = SessionOptions()
  private var past = ConversationPast()
  private var rules = RuleSet.none
  private var now: StoredState?
  /// What a run has said that has not come to its end.
  private(set) var left: StoredChange.Draft?

  /// Takes the next line.
  ///
  /// - Throws: A ``StoredFlaw`` when it can stand in no session that this program has written.
  mutating func take(_ line: StoredLine) throws(StoredFlaw) {
    now = line.now
    switch line.content {
    case .header(let header):
      self.header = header
      options = header.options
    case .change(.options(let new)): options = new
    case .change(.rules(let new)): rules = new
    case .change(let change):
      try check(change)
      past.apply(change)
      note(change)
    }
  }

  private mutating func note(_ change: StoredChange) {
    switch change {
    case .draft(var draft):
      let before =
        left?.exchange.runId == draft.exchange.runId ? left?.exchange.messages.prefix(max(0, draft.from)) : nil
      draft.exchange.messages.insert(contentsOf: before ?? [], at: 0)
      left = draft
    case .opened, .options, .rules, .prefix, .hidden, .revised, .archived: break
    case .exchange, .spent, .compaction, .rewind, .rewindArchived: left = nil
    }
  }

  /// What of a run that did not come to its end can be gone on with.
  var whole: StoredChange.Draft? {
    left.flatMap { $0.exchange.messages.isEmpty || Conversation.flaw(in: $0.exchange.messages) != nil ? nil : $0 }
  }

  /// What a service would refuse of it all.
  private func check(_ change: StoredChange) throws(StoredFlaw) {
    let messages: [[JSON]] =
      switch change {
      case .exchange(let exchange), .archived(let exchange): [exchange.messages]
      case .compaction(let summary, let current): [summary.messages] + [current?.messages].compactMap(\.self)
      case .revised(let all): all.map(\.messages)
      default: []
      }
    for messages in messages { if let flaw = Conversation.flaw(in: messages) { throw StoredFlaw(flaw) } }
    if case .prefix(let prefix?) = change {
      do throws(Failure) { _ = try prefix.checked() } catch { throw StoredFlaw(error.message) }
    }
  }

  /// What a session that goes on begins with.
  var session: SessionPast {
    var session = SessionPast()
    (session.exchanges, session.prefix, session.archive) = (past.exchanges, past.prefix, past.archive)
    session.rules = rules
    guard let now else { return session }
    session.usage = now.session.usage
    if let cost = now.session.cost { session.cost = CallCost(cost) }
    (session.wallMs, session.contextUsed, session.lastSeq) = (now.wallMs, now.contextUsed, now.session.lastSeq)
    session.updatedAt = now.session.updatedAt
    return session
  }

  /// How it goes on: with the model and the provider that it had, whoever chose them.
  var setUp: SessionOptions {
    var setUp = options
    setUp.model = options.model ?? now?.session.model
    setUp.provider = options.provider ?? now?.session.provider
    return setUp
  }
}

/// Opens and reads stored sessions.
extension Sessions {
  /// Answers `session/get`: of a stored session what the end of its file says.
  package func get(_ request: SessionGet) async throws(Failure) -> SessionInfo {
    let id = request.sessionId
    if let session = open(id) { return session.info }
    guard let store else { throw .sessionNotFound(id) }
    return try await onThread { _ throws(Failure) in
      guard let info = try store.info(id) else { throw .sessionNotFound(id) }
      return info
    }
  }

  /// Answers `session/history`; a stored session need not be open.
  package func history(_ request: SessionHistory) async throws(Failure) -> SessionHistory.Response {
    let exchanges =
      if let session = open(request.sessionId) { session.record.exchanges } else {
        try await exchanges(of: request.sessionId)
      }
    let page = try Self.page(of: exchanges, after: request.after, limit: request.limit)
    return SessionHistory.Response(exchanges: page, total: exchanges.count)
  }

  /// Answers `session/load`, in place: what is said to the session next finds it open.
  package func load(_ request: SessionLoad) throws(Failure) -> SessionLoad.Response {
    let session = try load(request.sessionId)
    let exchanges = session.record.exchanges
    return SessionLoad.Response(
      session: session.info, exchanges: try Self.page(of: exchanges, after: request.after, limit: request.limit),
      total: exchanges.count)
  }

  private static func page(of exchanges: [Exchange], after: Int?, limit: Int?) throws(Failure) -> [Exchange] {
    let start = try Check.range(after ?? 0, 0...Int.max, "after")
    return Array(exchanges.dropFirst(start).prefix(try Check.range(limit ?? Int.max, 1...Int.max, "limit")))
  }

  /// The session of that name, opened where it is stored.
  ///
  /// With `making` one that is nowhere begins under that name, with these options.
  package func load(_ id: String, making options: SessionOptions? = nil) throws(Failure) -> Session {
    if let session = open(id) { return session }
    guard let store else {
      guard let options else { throw .sessionNotFound(id) }
      return try add(name: id, options: options)
    }
    var past = StoredPast()
    let opened = try store.open(id, making: options != nil) { line throws(StoredFlaw) in try past.take(line) }
    guard let opened else { throw .sessionNotFound(id) }
    guard let header = past.header else {
      // A process that ended before the first line was whole has left nothing to go on with.
      guard let options else { throw .sessionNotFound(id) }
      return try add(name: id, options: options, keeping: .begun(opened.file))
    }
    let session = try add(
      name: id, options: past.setUp, past: past.session, createdAt: header.createdAt, forkedFrom: header.forkedFrom,
      keeping: .goesOn(opened.file))
    if let whole = past.whole { session.keep(left: whole) }
    return session
  }

  /// Removes the file of a session that is not open here.
  ///
  /// - Returns: Whether there was one.
  package func deleteStored(_ id: String) async throws(Failure) -> Bool {
    guard let store else { return false }
    return try await onThread { _ throws(Failure) in try store.delete(id) }
  }

  /// Keeps sessions in a store from now on, and lets go there what the rules do not keep.
  package func use(_ store: SessionStore, _ rules: StoreRules) {
    self.store = store
    let now = time.now()
    guard rules != StoreRules() else { return }
    Task { try? await ToolThread.run { _ in store.sweep(rules, now: now) } }
  }

  private func exchanges(of id: String) async throws(Failure) -> [Exchange] {
    guard let store else { throw .sessionNotFound(id) }
    return try await onThread { _ throws(Failure) in
      var past = StoredPast()
      let isThere = try store.read(id) { line throws(StoredFlaw) in try past.take(line) }
      guard isThere, past.header != nil else { throw .sessionNotFound(id) }
      return past.session.exchanges + [past.whole?.exchange].compactMap(\.self)
    }
  }

  /// Does what may take its time on a thread of its own.
  func onThread<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let done: Result<Value, Failure>
    do throws(ToolError) {
      done = try await threads.run { cancellation throws(ToolError) in
        Result { () throws(Failure) in try work(cancellation) }
      }
    } catch {
      guard error != .cancelled else { throw .cancelled }
      throw .failed(error.message, FailureData(kind: .overloaded, retryable: true))
    }
    return try done.get()
  }
}
