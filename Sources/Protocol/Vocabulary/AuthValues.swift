/// Credentials as a client hands them over; they are kept in memory only, and never written anywhere.
///
/// Which members are wanted depends on ``AuthMethod``.
package struct AuthValues: Hashable, Sendable {
  /// An Anthropic API key (`apiKey`).
  package var apiKey: Secret?
  /// A bearer token: of the Anthropic API, or a Bedrock API key (`bearer`).
  package var token: Secret?
  /// The public half of AWS keys (`awsKeys`).
  package var accessKeyId: String?
  /// The secret half of AWS keys (`awsKeys`).
  package var secretAccessKey: Secret?
  /// The token of temporary AWS keys (`awsKeys`).
  package var sessionToken: Secret?
  /// When temporary credentials end, in milliseconds since 1970.
  package var expiresAt: Int?
  /// The name of a profile in the shared AWS files (`awsProfile`).
  package var profile: String?
  /// The AWS region to use from now on.
  package var region: String?

  /// No credentials.
  package init() {}
}

extension AuthValues: Codable {
  private enum CodingKeys: CodingKey {
    case apiKey, token, accessKeyId, secretAccessKey, sessionToken, expiresAt, profile, region
  }

  /// Writes what may be seen, and a mark in the place of each secret.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(apiKey?.description, forKey: .apiKey)
    try container.encodeIfPresent(token?.description, forKey: .token)
    try container.encodeIfPresent(accessKeyId, forKey: .accessKeyId)
    try container.encodeIfPresent(secretAccessKey?.description, forKey: .secretAccessKey)
    try container.encodeIfPresent(sessionToken?.description, forKey: .sessionToken)
    try container.encodeIfPresent(expiresAt, forKey: .expiresAt)
    try container.encodeIfPresent(profile, forKey: .profile)
    try container.encodeIfPresent(region, forKey: .region)
  }
}

/// The kinds of credentials a client can hand over.
package enum AuthMethod: String, Codable, Hashable, Sendable, CaseIterable {
  /// `apiKey`, for the provider `anthropic`.
  case apiKey
  /// `token`, for either provider.
  case bearer
  /// `accessKeyId`, `secretAccessKey`, and `sessionToken` for temporary keys; for the provider `bedrock`.
  case awsKeys
  /// `profile`; for the provider `bedrock`.
  case awsProfile
}
