/// One place that AWS credentials may come from.
package protocol CredentialSource: Sendable {
  /// The credentials of this place, asked for anew; keeping and refreshing them is not its business.
  ///
  /// - Returns: `nil` when the place is not configured, so that the next one is asked.
  /// - Throws: ``CredentialsError`` when it is configured and gives none: that ends the chain.
  func credentials() async throws(CredentialsError) -> AWSCredentials?
}
