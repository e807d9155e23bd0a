internal import Protocol
internal import Providers

/// Answers prompts, each with all that is told before.
package struct ACPPrompts: Sendable {
  private let backend: Backend
  private let events: ACPSink
  private let options: ACPOptions
  private let commands: ACPCommands
  private let sessions: ACPSessions

  /// Prompts to those sessions.
  init(
    _ backend: Backend, _ events: ACPSink, _ options: ACPOptions, _ commands: ACPCommands, _ sessions: ACPSessions
  ) {
    self.backend = backend
    self.events = events
    self.options = options
    self.commands = commands
    self.sessions = sessions
  }

  /// Asks the model, or does the command that the prompt calls; a session that is busy is waited for.
  ///
  /// - Returns: The answer, and what is to be done when it is on its way: then those behind it have their turn.
  func prompt(_ request: ACPPrompt) async throws -> (JSON, @Sendable () -> Void) {
    let session = try backend.sessions.session(request.sessionId)
    let number = commands.enter(session.id)
    do {
      let answer = try await answer(request, in: session, as: number)
      return (answer, { [commands] in commands.leave(number, of: session.id) })
    } catch {
      commands.leave(number, of: session.id)
      throw error
    }
  }

  private func answer(_ request: ACPPrompt, in session: Session, as number: Int) async throws -> JSON {
    // Whoever prompts a session knows it, however it was made.
    if !events.knows(session.id) { sessions.open(session) }
    // Some clients drop what comes right behind the answer that made the session.
    if events.isFirstPrompt(of: session.id) { events.tell([commands.update(of: session)], in: session.id) }
    // Nothing waits for that: prompts are answered in their order.
    commands.look(for: session, telling: events)
    events.measure(options.window(of: session), of: session.id)
    defer { if let update = usage(of: session) { events.tell([.other("usage_update", update)], in: session.id) } }
    do {
      return try await carryOut(request, in: session, as: number)
    } catch let failure as Failure where failure.reason == .cancelled {
      return ["stopReason": "cancelled"]
    } catch is CancellationError {
      return ["stopReason": "cancelled"]
    }
  }

  private func carryOut(_ request: ACPPrompt, in session: Session, as number: Int) async throws -> JSON {
    let call = commands.call(in: request.prompt, of: session)
    // Without a command the session's own queue keeps the order.
    guard call != nil || commands.isBusy(session.id) else { return try await ask(request, in: session) }
    return try await commands.inTurn(number, in: session) {
      guard let call else { return try await ask(request, in: session) }
      guard let prompt = try await carryOut(call, in: session, as: number) else { return ["stopReason": "end_turn"] }
      try Task.checkCancellation()
      return try await ask(request, for: prompt, in: session)
    }
  }

  /// Asks the model what was prompted, or what a command made of it.
  private func ask(_ request: ACPPrompt, for made: Prompt? = nil, in session: Session) async throws -> JSON {
    if made == nil { entitle(session, by: request.prompt) }
    var run = AgentRun(prompt: made ?? Prompt(blocks: request.prompt), sessionId: session.id)
    run._meta = request._meta
    return try answer(to: request, try await backend.runs.run(run))
  }

  /// A session without a title gets its first prompt's first line.
  private func entitle(_ session: Session, by blocks: [ContentBlock]) {
    guard session.info.title == nil, let title = Title.made(of: Prompt(blocks: blocks)) else { return }
    _ = session.change { $0.title = title }
  }

  /// Does a command.
  ///
  /// - Returns: What the model is to be asked for it; `nil` for nothing.
  private func carryOut(_ call: ACPCommands.Call, in session: Session, as number: Int) async throws -> Prompt? {
    let outcome = try await commands.carryOut(call, in: session)
    let id = "\(session.id)-command-\(number)"
    switch outcome {
    case .prompt(let prompt): return prompt
    case .said(let text): events.tell([.chunk(isThought: false, text: text, messageId: id)], in: session.id)
    case .compacted(let exchanges, let summary):
      let text = "A summary stands for \(exchanges) exchange\(exchanges == 1 ? "" : "s") from now on."
      events.tell(
        [
          ACPToolCall.compaction(id, summary, for: events.client),
          .chunk(isThought: false, text: text, messageId: id),
        ], in: session.id)
    }
    return nil
  }

  private func answer(to request: ACPPrompt, _ result: RunResult) throws -> JSON {
    guard let reason = result.stopReason?.acpName else { throw ACPErrors.tooLong }
    var ours: JSONObject = ["runId": .string(result.runId)]
    if let usage = result.usage { ours["usage"] = try? JSON(encoding: usage.run) }
    if let cost = result.cost { ours["cost"] = try? JSON(encoding: cost) }
    if let notices = result.notices, !notices.isEmpty { ours["notices"] = .array(notices.map { .string($0) }) }
    var meta: JSONObject = ["wyn360": .object(ours)]
    meta["traceparent"] = request._meta?["traceparent"]
    meta["tracestate"] = request._meta?["tracestate"]
    return ["stopReason": .string(reason), "_meta": .object(meta)]
  }

  /// How full the window is, and what the session has cost.
  private func usage(of session: Session) -> JSONObject? {
    guard var update = ACPProgress.usage(session.contextUsed, of: options.window(of: session)) else { return nil }
    if let usd = session.info.cost?.usd, case .number = usd { update["cost"] = ["amount": usd, "currency": "USD"] }
    return update
  }

  /// Says something to the prompt that goes on; where none does, nothing is begun.
  func steer(_ request: ACPSteering) throws -> JSON {
    let steer = AgentSteer(sessionId: request.sessionId, prompt: Prompt(blocks: request.prompt))
    return ["outcome": try backend.runs.steer(steer).outcome == .injected ? "injected" : "failed"]
  }

  /// Cancels what goes on in a session; silent where nothing does.
  func cancel(_ request: ACPCancel) {
    events.cancelled(request.sessionId)
    if let session = try? backend.sessions.session(request.sessionId) { sessions.cancelAll(in: session) }
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
