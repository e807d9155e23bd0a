internal import OperatingSystem
internal import Protocol
internal import Providers

/// Has a model summarize the oldest exchanges of a session, and puts the summary in their place.
struct Compactor: Sendable {
  let session: Session
  let provider: any Provider
  let inUse: ModelInUse
  let time: TimeSource

  /// What came of it, and what it took: a summary that is no good was paid for as well.
  struct Outcome: Sendable {
    /// The summary that stands in history now; `nil` when the model gave none that could, and history is as it was.
    var summary: Result<String?, ProviderError>
    /// The model's message, as far as it came.
    var spent: ModelMessage?
    var cost = CallCost.none
  }

  /// What there is to cut; `nil` for nothing.
  ///
  /// The session's usual request counts for what it holds besides history.
  func compaction(like usual: ModelRequest) -> Compaction? {
    let overhead = TokenEstimate.system(usual.system) + TokenEstimate.tools(usual.tools)
    return Compaction(
      of: session.record.exchanges, size: inUse.window?.context, overhead: overhead,
      calibration: session.calibration, model: inUse.providerModelId)
  }

  /// Asks for the summary, and puts it in the place of what it stands for.
  func carryOut(_ compaction: Compaction, like usual: ModelRequest) async -> Outcome {
    do throws(ProviderError) {
      let message = try await provider.answer(compaction.request(like: usual)) { _ in }
      guard let summary = Compaction.summary(in: message),
        session.apply(compaction, summary: summary, usage: message.usage, at: time.now())
      else { return outcome(.success(nil), spent: message) }
      return outcome(.success(summary), spent: message)
    } catch {
      var error = error
      let partial = error.partial
      // What there was of a summary is nothing that the model said in the conversation.
      error.partial = nil
      return outcome(.failure(error), spent: partial)
    }
  }

  private func outcome(_ summary: Result<String?, ProviderError>, spent: ModelMessage?) -> Outcome {
    var outcome = Outcome(summary: summary, spent: spent)
    if let spent {
      let served = spent.servedBy?.model ?? inUse.providerModelId
      outcome.cost = CallCost(of: spent.usage, model: served, provider: inUse.provider)
    }
    return outcome
  }
}
