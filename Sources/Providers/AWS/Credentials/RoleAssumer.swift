package import Protocol

/// Exchanges one identity for the temporary credentials of a role: AWS STS.
package protocol RoleAssumer: Sendable {
  /// Asks for the role with credentials that may assume it (`AssumeRole`).
  func assumeRole(_ role: AssumedRole, with credentials: AWSCredentials) async throws(CredentialsError)
    -> AWSCredentials
  /// Asks for the role with a token of an identity provider instead of credentials (`AssumeRoleWithWebIdentity`).
  func assumeRoleWithWebIdentity(_ role: AssumedRole, token: Secret) async throws(CredentialsError) -> AWSCredentials
}

/// A role that is to be assumed, and under which terms.
package struct AssumedRole: Sendable, Hashable {
  /// The role's name in AWS: `arn:aws:iam::123456789012:role/Name`.
  package var arn: String
  /// The name that the account's logs show for who assumed it.
  package var sessionName: String
  /// The word that the role's owner may ask for; `nil` for none.
  package var externalID: String?
  /// How long the credentials shall last, in seconds; `nil` leaves it to STS (an hour).
  package var durationSeconds: Int?
  /// The region whose STS is asked; `nil` for the resolver's own.
  package var region: String?

  /// A role.
  package init(
    arn: String, sessionName: String, externalID: String? = nil, durationSeconds: Int? = nil, region: String? = nil
  ) {
    self.arn = arn
    self.sessionName = sessionName
    self.externalID = externalID
    self.durationSeconds = durationSeconds
    self.region = region
  }
}
