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

  /// Ends it for a reason, with the value that was asked for.
  ///
  /// - Returns: The run to start next in its session.
  func end(_ stopReason: StopReason, output: JSON?) -> Run? {
    let served = tally.modelID ?? lastAsked?.inUse.providerModelId ?? model.name
    var result = RunResult(runId: run.id, sessionId: run.session.id)
    result.stopReason = stopReason
    result.text = messages.text
    result.output = output
    result.model = ModelUsed(requested: model.name, id: served, provider: tally.provider ?? model.provider)
    result.model?.providerModelId = lastServed ?? lastAsked?.inUse.providerModelId
    tally.fill(&result, window: lastAsked?.window?.context)
    result._meta = run.request._meta
    // A refused exchange would make the model refuse what follows: the API says to leave it out.
    let isKept = stopReason != .refusal && tally.turns > 0
    let ended = run.session.end(
      run, exchange: isKept ? exchange(.all, stopReason) : nil, tally: tally,
      completed: RunEnd(stopReason: stopReason, usage: tally.usage, turns: tally.turns))
    result.usage = UsageReport(run: tally.usage, session: ended.usage)
    result.sessionCost = ended.cost.wire
    run.finish(.success(result))
    return ended.next
  }

  /// Ends it for a failure.
  ///
  /// - Returns: The run to start next in its session.
  func fail(_ error: Failure) -> Run? {
    let error = error.of(run.session.id, run: run.id, partialText: messages.text)
    let which: RunMessages.Kept = error.details?.kind == .invalidRequest ? .accepted : .settled
    let ended = run.session.end(
      run, exchange: exchange(which, nil), tally: tally,
      completed: RunEnd(stopReason: nil, failure: error, usage: tally.usage, turns: tally.turns))
    run.finish(.failure(error))
    return ended.next
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
