/// Asks who could answer for a model, without showing a secret.
package struct AuthStatus: RequestMessage, Hashable {
  package static let method = "auth/status"
  /// The one provider to tell of; absent for all.
  package var provider: ProviderID?
  /// Whether to make one cheap real call, to know rather than to assume.
  package var verify: Bool?

  /// A question about that provider.
  package init(provider: ProviderID? = nil, verify: Bool? = nil) {
    self.provider = provider
    self.verify = verify
  }

  /// Who could answer.
  package struct Response: Codable, Hashable, Sendable {
    /// Whether the active provider has credentials that are not known to be refused.
    package var authenticated: Bool
    /// What to do when it has not.
    package var message: String?
    /// The provider of sessions that name none.
    package var active: ProviderID
    /// Each provider's state.
    package var providers: [ProviderStatus]

    /// All the parts.
    package init(authenticated: Bool, message: String?, active: ProviderID, providers: [ProviderStatus]) {
      self.authenticated = authenticated
      self.message = message
      self.active = active
      self.providers = providers
    }
  }
}

/// What is known of one provider's credentials.
package struct ProviderStatus: Codable, Hashable, Sendable {
  /// How much is known.
  package enum State: String, Codable, Hashable, Sendable, CaseIterable {
    /// There are no credentials.
    case none
    /// There are some; nobody has tried them.
    case configured
    /// They worked.
    case verified
    /// They are too old.
    case expired
    /// They were refused.
    case denied
  }

  package var id: ProviderID
  /// How much is known.
  package var state: State
  /// Where the credentials come from, like the name of a variable; never their value.
  package var source: String?
  /// Variables that would be needed and are not set.
  package var missing: [String]?
  /// The AWS region, where there is one.
  package var region: String?
  /// The AWS account, where the credentials' source names it.
  package var account: String?
  /// When the credentials end, in milliseconds since 1970; absent when they do not, or nobody said.
  package var expiresAt: Int?
  /// When the credentials were last tried, in milliseconds since 1970.
  package var checkedAt: Int?
  /// What the last try said.
  package var error: String?

  /// A provider's state.
  package init(id: ProviderID, state: State, source: String? = nil, missing: [String]? = nil) {
    self.id = id
    self.state = state
    self.source = source
    self.missing = missing
  }
}
