internal import Protocol
internal import Providers

/// Answers what the protocol asks of sessions.
package struct ACPSessions: Sendable {
  private let backend: Backend
  private let events: ACPSink
  private let options: ACPOptions
  private let commands: ACPCommands

  /// The sessions of that backend.
  init(_ backend: Backend, _ events: ACPSink, _ options: ACPOptions, _ commands: ACPCommands) {
    self.backend = backend
    self.events = events
    self.options = options
    self.commands = commands
  }
}

// MARK: - Opening and closing

extension ACPSessions {
  /// An answer, and what is told behind it.
  typealias Opened = (JSON, afterwards: @Sendable () -> Void)

  /// Makes a session in an absolute folder.
  func create(_ request: ACPSessionNew) throws -> Opened {
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let session = try backend.sessions.makeSession(Self.setUp(request.cwd, request.additionalDirectories))
    backend.engine.servers.give(servers, to: session.id)
    return opened(session, with: ["sessionId": .string(session.id)])
  }

  /// Tells all that was said, then answers.
  func load(_ request: ACPSessionLoad) throws -> Opened {
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let session = try idle(request.sessionId, movedTo: request.cwd, request.additionalDirectories)
    backend.engine.servers.give(servers, to: session.id)
    let answer = opened(session)
    events.tell(ACPReplay.updates(of: session.past, for: events.client), in: session.id)
    return answer
  }

  /// Opens a session without telling what was said.
  func resume(_ request: ACPSessionResume) throws -> Opened {
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let session = try idle(request.sessionId, movedTo: request.cwd, request.additionalDirectories)
    backend.engine.servers.give(servers, to: session.id)
    return opened(session)
  }

  /// Lists sessions, the last used first.
  func list(_ request: ACPSessionList) async throws -> JSON {
    let listed = try await backend.sessions.list(
      SessionList(cursor: request.cursor, limit: ACPLimits.sessionsPage, cwd: request.cwd))
    var answer: JSONObject = ["sessions": .array(listed.sessions.map(entry))]
    if let next = listed.nextCursor { answer["nextCursor"] = .string(next) }
    return .object(answer)
  }

  /// Ends what goes on in a session; what was said stays until it is deleted, or, where it is in no file, we end.
  func close(_ request: ACPSessionClose) async throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    let runs = session.runs
    let over = cancelAll(in: session)
    for run in runs { _ = await run.result() }
    await over()
    session.background.endAll()
    commands.forget(session.id)
    if session.runs.isEmpty { events.forget(session.id) }
    await backend.engine.servers.close(session.id)?.value
    // Its file is for whoever opens it next.
    if session.isStored, session.runs.isEmpty { _ = try await backend.runs.close(SessionClose(sessionId: session.id)) }
    return [:]
  }

  /// Cancels what goes on or waits in a session.
  ///
  /// - Returns: What waits until its commands are over.
  @discardableResult
  func cancelAll(in session: Session) -> @Sendable () async -> Void {
    backend.runs.cancelAll(in: session) { commands.cancel(in: session.id) }
  }

  /// Forgets a session.
  func delete(_ request: ACPSessionDelete) async throws -> JSON {
    if let session = try? backend.sessions.session(request.sessionId) { cancelAll(in: session) }
    _ = try await backend.runs.delete(SessionDelete(sessionId: request.sessionId))
    commands.forget(request.sessionId)
    events.forget(request.sessionId)
    return [:]
  }

  /// Makes a session that goes on from another.
  func fork(_ request: ACPSessionFork) throws -> Opened {
    // Before anything is made: a fork in a folder that is none would stay.
    let new = try Self.setUp(request.cwd, request.additionalDirectories).checked()
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let info = try backend.sessions.fork(SessionFork(sessionId: request.sessionId))
    let session = try backend.sessions.session(info.sessionId)
    _ = session.change { $0.merge(new) }
    backend.engine.servers.give(servers, to: session.id)
    return opened(session, with: ["sessionId": .string(session.id)])
  }

  /// The folders are all that there are: those left out are none.
  private static func setUp(_ cwd: String?, _ folders: [String]?) -> SessionOptions {
    var options = SessionOptions()
    options.cwd = cwd
    options.additionalDirectories = folders ?? []
    return options
  }

  /// Takes note that the client knows a session that it did not open in this protocol.
  func open(_ session: Session) { _ = opened(session) }

  private func opened(_ session: Session, with members: JSONObject = [:]) -> Opened {
    let all = options.all(of: session, for: events.client)
    var answer = members
    answer["modes"] = options.modes(of: session)
    answer["configOptions"] = .array(all.map(\.json))
    events.opened(session, options.mode(of: session), all)
    return (
      .object(answer),
      { [events, commands] in
        events.tell([commands.update(of: session)], in: session.id)
        commands.look(for: session, telling: events)
      }
    )
  }

  /// A session in which nothing goes on, in those folders from now on.
  private func idle(_ id: String, movedTo cwd: String?, _ folders: [String]?) throws -> Session {
    let session = try backend.sessions.load(id)
    guard session.runs.isEmpty, !commands.isBusy(id) else {
      throw RPCError.invalidParams("session '\(id)' is busy; wait for its prompt's answer, or cancel it")
    }
    let new = try Self.setUp(cwd, folders).checked()
    let now = session.options
    if new.cwd ?? now.cwd != now.cwd || new.additionalDirectories != now.additionalDirectories ?? [] {
      _ = session.change { $0.merge(new) }
    }
    return session
  }

  private func folder(of info: SessionInfo) -> String { info.cwd ?? backend.engine.place.folder ?? "/" }

  private func entry(_ info: SessionInfo) -> JSON {
    var entry: JSONObject = [
      "sessionId": .string(info.sessionId), "cwd": .string(folder(of: info)),
      "updatedAt": .string(Timestamp.text(milliseconds: info.updatedAt)),
    ]
    entry["title"] = info.title.map { .string($0) }
    entry["additionalDirectories"] = info.additionalDirectories.map { .array($0.map { .string($0) }) }
    return .object(entry)
  }
}

// MARK: - Options

extension ACPSessions {
  /// Sets the mode.
  func setMode(_ request: ACPSetMode) throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    try options.set(.mode, to: .string(request.modeId), of: session, for: events.client)
    return [:]
  }

  /// Sets an option, and answers with all that there are then.
  func setOption(_ request: ACPSetConfigOption) throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    let client = events.client
    guard let name = ACPOption.Name(rawValue: request.configId) else {
      throw ACPOptions.unknown(request.configId, among: options.all(of: session, for: client))
    }
    try options.set(name, to: request.value, of: session, for: client)
    return ["configOptions": options.json(of: session, for: client)]
  }

  /// Sets the model, whichever it is.
  func setModel(_ request: ACPSetModel) throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    _ = try backend.models.switchModel(of: session, to: request.modelId, provider: nil)
    return [:]
  }
}
