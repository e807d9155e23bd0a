package import OperatingSystem
internal import Protocol

/// Credentials that stand in the environment variables themselves.
package struct EnvironmentCredentials: CredentialSource {
  private let environment: ProcessEnvironment

  /// The credentials of these variables.
  package init(environment: ProcessEnvironment) { self.environment = environment }

  /// The variables that both must be set and are not, in the order in which they are to be named.
  package var missing: [String] {
    (environment["AWS_ACCESS_KEY_ID"] == nil ? ["AWS_ACCESS_KEY_ID"] : [])
      + (secretAccessKey == nil ? ["AWS_SECRET_ACCESS_KEY"] : [])
  }

  /// The secret half; the second name is what the first AWS tools read.
  private var secretAccessKey: Secret? {
    (environment["AWS_SECRET_ACCESS_KEY"] ?? environment["SECRET_ACCESS_KEY"]).map(Secret.init)
  }

  /// The credentials, when both halves are there; one alone counts as none.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    guard let accessKeyID = environment["AWS_ACCESS_KEY_ID"], let secretAccessKey else { return nil }
    var expiresAt: Int?
    if let text = environment["AWS_CREDENTIAL_EXPIRATION"] {
      expiresAt = Timestamp.milliseconds(text)
      guard expiresAt != nil else {
        throw CredentialsError(
          .configuration, "AWS_CREDENTIAL_EXPIRATION is not a time such as 2026-11-24T10:00:00Z",
          hint: "correct it, or unset it")
      }
    }
    return AWSCredentials(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
      sessionToken: (environment["AWS_SESSION_TOKEN"] ?? environment["AWS_SECURITY_TOKEN"]).map(Secret.init),
      expiresAt: expiresAt, accountID: environment["AWS_ACCOUNT_ID"], source: "environment")
  }
}
