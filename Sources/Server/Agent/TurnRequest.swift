internal import OperatingSystem
internal import Protocol
internal import Providers

/// What a turn asks, and whether it may.
extension Turns {
  /// What came of a turn's question.
  enum Asked {
    case answer(ModelMessage)
    /// The budget does not last for it.
    case overBudget(String)
  }

  /// Asks once, and hands on what comes; history is made shorter first when it nearly fills the window.
  mutating func ask() async throws(ProviderError) -> Asked {
    let asked = asked
    guard let provider = providers[asked.provider] else {
      throw ProviderError(.invalidRequest, "provider '\(asked.provider.rawValue)' is not part of this version")
    }
    let choice = try provider.choice(of: asked.name, isDefault: asked.isDefault)
    let inUse = noteChoice(of: asked.name, asked.provider, choice)
    var request = request(inUse)
    request.isModelDefault = asked.isDefault
    var prompt = run.session.tokens(of: request, model: inUse.providerModelId)
    if Compaction.isDue(used: prompt, size: inUse.window?.context, maxTokens: request.maxTokens),
      try await compact(provider, inUse, like: request)
    {
      request.messages = self.request(inUse).messages
      prompt = run.session.tokens(of: request, model: inUse.providerModelId)
    }
    switch budgeted(request, prompt: prompt, inUse) {
    case .stop(let notice): return .overBudget(notice)
    case .go(let maxTokens): request.maxTokens = maxTokens
    }
    tally.turns += 1
    let began = time.monotonic()
    defer { tally.apiMs += time.monotonic() - began }
    let run = self.run
    let heard = Notices()
    defer { for notice in heard.all { _ = tally.note(notice: notice) } }
    let message = try await provider.answer(request) { batch in
      heard.take(batch)
      run.session.emit(Happening.list(batch, merging: run.session.isBehind), run: run)
      await run.session.room()
    }
    run.session.calibrate(request, model: inUse.providerModelId, usage: message.usage)
    return .answer(message)
  }

  /// Tells of a model that is another than was named, and of a change of the model under the run.
  private mutating func noteChoice(of name: String, _ provider: ProviderID, _ choice: ModelChoice) -> ModelInUse {
    let inUse = ModelInUse(model: name, provider: provider, providerModelId: choice.id)
    guard inUse != lastAsked else { return inUse }
    if let last = lastAsked, last.provider == provider, last.model == name {
      // The same name is asked by another id since one was refused, which was told then.
    } else if lastAsked != nil {
      run.session.emit([.event(.modelChanged(to: inUse, notice: choice.notice))], run: run)
      if let notice = choice.notice { _ = tally.note(notice: notice) }
    } else if let notice = choice.notice {
      tell(notice)
    }
    let before = lastServed ?? lastAsked?.providerModelId
    if let before, lastAsked?.provider != provider || !ConversationPort.isSameModel(before, choice.id) {
      messages.modelHasChanged(from: before)
    }
    lastAsked = inUse
    return inUse
  }

  private func request(_ inUse: ModelInUse) -> ModelRequest {
    let target = ConversationTarget(provider: inUse.provider, model: inUse.providerModelId)
    var request = ModelRequest(
      model: inUse.model,
      messages: run.session.messages(
        with: messages.fit(for: target), target: target, maxHistory: options.maxHistory ?? ServerLimits.maxHistory),
      maxTokens: run.request.maxTokens ?? options.maxTokens ?? ServerLimits.maxTokens)
    let callers = [options.system, run.request.system, run.request.outputSchema.map(StructuredOutput.instruction)]
    request.system = workplace.system(
      model: inUse.providerModelId, provider: inUse.provider, caller: callers.compactMap(\.self))
    request.tools = workplace.tools
    // What another model thought cannot be sent back, and without it this one may not begin to think in mid-turn.
    if !messages.hasForeignParts { request.thinking = (run.request.thinking ?? options.thinking).map(\.apiForm) }
    request.traceparent = run.request._meta?["traceparent"]?.string
    return request
  }

  /// Whether the budgets of the run and of the session last for a request, and how long its answer may be.
  private func budgeted(_ request: ModelRequest, prompt: Int, _ inUse: ModelInUse) -> Budget.Verdict {
    var most = request.maxTokens
    let price = CallCost.price(of: inUse.providerModelId, provider: inUse.provider)
    for (json, scope) in [(run.request.budget, Budget.Scope.run), (options.budget, .session)] {
      guard let json, let budget = try? Budget(json) else { continue }
      var spent = Budget.Spent()
      spent.add(tally.usage, picodollars: tally.cost.picodollars)
      spent.wallMs = time.monotonic() - startedMs
      if scope == .session {
        let past = run.session.spent
        spent.add(past.usage, picodollars: past.cost.picodollars)
        spent.wallMs += past.wallMs
      }
      let next = Budget.NextCall(
        prompt: prompt, cached: tally.lastUsage.prompt + tally.lastUsage.output, maxTokens: most,
        model: inUse.providerModelId,
        rates: price.map { Budget.Rates(input: $0.input, cacheRead: $0.cacheRead, output: $0.output) })
      switch budget.verdict(spent: spent, next: next, scope: scope) {
      case .stop(let notice): return .stop(notice)
      case .go(let maxTokens): most = min(most, maxTokens)
      }
    }
    return .go(maxTokens: most)
  }

  /// Puts a summary in the place of the oldest exchanges; false when there is nothing to shorten.
  private mutating func compact(_ provider: any Provider, _ inUse: ModelInUse, like request: ModelRequest)
    async throws(ProviderError) -> Bool
  {
    let compactor = Compactor(session: run.session, provider: provider, inUse: inUse, time: time)
    guard let done = try await compactor.compact(like: request) else { return false }
    tally.note(done.message, provider: inUse.provider, cost: done.cost)
    var event = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: .compaction)
    event.exchanges = done.count
    event.text = done.summary
    run.session.emit([.event(event)], run: run)
    return true
  }
}

extension ModelInUse {
  /// How much the model reads and writes; `nil` when that is not known.
  var window: ModelWindow? {
    // A name may ask for a longer window than the id alone shows.
    (ModelCatalog.find(providerModelId) ?? ModelCatalog.find(model)).flatMap { entry in
      var entry = entry
      if ModelName(model).wantsLongWindow, let named = ModelCatalog.find("\(ModelName(providerModelId).bare)[1m]") {
        entry = named
      }
      return entry.window(onBedrock: provider == .bedrock)
    }
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
