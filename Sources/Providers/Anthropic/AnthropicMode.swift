internal import Synchronization

/// Claude by the Anthropic API under the names that people use; when the default that nobody chose is gone, the newest of
/// its line answers, with a notice.
package final class AnthropicMode: Provider {
  private struct State {
    var overrides: ModelOverrides
    /// What is asked in the place of the default.
    var replacement: ModelChoice?
  }

  private let provider: AnthropicProvider
  private let state: Mutex<State>

  /// A mode that has asked nobody.
  package init(_ provider: AnthropicProvider, overrides: ModelOverrides) {
    self.provider = provider
    state = Mutex(State(overrides: overrides))
  }

  /// Lets names mean other models from now on.
  package func use(_ overrides: ModelOverrides) { state.withLock { $0 = State(overrides: overrides) } }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    let (overrides, replacement) = state.withLock { ($0.overrides, $0.replacement) }
    if isDefault, let replacement, replacement.asked == model { return replacement }
    return AnthropicModelNames(overrides: overrides).resolve(model)
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let choice = try choice(of: request.model, isDefault: request.isModelDefault)
    do throws(ProviderError) {
      return try await ask(request, as: choice, receive)
    } catch {
      guard error.kind == .modelNotFound, request.isModelDefault, error.partial == nil, !Task.isCancelled,
        let next = await replacement(of: choice)
      else { throw error }
      if let notice = next.notice { await receive([.notice(notice)]) }
      let message = try await ask(request, as: next, receive)
      state.withLock { $0.replacement = next }
      return message
    }
  }

  private func ask(_ request: ModelRequest, as choice: ModelChoice, _ receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    var request = request
    request.model = choice.id
    request.betas += choice.betas
    var message = try await provider.answer(request, receive: receive)
    message.servedBy = ModelMessage.Service(model: choice.id)
    return message
  }

  /// The newest model of the default's line that the API lists; `nil` when it lists none.
  private func replacement(of choice: ModelChoice) async -> ModelChoice? {
    guard let line = ModelLine.mentioned(in: choice.id), let live = try? await provider.listedModels(),
      let newest = ListedModel.newest(of: line, in: live), newest.providerModelId != choice.id
    else { return nil }
    var next = AnthropicModelNames(overrides: state.withLock { $0.overrides }).resolve(newest.providerModelId)
    next.asked = choice.asked
    next.notice =
      "the default model '\(choice.id)' is not to be had, so the newest \(line.rawValue) is asked: \(next.id)"
    return next
  }

  package func knownModels() throws(ProviderError) -> [ListedModel] { AnthropicListing.known() }

  package func listedModels() async throws(ProviderError) -> [ListedModel] { try await provider.listedModels() }

  /// Makes the cheapest call that needs valid credentials.
  package func verify() async throws(ProviderError) { _ = try await provider.verify() }
}
