/// A variable of the environment that the program reads: what the manual and the doctor tell of it.
struct KnownVariable: Hashable, Sendable {
  /// Whether its value may be shown.
  enum Privacy: Hashable, Sendable {
    case shown
    /// Only that it is set.
    case secret
    /// An address, without what signs in.
    case address
  }

  let name: String
  let privacy: Privacy
  /// What it says.
  let does: String

  private init(_ name: String, _ does: String, _ privacy: Privacy = .shown) {
    (self.name, self.privacy, self.does) = (name, privacy, does)
  }

  /// All of them, by what they are for.
  static let all = credentials + services + network

  private static let credentials: [KnownVariable] = [
    KnownVariable("ANTHROPIC_API_KEY", "The key of the Anthropic API.", .secret),
    KnownVariable("ANTHROPIC_AUTH_TOKEN", "A bearer token in its place.", .secret),
    KnownVariable("ANTHROPIC_API_KEY_SECRET_ID", "The name or ARN of an AWS secret that holds the key."),
    KnownVariable("CLAUDE_CODE_USE_BEDROCK", "1 or true: ask AWS Bedrock."),
    KnownVariable("CLAUDE_CODE_SKIP_BEDROCK_AUTH", "1 or true: a gateway signs the requests to Bedrock."),
    KnownVariable("AWS_BEARER_TOKEN_BEDROCK", "A Bedrock API key.", .secret),
    KnownVariable("AWS_ACCESS_KEY_ID", "The id of an AWS access key.", .secret),
    KnownVariable("AWS_SECRET_ACCESS_KEY", "Its secret.", .secret),
    KnownVariable("AWS_SESSION_TOKEN", "The token of a session that it belongs to.", .secret),
    KnownVariable("AWS_PROFILE", "The profile of AWS's files that is used."),
    KnownVariable("AWS_CONFIG_FILE", "Where AWS's settings are."),
    KnownVariable("AWS_SHARED_CREDENTIALS_FILE", "Where AWS's keys are."),
  ]

  private static let services: [KnownVariable] = [
    KnownVariable("ANTHROPIC_MODEL", "The model when nobody names one."),
    KnownVariable("ANTHROPIC_DEFAULT_SONNET_MODEL", "What 'sonnet' means."),
    KnownVariable("ANTHROPIC_DEFAULT_OPUS_MODEL", "What 'opus' means."),
    KnownVariable("ANTHROPIC_DEFAULT_HAIKU_MODEL", "What 'haiku' means."),
    KnownVariable("ANTHROPIC_DEFAULT_FABLE_MODEL", "What 'fable' means."),
    KnownVariable("ANTHROPIC_DEFAULT_MYTHOS_MODEL", "What 'mythos' means."),
    KnownVariable("ANTHROPIC_BASE_URL", "Another endpoint: the part before /v1/messages.", .address),
    KnownVariable("ANTHROPIC_BEDROCK_BASE_URL", "Another endpoint for Bedrock.", .address),
    KnownVariable("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "Another endpoint for Bedrock, as AWS names it.", .address),
    KnownVariable("ANTHROPIC_CUSTOM_HEADERS", "More headers of requests, as lines of 'Name: value'.", .secret),
    KnownVariable("ANTHROPIC_BETAS", "Features in trial, separated by commas."),
    KnownVariable("AWS_REGION", "The AWS region."),
    KnownVariable("AWS_DEFAULT_REGION", "The AWS region, where AWS_REGION is not set."),
  ]

  private static let network: [KnownVariable] = [
    KnownVariable("XDG_CONFIG_HOME", "The folder in whose wyn360 your settings are; ~/.config where it is not set."),
    KnownVariable("HTTPS_PROXY", "The proxy of requests over https.", .address),
    KnownVariable("https_proxy", "The same.", .address),
    KnownVariable("http_proxy", "The proxy of requests without encryption.", .address),
    KnownVariable("ALL_PROXY", "The proxy of all requests.", .address),
    KnownVariable("all_proxy", "The same.", .address),
    KnownVariable("NO_PROXY", "What is reached without a proxy."),
    KnownVariable("no_proxy", "The same."),
    KnownVariable("SSL_CERT_FILE", "The certificates to trust, in place of the system's."),
    KnownVariable("AWS_CA_BUNDLE", "The same, for requests to AWS."),
    KnownVariable("NODE_EXTRA_CA_CERTS", "Certificates to trust beside the others."),
    KnownVariable("CLAUDE_CODE_CLIENT_CERT", "A certificate of one's own for servers that ask for one."),
    KnownVariable("CLAUDE_CODE_CLIENT_KEY", "Its key."),
    KnownVariable("CLAUDE_CODE_CLIENT_KEY_PASSPHRASE", "What the key is encrypted with.", .secret),
  ]
}
