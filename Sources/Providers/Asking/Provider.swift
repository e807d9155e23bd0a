/// A service that answers for a model: the Anthropic API, or Bedrock.
package protocol Provider: Sendable {
  /// Asks once, retries included, and hands over what the model says as it says it.
  ///
  /// Each batch holds what one network read brought, and is awaited before the next read: a slow receiver pauses the
  /// transfer. Cancelling the task closes the socket.
  ///
  /// - Returns: The whole message, when its stream came to its end.
  /// - Throws: A ``ProviderError``, which carries what had been said until then.
  func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void) async throws(ProviderError)
    -> ModelMessage
  /// Has the service count the tokens of a request's prompt, without asking the model.
  ///
  /// - Returns: The count; `nil` where the service counts nothing.
  func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int?
  /// What is asked for a model's name; nobody is asked about it.
  ///
  /// A name that nobody chose (`isDefault`) may have given way to another model, one that a person named never does.
  func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice
  /// Finds out what `choice` cannot know of a name without asking, once; what cannot be found out stays unknown.
  func learn(of model: String) async
  /// The models that are known, the newest families first.
  func knownModels() throws(ProviderError) -> [ListedModel]
  /// The models that the service says this account may ask.
  func listedModels() async throws(ProviderError) -> [ListedModel]
}

extension Provider {
  /// The name as it is, but for the suffix `[1m]`.
  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    ModelChoice(asIs: model, onBedrock: false)
  }
  /// Nobody counts.
  package func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int? { nil }
  /// There is nothing to find out.
  package func learn(of model: String) async {}
  /// What is asked when a person names a model.
  package func choice(of model: String) throws(ProviderError) -> ModelChoice {
    try choice(of: model, isDefault: false)
  }
  /// None.
  package func knownModels() throws(ProviderError) -> [ListedModel] { [] }
  /// None.
  package func listedModels() async throws(ProviderError) -> [ListedModel] { [] }
}
