internal import OperatingSystem
package import Protocol
package import Providers

/// A provider whose calls tell what its credentials are worth, and stand in the audit log where there is one.
package struct ObservedProvider: Provider {
  private let provider: any Provider
  private let id: ProviderID
  private let auth: Auth
  private let audit: AuditLog?

  /// That provider, and whose it is.
  package init(_ provider: any Provider, id: ProviderID, auth: Auth, audit: AuditLog?) {
    self.provider = provider
    self.id = id
    self.auth = auth
    self.audit = audit
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let entry = audit?.begin(asked(request), provider: id)
    do throws(ProviderError) {
      let message = try await watched { () throws(ProviderError) in
        try await provider.answer(request, receive: receive)
      }
      entry?.answered(message)
      return message
    } catch {
      entry?.failed(error)
      throw error
    }
  }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    try provider.choice(of: model, isDefault: isDefault)
  }

  package func knownModels() throws(ProviderError) -> [ListedModel] { try provider.knownModels() }

  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    try await watched { () throws(ProviderError) in try await provider.listedModels() }
  }

  /// The model that a request asks, by its provider's name.
  private func asked(_ request: ModelRequest) -> String {
    (try? provider.choice(of: request.model, isDefault: request.isModelDefault).id) ?? request.model
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
