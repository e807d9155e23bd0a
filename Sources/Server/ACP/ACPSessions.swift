internal import Protocol
internal import Providers

/// Answers what the protocol asks of sessions.
package struct ACPSessions: Sendable {
  private let backend: Backend
  private let events: ACPSink
  private let options: ACPOptions

  /// The sessions of that backend.
  init(_ backend: Backend, _ events: ACPSink, _ options: ACPOptions) {
    self.backend = backend
    self.events = events
    self.options = options
  }
}

// MARK: - Opening and closing

extension ACPSessions {
  /// Makes a session in an absolute folder.
  func create(_ request: ACPSessionNew) throws -> JSON {
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let session = try backend.sessions.makeSession(Self.setUp(request.cwd))
    backend.engine.servers.give(servers, to: session.id)
    return opened(session, with: ["sessionId": .string(session.id)])
  }

  /// Tells all that was said, then answers.
  func load(_ request: ACPSessionLoad) throws -> JSON {
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let session = try idle(request.sessionId, movedTo: request.cwd)
    backend.engine.servers.give(servers, to: session.id)
    let answer = opened(session)
    events.tell(session.record.exchanges.flatMap(ACPReplay.updates), in: session.id)
    return answer
  }

  /// Opens a session without telling what was said.
  func resume(_ request: ACPSessionResume) throws -> JSON {
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let session = try idle(request.sessionId, movedTo: request.cwd)
    backend.engine.servers.give(servers, to: session.id)
    return opened(session)
  }

  /// Lists sessions, the last used first.
  func list(_ request: ACPSessionList) throws -> JSON {
    let listed = try backend.sessions.list(SessionList(cursor: request.cursor, limit: ACPLimits.sessionsPage))
    let sessions = listed.sessions.filter { request.cwd == nil || folder(of: $0) == request.cwd }
    var answer: JSONObject = ["sessions": .array(sessions.map(entry))]
    if let next = listed.nextCursor { answer["nextCursor"] = .string(next) }
    return .object(answer)
  }

  /// Ends what goes on in a session; what was said stays until it is deleted, or we end.
  func close(_ request: ACPSessionClose) async throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    let runs = session.runs
    let (_, cancel) = try backend.runs.cancel(AgentCancel(sessionId: session.id))
    cancel()
    for run in runs { _ = await run.result() }
    if session.runs.isEmpty { events.forget(session.id) }
    await backend.engine.servers.close(session.id)
    return [:]
  }

  /// Forgets a session.
  func delete(_ request: ACPSessionDelete) async throws -> JSON {
    _ = try await backend.runs.close(SessionClose(sessionId: request.sessionId))
    events.forget(request.sessionId)
    return [:]
  }

  /// Makes a session that goes on from another.
  func fork(_ request: ACPSessionFork) throws -> JSON {
    // Before anything is made: a fork in a folder that is none would stay.
    let new = try Self.setUp(request.cwd).checked()
    let servers = try MCPConfiguration.servers(acp: request.mcpServers)
    let info = try backend.sessions.fork(SessionFork(sessionId: request.sessionId))
    let session = try backend.sessions.session(info.sessionId)
    _ = session.change { $0.merge(new) }
    backend.engine.servers.give(servers, to: session.id)
    return opened(session, with: ["sessionId": .string(session.id)])
  }

  private static func setUp(_ cwd: String?) -> SessionOptions {
    var options = SessionOptions()
    options.cwd = cwd
    return options
  }

  private func opened(_ session: Session, with members: JSONObject = [:]) -> JSON {
    var answer = members
    answer["modes"] = options.modes(of: session)
    answer["configOptions"] = options.all(of: session)
    events.opened(session.id, knowing: session.info.title, answer["modes"]?["currentModeId"], answer["configOptions"])
    return .object(answer)
  }

  /// A session in which nothing goes on, in that folder from now on where one is named.
  private func idle(_ id: String, movedTo cwd: String?) throws -> Session {
    let session = try backend.sessions.session(id)
    guard session.runs.isEmpty else {
      throw RPCError.invalidParams("session '\(id)' is busy; wait for its prompt's answer, or cancel it")
    }
    let new = try Self.setUp(cwd).checked()
    if cwd != nil, new.cwd != session.options.cwd { _ = session.change { $0.merge(new) } }
    return session
  }

  private func folder(of info: SessionInfo) -> String { info.cwd ?? backend.engine.place.folder ?? "/" }

  private func entry(_ info: SessionInfo) -> JSON {
    var entry: JSONObject = [
      "sessionId": .string(info.sessionId), "cwd": .string(folder(of: info)),
      "updatedAt": .string(Timestamp.text(milliseconds: info.updatedAt)),
    ]
    if let title = info.title { entry["title"] = .string(title) }
    return .object(entry)
  }
}

// MARK: - Options

extension ACPSessions {
  /// Sets the mode.
  func setMode(_ request: ACPSetMode) throws -> JSON {
    try options.set(.mode, to: request.modeId, of: try backend.sessions.session(request.sessionId))
    return [:]
  }

  /// Sets an option, and answers with all that there are then.
  func setOption(_ request: ACPSetConfigOption) throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    guard let name = ACPOptions.Name(rawValue: request.configId) else {
      throw RPCError.invalidParams(
        "there is no option '\(request.configId)'; there are "
          + ACPOptions.Name.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let value = request.value.string else {
      throw RPCError.invalidParams(
        "value must be one of the option's values, a string; it is \(request.value.kindName)")
    }
    try options.set(name, to: value, of: session)
    return ["configOptions": options.all(of: session)]
  }

  /// Sets the model, whichever it is.
  func setModel(_ request: ACPSetModel) throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    _ = try backend.models.switchModel(of: session, to: request.modelId, provider: nil)
    return [:]
  }
}

// MARK: - Prompts

extension ACPSessions {
  /// Asks the model; a session that is busy is waited for.
  func prompt(_ request: ACPPrompt) async throws -> JSON {
    let session = try backend.sessions.session(request.sessionId)
    // Whoever prompts a session knows it, however it was made.
    if !events.knows(session.id) { _ = opened(session) }
    var run = AgentRun(prompt: Prompt(blocks: request.prompt), sessionId: session.id)
    run._meta = request._meta
    let result: RunResult
    do {
      result = try await backend.runs.run(run)
    } catch let failure as Failure where failure.reason == .cancelled {
      return ["stopReason": "cancelled"]
    }
    if let update = Self.usage(of: result) { events.tell([("usage_update", update)], in: session.id) }
    guard let reason = result.stopReason?.acpName else {
      throw RPCError(
        .internalError, "the conversation no longer fits the model's window",
        data: [
          "details": "The conversation no longer fits the model's window. Begin a new session, or switch the model."
        ])
    }
    var meta: JSONObject = ["runId": .string(result.runId)]
    if let usage = result.usage { meta["usage"] = try? JSON(encoding: usage.run) }
    if let cost = result.cost { meta["cost"] = try? JSON(encoding: cost) }
    return ["stopReason": .string(reason), "_meta": ["wyn360": .object(meta)]]
  }

  /// Says something to the prompt that goes on; where none does, nothing is begun.
  func steer(_ request: ACPSteering) throws -> JSON {
    let steer = AgentSteer(sessionId: request.sessionId, prompt: Prompt(blocks: request.prompt))
    return ["outcome": try backend.runs.steer(steer).outcome == .injected ? "injected" : "failed"]
  }

  /// Cancels what goes on in a session; silent where nothing does.
  func cancel(_ request: ACPCancel) {
    let found = try? backend.runs.cancel(AgentCancel(sessionId: request.sessionId))
    found?.1()
  }

  private static func usage(of result: RunResult) -> JSONObject? {
    guard let context = result.context, let size = context.size else { return nil }
    var update: JSONObject = ["used": .number(JSONNumber(context.used)), "size": .number(JSONNumber(size))]
    if let cost = result.sessionCost, case .number = cost.usd {
      update["cost"] = ["amount": cost.usd, "currency": "USD"]
    }
    return update
  }
}

extension StopReason {
  /// The protocol's word; `nil` where it has none and an error says more.
  fileprivate var acpName: String? {
    switch self {
    case .endTurn, .stopSequence: "end_turn"
    case .maxTokens: "max_tokens"
    case .maxTurns, .budgetExceeded: "max_turn_requests"
    case .refusal: "refusal"
    case .cancelled: "cancelled"
    case .contextWindowExceeded: nil
    }
  }
}
