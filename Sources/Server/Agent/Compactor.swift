internal import OperatingSystem
internal import Protocol
internal import Providers

/// Has a model summarize the oldest exchanges of a session, and puts the summary in their place.
struct Compactor: Sendable {
  let session: Session
  let provider: any Provider
  let inUse: ModelInUse
  let time: TimeSource

  /// How it ended.
  enum Ending: Sendable {
    /// The summary stands in history now, for that many exchanges.
    case done(exchanges: Int, summary: String)
    /// There was nothing to cut, or the model gave no summary that could stand: history is as it was.
    case nothing
    /// A budget does not last for the summary; why, for a person.
    case overBudget(String)
  }

  /// What came of it, and what it took: a summary that is no good was paid for as well.
  struct Outcome: Sendable {
    var ending: Result<Ending, ProviderError>
    /// The model's message, as far as it came; `nil` when it was not asked.
    var spent: ModelMessage?
    var cost = CallCost.none
  }

  /// Compacts, if there is anything to cut and the budgets last for it.
  ///
  /// `usual` is the session's usual request, for what it holds besides history; `spending` what budgets pay for already.
  func compact(like usual: ModelRequest, paying spending: Spending) async -> Outcome {
    let overhead = TokenEstimate.system(usual.system) + TokenEstimate.tools(usual.tools)
    guard
      let compaction = Compaction(
        of: session.record.exchanges, size: inUse.window?.context, overhead: overhead,
        calibration: session.calibration, model: inUse.providerModelId)
    else { return Outcome(ending: .success(.nothing)) }
    var question = TurnQuestion(inUse: inUse, request: compaction.request(like: usual), of: session)
    switch question.budgeted(spending) {
    case .stop(let notice): return Outcome(ending: .success(.overBudget(notice)))
    case .go(let maxTokens): _ = question.request.limit(to: maxTokens)
    }
    return await carryOut(compaction, asking: question.request)
  }

  private func carryOut(_ compaction: Compaction, asking request: ModelRequest) async -> Outcome {
    do throws(ProviderError) {
      let message = try await provider.answer(request) { _ in }
      guard let summary = Compaction.summary(in: message),
        session.apply(compaction, summary: summary, usage: message.usage, at: time.now())
      else { return outcome(.success(.nothing), spent: message) }
      return outcome(.success(.done(exchanges: compaction.count, summary: summary)), spent: message)
    } catch {
      var error = error
      let partial = error.partial
      // What there was of a summary is nothing that the model said in the conversation.
      error.partial = nil
      return outcome(.failure(error), spent: partial)
    }
  }

  private func outcome(_ ending: Result<Ending, ProviderError>, spent: ModelMessage?) -> Outcome {
    var outcome = Outcome(ending: ending, spent: spent)
    if let spent {
      let served = spent.servedBy?.model ?? inUse.providerModelId
      outcome.cost = CallCost(of: spent.usage, model: served, provider: inUse.provider)
    }
    return outcome
  }
}
