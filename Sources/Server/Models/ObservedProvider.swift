package import OperatingSystem
package import Protocol
package import Providers

/// A provider whose calls tell what its credentials are worth, and stand in the audit log where there is one.
///
/// The debugging log is told where the credentials come from, and of each try again.
package struct ObservedProvider: Provider {
  private let provider: any Provider
  private let id: ProviderID
  private let auth: Auth
  private let audit: AuditLog?
  private let log: Log
  private let retirements: Retirements

  /// That provider, and whose it is.
  package init(_ provider: any Provider, id: ProviderID, auth: Auth, audit: AuditLog?, log: Log, time: TimeSource) {
    retirements = Retirements(time: time)
    self.provider = provider
    self.id = id
    self.auth = auth
    self.audit = audit
    self.log = log
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let asked = asked(request)
    let entry = audit?.begin(asked, provider: id)
    if let notice = retirements.notice(of: asked, provider: id, successor: successor(of: asked)) {
      await receive([.notice(notice)])
    }
    do throws(ProviderError) {
      let message = try await watched { () throws(ProviderError) in
        try await provider.answer(request) { [log] events in
          for case .retry(let retry) in events {
            log.debug("\(retry.reason); try \(retry.attempt) of \(retry.of) in \(retry.delayMs) ms")
          }
          await receive(events)
        }
      }
      entry?.answered(message)
      return message
    } catch {
      let failed = Retirements.hinted(error, successor: successor(of: error.servedBy?.model ?? asked))
      entry?.failed(failed)
      throw failed
    }
  }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    try provider.choice(of: model, isDefault: isDefault)
  }

  package func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int? {
    try await watched { () throws(ProviderError) in try await provider.countTokens(of: request) }
  }

  package func learn(of model: String) async { await provider.learn(of: model) }

  package func knownModels() throws(ProviderError) -> [ListedModel] { try provider.knownModels() }

  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    try await watched { () throws(ProviderError) in try await provider.listedModels() }
  }

  /// The model that a request asks, by its provider's name.
  private func asked(_ request: ModelRequest) -> String {
    (try? provider.choice(of: request.model, isDefault: request.isModelDefault).id) ?? request.model
  }

  /// What the newest model of a known model's line is called; `nil` when it is that model.
  private func successor(of model: String) -> String? {
    guard let family = ModelCatalog.find(model)?.family, let line = family.line,
      let next = try? provider.choice(of: line.rawValue), next.familyServed != family.id
    else { return nil }
    return next.id
  }

  /// Tells of the credentials that were used, once they are known.
  private func logCredentials() {
    log.debug("credentials of \(id.rawValue): \(auth.known(id).providers.first?.source ?? "none")")
  }

  private func watched<Answer>(_ call: () async throws(ProviderError) -> Answer) async throws(ProviderError) -> Answer {
    defer { logCredentials() }
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
