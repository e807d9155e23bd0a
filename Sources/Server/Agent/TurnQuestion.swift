internal import Protocol
internal import Providers

/// What a turn asks: the request as it would be sent now, and whether the budgets last for it.
struct TurnQuestion: Sendable {
  /// The model, by all its names.
  let model: AskedModel
  var request: ModelRequest
  /// The tokens of its prompt: an estimate, corrected by what the API counted last.
  private let prompt: Int
  /// What a person should know of settings that the model does not take as they were asked for.
  private(set) var notices: [String] = []
  /// What is still to be said to the model, for a choice of a tool that it takes in words only.
  private(set) var toolInWords: String?

  /// The question that a run asks next, with what a session's models see of its past.
  init(_ run: Run, _ options: SessionOptions, shown: RunSetup.Shown, model: AskedModel, isFirst: Bool) {
    let (past, messages) = (shown.past, shown.messages)
    var request = ModelRequest(
      model: model.inUse.model,
      messages: Conversation.messages(past: past.exchanges, current: messages.all, target: model.target), maxTokens: 1)
    request.system = past.prefix.system
    let (tools, webNotice) = WebTools.fitted(past.prefix.tools, for: model.target)
    request.tools = StrictTools.fitted(tools, for: model.choice.traits)
    request.load(for: model)
    request.format = shown.format
    request.traceparent = run.request._meta?["traceparent"]?.string
    var fit = RequestFit(
      run.wishes(options, tools: request.tools, isFirst: isFirst), for: model.choice,
      onBedrock: model.inUse.provider == .bedrock)
    let isForeign =
      messages.hasAnswers
      ? messages.hasForeignParts : past.exchanges.last.map { !$0.isSaid(by: model.inUse.model) } ?? false
    fit.follow(
      Conversation.beginningOfOpenTurn(past: request.messages, current: messages.all), isForeign: isForeign)
    self.init(model: model, request: fit.applied(to: request), of: run.session)
    (notices, toolInWords) = (fit.notices + shown.notices + [webNotice].compactMap(\.self), fit.toolInWords)
  }

  /// The request with a past alone, without a prompt.
  func request(saying past: [Exchange]) -> ModelRequest {
    var request = request
    request.messages = Conversation.messages(past: past, current: [], target: model.target)
    request.load(for: model)
    return request
  }

  /// A request to a model, from a session.
  init(model: AskedModel, request: ModelRequest, of session: Session) {
    self.model = model
    self.request = request
    prompt = RequestEstimate.tokens(
      of: request, model: model.inUse.providerModelId, calibration: session.calibration)
  }

  /// Whether the prompt is so long that the conversation is to be summarized first; `wish` is the session's threshold.
  func needsCompaction(wish: Int?) -> Bool {
    let threshold = Compaction.threshold(
      wish: wish, window: model.window?.context, dearAbove: model.price?.long?.above)
    return threshold.map { prompt > $0 } ?? false
  }

  /// The same, by the service's own count where nothing of the conversation was counted yet: a summary costs more than that.
  func isTooLong(wish: Int?, for session: Session, by provider: any Provider) async -> Bool {
    guard needsCompaction(wish: wish) else { return false }
    guard session.calibration == nil, let counted = try? await provider.countTokens(of: request) else { return true }
    var usage = Usage()
    usage.input = counted
    let model = model.inUse.providerModelId
    session.calibration = RequestEstimate.calibration(by: usage, of: request, model: model)
    return TurnQuestion(model: self.model, request: request, of: session).needsCompaction(wish: wish)
  }

  /// Whether the budgets last for it, and how long its answer may be.
  func budgeted(_ spending: Spending) -> Budget.Verdict {
    let price = model.price?.at(prompt: prompt)
    let next = Budget.NextCall(
      prompt: prompt, cached: spending.cached, maxTokens: request.maxTokens, model: model.inUse.providerModelId,
      rates: price.map { Budget.Rates(input: $0.input, cacheRead: $0.cacheRead, output: $0.output) })
    return spending.verdict(next)
  }
}

extension TurnQuestion {
  /// The question that a run asks next, with what makes it anew for another model.
  ///
  /// One may answer in the place of one that is gone: what is sent must be what it takes, this time and the next. `shown` is
  /// what a model is shown of the conversation.
  static func next(
    of run: Run, _ options: SessionOptions, model: AskedModel, isDefault: Bool, isFirst: Bool,
    asksForMore: Bool,
    paying spending: Spending, shown: @escaping @Sendable (AskedModel) -> RunSetup.Shown
  ) -> TurnQuestion {
    @Sendable func made(for model: AskedModel) -> TurnQuestion {
      var question = TurnQuestion(run, options, shown: shown(model), model: model, isFirst: isFirst)
      if asksForMore { question.request.maxTokens = model.window?.output ?? question.request.maxTokens }
      question.request.isModelDefault = isDefault
      return question
    }
    let question = made(for: model)
    var remakeable = question
    remakeable.request.remake = ModelRequest.Remake(madeFor: model.choice.id) { choice in
      var other = made(for: model.replaced(by: choice))
      if case .go(let maxTokens) = other.budgeted(spending) { _ = other.request.limit(to: maxTokens) }
      if let words = other.toolInWords, question.toolInWords == nil {
        other.request.messages = SystemMessages.placed(other.request.messages + [SystemMessages.reminding(words)])
        other.request.added = words
      }
      return other.request
    }
    return remakeable
  }
}

extension ModelRequest {
  /// Has the tools loaded that were found in the conversation, where the model takes that.
  mutating func load(for model: AskedModel) {
    load(foundBy: MCPTools.searchName, for: model.choice.traits, onBedrock: model.inUse.provider == .bedrock)
  }
}

/// What the budgets of a run and of its session have to pay for, until now.
struct Spending: Sendable {
  private var budgets: [(budget: Budget, scope: Budget.Scope)]
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
  /// What all runs have cost today, these included.
  private var day: DaySpending?

  /// The budgets as callers wrote them; they were checked when they came.
  init(run: JSON?, session: JSON?) {
    budgets = [(run, Budget.Scope.run), (session, .session)].compactMap { json, scope in
      guard let json, let budget = try? Budget(json) else { return nil }
      return (budget, scope)
    }
  }

  /// What a run has used so far.
  init(run: Run, _ options: SessionOptions, _ tally: RunTally, wallMs: Int) {
    let (usage, cost, before, payer) = run.spentTogether(tally)
    self.init(run: payer.request.budget, session: payer === run ? options.budget : payer.session.options.budget)
    (self.usage, self.cost, self.wallMs) = (usage, cost, before + wallMs)
    past = payer.session.spent
    cached = tally.lastUsage.all
    limit(day: run.session.settings.inForce.perDay, spent: tally.day)
  }

  /// Bounds what all runs cost in a day.
  mutating func limit(day picodollars: Int?, spent: DaySpending?) {
    guard let picodollars else { return }
    budgets.append((Budget(picodollars: picodollars), .day))
    day = spent
  }

  /// Whether all budgets last for a call, and how long its answer may be.
  func verdict(_ next: Budget.NextCall) -> Budget.Verdict {
    var next = next
    for (budget, scope) in budgets {
      var spent = Budget.Spent()
      spent.add(usage, picodollars: cost.picodollars)
      spent.wallMs = wallMs
      if scope == .day {
        spent.picodollars = day.map(\.picodollars) ?? 0
      } else if scope == .session {
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

extension Exchange {
  /// Whether that model said its last words, as far as anybody knows.
  fileprivate func isSaid(by other: String) -> Bool { model.map { ConversationPort.isSameModel($0, other) } ?? true }
}

extension Run {
  /// What a turn's request should be: the run's wishes before its session's; a tool is chosen for the first turn only.
  fileprivate func wishes(_ options: SessionOptions, tools: [JSON], isFirst: Bool) -> RequestFit.Wishes {
    var wishes = RequestFit.Wishes()
    wishes.thinking = request.thinking ?? options.thinking
    wishes.effort = request.effort ?? options.effort ?? session.settings.inForce.effort
    wishes.maxTokens = request.maxTokens ?? options.maxTokens
    wishes.toolChoice = isFirst ? request.toolChoice : nil
    wishes.tools = tools.compactMap { $0["name"]?.string }
    return wishes
  }
}
