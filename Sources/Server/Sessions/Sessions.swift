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
  /// The folder of sessions that name none.
  private let folder: String

  /// No sessions yet; `folder` is the workspace of those that name none.
  package init(
    defaults: SessionDefaults, sink: any EventSink, time: TimeSource, names: NameSource, folder: String = "/"
  ) {
    self.folder = folder
    shared = SharedDefaults(defaults)
    self.sink = sink
    self.time = time
    self.names = names
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
  /// - Throws: ``RPCError/Code/requestFailed`` when there is none.
  package func session(_ id: String) throws(RPCError) -> Session {
    guard let session = state.withLock({ $0.sessions[id] }) else { throw .sessionNotFound(id) }
    return session
  }

  /// Makes a session and gives it a place.
  private func add(
    name: String? = nil, options: SessionOptions, past: Session.Past = Session.Past(), createdAt: Int? = nil,
    forkedFrom: String? = nil
  ) throws(RPCError) -> Session {
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
      throw .overloaded(
        "there are \(ServerLimits.sessionsMax) sessions already; close some with session/close",
        retryAfterMs: ServerLimits.overloadRetryAfterMs)
    }
    return added
  }
}

// MARK: - Handlers

extension Sessions {
  /// Answers `session/new`.
  package func create(_ request: SessionNew) throws(RPCError) -> SessionInfo {
    try makeSession(request.options).info
  }

  /// Makes a session after a look at its options.
  package func makeSession(_ options: SessionOptions) throws(RPCError) -> Session {
    try add(options: try options.checked())
  }

  /// Answers `session/list`: the last used first, page by page.
  package func list(_ request: SessionList) throws(RPCError) -> SessionList.Response {
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
  package func get(_ request: SessionGet) throws(RPCError) -> SessionInfo { try session(request.sessionId).info }

  /// Answers `session/close`.
  package func close(_ request: SessionClose) throws(RPCError) -> NoResult {
    guard let session = state.withLock({ $0.sessions.removeValue(forKey: request.sessionId) }) else {
      throw .sessionNotFound(request.sessionId)
    }
    for run in session.close() { run.cancel() }
    return NoResult()
  }

  /// Answers `session/rename`.
  package func rename(_ request: SessionRename) throws(RPCError) -> SessionRename.Response {
    let title = try Check.title(request.title)
    _ = try session(request.sessionId).change { $0.title = title }
    return SessionRename.Response(title: title)
  }

  /// Answers `session/setOptions`.
  package func setOptions(_ request: SessionSetOptions) throws(RPCError) -> SessionInfo {
    let new = try request.options.checked()
    return try session(request.sessionId).change { $0.merge(new) }
  }

  /// Answers `session/fork`.
  package func fork(_ request: SessionFork) throws(RPCError) -> SessionInfo {
    let source = try session(request.sessionId)
    var past = source.past
    let count = past.exchanges.count
    past.exchanges = Array(past.exchanges.prefix(try Check.range(request.exchanges ?? count, 0...count, "exchanges")))
    var options = source.options
    if let title = request.title { options.title = try Check.title(title) }
    return try add(options: options, past: past, forkedFrom: source.id).info
  }

  /// Answers `session/rewind`.
  package func rewind(_ request: SessionRewind) throws(RPCError) -> SessionInfo {
    let session = try session(request.sessionId)
    var (info, mark) = try session.rewind { exchanges throws(RPCError) in
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
    if request.files == true { info.files = try restoreFiles(of: session, to: mark) }
    return info
  }

  /// Puts files back as they were when a run began; without a mark there is nothing that tools have changed since.
  private func restoreFiles(of session: Session, to mark: Int?) throws(RPCError) -> SessionInfo.FilesRestored {
    guard let mark else { return SessionInfo.FilesRestored(restored: [], kept: [], forgotten: 0) }
    do throws(ToolError) {
      let undone = session.journal.undo(to: mark, in: try Workspace(path: session.options.cwd ?? folder))
      return SessionInfo.FilesRestored(restored: undone.restored, kept: undone.kept, forgotten: undone.forgotten)
    } catch {
      throw .failed("files could not be restored: \(error.message)", FailureData(kind: .toolFailed))
    }
  }

  /// Answers `session/history`.
  package func history(_ request: SessionHistory) throws(RPCError) -> SessionHistory.Response {
    let exchanges = try session(request.sessionId).record.exchanges
    let start = try Check.range(request.after ?? 0, 0...Int.max, "after")
    let limit = try Check.range(request.limit ?? Int.max, 1...Int.max, "limit")
    return SessionHistory.Response(
      exchanges: Array(exchanges.dropFirst(start).prefix(limit)), total: exchanges.count)
  }

  /// Answers `session/events`.
  package func events(_ request: SessionEvents) throws(RPCError) -> SessionEvents.Response {
    let limit = try Check.range(request.limit ?? 1_000, 1...ServerLimits.eventsPageMax, "limit")
    let after = try Check.range(request.after, 0...Int.max - 1, "after")
    return try session(request.sessionId).events(after: after, limit: limit)
  }

  /// Answers `session/export`.
  package func export(_ request: SessionExport) throws(RPCError) -> SessionExport.Response {
    SessionExport.Response(document: try session(request.sessionId).document())
  }

  /// Answers `session/import`.
  package func restore(_ request: SessionImport) throws(RPCError) -> SessionInfo {
    let document = request.document
    guard document.format == SessionDocument.formatName, document.version == SessionDocument.versionNewest else {
      throw .invalidParams(
        "document is '\(document.format)' version \(document.version); this program reads "
          + "'\(SessionDocument.formatName)' version \(SessionDocument.versionNewest)")
    }
    for (number, exchange) in document.exchanges.enumerated() {
      if let flaw = Conversation.flaw(in: exchange.messages) {
        throw .invalidParams("document.exchanges[\(number)]: \(flaw)")
      }
    }
    var past = Session.Past()
    past.exchanges = document.exchanges
    past.archive = CompactionArchive(document.compacted ?? [])
    past.usage = document.usage
    if let cost = document.cost { past.cost = CallCost(cost) }
    return try add(
      name: try Check.clientID(document.sessionId, "document.sessionId"), options: try document.options.checked(),
      past: past, createdAt: document.createdAt
    ).info
  }
}
