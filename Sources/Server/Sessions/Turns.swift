internal import Protocol
package import Providers

/// The work of a run: asks the model turn by turn until it has said all, and ends the run whatever happens.
package struct Turns: Sendable {
  private let run: Run
  private let providers: ProviderSet
  private let time: TimeSource

  private var messages: RunMessages
  private var tally = RunTally()
  /// What was asked last, to tell when the session's model has changed under the run.
  private var lastAsked: ModelInUse?
  /// Who answered last, by the provider's name: another than was asked where that was refused.
  private var lastServed: String?
  private var repaired = false
  private let startedAt: Int
  private let startedMs: Int

  /// The work of that run.
  package init(run: Run, providers: ProviderSet, time: TimeSource) {
    self.run = run
    self.providers = providers
    self.time = time
    messages = RunMessages(run.request.prompt)
    startedAt = time.now()
    startedMs = time.monotonic()
  }

  /// Does the work.
  ///
  /// - Returns: The run to start next in its session.
  package consuming func work() async -> Run? {
    // A run that was cancelled while it waited has its end only.
    if !run.isCancelled {
      let model = asked
      run.session.emit([.started(model: model.name, provider: model.provider)], run: run)
    }
    do throws(RPCError) {
      let (stopReason, output) = try await takeTurns()
      return end(stopReason, output: output)
    } catch {
      return fail(error)
    }
  }

  /// The model to ask now, by the name that somebody gave it: the run's own, or what the session has at this moment.
  private var asked: (name: String, provider: ProviderID, isDefault: Bool) {
    let (info, isDefault) = run.session.modelInfo
    return (run.request.model ?? info.model, info.provider, isDefault && run.request.model == nil)
  }
}

// MARK: - Asking

extension Turns {
  /// What comes after a turn.
  private enum Next {
    case again
    case done(StopReason)
  }

  private mutating func takeTurns() async throws(RPCError) -> (StopReason, JSON?) {
    let turnsMax = run.request.maxTurns ?? ServerLimits.maxTurns
    for prompt in run.takeSteering(isLast: false) { messages.add(prompt) }
    while !run.isCancelled {
      guard tally.turns < turnsMax else { return (.maxTurns, nil) }
      tally.turns += 1
      let message: ModelMessage
      let provider = asked.provider
      do throws(ProviderError) {
        message = try await ask()
      } catch {
        if let partial = error.partial { note(partial, provider: provider, isWhole: false) }
        guard run.isCancelled else { throw ErrorMapping.rpcError(error, provider: provider) }
        break
      }
      note(message, provider: provider, isWhole: true)
      switch next(after: message) {
      case .again: continue
      case .done(.endTurn):
        guard let schema = run.request.outputSchema else { return (.endTurn, nil) }
        if let output = try structuredOutput(following: schema) { return (.endTurn, output) }
      case .done(let reason): return (reason, nil)
      }
    }
    return (.cancelled, nil)
  }

  /// Asks once, and hands on what comes.
  private mutating func ask() async throws(ProviderError) -> ModelMessage {
    let asked = asked
    guard let provider = providers[asked.provider] else {
      throw ProviderError(.invalidRequest, "provider '\(asked.provider.rawValue)' is not part of this version")
    }
    let choice = try provider.choice(of: asked.name, isDefault: asked.isDefault)
    try noteChoice(of: asked.name, provider: asked.provider, choice: choice)
    var request = modelRequest(asked.name, asked.provider)
    request.isModelDefault = asked.isDefault
    let began = time.monotonic()
    defer { tally.apiMs += time.monotonic() - began }
    let run = self.run
    let heard = Notices()
    defer { for notice in heard.all { tally.note(notice: notice) } }
    return try await provider.answer(request) { batch in
      heard.take(batch)
      run.session.emit(Happening.list(batch, merging: run.session.isBehind), run: run)
      await run.session.room()
    }
  }

  /// Tells of a model that is another than was named, and of a change of the model under the run.
  private mutating func noteChoice(of model: String, provider: ProviderID, choice: ModelChoice) throws(ProviderError) {
    let inUse = ModelInUse(model: model, provider: provider, providerModelId: choice.id)
    guard inUse != lastAsked else { return }
    if let last = lastAsked, last.provider == provider, last.model == model {
      // The same name is asked by another id since one was refused, which was told then.
    } else if lastAsked != nil {
      run.session.emit([.event(.modelChanged(to: inUse, notice: choice.notice))], run: run)
    } else if let notice = choice.notice {
      run.session.emit([.event(.notice(notice))], run: run)
    }
    if let notice = choice.notice { tally.note(notice: notice) }
    let before = lastServed ?? lastAsked?.providerModelId
    if let before, lastAsked?.provider != provider || !History.isSameModel(before, choice.id) {
      messages.modelHasChanged(from: before)
    }
    lastAsked = inUse
  }

  private func modelRequest(_ model: String, _ provider: ProviderID) -> ModelRequest {
    let options = run.session.options
    let maxTokens = run.request.maxTokens ?? options.maxTokens ?? ServerLimits.maxTokens
    let target = HistoryTarget(provider: provider, model: lastAsked?.providerModelId ?? model)
    var request = ModelRequest(
      model: model, messages: run.session.messages(with: messages.fit(for: target), target: target),
      maxTokens: maxTokens)
    let instructions = [options.system, run.request.system, run.request.outputSchema.map(StructuredOutput.instruction)]
    request.system = instructions.compactMap(\.self).filter { !$0.allSatisfy(\.isWhitespace) }.map { text in
      ["type": "text", "text": .string(text)]
    }
    // What another model thought cannot be sent back, and without it this one may not begin to think in mid-turn.
    if !messages.hasForeignParts { request.thinking = (run.request.thinking ?? options.thinking).map(\.apiForm) }
    request.traceparent = run.request._meta?["traceparent"]?.string
    return request
  }

  /// Keeps what a message brought, and answers tool calls that cannot be made.
  private mutating func note(_ message: ModelMessage, provider: ProviderID, isWhole: Bool) {
    let served = message.servedBy?.model ?? lastAsked?.providerModelId ?? ""
    lastServed = served
    tally.note(
      message, provider: provider, cost: CallCost(of: message.usage, model: served, provider: provider))
    guard let kept = messages.add(message, isWhole: isWhole) else { return }
    if let results = History.results(for: kept, saying: isWhole ? Self.noTools : Self.interrupted) {
      messages.add(results: results, isSettled: isWhole)
    }
  }

  private static let noTools = "There is no such tool here."
  private static let interrupted = "The person stopped this before it was done."

  /// Decides by the message's stop reason whether to ask again.
  private mutating func next(after message: ModelMessage) -> Next {
    switch message.stopReason {
    case "tool_use" where messages.all.last?["role"] == "user": return .again
    case "pause_turn": return .again
    case "max_tokens": return .done(.maxTokens)
    case "stop_sequence": return .done(.stopSequence)
    case "refusal": return .done(.refusal)
    case "model_context_window_exceeded": return .done(.contextWindowExceeded)
    default:
      let said = run.takeSteering(isLast: true)
      guard !said.isEmpty else { return .done(.endTurn) }
      for prompt in said { messages.add(prompt) }
      return .again
    }
  }

  /// The value the schema asks for; `nil` when the model is to be asked once more for it.
  private mutating func structuredOutput(following schema: JSON) throws(RPCError) -> JSON? {
    switch StructuredOutput.read(messages.text, schema: schema) {
    case .success(let output): return output
    case .failure(let flaw) where repaired:
      throw .failed(
        "the answer does not follow outputSchema: \(flaw.reason)",
        FailureData(kind: .providerError, retryable: true, hint: "simplify the schema, or ask a stronger model"))
    case .failure(let flaw):
      repaired = true
      messages.add(Prompt(StructuredOutput.complaint(flaw)))
      return nil
    }
  }
}

// MARK: - The end

extension Turns {
  private func end(_ stopReason: StopReason, output: JSON?) -> Run? {
    let model = asked
    let served = tally.modelID ?? lastAsked?.providerModelId ?? model.name
    var result = RunResult(runId: run.id, sessionId: run.session.id)
    result.stopReason = stopReason
    result.text = messages.text
    result.output = output
    result.model = ModelUsed(requested: model.name, id: served, provider: tally.provider ?? model.provider)
    result.model?.providerModelId = lastServed ?? lastAsked?.providerModelId
    result.turns = tally.turns
    result.context = ContextUse(used: tally.lastUsage.prompt + tally.lastUsage.output, size: contextSize)
    result.cost = tally.cost.wire
    result.timings = Timings(ttftMs: tally.firstContentMs, apiMs: tally.apiMs, totalMs: time.monotonic() - startedMs)
    result.notices = tally.notices
    result._meta = run.request._meta
    // A refused exchange would make the model refuse what follows: the API says to leave it out.
    let isKept = stopReason != .refusal && tally.turns > 0
    let ended = run.session.end(
      run, exchange: isKept ? exchange(.all, stopReason) : nil, tally: tally,
      completed: .completed(stopReason: stopReason, error: nil, usage: tally.usage, turns: tally.turns))
    result.usage = UsageReport(run: tally.usage, session: ended.usage)
    result.sessionCost = ended.cost.wire
    run.finish(.success(result))
    return ended.next
  }

  private var contextSize: Int? {
    guard let lastAsked else { return nil }
    return ModelCatalog.find(lastAsked.providerModelId)?.window(onBedrock: lastAsked.provider == .bedrock)?.context
  }

  private func fail(_ error: RPCError) -> Run? {
    var error = error
    if case .object(var data)? = error.data {
      data["sessionId"] = .string(run.session.id)
      data["runId"] = .string(run.id)
      if !messages.text.isEmpty { data["partialText"] = .string(messages.text) }
      error.data = .object(data)
    }
    let ended = run.session.end(
      run, exchange: exchange(.settled, nil), tally: tally,
      completed: .completed(stopReason: nil, error: error.json, usage: tally.usage, turns: tally.turns))
    run.finish(.failure(error))
    return ended.next
  }

  private func exchange(_ which: RunMessages.Kept, _ stopReason: StopReason?) -> Exchange? {
    let speaker = lastServed ?? lastAsked?.providerModelId
    let kept = messages.kept(which, by: speaker ?? "")
    guard !kept.isEmpty else { return nil }
    var exchange = Exchange(
      runId: run.id, at: startedAt, messages: History.joined(kept), usage: tally.usage, stopReason: stopReason)
    exchange.model = speaker
    exchange.provider = lastAsked?.provider
    return exchange
  }
}

extension Thinking {
  /// The API's `thinking` object.
  var apiForm: JSON {
    var object: JSONObject = ["type": .string(type.rawValue)]
    object["budget_tokens"] = budgetTokens.map { .number(JSONNumber($0)) }
    return .object(object)
  }
}
