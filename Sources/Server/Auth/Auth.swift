package import Protocol
package import Providers
internal import Synchronization

/// What is known of the credentials of each provider, without showing any.
package final class Auth: Sendable {
  private let anthropic: any AnthropicAuthentication
  private let active: ProviderID
  private let time: TimeSource
  /// What the last real call said of the Anthropic credentials.
  private let checked = Mutex<ProviderStatus?>(nil)

  /// Nothing tried yet.
  package init(anthropic: any AnthropicAuthentication, active: ProviderID, time: TimeSource) {
    self.anthropic = anthropic
    self.active = active
    self.time = time
  }

  /// What is known without asking anybody.
  package func known(_ provider: ProviderID? = nil) -> AuthStatus.Response {
    let all = [checked.withLock { $0 } ?? configured, Self.bedrock]
    let status = all.first { $0.id == active } ?? configured
    let isUsable = status.state == .configured || status.state == .verified
    return AuthStatus.Response(
      authenticated: isUsable, message: isUsable ? nil : status.error ?? anthropic.missingMessage, active: active,
      providers: all.filter { $0.id == provider ?? $0.id })
  }

  /// Answers `auth/status`, after one cheap call when that is wanted.
  package func status(_ request: AuthStatus) async -> AuthStatus.Response {
    if request.verify == true, request.provider ?? active == .anthropic, anthropic.source != nil {
      let status = await verified()
      checked.withLock { $0 = status }
    }
    return known(request.provider)
  }

  private var configured: ProviderStatus {
    guard let source = anthropic.source else {
      return ProviderStatus(id: .anthropic, state: .none, missing: anthropic.missing)
    }
    return ProviderStatus(id: .anthropic, state: .configured, source: source)
  }

  private static let bedrock = ProviderStatus(id: .bedrock, state: .none)

  private func verified() async -> ProviderStatus {
    var status = configured
    do throws(ProviderError) {
      try await anthropic.verify()
      status.state = .verified
    } catch {
      switch error.kind {
      case .authRequired, .accessDenied: status.state = .denied
      case .authExpired: status.state = .expired
      default: break
      }
      status.error = error.message
    }
    status.checkedAt = time.now()
    return status
  }
}

/// What `auth/status` needs of the Anthropic mode.
package protocol AnthropicAuthentication: Sendable {
  /// The variable that the credentials come from; `nil` when there are none.
  var source: String? { get }
  /// Variables that would do and are not set.
  var missing: [String] { get }
  /// What to tell a person who has no credentials.
  var missingMessage: String { get }
  /// Makes one cheap call.
  func verify() async throws(ProviderError)
}
