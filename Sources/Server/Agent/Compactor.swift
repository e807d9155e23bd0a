internal import OperatingSystem
internal import Protocol
internal import Providers

/// Has a model summarize the oldest exchanges of a session, and puts the summary in their place.
struct Compactor: Sendable {
  let session: Session
  let provider: any Provider
  let inUse: ModelInUse
  let time: TimeSource

  /// What was done.
  struct Done: Sendable {
    var count: Int
    var summary: String
    var message: ModelMessage
    var cost: CallCost
  }

  /// Compacts, if there is anything to cut; `request` is the session's usual one.
  ///
  /// - Returns: `nil` when there was nothing to cut, or the model gave no summary: then history stays as it is.
  func compact(like request: ModelRequest) async throws(ProviderError) -> Done? {
    let overhead = TokenEstimate.system(request.system) + TokenEstimate.tools(request.tools)
    guard
      let compaction = Compaction(
        of: session.record.exchanges, size: inUse.window?.context, overhead: overhead,
        calibration: session.calibration, model: inUse.providerModelId)
    else { return nil }
    let message = try await provider.answer(compaction.request(like: request)) { _ in }
    guard let summary = Compaction.summary(in: message) else { return nil }
    let served = message.servedBy?.model ?? inUse.providerModelId
    let cost = CallCost(of: message.usage, model: served, provider: inUse.provider)
    guard session.apply(compaction, summary: summary, usage: message.usage, at: time.now()) else { return nil }
    return Done(count: compaction.count, summary: summary, message: message, cost: cost)
  }
}
