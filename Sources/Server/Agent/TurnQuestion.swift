internal import Protocol
internal import Providers

/// What a turn asks: the request as it would be sent now, and whether the budgets last for it.
struct TurnQuestion: Sendable {
  /// The model, by all its names.
  let inUse: ModelInUse
  /// What is known of it.
  let choice: ModelChoice
  var request: ModelRequest
  /// The tokens of its prompt: an estimate, corrected by what the API counted last.
  private let prompt: Int

  /// The question that a run asks next.
  init(
    _ run: Run, _ options: SessionOptions, messages: RunMessages, inUse: ModelInUse, _ choice: ModelChoice,
    setup: RunSetup
  ) {
    let target = ConversationTarget(provider: inUse.provider, model: inUse.providerModelId)
    var request = ModelRequest(
      model: inUse.model,
      messages: run.session.messages(
        with: messages.fit(for: target), target: target, maxHistory: options.maxHistory ?? ServerLimits.maxHistory),
      maxTokens: run.request.maxTokens ?? options.maxTokens ?? ServerLimits.maxTokens)
    let callers = [options.system, run.request.system, run.request.outputSchema.map(StructuredOutput.instruction)]
    request.system = setup.system(
      model: inUse.providerModelId, provider: inUse.provider, caller: callers.compactMap(\.self))
    request.tools = setup.tools
    // What another model thought cannot be sent back, and without it this one may not begin to think in mid-turn.
    if !messages.hasForeignParts { request.thinking = (run.request.thinking ?? options.thinking).map(\.apiForm) }
    request.traceparent = run.request._meta?["traceparent"]?.string
    self.init(inUse: inUse, choice, request: request, of: run.session)
  }

  /// A request to a model, from a session.
  init(inUse: ModelInUse, _ choice: ModelChoice, request: ModelRequest, of session: Session) {
    self.inUse = inUse
    self.choice = choice
    self.request = request
    prompt = RequestEstimate.tokens(
      of: request, model: inUse.providerModelId, calibration: session.calibration)
  }

  /// Whether the prompt nearly fills the model's window.
  var needsCompaction: Bool {
    let window = choice.window(onBedrock: inUse.provider == .bedrock)
    return Compaction.isDue(used: prompt, size: window?.context, maxTokens: request.maxTokens)
  }

  /// Whether the budgets last for it, and how long its answer may be.
  func budgeted(_ spending: Spending) -> Budget.Verdict {
    let price = CallCost.price(of: choice.known, provider: inUse.provider)?.at(prompt: prompt)
    let next = Budget.NextCall(
      prompt: prompt, cached: spending.cached, maxTokens: request.maxTokens, model: inUse.providerModelId,
      rates: price.map { Budget.Rates(input: $0.input, cacheRead: $0.cacheRead, output: $0.output) })
    return spending.verdict(next)
  }
}

/// What the budgets of a run and of its session have to pay for, until now.
struct Spending: Sendable {
  private let budgets: [(budget: Budget, scope: Budget.Scope)]
  /// The tokens of what goes on.
  var usage = Usage()
  /// What they cost.
  var cost = CallCost.none
  /// Milliseconds that it has taken.
  var wallMs = 0
  /// What the session had used before it.
  var past: (usage: Usage, cost: CallCost, wallMs: Int) = (Usage(), .none, 0)
  /// The tokens of a prompt that the provider has cached.
  var cached = 0

  /// The budgets as callers wrote them; they were checked when they came.
  init(run: JSON?, session: JSON?) {
    budgets = [(run, Budget.Scope.run), (session, .session)].compactMap { json, scope in
      guard let json, let budget = try? Budget(json) else { return nil }
      return (budget, scope)
    }
  }

  /// Whether all budgets last for a call, and how long its answer may be.
  func verdict(_ next: Budget.NextCall) -> Budget.Verdict {
    var next = next
    for (budget, scope) in budgets {
      var spent = Budget.Spent()
      spent.add(usage, picodollars: cost.picodollars)
      spent.wallMs = wallMs
      if scope == .session {
        spent.add(past.usage, picodollars: past.cost.picodollars)
        spent.wallMs += past.wallMs
      }
      switch budget.verdict(spent: spent, next: next, scope: scope) {
      case .stop(let notice): return .stop(notice)
      case .go(let maxTokens): next.maxTokens = min(next.maxTokens, maxTokens)
      }
    }
    return .go(maxTokens: next.maxTokens)
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
