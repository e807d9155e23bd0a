internal import Synchronization

/// Asks again, once, when a service refuses a setting in words that say what it takes, and remembers that for the model.
///
/// One of these belongs to one service at one address: what a model takes there, it need not take elsewhere.
final class KnownCures: Sendable {
  private let state = Mutex<[String: [CuredRequest.Learned]]>([:])

  /// Asks by `ask`, with what is known to help already.
  ///
  /// Each part of a request is changed once at most, never after something of an answer was heard, and only if the request
  /// becomes another one by it. What helped is remembered when the answer has come.
  func answer(
    _ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void,
    ask: (ModelRequest) async throws(ProviderError) -> ModelMessage
  ) async throws(ProviderError) -> ModelMessage {
    var cured = CuredRequest(request)
    for learned in state.withLock({ $0[request.model] ?? [] }) { cured.take(learned) }
    var learned: [CuredRequest.Learned] = []
    var parts: Set<String> = []
    while true {
      let failure: ProviderError
      do throws(ProviderError) {
        var message = try await ask(cured.request)
        keep(learned, for: request.model)
        message.addedToPrompt = cured.added
        return message
      } catch {
        failure = told(error, cured, of: request)
      }
      guard let cure = cured.cure(for: failure), !failure.wasHeard,
        !Task.isCancelled, parts.insert(cure.part).inserted
      else { throw failure }
      let lesson = cured.learned(cure)
      guard let notice = cured.take(cure) else { throw failure }
      // What a conversation has not, the next one may have.
      if cure != .noThinking, cure != .format(ofSchema: true) { learned.append(lesson) }
      await receive([.notice(notice)])
    }
  }

  /// A failure, with what the caller has to know of what was really sent.
  private func told(_ failure: ProviderError, _ cured: CuredRequest, of request: ModelRequest) -> ProviderError {
    var failure = failure
    failure.partial?.addedToPrompt = cured.added
    // Places are those of the messages that were sent, which the caller does not have.
    if cured.request.messages != request.messages { failure.refusal?.place = nil }
    return failure
  }

  private func keep(_ learned: [CuredRequest.Learned], for model: String) {
    guard !learned.isEmpty else { return }
    state.withLock { state in
      // Clients choose the names: a forgotten one costs one refused call.
      if state[model] == nil, state.count >= ProviderLimits.curesMax { state = [:] }
      state[model, default: []] += learned.filter { state[model]?.contains($0) != true }
    }
  }
}
