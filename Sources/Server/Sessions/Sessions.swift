package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// All conversations of the process, and all that can be done with one.
package final class Sessions: Sendable {
  private struct State {
    var sessions: [String: Session] = [:]
    var store: SessionStore?
  }

  private let state = Mutex(State())
  private let shared: SharedDefaults
  private let sink: any EventSink
  let time: TimeSource
  private let names: NameSource
  /// The folder of sessions that name none; `nil` where there is none.
  let folder: String?
  private let settings: SettingsDesk?
  /// Where files are read, which may take its time.
  let threads = ToolThreads()

  /// No sessions yet.
  package init(
    defaults: SessionDefaults, sink: any EventSink, time: TimeSource, names: NameSource, folder: String? = "/",
    settings: SettingsDesk? = nil
  ) {
    self.settings = settings
    shared = SharedDefaults(defaults)
    self.sink = sink
    self.time = time
    self.names = names
    self.folder = folder
  }

  /// What is chosen for sessions that do not choose, from their next call on.
  package var defaults: SessionDefaults { shared.current.with(folder.flatMap { settings?.known(in: $0) }) }

  /// Chooses for them; files of settings count where nobody has.
  package func choose(model: String? = nil, provider: ProviderID? = nil) {
    if let model { (shared.current.model, shared.current.isModelChosen) = (model, true) }
    if let provider { (shared.current.provider, shared.current.isProviderChosen) = (provider, true) }
  }

  /// How many there are.
  package var count: Int { state.withLock { $0.sessions.count } }

  /// All of them, in no order.
  package var all: [Session] { state.withLock { Array($0.sessions.values) } }

  /// Where sessions are kept that begin from now on; `nil` for nowhere.
  package var store: SessionStore? {
    get { state.withLock { $0.store } }
    set { state.withLock { $0.store = newValue } }
  }

  /// The session of that name.
  ///
  /// - Throws: ``Failure/Reason/failed`` when there is none.
  package func session(_ id: String) throws(Failure) -> Session {
    guard let session = state.withLock({ $0.sessions[id] }) else {
      throw store?.has(id) == true ? .sessionStored(id) : .sessionNotFound(id)
    }
    return session
  }

  /// Whether a session of that name is open here.
  package func isOpen(_ id: String) -> Bool { open(id) != nil }

  /// The session of that name, if it is open here.
  func open(_ id: String) -> Session? { state.withLock { $0.sessions[id] } }

  /// Makes a session and gives it a place; `keeping` says where its file comes from.
  func add(
    name: String? = nil, options: SessionOptions, past: SessionPast = SessionPast(), createdAt: Int? = nil,
    forkedFrom: String? = nil, keeping: SessionRecorder.Keeping = .later
  ) throws(Failure) -> Session {
    // Another folder in its place, the root for one, would be all that may be read.
    guard folder != nil || options.cwd != nil else { throw .folderGone }
    var options = options
    let store = store
    // Where a session belongs is told by its folder, and that may be another's tomorrow.
    if store != nil { options.cwd = options.cwd ?? folder }
    let isTaken = if case .later = keeping { name.map { store?.has($0) == true } ?? false } else { false }
    let added = state.withLock { state -> Session? in
      guard state.sessions.count < ServerLimits.sessionsMax else { return nil }
      let free = isTaken ? nil : name.flatMap { state.sessions[$0] == nil ? $0 : nil }
      let id = free ?? names.next("session")
      let session = Session(
        id: id, options: options, defaults: shared, sink: sink, time: time, past: past, createdAt: createdAt,
        forkedFrom: forkedFrom,
        settings: (options.cwd ?? folder).flatMap { settings?.known(in: $0) } ?? SettingsInForce()
      ) { info in
        guard let store else { return nil }
        let header = StoredHeader(
          sessionId: id, createdAt: info.createdAt, forkedFrom: forkedFrom, options: options)
        let now = StoredState(session: info, wallMs: past.wallMs, contextUsed: past.contextUsed)
        return SessionRecorder(header, now: now, keeping: keeping, in: store)
      }
      state.sessions[session.id] = session
      return session
    }
    guard let added else {
      throw .overloaded("there are \(ServerLimits.sessionsMax) sessions already; close some with session/close")
    }
    added.recorder?.write(waits: false)
    return added
  }
}

// MARK: - Handlers

extension Sessions {
  /// Answers `session/new`.
  package func create(_ request: SessionNew) throws(Failure) -> SessionInfo {
    try makeSession(request.options).info
  }

  /// Makes a session after a look at its options.
  package func makeSession(_ options: SessionOptions) throws(Failure) -> Session {
    var asked = options
    asked.provider = options.provider ?? defaults.provider
    _ = try asked.checked()
    return try add(options: try options.checked())
  }

  /// Takes a session away.
  ///
  /// - Returns: The session with the runs that were there, still to be cancelled, and the bytes of memory that it took.
  package func close(_ id: String) throws(Failure) -> (session: Session, runs: [Run], memoryBytes: Int) {
    guard let session = state.withLock({ $0.sessions.removeValue(forKey: id) }) else { throw .sessionNotFound(id) }
    return (session, session.close(), session.memoryBytes)
  }

  /// Answers `session/rename`.
  package func rename(_ request: SessionRename) throws(Failure) -> SessionRename.Response {
    let title = try Check.title(request.title)
    _ = try session(request.sessionId).change { $0.title = title }
    return SessionRename.Response(title: title)
  }

  /// Answers `session/setOptions`.
  package func setOptions(_ request: SessionSetOptions) throws(Failure) -> SessionInfo {
    let session = try session(request.sessionId)
    var new = request.options
    let named = new.provider
    new.provider = named ?? session.info.provider
    new = try new.checked()
    new.provider = named
    return session.change { $0.merge(new) }
  }

  /// Answers `session/fork`.
  package func fork(_ request: SessionFork) throws(Failure) -> SessionInfo {
    let source = try session(request.sessionId)
    var past = source.past
    let count = past.exchanges.count
    past.exchanges = Array(past.exchanges.prefix(try Check.range(request.exchanges ?? count, 0...count, "exchanges")))
    var options = source.options
    if let title = request.title { options.title = try Check.title(title) }
    let fork = try add(options: options, past: past, forkedFrom: source.id)
    fork.permissionRules = source.permissionRules.withoutAllowing
    return fork.info
  }

  /// Takes a session back to before one of its exchanges.
  ///
  /// - Returns: What the session is now, and where its journal of files stood then; `nil` when no run since was this
  ///   process's.
  package func rewind(_ request: SessionRewind) throws(Failure) -> (info: SessionInfo, mark: Int?) {
    try session(request.sessionId).rewind { past throws(Failure) in
      switch (request.exchanges, request.runId) {
      case (let count?, nil): return .exchange(try Check.range(count, 0...past.exchanges.count, "exchanges"))
      case (nil, let runId?):
        if let place = past.exchanges.firstIndex(where: { $0.runId == runId }) { return .exchange(place) }
        guard let place = past.archived.firstIndex(where: { $0.runId == runId }) else {
          throw .invalidParams("runId '\(runId)' is no exchange of this session; session/history names them")
        }
        return .archived(place)
      default: throw .invalidParams("exactly one of 'exchanges' and 'runId' says how far to go back")
      }
    }
  }

  /// The events that `session/events` asks for.
  package func events(_ request: SessionEvents) throws(Failure)
    -> (events: [SessionEvent], lastSeq: Int, oldestSeq: Int)
  {
    let limit = try Check.range(request.limit ?? 1_000, 1...ServerLimits.eventsPageMax, "limit")
    let after = try Check.range(request.after, 0...Int.max - 1, "after")
    return try session(request.sessionId).events(after: after, limit: limit)
  }

  /// Answers `session/export`.
  package func export(_ request: SessionExport) throws(Failure) -> SessionExport.Response {
    SessionExport.Response(document: try session(request.sessionId).document())
  }

  /// Answers `session/import`; what a service would refuse of a document is put right where it can be.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` that says where, for what cannot.
  package func restore(_ request: SessionImport) throws(Failure) -> SessionInfo {
    let document = request.document
    guard document.format == SessionDocument.formatName, document.version == SessionDocument.versionNewest else {
      throw .invalidParams(
        "document is '\(document.format)' version \(document.version); this program reads "
          + "'\(SessionDocument.formatName)' version \(SessionDocument.versionNewest)")
    }
    var past = SessionPast()
    past.exchanges = document.exchanges
    for number in past.exchanges.indices {
      past.exchanges[number].messages = SoundContent.messages(past.exchanges[number].messages)
      if let flaw = Conversation.flaw(in: past.exchanges[number].messages) {
        throw .invalidParams("document.exchanges[\(number)]: \(flaw)")
      }
    }
    past.prefix = try document.prefix?.checked()
    past.archive = CompactionArchive(document.compacted ?? [])
    past.usage = document.usage
    if let cost = document.cost { past.cost = CallCost(cost) }
    return try add(
      name: try Check.clientID(document.sessionId, "document.sessionId"), options: try document.options.checked(),
      past: past, createdAt: document.createdAt
    ).info
  }
}
