/// Asks the client for fresh credentials; only a client that said so in its capabilities is asked.
///
/// An error, or an answer without values, means that it has none.
package struct AuthCredentials: RequestMessage, Hashable {
  package static let method = "auth/credentials"
  /// Whose credentials are wanted.
  package var provider: ProviderID
  /// Why: none are there, or those that were have ended or been refused.
  package var reason: Reason
  /// What the provider said, for a person.
  package var message: String?

  /// Why credentials are wanted.
  package enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
    case missing, expired, denied
  }

  package struct Response: Codable, Hashable, Sendable {
    /// What kind they are; absent when there are none.
    package var method: AuthMethod?
    package var values: AuthValues?

    /// An answer.
    package init(method: AuthMethod? = nil, values: AuthValues? = nil) {
      self.method = method
      self.values = values
    }
  }

  /// A request.
  package init(provider: ProviderID, reason: Reason, message: String? = nil) {
    self.provider = provider
    self.reason = reason
    self.message = message
  }
}
