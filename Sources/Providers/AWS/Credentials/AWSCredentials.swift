package import Protocol

/// One set of AWS credentials: a unit from one source, never mixed with another's parts.
package struct AWSCredentials: Sendable, Hashable {
  /// The public half, which appears in signatures and may be shown in part.
  package var accessKeyID: String
  /// The half that signs.
  package var secretAccessKey: Secret
  /// The token of temporary credentials; `nil` for long-lived ones.
  package var sessionToken: Secret?
  /// When they end, in milliseconds since 1970; `nil` when they do not, or nobody said.
  package var expiresAt: Int?
  /// The account they belong to, where the source tells.
  package var accountID: String?
  /// Where they came from, for people: `environment`, `profile dev (assume role)`.
  package var source: String

  /// A set of credentials.
  package init(
    accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, expiresAt: Int? = nil,
    accountID: String? = nil, source: String
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiresAt = expiresAt
    self.accountID = accountID
    self.source = source
  }

  /// The secrets in them, to be masked wherever a server might echo one.
  package var secrets: [Secret] { [secretAccessKey] + (sessionToken.map { [$0] } ?? []) }
}
