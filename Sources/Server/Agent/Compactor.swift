internal import OperatingSystem
internal import Protocol
internal import Providers

/// Has a model summarize a session, and puts the summary in the place of all that was said.
struct Compactor: Sendable {
  let session: Session
  let provider: any Provider
  let model: AskedModel
  let time: TimeSource

  /// How it ended.
  enum Ending: Sendable {
    /// The summary stands in history now, for that many exchanges.
    case done(exchanges: Int, summary: String)
    /// History is as it was; why, for a person.
    case nothing(reason: String)
    /// A budget does not last for the summary; why, for a person.
    case overBudget(String)
  }

  /// What came of it, and what it took: a summary that is no good was paid for as well.
  struct Outcome: Sendable {
    var ending: Result<Ending, ProviderError>
    /// The model's messages, as far as they came.
    var spent: [ModelMessage] = []
  }

  /// Compacts, if there is anything to cut and the budgets last for it.
  ///
  /// `usual` is what would be sent next; `current` what of a run that goes on is to be summarized, too; `spending` what
  /// budgets pay for already.
  func compact(
    like usual: ModelRequest, and current: Exchange?, paying spending: Spending,
    receive: @escaping @Sendable ([ModelEvent]) async -> Void = { _ in }
  ) async -> Outcome {
    guard current != nil || session.record.exchanges.contains(where: { $0.hidden != true && !Compaction.isSummary($0) })
    else {
      let isEmpty = session.record.exchanges.isEmpty
      return Outcome(
        ending: .success(.nothing(reason: isEmpty ? "nothing was said yet" : "all that was said is a summary already")))
    }
    var outcome = Outcome(ending: .success(.nothing(reason: "")))
    var request = Compaction.request(like: usual)
    if let window = model.window { _ = request.limit(to: window.output) }
    for isLast in [false, true] {
      var question = TurnQuestion(model: model, request: request, of: session)
      switch question.budgeted(spending) {
      case .stop(let notice):
        outcome.ending = .success(.overBudget(notice))
        return outcome
      case .go(let maxTokens): _ = question.request.limit(to: maxTokens)
      }
      let mayGoOn = await ask(question.request, current, &outcome, receive)
      guard mayGoOn, !isLast else { return outcome }
      if case .success = outcome.ending {
        // A model that calls a tool in spite of the words can be kept from it; the cache is lost by that.
        request.toolChoice = ["type": "none"]
      } else {
        request = Compaction.lightened(request, bytesMax: bytesMax(of: request))
      }
    }
    return outcome
  }

  /// Asks once.
  ///
  /// - Returns: Whether the same in a lighter form may do better.
  private func ask(
    _ request: ModelRequest, _ current: Exchange?, _ outcome: inout Outcome,
    _ receive: @Sendable ([ModelEvent]) async -> Void
  )
    async -> Bool
  {
    do throws(ProviderError) {
      let message = try await provider.answer(request, receive: receive)
      outcome.spent.append(message)
      switch Compaction.summary(in: message) {
      case .success(let summary):
        let exchange = Compaction.exchange(
          summary: summary, name: String(session.info.lastSeq), at: time.now(), usage: message.usage)
        let count = session.replace(with: exchange, and: current)
        outcome.ending = .success(.done(exchanges: count, summary: summary))
        return false
      case .failure(let refusal):
        outcome.ending = .success(.nothing(reason: refusal.reason))
        return message.stopReason == "tool_use"
      }
    } catch {
      var error = error
      if let partial = error.partial { outcome.spent.append(partial) }
      // What there was of a summary is nothing that the model said in the conversation.
      error.partial = nil
      outcome.ending = .failure(error)
      return error.kind == .contextWindowExceeded || error.refusesThinking || error.refusedPlace != nil
    }
  }

  /// How long the messages of a question may be that did not fit as they were.
  private func bytesMax(of request: ModelRequest) -> Int {
    let bytes = request.messages.reduce(0) { $0 + $1.text.utf8.count }
    guard let window = model.window?.context else { return bytes / 2 }
    return min(bytes, window * 3 / 100 * ContextLimits.lightenedPercent)
  }
}
