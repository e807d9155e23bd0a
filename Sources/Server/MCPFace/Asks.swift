internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// All calls of the tool that go on, found by their runs, and those that wait for their client by a name of their own.
final class Asks: Sendable {
  private struct State {
    var byRun: [String: Ask] = [:]
    /// Those whose client is away to ask its person, oldest first.
    var waiting: [(state: String, ask: Ask)] = []
    /// Whether the last client that called could put forms before its person.
    var elicits = false
    /// Whether nothing more can come.
    var isDeaf = false
  }

  private let state = Mutex(State())
  private let sessions = AskedSessions()
  private let outbox: Outbox
  private let time: TimeSource

  /// No calls yet.
  init(outbox: Outbox, time: TimeSource) {
    self.outbox = outbox
    self.time = time
  }

  /// The call of that run.
  func ask(ofRun id: String) -> Ask? { state.withLock { $0.byRun[id] } }

  /// Whether there is anybody to ask.
  var canAsk: Bool { state.withLock { $0.elicits && !$0.isDeaf } }

  /// Takes note of what the client can.
  func note(_ terms: MCPTerms) { state.withLock { $0.elicits = terms.elicits } }

  /// Refuses what is asked, as nobody can answer any more.
  func inputEnded() {
    let open = state.withLock { state in
      state.isDeaf = true
      return Array(state.byRun.values)
    }
    for ask in open { ask.refuseAll() }
  }

  /// Tells of events of a run.
  func tell(_ events: [AgentEvent], ofRun id: String) { ask(ofRun: id)?.tell(events, at: time.monotonic()) }
}

// MARK: - Calls

extension Asks {
  /// Answers `tools/call`.
  ///
  /// - Throws: ``RPCError/Code/invalidParams`` for another tool, or a state that is none of ours.
  func answer(_ request: MCPIncoming.ToolsCall, _ terms: MCPTerms, _ backend: Backend) async throws -> JSON {
    guard request.name == AskTool.name else {
      throw RPCError.invalidParams("Unknown tool: '\(OneLine.of(request.name))'; there is '\(AskTool.name)'")
    }
    note(terms)
    let token = request._meta?["progressToken"].flatMap { RequestID($0)?.json }
    let ask: Ask
    do throws(Failure) {
      let arguments = try AskTool.Arguments(request.arguments)
      if let name = request.requestState {
        ask = try take(name, arguments)
        ask.resume(terms, token: token, request.inputResponses ?? JSONObject())
      } else {
        ask = try begin(arguments, terms, token, TraceContext.handedOn(request._meta), backend)
      }
    } catch {
      guard request.requestState == nil else { throw error }
      return AskTool.failed(error, terms)
    }
    switch await withTaskCancellationHandler(operation: { await ask.news() }, onCancel: { ask.cancel() }) {
    case .over(.success(let run)): return AskTool.result(run, terms)
    case .over(.failure(let failure as Failure)) where failure.reason != .cancelled:
      return AskTool.failed(failure, terms)
    case .over(.failure(let error)): throw error
    case .questions(let questions): return try leave(ask, questions, terms)
    }
  }

  /// Starts the run; its first part is done when this returns.
  private func begin(
    _ arguments: AskTool.Arguments, _ terms: MCPTerms, _ token: JSON?, _ trace: JSONObject, _ backend: Backend
  ) throws(Failure) -> Ask {
    let session = try Self.session(for: arguments, backend)
    let ask = Ask(runId: NameSource.random.next("ask"), arguments, terms, token: token, outbox: outbox)
    state.withLock { $0.byRun[ask.runId] = ask }
    sessions.begin(session.id)
    var run = AgentRun(prompt: Prompt(arguments.prompt), sessionId: session.id)
    run.runId = ask.runId
    if !trace.isEmpty { run._meta = trace }
    ask.own(
      Task.immediate { [run] in
        let outcome: Result<RunResult, any Error>
        do { outcome = .success(try await backend.runs.run(run)) } catch { outcome = .failure(error) }
        self.state.withLock { $0.byRun[ask.runId] = nil }
        // A failure names no session: one that it began with nothing said is lost to the client.
        let isLost = outcome.isFailure && arguments.sessionId == nil && session.record.exchanges.isEmpty
        await self.sessions.end(session, isNamed: !isLost, backend)
        ask.finish(outcome)
      })
    guard token != nil || terms.revision.isModern else { return ask }
    ask.own(
      Task { [time] in
        while (try? await time.sleep(MCPFaceLimits.heartbeatMs)) != nil { ask.beat() }
      })
    return ask
  }

  /// The session that is named, in the folder that is named, or a new one.
  private static func session(for arguments: AskTool.Arguments, _ backend: Backend) throws(Failure) -> Session {
    var options = SessionOptions()
    options.cwd = arguments.cwd
    guard let id = arguments.sessionId else { return try backend.sessions.makeSession(options) }
    let session: Session
    do throws(Failure) {
      session = try backend.sessions.session(id)
    } catch {
      throw .invalidParams(
        "there is no session '\(OneLine.of(id))', or it was let go: only the last \(MCPFaceLimits.idleSessionsMax) are "
          + "kept; leave sessionId out to begin one")
    }
    let new = try options.checked()
    guard arguments.cwd != nil, new.cwd != session.options.cwd else { return session }
    guard session.runs.isEmpty else {
      throw .invalidParams("session '\(id)' is at work in another folder; wait for its answer, or leave cwd out")
    }
    _ = session.change { $0.merge(new) }
    return session
  }
}

// MARK: - Questions between requests

extension Asks {
  /// Puts questions before the client, who is to come back with the answers.
  private func leave(_ ask: Ask, _ questions: [Ask.Question], _ terms: MCPTerms) throws(Failure) -> JSON {
    let name = NameSource.random.next("ask")
    let old = state.withLock { state -> Ask? in
      state.waiting.append((name, ask))
      return state.waiting.count > MCPFaceLimits.waitingMax ? state.waiting.removeFirst().ask : nil
    }
    old?.cancel()
    // Nobody hears the name of a call that was taken back meanwhile.
    if Task.isCancelled {
      giveUp(ask)
      throw .cancelled
    }
    let requests = questions.map { one in
      (one.question.id, ["method": .string(MCPIncoming.Elicit.method), "params": one.form.json] as JSON)
    }
    return terms.result([
      "resultType": "input_required", "inputRequests": .object(JSONObject(requests)), "requestState": .string(name),
    ])
  }

  /// The call that waits under that name, which waits no longer, if it is the one that is made again.
  private func take(_ name: String, _ arguments: AskTool.Arguments) throws(Failure) -> Ask {
    let (ask, isThere) = state.withLock { state -> (Ask?, Bool) in
      guard let place = state.waiting.firstIndex(where: { $0.state == name }) else { return (nil, false) }
      guard state.waiting[place].ask.arguments == arguments else { return (nil, true) }
      return (state.waiting.remove(at: place).ask, true)
    }
    if let ask { return ask }
    throw .invalidParams(
      isThere
        ? "this requestState is of a call with other arguments; it still waits for its own"
        : "this requestState is of no call that waits, or waits any more")
  }

  /// Takes note that a question of a run was not answered in time: a call to which nobody came back is given up.
  func questionExpired(inRun id: String) {
    guard let ask = ask(ofRun: id), !ask.hasQuestions else { return }
    giveUp(ask)
  }

  /// Stops a call if its client is away.
  private func giveUp(_ ask: Ask) {
    let isAway = state.withLock { state in
      let count = state.waiting.count
      state.waiting.removeAll { $0.ask === ask }
      return state.waiting.count < count
    }
    if isAway { ask.cancel() }
  }
}

extension Result {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}

extension MCPIncoming.Elicit {
  /// Its params.
  fileprivate var json: JSON { ["message": .string(message), "requestedSchema": requestedSchema] }
}
