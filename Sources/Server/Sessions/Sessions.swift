package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// All conversations of the process, and all that can be done with one.
package final class Sessions: Sendable {
  private struct State {
    var sessions: [String: Session] = [:]
  }

  private let state = Mutex(State())
  private let shared: SharedDefaults
  private let sink: any EventSink
  private let time: TimeSource
  private let names: NameSource
  /// Whether there is a folder for sessions that name none.
  private let hasFolder: Bool

  /// No sessions yet.
  package init(
    defaults: SessionDefaults, sink: any EventSink, time: TimeSource, names: NameSource, hasFolder: Bool = true
  ) {
    shared = SharedDefaults(defaults)
    self.sink = sink
    self.time = time
    self.names = names
    self.hasFolder = hasFolder
  }

  /// What is chosen for sessions that do not choose, from their next call on.
  package var defaults: SessionDefaults {
    get { shared.current }
    set { shared.current = newValue }
  }

  /// How many there are.
  package var count: Int { state.withLock { $0.sessions.count } }

  /// All of them, in no order.
  package var all: [Session] { state.withLock { Array($0.sessions.values) } }

  /// The session of that name.
  ///
  /// - Throws: ``Failure/Reason/failed`` when there is none.
  package func session(_ id: String) throws(Failure) -> Session {
    guard let session = state.withLock({ $0.sessions[id] }) else { throw .sessionNotFound(id) }
    return session
  }

  /// Makes a session and gives it a place.
  private func add(
    name: String? = nil, options: SessionOptions, past: SessionPast = SessionPast(), createdAt: Int? = nil,
    forkedFrom: String? = nil
  ) throws(Failure) -> Session {
    // Another folder in its place, the root for one, would be all that may be read.
    guard hasFolder || options.cwd != nil else { throw .folderGone }
    let added = state.withLock { state -> Session? in
      guard state.sessions.count < ServerLimits.sessionsMax else { return nil }
      let free = name.flatMap { state.sessions[$0] == nil ? $0 : nil }
      let session = Session(
        id: free ?? names.next("session"), options: options, defaults: shared, sink: sink, time: time,
        past: past, createdAt: createdAt, forkedFrom: forkedFrom)
      state.sessions[session.id] = session
      return session
    }
    guard let added else {
      throw .overloaded("there are \(ServerLimits.sessionsMax) sessions already; close some with session/close")
    }
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
    try add(options: try options.checked())
  }

  /// Answers `session/list`: the last used first, page by page.
  package func list(_ request: SessionList) throws(Failure) -> SessionList.Response {
    let limit = try Check.range(request.limit ?? 100, 1...ServerLimits.sessionsPageMax, "limit")
    var start = 0
    if let cursor = request.cursor {
      guard let place = Int(cursor), place >= 0 else {
        throw .invalidParams("cursor '\(cursor)' is none that session/list gave")
      }
      start = place
    }
    let sorted = all.map { (session: $0, at: $0.updatedAt) }.sorted { one, other in
      one.at == other.at ? one.session.id < other.session.id : one.at > other.at
    }
    let page = sorted.dropFirst(start).prefix(limit).map(\.session.info)
    let next = start + page.count
    return SessionList.Response(sessions: page, nextCursor: next < sorted.count ? String(next) : nil)
  }

  /// Answers `session/get`.
  package func get(_ request: SessionGet) throws(Failure) -> SessionInfo { try session(request.sessionId).info }

  /// Takes a session away.
  ///
  /// - Returns: The runs that were there, still to be cancelled, and the bytes of memory that it took.
  package func close(_ id: String) throws(Failure) -> (runs: [Run], memoryBytes: Int) {
    guard let session = state.withLock({ $0.sessions.removeValue(forKey: id) }) else { throw .sessionNotFound(id) }
    return (session.close(), session.memoryBytes)
  }

  /// Answers `session/rename`.
  package func rename(_ request: SessionRename) throws(Failure) -> SessionRename.Response {
    let title = try Check.title(request.title)
    _ = try session(request.sessionId).change { $0.title = title }
    return SessionRename.Response(title: title)
  }

  /// Answers `session/setOptions`.
  package func setOptions(_ request: SessionSetOptions) throws(Failure) -> SessionInfo {
    let new = try request.options.checked()
    return try session(request.sessionId).change { $0.merge(new) }
  }

  /// Answers `session/fork`.
  package func fork(_ request: SessionFork) throws(Failure) -> SessionInfo {
    let source = try session(request.sessionId)
    var past = source.past
    let count = past.exchanges.count
    past.exchanges = Array(past.exchanges.prefix(try Check.range(request.exchanges ?? count, 0...count, "exchanges")))
    var options = source.options
    if let title = request.title { options.title = try Check.title(title) }
    return try add(options: options, past: past, forkedFrom: source.id).info
  }

  /// Takes a session back to before one of its exchanges.
  ///
  /// - Returns: What the session is now, and where its journal of files stood then; `nil` when no run since was this
  ///   process's.
  package func rewind(_ request: SessionRewind) throws(Failure) -> (info: SessionInfo, mark: Int?) {
    try session(request.sessionId).rewind { exchanges throws(Failure) in
      switch (request.exchanges, request.runId) {
      case (let count?, nil): return try Check.range(count, 0...exchanges.count, "exchanges")
      case (nil, let runId?):
        guard let place = exchanges.firstIndex(where: { $0.runId == runId }) else {
          throw .invalidParams("runId '\(runId)' is no exchange of this session; session/history names them")
        }
        return place
      default: throw .invalidParams("exactly one of 'exchanges' and 'runId' says how far to go back")
      }
    }
  }

  /// Answers `session/history`.
  package func history(_ request: SessionHistory) throws(Failure) -> SessionHistory.Response {
    let exchanges = try session(request.sessionId).record.exchanges
    let start = try Check.range(request.after ?? 0, 0...Int.max, "after")
    let limit = try Check.range(request.limit ?? Int.max, 1...Int.max, "limit")
    return SessionHistory.Response(
      exchanges: Array(exchanges.dropFirst(start).prefix(limit)), total: exchanges.count)
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
