internal import Synchronization

/// Claude by the Anthropic API under the names that people use.
///
/// When the model of a name is gone that may mean another (a line's, or one of old), the newest of the line answers, with
/// a notice. What else a person named is never replaced.
package final class AnthropicMode: Provider {
  private struct State {
    var overrides: ModelOverrides
    /// What was asked instead of what was refused, by the name.
    var healed = RecentlyUsed<ModelChoice>(most: ModelLimits.replacementsMax)
    /// What the API said of its models when it was asked last, by their ids.
    var listed: [String: ListedModel] = [:]
  }

  private let provider: AnthropicProvider
  private let state: Mutex<State>

  /// A mode that has asked nobody.
  package init(_ provider: AnthropicProvider, overrides: ModelOverrides) {
    self.provider = provider
    state = Mutex(State(overrides: overrides))
  }

  /// Lets names mean other models from now on.
  package func use(_ overrides: ModelOverrides) {
    state.withLock { $0 = State(overrides: overrides, listed: $0.listed) }
  }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    state.withLock { state in
      var choice = state.healed.value(model) ?? AnthropicModelNames(overrides: state.overrides).resolve(model)
      choice.listed = state.listed[choice.id]
      return choice
    }
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    var choice = try choice(of: request.model, isDefault: request.isModelDefault)
    var tried: Set<String> = []
    while true {
      do throws(ProviderError) {
        let message = try await ask(request, as: choice, receive)
        remember(choice, of: request.model, tried)
        return message
      } catch {
        if error.kind != .modelNotFound { remember(choice, of: request.model, tried) }
        tried.insert(choice.id)
        guard error.kind == .modelNotFound, choice.mayBeAnother, error.partial == nil, !Task.isCancelled,
          let next = await replacement(of: choice, tried, isDefault: request.isModelDefault)
        else { throw error }
        if let notice = next.notice { await receive([.notice(notice)]) }
        choice = next
      }
    }
  }

  package func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int? {
    let choice = try choice(of: request.model, isDefault: request.isModelDefault)
    return try await provider.countTokens(of: request.asked(as: choice))
  }

  /// Keeps what was taken in the place of what was refused, so that nothing is asked twice for what is gone.
  private func remember(_ choice: ModelChoice, of model: String, _ refused: Set<String>) {
    guard !refused.isEmpty else { return }
    state.withLock { $0.healed.keep(choice, as: model) }
  }

  private func ask(_ request: ModelRequest, as choice: ModelChoice, _ receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let request = request.asked(as: choice)
    var message = try await provider.answer(request, receive: receive)
    message.servedBy = ModelMessage.Service(model: choice.id)
    return message
  }

  /// The newest model of the line: of a name of old first what is known to take its place, and then the newest that the API
  /// lists.
  ///
  /// It is `nil` when there is none that was not tried; so a list is asked for once at most.
  private func replacement(of choice: ModelChoice, _ tried: Set<String>, isDefault: Bool) async -> ModelChoice? {
    guard let line = ModelLine.mentioned(in: choice.id) else { return nil }
    let names = AnthropicModelNames(overrides: .none)
    var next: ModelChoice
    if let known = names.successor(of: choice), !tried.contains(known.id) {
      next = known
      next.mayBeAnother = true
    } else {
      guard let live = try? await listedModels(), let newest = ListedModel.newest(of: line, in: live),
        !tried.contains(newest.providerModelId)
      else { return nil }
      let suffix = ModelName(choice.asked).wantsLongWindow ? "[1m]" : ""
      next = names.resolve(newest.providerModelId + suffix)
      next.asked = choice.asked
      next.mayBeAnother = false
    }
    let recommended = ModelNameOfOld(ModelName(choice.asked))?.replacement?.id
    let isRecommended = recommended != nil && next.familyServed == recommended
    let which = isRecommended ? "what is recommended in its place" : "the newest \(line.rawValue)"
    next.notice =
      "\(isDefault ? "the default model " : "")'\(choice.id)' is not to be had, so \(which) is asked: \(next.id)"
    return next
  }

  package func knownModels() throws(ProviderError) -> [ListedModel] { AnthropicListing.known() }

  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    let models = try await provider.listedModels()
    let listed = Dictionary(models.map { ($0.providerModelId, $0) }) { first, _ in first }
    state.withLock { $0.listed = listed }
    return models
  }

  /// Makes the cheapest call that needs valid credentials: where a gateway has no list of models, the model is asked for
  /// one token.
  package func verify(model: String) async throws(ProviderError) {
    do throws(ProviderError) { _ = try await provider.verify() } catch {
      guard let status = error.status, [404, 405, 501].contains(status) else { throw error }
      let id = try choice(of: model, isDefault: false).id
      _ = try await provider.answer(.trial(of: id)) { _ in }
    }
  }
}
