internal import Protocol
internal import Providers

/// The end of a run: its result for whoever asked, and what its session keeps of it.
struct RunEnding: Sendable {
  let run: Run
  let tally: RunTally
  let messages: RunMessages
  /// When it began, in milliseconds since 1970.
  let startedAt: Int
  /// The model that was named, whoever stood in for it.
  let model: (name: String, provider: ProviderID)
  let lastAsked: AskedModel?
  /// Who answered last, by the provider's name.
  let lastServed: String?

  /// Ends it for a reason, with the value that was asked for; what was said is in the session's file before anybody hears of
  /// the end.
  ///
  /// - Returns: The run to start next in its session.
  func end(_ stopReason: StopReason, output: JSON?) async -> Run? {
    // A refused exchange would make the model refuse what follows: the API says to leave it out.
    let isKept = stopReason != .refusal && tally.turns > 0
    let spent = run.session.keep(run, exchange: isKept ? exchange(.all, stopReason) : nil, tally: tally)
    let notices = await run.session.stored()
    run.session.emit(notices.map { .notice($0) }, run: run)
    return finish(stopReason, output: output, spent, notices)
  }

  /// Ends it before anything was said, for a cancel.
  ///
  /// - Returns: The run to start next in its session.
  func endBeforeItBegan() -> Run? {
    finish(.cancelled, output: nil, run.session.keep(run, exchange: nil, tally: tally), [])
  }

  private func finish(
    _ stopReason: StopReason, output: JSON?, _ spent: (usage: Usage, cost: CallCost), _ notices: [String]
  ) -> Run? {
    let served = tally.modelID ?? lastAsked?.inUse.providerModelId ?? model.name
    var result = RunResult(runId: run.id, sessionId: run.session.id)
    result.stopReason = stopReason
    result.text = messages.text
    result.output = output
    result.model = ModelUsed(requested: model.name, id: served, provider: tally.provider ?? model.provider)
    result.model?.providerModelId = lastServed ?? lastAsked?.inUse.providerModelId
    tally.fill(&result, window: lastAsked?.window?.context)
    if !notices.isEmpty { result.notices = (result.notices ?? []) + notices }
    result._meta = run.request._meta
    result.usage = UsageReport(run: tally.usage, session: spent.usage)
    result.sessionCost = spent.cost.wire
    let next = run.session.end(run, RunEnd(stopReason: stopReason, usage: tally.usage, turns: tally.turns))
    run.finish(.success(result))
    return next
  }

  /// Ends it for a failure.
  ///
  /// - Returns: The run to start next in its session.
  func fail(_ error: Failure) async -> Run? {
    let error = error.of(run.session.id, run: run.id, partialText: messages.text)
    let which: RunMessages.Kept = error.details?.kind == .invalidRequest ? .accepted : .settled
    _ = run.session.keep(run, exchange: exchange(which, nil), tally: tally)
    run.session.emit(await run.session.stored().map { .notice($0) }, run: run)
    let end = RunEnd(stopReason: nil, failure: error, usage: tally.usage, turns: tally.turns)
    let next = run.session.end(run, end)
    run.finish(.failure(error))
    return next
  }

  /// Has what was said so far written, for the case that this process ends before the run does.
  func draft() async {
    guard run.session.recorder != nil, let exchange = exchange(.settled, nil) else { return }
    run.session.draft(exchange, of: run, cost: tally.cost)
    await run.session.written()
  }

  private func exchange(_ which: RunMessages.Kept, _ stopReason: StopReason?) -> Exchange? {
    var exchange = messages.exchange(which, of: run.id, at: startedAt)
    exchange?.usage = tally.usage
    exchange?.stopReason = stopReason
    exchange?.model = lastServed ?? lastAsked?.inUse.providerModelId
    exchange?.provider = lastAsked?.inUse.provider
    return exchange
  }
}
