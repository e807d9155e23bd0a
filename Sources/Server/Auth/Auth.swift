package import OperatingSystem
package import Protocol
package import Providers
internal import Synchronization

/// What is known of the credentials of each provider, without showing any.
package final class Auth: Sendable {
  /// What the last real call, or the last look for them, said of a provider's credentials.
  private struct Verdict {
    var state: ProviderStatus.State
    /// Whether a server said so; what only a look for credentials said is void when the next look finds some.
    var isOfServer: Bool
    var error: String?
    /// Whether the service took the credentials, and refused the call for another reason.
    var letsIn = false
    var checkedAt: Int
  }

  private struct State {
    var active: ProviderID
    var verdicts: [ProviderID: Verdict] = [:]
    /// What was last told by `auth/changed`.
    var told: [ProviderID: ProviderStatus] = [:]
  }

  /// A cheap call that needs valid credentials.
  package typealias Verification = @Sendable () async throws(ProviderError) -> Void

  private let providers: [any ProviderAuthentication]
  private let verifications: [ProviderID: Verification]
  private let sink: any EventSink
  private let time: TimeSource
  private let state: Mutex<State>

  /// Nothing tried yet; `active` is the provider of sessions that name none, `verifications` show whether credentials are
  /// good.
  package init(
    _ providers: [any ProviderAuthentication], verifications: [ProviderID: Verification] = [:], active: ProviderID,
    sink: any EventSink, time: TimeSource
  ) {
    self.providers = providers
    self.verifications = verifications
    self.sink = sink
    self.time = time
    state = Mutex(State(active: active))
  }

  /// The provider of sessions that name none.
  package var active: ProviderID {
    get { state.withLock { $0.active } }
    set { state.withLock { $0.active = newValue } }
  }

  /// What is known without asking anybody.
  package func known(_ provider: ProviderID? = nil) -> AuthStatus.Response {
    let active = active
    let all = providers.filter { $0.id == active || $0.id == provider ?? $0.id }.map(status)
    let status = all.first { $0.id == active }
    let letsIn = state.withLock { $0.verdicts[active]?.letsIn } ?? false
    let isUsable =
      status.map { ($0.state == .configured || $0.state == .verified) && ($0.error == nil || letsIn) } ?? false
    return AuthStatus.Response(
      authenticated: isUsable, message: isUsable ? nil : status?.error ?? authentication(active)?.missingMessage,
      active: active, providers: all.filter { $0.id == provider ?? $0.id })
  }

  /// Looks for the credentials of the active provider, before it is asked anything.
  ///
  /// - Throws: ``Failure/Reason/failed`` when there are none, or what is configured gives none.
  package func requireCredentials() async throws(Failure) {
    let id = active
    guard let provider = authentication(id) else { return }
    do throws(ProviderError) {
      try await provider.resolve()
      guard provider.known.state != ProviderStatus.State.none else {
        throw ProviderError(.authRequired, provider.missingMessage)
      }
    } catch {
      note(failure: error, of: id)
      throw Failure(error, provider: id)
    }
  }

  /// What is known of one provider's credentials; it may read files, so never under the lock.
  private func status(_ provider: any ProviderAuthentication) -> ProviderStatus {
    var status = provider.known
    guard let verdict = state.withLock({ $0.verdicts[provider.id] }) else { return status }
    status.state = verdict.state
    status.error = verdict.error
    status.checkedAt = verdict.checkedAt
    return status
  }

  private func authentication(_ id: ProviderID) -> (any ProviderAuthentication)? { providers.first { $0.id == id } }

  private func meant(_ id: ProviderID?) -> [any ProviderAuthentication] { providers.filter { $0.id == id ?? $0.id } }
}

// MARK: - Handlers

extension Auth {
  /// Answers `auth/status`: looks where credentials may be, and with `verify` makes one cheap call.
  package func status(_ request: AuthStatus) async -> AuthStatus.Response {
    for provider in meant(request.provider) {
      // Only whoever is asked about, or would answer, is worth the wait of looking.
      guard provider.id == request.provider ?? active else { continue }
      do throws(ProviderError) {
        try await provider.resolve()
        forgetVerdicts([provider.id]) { !$0.isOfServer }
        guard request.verify == true else { continue }
        try await verifications[provider.id]?()
        note(.verified, of: provider.id)
      } catch {
        noteOfLook(error, of: provider)
      }
    }
    return known(request.provider)
  }

  /// Answers `auth/login`.
  package func logIn(_ request: AuthLogin) throws(Failure) -> AuthStatus.Response {
    guard let provider = authentication(request.provider) else {
      throw .invalidParams("provider '\(request.provider.rawValue)' is not part of this version")
    }
    try provider.logIn(request.method, request.values)
    forgetVerdicts([provider.id])
    return known()
  }

  /// Answers `auth/logout`.
  package func logOut(_ request: AuthLogout) -> AuthStatus.Response {
    let providers = meant(request.provider)
    for provider in providers { provider.logOut() }
    forgetVerdicts(providers.map(\.id))
    return known()
  }

  /// Answers `auth/refresh`.
  package func refresh(_ request: AuthRefresh) async throws(Failure) -> AuthStatus.Response {
    for provider in meant(request.provider ?? active) {
      do throws(ProviderError) {
        try await provider.refresh()
        forgetVerdicts([provider.id])
      } catch {
        note(failure: error, of: provider.id)
        throw Failure(error, provider: provider.id)
      }
    }
    return known()
  }
}

// MARK: - What calls say

extension Auth {
  /// Takes note that a call was answered: its credentials are good.
  package func noteSuccess(of id: ProviderID) { note(.verified, of: id) }

  /// Takes note of what a failed call says of its credentials, if it says anything.
  package func note(failure: ProviderError, of id: ProviderID) {
    switch failure.kind {
    case .authExpired: note(.expired, of: id, isOfServer: failure.status != nil, error: failure.message)
    case .authRequired:
      let isMissing = authentication(id)?.known.state == ProviderStatus.State.none
      note(isMissing ? .none : .denied, of: id, isOfServer: failure.status != nil, error: failure.message)
    default: break
    }
  }

  /// Takes note of why credentials were not found, or not shown to be good: nobody is to rely on them.
  private func noteOfLook(_ failure: ProviderError, of provider: any ProviderAuthentication) {
    switch failure.kind {
    case .cancelled: break
    case .authExpired, .authRequired: note(failure: failure, of: provider.id)
    // A cheap call that is refused says that the credentials are no good; one to a model may speak of the model.
    case .accessDenied:
      note(.denied, of: provider.id, isOfServer: failure.status != nil, error: failure.message)
    case .rateLimited, .modelNotFound, .modelNotEnabled, .invalidRequest, .contextWindowExceeded, .billing:
      // The service itself said so, and so it had let them in.
      let letsIn = failure.status != nil && failure.type != nil
      note(provider.known.state, of: provider.id, isOfServer: false, error: failure.message, letsIn: letsIn)
    default: note(provider.known.state, of: provider.id, isOfServer: false, error: failure.message)
    }
  }

  private func note(
    _ verdict: ProviderStatus.State, of id: ProviderID, isOfServer: Bool = true, error: String? = nil,
    letsIn: Bool = false
  ) {
    let now = time.now()
    state.withLock {
      $0.verdicts[id] = Verdict(
        state: verdict, isOfServer: isOfServer, error: error, letsIn: letsIn, checkedAt: now)
    }
    tellChanges(of: [id])
  }

  private func forgetVerdicts(_ ids: [ProviderID], where isVoid: (borrowing Verdict) -> Bool = { _ in true }) {
    state.withLock { state in
      for id in ids { if let verdict = state.verdicts[id], isVoid(verdict) { state.verdicts[id] = nil } }
    }
    tellChanges(of: ids)
  }

  /// Tells the client when a provider's state or source is another than the one it was told last.
  ///
  /// Only these providers are looked at: where nobody asks about Bedrock, its files are left alone. That credentials which
  /// were found are good is what a client expects, and no news: each first run would tell it.
  private func tellChanges(of ids: [ProviderID]) {
    let looked = ids.compactMap(authentication).map { (now: status($0), first: $0.knownAtFirst) }
    let isNew = state.withLock { state in
      looked.reduce(false) { isNew, status in
        let before = state.told.updateValue(status.now, forKey: status.now.id) ?? status.first
        let isGood = { (state: ProviderStatus.State) in state == .verified ? .configured : state }
        return isNew || isGood(status.now.state) != isGood(before.state) || status.now.source != before.source
      }
    }
    if isNew { sink.tell(.authChanged(known())) }
  }
}
