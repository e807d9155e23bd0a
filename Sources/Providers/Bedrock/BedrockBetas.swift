internal import Synchronization

/// Which features in trial a request to Bedrock may name: one that it does not know costs the whole request.
///
/// Only those are sent of which it is known that the model takes them there (``TrialFeatures``); what is refused
/// nevertheless is learned (``KnownCures``).
final class BedrockBetas: Sendable {
  /// Those that were told of, each with its model: once is enough.
  private let told = Mutex<Set<String>>([])

  /// The request with the features that may be named, and a notice of those that are left out for the first time; of a
  /// request that nobody hears of none is told.
  func fitted(_ request: ModelRequest, isHeard: Bool = true) -> (request: ModelRequest, notice: String?) {
    let refused = request.betas.filter { !TrialFeatures.isTaken($0, by: request.model) }
    guard !refused.isEmpty else { return (request, nil) }
    var cured = CuredRequest(request)
    // What they stand for goes with them.
    _ = cured.take(.betas(named: refused))
    guard isHeard else { return (cured.request, nil) }
    let new = told.withLock { told in
      if told.count >= ProviderLimits.curesMax { told = [] }
      return refused.filter { told.insert("\(request.model) \($0)").inserted }
    }
    let notice = "Bedrock has no such features in trial for this model, so they are not asked for: "
    return (cured.request, new.isEmpty ? nil : notice + new.joined(separator: ", "))
  }
}
