package import Protocol

/// What a request to Bedrock is authorised by.
package enum BedrockCredentials: RequestCredentials {
  /// A key for Bedrock alone (`AWS_BEARER_TOKEN_BEDROCK`), sent as it is.
  case bearer(Secret)
  /// AWS credentials, by which the request is signed.
  case keys(AWSCredentials)
  /// Nothing: a gateway lets in, and signs (`CLAUDE_CODE_SKIP_BEDROCK_AUTH`).
  case none

  package var secrets: [Secret] {
    switch self {
    case .bearer(let token): [token]
    case .keys(let keys): keys.secrets
    case .none: []
    }
  }
}

/// Where the credentials for Bedrock come from.
package typealias BedrockAuthorization = RequestAuthorization<BedrockCredentials>

/// How Bedrock is reached.
package struct BedrockConfiguration: Sendable {
  /// The region that is asked and that signatures are for.
  package var region: String
  /// The address of Bedrock's runtime, without a slash at its end; a path before it is kept.
  package var baseURL: String
  /// Where the credentials come from.
  package var authorization: any BedrockAuthorization
  /// Names of features in trial, for the body's `anthropic_beta` (`ANTHROPIC_BETAS`).
  package var betas: [String] = []
  /// Sent with every request, in the place of a header of ours of that name (`ANTHROPIC_CUSTOM_HEADERS`); all values are
  /// secrets.
  package var customHeaders: [HTTPHeader] = []
  /// Our own version, for `user-agent`.
  package var version: String
  /// How long a call may take.
  package var timeouts = TimeoutsInUse()
  /// Where calls wait that the service has no room for.
  package var lines = CallLines()

  /// Bedrock in a region, at that address.
  package init(region: String, baseURL: String, authorization: any BedrockAuthorization, version: String) {
    self.region = region
    self.baseURL = baseURL
    while self.baseURL.utf8.last == UInt8(ascii: "/") { self.baseURL.removeLast() }
    self.authorization = authorization
    self.version = version
  }
}
