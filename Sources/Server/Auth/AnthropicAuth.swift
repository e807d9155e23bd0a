package import Protocol
package import Providers
internal import Synchronization

/// The credentials of the Anthropic API: what a client handed over, a variable, a command, a stored secret, or what the
/// client gives when it is asked.
package final class AnthropicAuth: ProviderAuthentication, AnthropicAuthorization {
  /// A key that has to be fetched: by a command, or from a store.
  package struct Stored: Sendable {
    /// Where it comes from, for people.
    package var name: String
    /// What fetches it.
    package var source: any KeySource

    /// A place of that name.
    package init(name: String, source: any KeySource) {
      self.name = name
      self.source = source
    }
  }

  private let environment: AnthropicCredentials
  private let stored: Stored?
  private let isReplay: Bool
  private let flaw: ProviderError?
  private let hasCustomHeader: Bool
  private let requests: CredentialRequests
  private let given = Mutex(GivenCredentials<AnthropicCredentials>())

  /// Credentials that nobody has asked for yet.
  ///
  /// What the variables hold (`environment`, or a custom header that lets in) goes before what is stored; a recording
  /// wants no credentials at all. `flaw` is what is wrong with a variable that all requests need.
  package init(
    environment: AnthropicCredentials, hasCustomHeader: Bool, stored: Stored?, isReplay: Bool,
    flaw: ProviderError? = nil, requests: CredentialRequests
  ) {
    self.environment = environment
    self.hasCustomHeader = hasCustomHeader
    self.stored = stored
    self.isReplay = isReplay
    self.flaw = flaw
    self.requests = requests
  }
}

// MARK: - What requests are let in by

extension AnthropicAuth {
  package func current() async throws(ProviderError) -> AnthropicCredentials {
    if isReplay { return AnthropicCredentials() }
    if let flaw = flawThatCounts { throw flaw }
    let given = given.withLock(\.self)
    if let value = given.value { return value }
    if !environment.secrets.isEmpty || hasCustomHeader { return environment }
    if let stored {
      do throws(CredentialsError) {
        return AnthropicCredentials(apiKey: try await stored.source.key())
      } catch {
        throw Self.failure(error)
      }
    }
    if let asked = await ask(.missing, message: nil, since: given.changes) { return asked }
    throw ProviderError(.authRequired, MissingKeyMessage.provider)
  }

  /// What is wrong with a variable; of one that holds a key it does not matter once another was handed over.
  private var flawThatCounts: ProviderError? {
    guard let flaw, !isReplay, flaw.kind != .authRequired || given.withLock(\.value) == nil else { return nil }
    return flaw
  }

  package func refreshed(after rejected: AnthropicCredentials) async throws(ProviderError) -> AnthropicCredentials {
    let given = given.withLock(\.self)
    // Somebody may have handed over others since.
    if let others = given.others(than: rejected) { return others }
    if given.value == nil, environment.secrets.isEmpty, let stored, let key = rejected.apiKey {
      do throws(CredentialsError) {
        let fresh = AnthropicCredentials(apiKey: try await stored.source.refreshed(after: key))
        if fresh != rejected { return fresh }
      } catch {
        throw Self.failure(error)
      }
    }
    return await ask(.denied, message: "the API refused the credentials", since: given.changes) ?? rejected
  }

  private func ask(_ reason: AuthCredentials.Reason, message: String?, since changes: Int) async
    -> AnthropicCredentials?
  {
    let isTaken = await requests.ask(
      .anthropic, reason, message: message, isAnswered: { given.withLock(\.changes) != changes }
    ) { [self] method, values in
      guard let credentials = try? Self.credentials(method, values) else { return false }
      given.withLock { $0.change(to: credentials, by: AuthCredentials.method) }
      return true
    }
    return isTaken ? given.withLock(\.value) : nil
  }

  private static func failure(_ error: CredentialsError) -> ProviderError {
    let kind: ProviderError.Kind = error.kind == .expired ? .authExpired : .authRequired
    return ProviderError(error.kind == .cancelled ? .cancelled : kind, error.message, hint: error.hint)
  }
}

// MARK: - What the auth methods see

extension AnthropicAuth {
  package var id: ProviderID { .anthropic }
  package var missingMessage: String { MissingKeyMessage.provider }

  package var known: ProviderStatus { status(givenBy: given.withLock(\.source)) }
  /// What variables and settings say, whatever was handed over since.
  package var knownAtFirst: ProviderStatus { status(givenBy: nil) }

  private func status(givenBy: String?) -> ProviderStatus {
    if let flaw, !isReplay, flaw.kind != .authRequired || givenBy == nil {
      var status = ProviderStatus(id: .anthropic, state: .denied)
      status.error = flaw.message
      return status
    }
    let name: String? =
      if isReplay {
        "replay"
      } else if let givenBy {
        givenBy
      } else if environment.apiKey != nil {
        "ANTHROPIC_API_KEY"
      } else if environment.authToken != nil {
        "ANTHROPIC_AUTH_TOKEN"
      } else if hasCustomHeader {
        "ANTHROPIC_CUSTOM_HEADERS"
      } else {
        stored?.name
      }
    guard let name else { return ProviderStatus(id: .anthropic, state: .none, missing: ["ANTHROPIC_API_KEY"]) }
    return ProviderStatus(id: .anthropic, state: .configured, source: name)
  }

  package func resolve() async throws(ProviderError) {
    if let flaw = flawThatCounts { throw flaw }
    guard known.source == stored?.name, let stored else { return }
    do throws(CredentialsError) { _ = try await stored.source.key() } catch { throw Self.failure(error) }
  }

  package func logIn(_ method: AuthMethod, _ values: AuthValues) throws(Failure) {
    let credentials = try Self.credentials(method, values)
    given.withLock { $0.change(to: credentials, by: AuthLogin.method) }
  }

  package func logOut() { given.withLock { $0.change() } }

  package func refresh() async throws(ProviderError) {
    guard let stored, known.source == stored.name else { return }
    do throws(CredentialsError) {
      _ = try await stored.source.refreshed(after: try await stored.source.key())
    } catch {
      throw Self.failure(error)
    }
  }

  private static func credentials(_ method: AuthMethod, _ values: AuthValues) throws(Failure) -> AnthropicCredentials {
    switch method {
    case .apiKey:
      return AnthropicCredentials(apiKey: try Check.secret(values.apiKey, "values.apiKey"))
    case .bearer:
      return AnthropicCredentials(authToken: try Check.secret(values.token, "values.token"))
    case .awsKeys, .awsProfile:
      throw .invalidParams(
        "method '\(method.rawValue)' is for the provider 'bedrock'; anthropic takes apiKey or bearer")
    }
  }
}
