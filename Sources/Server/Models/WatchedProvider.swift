package import Protocol
package import Providers

/// A provider whose calls tell what its credentials are worth.
package struct WatchedProvider: Provider {
  private let provider: any Provider
  private let id: ProviderID
  private let auth: Auth

  /// That provider, and whose it is.
  package init(_ provider: any Provider, id: ProviderID, auth: Auth) {
    self.provider = provider
    self.id = id
    self.auth = auth
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    try await watched { () throws(ProviderError) in try await provider.answer(request, receive: receive) }
  }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    try provider.choice(of: model, isDefault: isDefault)
  }
  package func knownModels() throws(ProviderError) -> [ListedModel] { try provider.knownModels() }

  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    try await watched { () throws(ProviderError) in try await provider.listedModels() }
  }

  private func watched<Answer>(_ call: () async throws(ProviderError) -> Answer) async throws(ProviderError) -> Answer {
    do throws(ProviderError) {
      let answer = try await call()
      auth.noteSuccess(of: id)
      return answer
    } catch {
      auth.note(failure: error, of: id)
      throw error
    }
  }
}
