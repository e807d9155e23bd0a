package import Protocol
package import Providers

/// The work of a run: asks the model turn by turn until it has said all, and ends the run whatever happens.
package struct Turns: Sendable {
  private let run: Run
  private let provider: any Provider
  private let providerID: ProviderID
  private let model: String
  private let time: TimeSource

  private var current: [JSON]
  /// How many of `current` may stay in history when the next turn fails.
  private var settled = 0
  private var usage = Usage()
  private var lastUsage = Usage()
  private var turns = 0
  private var text = ""
  private var modelID: String?
  private var firstContentMs: Int?
  private var apiMs = 0
  private var repaired = false
  private let startedAt: Int
  private let startedMs: Int

  /// The work of that run.
  package init(run: Run, provider: any Provider, providerID: ProviderID, model: String, time: TimeSource) {
    self.run = run
    self.provider = provider
    self.providerID = providerID
    self.model = model
    self.time = time
    current = [History.userMessage(run.request.prompt)]
    startedAt = time.now()
    startedMs = time.monotonic()
  }

  /// Does the work.
  ///
  /// - Returns: The run to start next in its session.
  package consuming func work() async -> Run? {
    // A run that was cancelled while it waited has its end only.
    if !run.isCancelled { run.session.emit([.started(model: model, provider: providerID)], run: run) }
    do throws(RPCError) {
      let (stopReason, output) = try await takeTurns()
      return end(stopReason, output: output)
    } catch {
      return fail(error)
    }
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
    for prompt in run.takeSteering(isLast: false) { current.append(History.userMessage(prompt)) }
    while !run.isCancelled {
      guard turns < turnsMax else { return (.maxTurns, nil) }
      turns += 1
      let message: ModelMessage
      do throws(ProviderError) {
        message = try await ask()
      } catch {
        if let partial = error.partial { note(partial, isWhole: false) }
        guard run.isCancelled else { throw ErrorMapping.rpcError(error, provider: providerID) }
        break
      }
      note(message, isWhole: true)
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
    let request = modelRequest()
    let began = time.monotonic()
    defer { apiMs += time.monotonic() - began }
    let run = self.run
    return try await provider.answer(request) { batch in
      run.session.emit(Happening.list(batch, merging: run.session.isBehind), run: run)
      await run.session.room()
    }
  }

  private func modelRequest() -> ModelRequest {
    let options = run.session.options
    let maxTokens = run.request.maxTokens ?? options.maxTokens ?? ServerLimits.maxTokens
    var request = ModelRequest(model: model, messages: run.session.messages(with: current), maxTokens: maxTokens)
    let instructions = [options.system, run.request.system, run.request.outputSchema.map(StructuredOutput.instruction)]
    request.system = instructions.compactMap(\.self).filter { !$0.allSatisfy(\.isWhitespace) }.map { text in
      ["type": "text", "text": .string(text)]
    }
    request.thinking = (run.request.thinking ?? options.thinking).map(\.apiForm)
    request.traceparent = run.request._meta?["traceparent"]?.string
    return request
  }

  /// Keeps what a message brought.
  private mutating func note(_ message: ModelMessage, isWhole: Bool) {
    usage += message.usage
    lastUsage = message.usage
    modelID = message.raw["model"]?.string ?? modelID
    firstContentMs = firstContentMs ?? message.firstContentMs
    if current.last?["role"] != "assistant" { text = "" }
    text += History.text(of: message)
    guard let kept = History.assistantMessage(message) else { return }
    if current.last?["role"] == "assistant", var last = current.last?.object {
      last["content"] = .array((last["content"]?.array ?? []) + (kept["content"]?.array ?? []))
      current[current.count - 1] = .object(last)
    } else {
      current.append(kept)
    }
    if let results = History.results(for: kept, saying: isWhole ? Self.noTools : Self.interrupted) {
      current.append(results)
    }
    if isWhole { settled = current.count }
  }

  private static let noTools = "There is no such tool here."
  private static let interrupted = "The person stopped this before it was done."

  /// Decides by the message's stop reason whether to ask again.
  private mutating func next(after message: ModelMessage) -> Next {
    switch message.stopReason {
    case "tool_use" where current.last?["role"] == "user": return .again
    case "pause_turn": return .again
    case "max_tokens": return .done(.maxTokens)
    case "stop_sequence": return .done(.stopSequence)
    case "refusal": return .done(.refusal)
    case "model_context_window_exceeded": return .done(.contextWindowExceeded)
    default:
      let said = run.takeSteering(isLast: true)
      guard !said.isEmpty else { return .done(.endTurn) }
      for prompt in said { current.append(History.userMessage(prompt)) }
      return .again
    }
  }

  /// The value the schema asks for; `nil` when the model is to be asked once more for it.
  private mutating func structuredOutput(following schema: JSON) throws(RPCError) -> JSON? {
    switch StructuredOutput.read(text, schema: schema) {
    case .success(let output): return output
    case .failure(let flaw) where repaired:
      throw .failed(
        "the answer does not follow outputSchema: \(flaw.reason)",
        FailureData(kind: .providerError, retryable: true, hint: "simplify the schema, or ask a stronger model"))
    case .failure(let flaw):
      repaired = true
      current.append(History.userMessage(Prompt(StructuredOutput.complaint(flaw))))
      return nil
    }
  }
}

// MARK: - The end

extension Turns {
  private func end(_ stopReason: StopReason, output: JSON?) -> Run? {
    var result = RunResult(runId: run.id, sessionId: run.session.id)
    result.stopReason = stopReason
    result.text = text
    result.output = output
    result.model = ModelUsed(requested: run.request.model ?? model, id: modelID ?? model, provider: providerID)
    result.turns = turns
    result.context = ContextUse(used: lastUsage.prompt + lastUsage.output, size: nil)
    result.cost = Cost(usd: nil, source: "the price of '\(modelID ?? model)' is not known")
    result.timings = Timings(ttftMs: firstContentMs, apiMs: apiMs, totalMs: time.monotonic() - startedMs)
    result.notices = []
    result._meta = run.request._meta
    // A refused exchange would make the model refuse what follows: the API says to leave it out.
    let kept = stopReason == .refusal || turns == 0 ? [] : current
    let (sessionUsage, next) = run.session.end(
      run, exchange: exchange(kept, stopReason), usage: usage,
      completed: .completed(stopReason: stopReason, error: nil, usage: usage, turns: turns))
    result.usage = UsageReport(run: usage, session: sessionUsage)
    run.finish(.success(result))
    return next
  }

  private func fail(_ error: RPCError) -> Run? {
    var error = error
    if case .object(var data)? = error.data {
      data["sessionId"] = .string(run.session.id)
      data["runId"] = .string(run.id)
      if !text.isEmpty { data["partialText"] = .string(text) }
      error.data = .object(data)
    }
    let (_, next) = run.session.end(
      run, exchange: exchange(Array(current.prefix(settled)), nil), usage: usage,
      completed: .completed(stopReason: nil, error: error.json, usage: usage, turns: turns))
    run.finish(.failure(error))
    return next
  }

  private func exchange(_ messages: [JSON], _ stopReason: StopReason?) -> Exchange? {
    guard !messages.isEmpty else { return nil }
    return Exchange(
      runId: run.id, at: startedAt, messages: History.messages(past: [], maxHistory: 0, current: messages),
      usage: usage, stopReason: stopReason)
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
