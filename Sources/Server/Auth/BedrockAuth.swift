package import Protocol
package import Providers
internal import Synchronization

/// The credentials of AWS Bedrock: what a client handed over, a Bedrock key, the chain of the AWS SDKs, or what the
/// client gives when it is asked.
package final class BedrockAuth: ProviderAuthentication, BedrockAuthorization {
  private struct State {
    var given = GivenCredentials<BedrockCredentials>()
    /// Whether a profile was handed over, which then goes before the environment's keys.
    var namesProfile = false
    /// The credentials that were found last.
    var found: AWSCredentials?

    mutating func change(to value: BedrockCredentials? = nil, by source: String? = nil, namesProfile: Bool = false) {
      given.change(to: value, by: source)
      (self.namesProfile, found) = (namesProfile, nil)
    }
  }

  private let setup: AWSSetup
  private let bearer: Secret?
  private let requests: CredentialRequests
  private let isReplay: Bool
  /// Whether a gateway lets in and signs, so that nothing of ours is sent.
  private let isSkipped: Bool
  private let flaw: ProviderError?
  private let state = Mutex(State())
  /// What was known when Bedrock was first asked about: until then the user's files are not looked at.
  private let first = Mutex<ProviderStatus?>(nil)

  /// Credentials that nobody has asked for yet.
  ///
  /// The Bedrock key of the environment is `bearer`, and `flaw` what is wrong with a variable that all requests need. With
  /// `isSkipped` a gateway lets in and signs.
  package init(
    setup: AWSSetup, bearer: Secret?, isReplay: Bool, isSkipped: Bool = false, flaw: ProviderError? = nil,
    requests: CredentialRequests
  ) {
    self.isSkipped = isSkipped
    self.setup = setup
    self.bearer = bearer
    self.isReplay = isReplay
    self.flaw = flaw
    self.requests = requests
  }
}

// MARK: - What requests are authorised by

extension BedrockAuth {
  package func current() async throws(ProviderError) -> BedrockCredentials {
    // What a recording is asked is not let in by anything.
    if isReplay { return .bearer(Secret("replay")) }
    if let flaw { throw flaw }
    if isSkipped { return .none }
    _ = knownAtFirst
    let given = state.withLock(\.given)
    if let end = ended(given.value) {
      let message = "the credentials that were handed over ended at \(Timestamp.text(milliseconds: end))"
      if let asked = try await ask(.expired, message: message, since: given.changes) { return asked }
      throw ProviderError(.authExpired, message, hint: "hand over new ones with auth/login")
    }
    if let value = given.value { return value }
    if let bearer = usableBearer { return .bearer(bearer) }
    let found = try await keys(mayAsk: true) { () throws(CredentialsError) in try await setup.credentials() }
    if let found { return found }
    if let asked = try await ask(.missing, message: nil, since: given.changes) { return asked }
    throw ProviderError(.authRequired, BedrockFailureText.missing(setup.missing()))
  }

  package func refreshed(after rejected: BedrockCredentials) async throws(ProviderError) -> BedrockCredentials {
    let given = state.withLock(\.given)
    // Somebody may have handed over others since.
    if let others = given.others(than: rejected) { return others }
    if given.value == nil, case .keys(let old) = rejected {
      let fresh = try await keys(mayAsk: true) { () throws(CredentialsError) in
        try await setup.credentials(after: old)
      }
      if let fresh, fresh != rejected { return fresh }
    }
    return try await ask(.expired, message: "Bedrock refused the credentials", since: given.changes) ?? rejected
  }

  /// When credentials have ended, in milliseconds since 1970; `nil` when they have not.
  private func ended(_ value: BedrockCredentials?) -> Int? {
    guard case .keys(let keys)? = value, let end = keys.expiresAt, end <= setup.now else { return nil }
    return end
  }

  /// The environment's Bedrock key, unless a profile was handed over.
  private var usableBearer: Secret? { state.withLock { $0.namesProfile } ? nil : bearer }

  /// The keys of the chain, or what the client gives in their place when what they rest on has ended.
  ///
  /// A look that nobody is to be bothered with, or that follows what the client has just given, asks no one.
  private func keys(
    mayAsk: Bool, _ find: () async throws(CredentialsError) -> AWSCredentials?
  ) async throws(ProviderError) -> BedrockCredentials? {
    let changes = state.withLock(\.given.changes)
    do throws(CredentialsError) {
      let found = try await find()
      state.withLock { $0.found = found }
      return found.map { .keys($0) }
    } catch {
      state.withLock { $0.found = nil }
      if error.kind == .expired, mayAsk,
        let given = try await ask(.expired, message: error.message, since: changes)
      {
        return given
      }
      throw BedrockFailureText.failed(error)
    }
  }

  private func ask(_ reason: AuthCredentials.Reason, message: String?, since changes: Int) async throws(ProviderError)
    -> BedrockCredentials?
  {
    let isTaken = await requests.ask(
      .bedrock, reason, message: message, isAnswered: { state.withLock(\.given.changes) != changes }
    ) { [self] method, values in
      (try? take(method, values, from: AuthCredentials.method)) != nil
    }
    guard isTaken else { return nil }
    if let given = state.withLock(\.given.value) { return given }
    return try await keys(mayAsk: false) { () throws(CredentialsError) in try await setup.credentials() }
  }
}

// MARK: - What the auth methods see

extension BedrockAuth {
  package var id: ProviderID { .bedrock }
  package var missingMessage: String { BedrockFailureText.missing(setup.missing()) }

  /// What variables and files said when Bedrock was first asked about.
  package var knownAtFirst: ProviderStatus {
    if let known = first.withLock({ $0 }) { return known }
    let status = status()
    return first.withLock { first in
      first = first ?? status
      return first ?? status
    }
  }

  package var known: ProviderStatus {
    _ = knownAtFirst
    return status()
  }

  private func status() -> ProviderStatus {
    let (given, found) = state.withLock { ($0.given, $0.found) }
    var status = ProviderStatus(id: .bedrock, state: .configured)
    if isReplay {
      status.source = "replay"
    } else if let flaw {
      status.state = .denied
      status.error = flaw.message
      return status
    } else if isSkipped {
      status.source = "CLAUDE_CODE_SKIP_BEDROCK_AUTH"
    } else if let flaw = setup.flaw(byChain: given.value == nil && usableBearer == nil && found == nil) {
      status.state = .denied
      status.error = flaw.message
      return status
    } else if let value = given.value, let source = given.source {
      status.source = source
      if case .keys(let keys) = value { status.expiresAt = keys.expiresAt }
      if ended(value) != nil { status.state = .expired }
    } else if usableBearer != nil {
      status.source = "AWS_BEARER_TOKEN_BEDROCK"
    } else if let found {
      status.source = found.source
      status.expiresAt = found.expiresAt
      status.account = found.accountID
    } else if let source = setup.configuredSource {
      status.source = source
    } else {
      status.state = .none
      status.missing = setup.missingVariables
      return status
    }
    status.region = try? setup.region.name
    return status
  }

  package func resolve() async throws(ProviderError) {
    _ = knownAtFirst
    if isReplay { return }
    if let flaw { throw flaw }
    setup.noticeChanges()
    await setup.learnRegion()
    // What is wrong with region or files is told in its own words.
    do { _ = try setup.region } catch { throw BedrockFailureText.failed(error) }
    let isChain = state.withLock(\.given.value) == nil && usableBearer == nil && !isSkipped
    guard isChain else { return }
    _ = try await keys(mayAsk: false) { () throws(CredentialsError) in try await setup.credentials() }
  }

  package func logIn(_ method: AuthMethod, _ values: AuthValues) throws(Failure) {
    try take(method, values, from: AuthLogin.method)
  }

  package func logOut() {
    _ = knownAtFirst
    state.withLock { $0.change() }
    setup.select(profile: nil, region: nil)
  }

  package func refresh() async throws(ProviderError) {
    setup.reset()
    try await resolve()
  }

  private func take(_ method: AuthMethod, _ values: AuthValues, from source: String) throws(Failure) {
    for (name, value) in [("profile", values.profile), ("region", values.region)] {
      guard let value, SecretShape.matches(value) else { continue }
      throw .invalidParams("values.\(name) looks like a secret, not like the name of a \(name)")
    }
    if let region = values.region {
      do { _ = try Region(region) } catch { throw .invalidParams("values.region: \(error.message)") }
    }
    var given: BedrockCredentials?
    switch method {
    case .bearer: given = .bearer(try Check.secret(values.token, "values.token"))
    case .awsKeys:
      guard let id = values.accessKeyId, !id.isEmpty else { throw .invalidParams("values.accessKeyId is missing") }
      guard id.utf8.allSatisfy(Byte.isWord) else {
        throw .invalidParams("values.accessKeyId has a character that no access key's id has; it looks like AKIA…")
      }
      let secret = try Check.secret(values.secretAccessKey, "values.secretAccessKey")
      given = .keys(
        AWSCredentials(
          accessKeyID: id, secretAccessKey: secret, sessionToken: values.sessionToken, expiresAt: values.expiresAt,
          source: source))
    case .awsProfile:
      guard let profile = values.profile, !profile.isEmpty else { throw .invalidParams("values.profile is missing") }
    case .apiKey:
      throw .invalidParams("method 'apiKey' is for the provider 'anthropic'; bedrock takes bearer, awsKeys, awsProfile")
    }
    _ = knownAtFirst
    setup.select(profile: method == .awsProfile ? values.profile : nil, region: values.region)
    state.withLock { $0.change(to: given, by: source, namesProfile: method == .awsProfile) }
  }
}
