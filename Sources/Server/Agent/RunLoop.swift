internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// The work of a run: asks the model turn by turn until it has said all, runs the tools it calls, and ends the run whatever
/// happens.
package struct RunLoop: Sendable {
  private let run: Run
  private let engine: Engine
  /// The session's set-up when the run began: what changes meanwhile, but for the model, is for the next run.
  private let options: SessionOptions
  private let (startedAt, startedMs): (Int, Int)
  /// How often the session's model had been switched by then.
  private let switchesBefore: Int

  private var messages: RunMessages
  private var tally: RunTally
  /// What was asked last, to tell when the session's model has changed under the run.
  private var lastAsked: AskedModel?
  /// Who answered last, by the provider's name: another than was asked where that was refused.
  private var lastServed: String?
  private var policy: StopPolicy
  private var form: AnswerForm
  /// Whether the model was asked in words to use a tool.
  private var toolIsNamed = false
  /// Which model answers in the place of the one that was named, from when it was overloaded or refused, until somebody
  /// switches; the next run asks the first one again.
  private var fallback: FallbackModel
  /// Whether the conversation could not be summarized in this run, so that it is not tried again.
  private var isAsShortAsCanBe = false

  /// The work of that run; nothing of it is done yet, and no file is looked at.
  package init(run: Run, engine: Engine) {
    self.run = run
    self.engine = engine
    messages = RunMessages(run.request.prompt)
    (startedAt, startedMs) = (engine.time.now(), engine.time.monotonic())
    tally = RunTally(on: engine.day)
    options = run.session.options
    form = AnswerForm(run.request.outputSchema, in: run.session, now: engine.time.now())
    let fallback = run.request.fallbackModel ?? options.fallbackModel ?? engine.fallbackModel
    self.fallback = FallbackModel(fallback ?? run.session.settings.inForce.fallbackModel)
    switchesBefore = run.session.modelInfo.switches
    // Who wants short answers does not want them continued.
    policy = StopPolicy(continuesText: run.request.maxTokens == nil && options.maxTokens == nil)
  }

  /// Does the work.
  ///
  /// - Returns: The run to start next in its session.
  package consuming func work() async -> Run? {
    guard !run.isCancelled else { return await ending.end(.cancelled, output: nil) }
    let model = asked
    run.session.begin(run, [.started(model: model.name, provider: model.provider)])
    await SettingsPermission.settle(run, engine: engine)
    await WebPermission.settle(run, engine: engine)
    await MCPPermission.settle(run, engine: engine)
    do throws(Failure) {
      let setup = try await RunSetup.look(for: run, with: options, engine: engine)
      if let prompt = setup.asked { messages = RunMessages(prompt) }
      let (stopReason, output) = try await takeTurns(setup)
      return await ending.end(stopReason, output: output)
    } catch {
      return run.isCancelled ? await ending.end(.cancelled, output: nil) : await ending.fail(error)
    }
  }

  /// Ends a run that was cancelled while it waited: it has an end only.
  ///
  /// - Returns: The run to start next in its session.
  package consuming func endBeforeItBegan() -> Run? { ending.endBeforeItBegan() }

  /// The model to ask now, by the name that somebody gave it: the run's own until somebody switches, or what the session has
  /// at this moment.
  private var asked: (name: String, provider: ProviderID, isDefault: Bool) {
    let named = named
    return fallback.standsIn(since: run.session.modelInfo.switches).map { ($0, named.provider, false) } ?? named
  }

  /// The same, whoever stands in for it.
  private var named: (name: String, provider: ProviderID, isDefault: Bool) {
    let (info, isDefault, switches) = run.session.modelInfo
    guard switches == switchesBefore, let own = run.request.model else { return (info.model, info.provider, isDefault) }
    return (own, info.provider, false)
  }

  /// Milliseconds that it has taken so far.
  private var wallMs: Int { engine.time.monotonic() - startedMs }

  /// Tells a person something, once.
  private mutating func tell(_ notice: String) {
    guard tally.note(notice: notice) else { return }
    run.session.emit([.notice(notice)], run: run)
  }
}

// MARK: - Turn by turn

extension RunLoop {
  private mutating func takeTurns(_ setup: RunSetup) async throws(Failure) -> (StopReason, JSON?) {
    for notice in setup.notices { tell(notice) }
    let hidden = run.session.show(options.maxHistory)
    if hidden > 0 { tell("maxHistory is reached: the model no longer sees the oldest \(hidden) exchanges") }
    for words in try await Hooks.prompt(run, engine) { messages.add(remark: words, goesOn: false) }
    while !run.isCancelled {
      await ending.draft()
      MCPPermission.tell(run, engine: engine)
      tally.take(from: run)
      for prompt in run.takeSteering(isLast: false) { messages.add(prompt) }
      guard tally.turns < run.request.maxTurns ?? ServerLimits.maxTurns else { return (.maxTurns, nil) }
      let provider = asked.provider
      let message: ModelMessage
      do throws(ProviderError) {
        switch try await ask(setup) {
        case .answer(let answer): message = answer
        case .overBudget(let notice):
          tally.turns -= 1
          tell(notice)
          return (.budgetExceeded, nil)
        }
      } catch {
        if let partial = error.partial { note(partial, provider: provider, isWhole: false) }
        guard run.isCancelled else {
          if let reason = FallbackModel.reason(error), fallBack(because: reason) { continue }
          throw Failure(error, provider: provider)
        }
        break
      }
      if let reason = FallbackModel.reason(message), fallBack(because: reason) {
        // What a model said before it refused is no part of the conversation, but is paid for.
        spend(on: message, provider: provider)
        continue
      }
      note(message, provider: provider, isWhole: true)
      if let end = try await goOn(after: message, setup) { return end }
    }
    return (.cancelled, nil)
  }

  /// Does what the message calls for; `nil` when the model is to be asked again.
  private mutating func goOn(after message: ModelMessage, _ setup: RunSetup) async throws(Failure) -> (
    StopReason, JSON?
  )? {
    policy.followsTools = messages.endsWithResults
    switch policy.decide(after: message) {
    case .sendBack, .askForMore: return nil
    case .goOn(let remark, let joins):
      messages.add(remark: remark, goesOn: joins)
      return nil
    case .runTools(let calls, let remark):
      let results = await setup.calls(of: run)?.answer(calls, remark: remark)
      tally.take(from: run)
      let without = Conversation.results(for: calls.map(\.id), saying: setup.whyNoTools)
      if let results = results ?? without { messages.add(results: results, isSettled: true) }
      return nil
    case .finish(let reason, let results, let notice):
      if let results { messages.add(results: results, isSettled: true) }
      if let notice { tell(notice) }
      guard reason == .endTurn else { return (reason, nil) }
      let said = run.takeSteering(isLast: true)
      for prompt in said { messages.add(prompt) }
      guard said.isEmpty else { return nil }
      if let words = await Hooks.stop(run, engine, said: messages.text) {
        messages.add(remark: words, goesOn: false)
        return nil
      }
      switch try form.read(messages.text) {
      case .value(let output): return (.endTurn, output)
      case .again(let complaint): messages.add(remark: complaint, goesOn: false)
      }
      return nil
    }
  }

  /// Lets another model answer from the next call on, where one was named that is another, and tells of it.
  private mutating func fallBack(because reason: String) -> Bool {
    guard let name = fallback.name, !run.isCancelled, let last = lastAsked,
      let choice = try? engine.providers[last.inUse.provider]?.choice(of: name), choice.id != last.choice.id,
      fallback.standIn(at: run.session.modelInfo.switches)
    else { return false }
    tally.turns -= 1
    tell("'\(last.inUse.model)' \(reason), so '\(name)' answers this prompt in its place")
    return true
  }

  /// Counts what a message took.
  private mutating func spend(on message: ModelMessage, provider: ProviderID) {
    lastServed = message.servedBy?.model ?? lastAsked?.inUse.providerModelId
    tally.note(message, provider: provider, cost: lastAsked?.cost(of: message) ?? .none, of: run, wallMs: wallMs)
  }

  /// Keeps what a message brought; a cut one has its calls answered, as they will not be made.
  private mutating func note(_ message: ModelMessage, provider: ProviderID, isWhole: Bool) {
    spend(on: message, provider: provider)
    if let words = message.addedToPrompt { messages.add(remark: words, goesOn: false) }
    guard let kept = messages.add(message, isWhole: isWhole), !isWhole else { return }
    if let results = Conversation.results(for: kept, saying: RunMessages.interrupted) {
      messages.add(results: results, isSettled: false)
    }
  }
}

// MARK: - Asking

extension RunLoop {
  /// What came of a turn's question.
  private enum Asked {
    case answer(ModelMessage)
    /// The budget does not last for it.
    case overBudget(String)
  }

  /// Asks once, and hands on what comes; history is made shorter first when it is longer than its threshold.
  private mutating func ask(_ setup: RunSetup) async throws(ProviderError) -> Asked {
    let asked = asked
    guard let provider = engine.providers[asked.provider] else {
      throw ProviderError(.invalidRequest, "provider '\(asked.provider.rawValue)' is not part of this version")
    }
    await provider.learn(of: asked.name)
    let choice = try provider.choice(of: asked.name, isDefault: asked.isDefault)
    let inUse = ModelInUse(model: asked.name, provider: asked.provider, providerModelId: choice.id)
    let model = AskedModel(inUse: inUse, choice: choice)
    noteChoice(of: model)
    let setup = setup.asOfNow(form)
    if let notice = run.session.settle(fresh: setup.prefix(for: model)) { tell(notice) }
    letImagesGo(for: model.inUse.provider)
    var (tried, cures, hasMadeRoom) = (HistoryCure.Tried(), [HistoryCure](), false)
    tally.turns += 1
    while true {
      let untold = messages
      let shown = { @Sendable [run] model in setup.shown(untold, of: run, to: model) }
      var question = TurnQuestion.next(
        of: run, options, model: model, isDefault: asked.isDefault, isFirst: tally.turns == 1,
        asksForMore: policy.askedForMore, paying: spending, shown: shown)
      if let words = question.toolInWords, !toolIsNamed {
        toolIsNamed = true
        messages.add(remark: words, goesOn: false)
        continue
      }
      if !isAsShortAsCanBe, await question.isTooLong(wish: options.compactAt, for: run.session, by: provider) {
        guard !hasMadeRoom else {
          isAsShortAsCanBe = true
          tell("the conversation is as short as can be, and still longer than it should be: raise 'compactAt'")
          continue
        }
        hasMadeRoom = true
        switch try await makeRoom(provider, question, shown(model)) {
        case .done?: continue
        case .overBudget(let notice)?: return .overBudget(notice)
        case .nothing?, nil: break
        }
      }
      for notice in question.notices { tell(notice) }
      switch question.budgeted(spending) {
      case .stop(let notice): return .overBudget(notice)
      case .go(let maxTokens): if let notice = question.request.limit(to: maxTokens) { tell(notice) }
      }
      for cure in cures { question.request.messages = cure.applied(to: question.request.messages) }
      do throws(ProviderError) {
        let message = try await answer(to: question.request, by: provider, model)
        goOn(from: shown(model.served(message.servedBy, by: provider, isDefault: asked.isDefault)), cures)
        return .answer(message)
      } catch {
        guard !run.isCancelled, !error.wasHeard else {
          goOn(from: shown(model.served(error.partial?.servedBy, by: provider, isDefault: asked.isDefault)), cures)
          throw error
        }
        // The places of what another model was asked are of another request.
        let isOurs = error.servedBy.map { $0.model == model.choice.id } ?? true
        if isOurs, let cure = HistoryCure.of(error, in: question.request.messages, &tried) {
          cures.append(cure)
        } else if error.kind == .contextWindowExceeded, !hasMadeRoom {
          hasMadeRoom = true
          guard case .done? = try await makeRoom(provider, question, shown(model)) else {
            throw error.helped(by: .shorter)
          }
        } else {
          throw error.refusedPlace != nil || error.refusesThinking ? error.helped(by: .goBack) : error
        }
      }
    }
  }

  /// The conversation goes on from what the model was shown that has spoken, less what was left out for it: nothing of it
  /// may change from now on.
  private mutating func goOn(from shown: RunSetup.Shown, _ cures: [HistoryCure]) {
    run.session.freeze(shown.past.prefix)
    messages = shown.messages
    for cure in cures {
      run.session.revise(cure.applied)
      messages.revise(cure.applied)
      tell(cure.notice)
    }
  }

  /// Asks, and hands on what comes.
  private mutating func answer(to request: ModelRequest, by provider: any Provider, _ model: AskedModel)
    async throws(ProviderError) -> ModelMessage
  {
    let began = engine.time.monotonic()
    defer { tally.apiMs += engine.time.monotonic() - began }
    let heard = Mutex<[String]>([])
    defer { for notice in heard.withLock(\.self) { _ = tally.note(notice: notice) } }
    let message = try await provider.answer(request) { [run] batch in
      let notices = StreamedEvents.notices(batch)
      if !notices.isEmpty { heard.withLock { $0 += notices } }
      run.session.emit(StreamedEvents.events(batch, merging: run.session.isBehind), run: run)
      await run.session.room()
    }
    let counted = RequestEstimate.calibration(by: message.usage, of: request, model: model.inUse.providerModelId)
    if let counted { run.session.calibration = counted }
    run.session.format = request.format?.schema.json
    return message
  }

  /// What the budgets have to pay for so far.
  private var spending: Spending { Spending(run: run, options, tally, wallMs: wallMs) }

  /// Lets the oldest images go for good where one that came makes too many of them: what was sent must not change turn by
  /// turn.
  private mutating func letImagesGo(for provider: ProviderID) {
    guard messages.hasNewImages, let (current, count) = run.session.letImagesGo(before: messages.all, for: provider)
    else { return }
    messages.revise { _ in current }
    tell("\(count) images are left out of the conversation from now on, the oldest: a request holds only so many")
  }

  /// Tells of a model that is another than was named, and of a change of the model under the run.
  private mutating func noteChoice(of model: AskedModel) {
    let (inUse, notice, last) = (model.inUse, model.choice.notice, lastAsked)
    lastAsked = model
    guard inUse != last?.inUse else { return }
    if let last, last.inUse.provider == inUse.provider, last.inUse.model == inUse.model {
      // The same name is asked by another id since one was refused, which was told then.
    } else if last != nil {
      run.session.emit([.modelChanged(inUse, notice: notice)], run: run)
      if let notice { _ = tally.note(notice: notice) }
    } else if let notice {
      tell(notice)
    }
    let before = lastServed ?? last?.inUse.providerModelId
    if let before, last?.inUse.provider != inUse.provider || !ConversationPort.isSameModel(before, model.choice.id) {
      messages.modelHasChanged()
    }
  }

  /// Puts a summary in the place of what was said; what it took is counted, whatever came of it.
  ///
  /// What this run has said so far is summarized, too, and the run goes on from its prompt.
  ///
  /// - Returns: How it ended; `nil` when it was not tried.
  private mutating func makeRoom(_ provider: any Provider, _ question: TurnQuestion, _ shown: RunSetup.Shown)
    async throws(ProviderError) -> Compactor.Ending?
  {
    guard !isAsShortAsCanBe, messages.hasAnswers || !shown.past.exchanges.isEmpty else { return nil }
    let model = question.model
    var (usual, current) = (question.request, Exchange?.none)
    if messages.hasAnswers {
      current = Exchange(runId: run.id, at: startedAt, messages: messages.all, usage: tally.usage, stopReason: nil)
    } else {
      usual = question.request(saying: shown.past.exchanges)
    }
    let compactor = Compactor(session: run.session, provider: provider, model: model, time: engine.time)
    let outcome = await compactor.compact(like: usual, and: current, paying: spending) { [run] batch in
      let told = StreamedEvents.events(batch.filter(\.isAboutTheCall), merging: false)
      run.session.emit(told, run: run)
    }
    for message in outcome.spent {
      tally.note(message, provider: model.inUse.provider, cost: model.cost(of: message), of: run, wallMs: wallMs)
    }
    switch outcome.ending {
    case .success(.done(let exchanges, let summary)):
      if current != nil { messages.restart() }
      run.session.emit([.compaction(exchanges: exchanges, summary: summary)], run: run)
    case .success(.nothing(let reason)): noteThatItIsShort(as: reason)
    case .success(.overBudget): break
    case .failure(let error):
      guard !run.isCancelled, error.kind != .cancelled else { throw error }
      noteThatItIsShort(as: error.message)
      return .nothing(reason: error.message)
    }
    return try outcome.ending.get()
  }

  private mutating func noteThatItIsShort(as reason: String) {
    isAsShortAsCanBe = true
    tell("the conversation could not be summarized: \(reason)")
  }

  private var ending: RunEnding {
    var tally = tally
    tally.wallMs = wallMs
    return RunEnding(
      run: run, tally: tally, messages: messages, startedAt: startedAt, model: (named.name, named.provider),
      lastAsked: lastAsked, lastServed: lastServed)
  }
}
