package import OperatingSystem
internal import Protocol
internal import Providers

/// The work of a run: asks the model turn by turn until it has said all, runs the tools it calls, and ends the run whatever
/// happens.
package struct Turns: Sendable {
  let run: Run
  let providers: ProviderSet
  let time: TimeSource
  let workplace: Workplace
  /// The session's set-up when the run began: what changes meanwhile, but for the model, is for the next run.
  let options: SessionOptions
  let startedAt: Int
  let startedMs: Int
  /// How often the session's model had been switched by then.
  let switchesBefore: Int

  var messages: RunMessages
  var tally = RunTally()
  /// What was asked last, to tell when the session's model has changed under the run.
  var lastAsked: ModelInUse?
  /// Who answered last, by the provider's name: another than was asked where that was refused.
  var lastServed: String?
  private var policy: StopPolicy
  private var repaired = false

  /// The work of that run.
  package init(run: Run, providers: ProviderSet, agent: Agent, time: TimeSource) {
    self.run = run
    self.providers = providers
    self.time = time
    messages = RunMessages(run.request.prompt)
    startedAt = time.now()
    startedMs = time.monotonic()
    options = run.session.options
    switchesBefore = run.session.modelInfo.switches
    // Who wants short answers does not want them continued.
    policy = StopPolicy(continuesText: run.request.maxTokens == nil && options.maxTokens == nil)
    workplace = agent.workplace(of: run.session, tools: run.request.tools ?? options.tools, now: startedAt)
  }

  /// Does the work.
  ///
  /// - Returns: The run to start next in its session.
  package consuming func work() async -> Run? {
    // A run that was cancelled while it waited has its end only.
    if !run.isCancelled {
      let model = asked
      run.session.begin(run, [.started(model: model.name, provider: model.provider)])
    }
    do throws(RPCError) {
      let (stopReason, output) = try await takeTurns()
      return end(stopReason, output: output)
    } catch {
      return fail(error)
    }
  }

  /// The model to ask now, by the name that somebody gave it: the run's own until somebody switches, or what the session has
  /// at this moment.
  var asked: (name: String, provider: ProviderID, isDefault: Bool) {
    let (info, isDefault, switches) = run.session.modelInfo
    guard switches == switchesBefore, let own = run.request.model else { return (info.model, info.provider, isDefault) }
    return (own, info.provider, false)
  }

  /// Tells a person something, once.
  mutating func tell(_ notice: String) {
    guard tally.note(notice: notice) else { return }
    run.session.emit([.event(.notice(notice))], run: run)
  }
}

// MARK: - Turn by turn

extension Turns {
  private mutating func takeTurns() async throws(RPCError) -> (StopReason, JSON?) {
    for notice in workplace.notices { tell(notice) }
    let turnsMax = run.request.maxTurns ?? ServerLimits.maxTurns
    while !run.isCancelled {
      for prompt in run.takeSteering(isLast: false) { messages.add(prompt) }
      guard tally.turns < turnsMax else { return (.maxTurns, nil) }
      let provider = asked.provider
      let message: ModelMessage
      do throws(ProviderError) {
        switch try await ask() {
        case .answer(let answer): message = answer
        case .overBudget(let notice):
          tell(notice)
          return (.budgetExceeded, nil)
        }
      } catch {
        if let partial = error.partial { note(partial, provider: provider, isWhole: false) }
        guard run.isCancelled else { throw ErrorMapping.rpcError(error, provider: provider) }
        break
      }
      note(message, provider: provider, isWhole: true)
      if let end = try await goOn(after: message) { return end }
    }
    return (.cancelled, nil)
  }

  /// Does what the message calls for; `nil` when the model is to be asked again.
  private mutating func goOn(after message: ModelMessage) async throws(RPCError) -> (StopReason, JSON?)? {
    switch policy.decide(after: message) {
    case .sendBack: return nil
    case .goOn(let said):
      messages.add(said)
      return nil
    case .runTools(let calls, let remark):
      let results = await workplace.calls(of: run)?.answer(calls, remark: remark)
      for notice in run.takeNotices() { _ = tally.note(notice: notice) }
      messages.add(results: results ?? Self.noTools(calls), isSettled: true)
      return nil
    case .finish(let reason, let results, let notice):
      if let results { messages.add(results: results, isSettled: true) }
      if let notice { tell(notice) }
      guard reason == .endTurn else { return (reason, nil) }
      let said = run.takeSteering(isLast: true)
      for prompt in said { messages.add(prompt) }
      guard said.isEmpty else { return nil }
      guard let schema = run.request.outputSchema else { return (.endTurn, nil) }
      return try structuredOutput(following: schema).map { (.endTurn, $0) }
    }
  }

  /// Keeps what a message brought; a cut one has its calls answered, as they will not be made.
  private mutating func note(_ message: ModelMessage, provider: ProviderID, isWhole: Bool) {
    let served = message.servedBy?.model ?? lastAsked?.providerModelId ?? ""
    lastServed = served
    tally.note(
      message, provider: provider, cost: CallCost(of: message.usage, model: served, provider: provider))
    guard let kept = messages.add(message, isWhole: isWhole), !isWhole else { return }
    if let results = Conversation.results(for: kept, saying: Self.interrupted) {
      messages.add(results: results, isSettled: false)
    }
  }

  private static let interrupted = "The person stopped this before it was done."

  private static func noTools(_ calls: [StopPolicy.ToolCall]) -> JSON {
    let results = calls.map { call -> JSON in
      [
        "type": "tool_result", "tool_use_id": .string(call.id), "content": "There are no tools here.",
        "is_error": true,
      ]
    }
    return ["role": "user", "content": .array(results)]
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
  private mutating func end(_ stopReason: StopReason, output: JSON?) -> Run? {
    tally.wallMs = time.monotonic() - startedMs
    let model = asked
    let served = tally.modelID ?? lastAsked?.providerModelId ?? model.name
    var result = RunResult(runId: run.id, sessionId: run.session.id)
    result.stopReason = stopReason
    result.text = messages.text
    result.output = output
    result.model = ModelUsed(requested: model.name, id: served, provider: tally.provider ?? model.provider)
    result.model?.providerModelId = lastServed ?? lastAsked?.providerModelId
    result.turns = tally.turns
    result.context = ContextUse(used: tally.lastUsage.prompt + tally.lastUsage.output, size: lastAsked?.window?.context)
    result.cost = tally.cost.wire
    result.timings = Timings(ttftMs: tally.firstContentMs, apiMs: tally.apiMs, totalMs: tally.wallMs)
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

  private mutating func fail(_ error: RPCError) -> Run? {
    tally.wallMs = time.monotonic() - startedMs
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
      runId: run.id, at: startedAt, messages: Conversation.messages(past: [], current: kept, target: nil),
      usage: tally.usage, stopReason: stopReason)
    exchange.model = speaker
    exchange.provider = lastAsked?.provider
    return exchange
  }
}
