/// An ``Upstream`` at whose Bedrock it matters who asks: it says `fine` to whoever signs with a key that it knows.
package final class BedrockGate: Sendable {
  /// A key as it knows it.
  package struct Key: Sendable {
    /// The public half.
    package var id: String
    /// The half that signs.
    package var secret: String
    /// The token that must come with it; `nil` for none.
    package var token: String?
    /// Whether it has ended.
    package var isExpired: Bool

    /// A key.
    package init(_ id: String, secret: String, token: String? = nil, isExpired: Bool = false) {
      (self.id, self.secret, self.token, self.isExpired) = (id, secret, token, isExpired)
    }
  }

  private let upstream: Upstream

  /// A gate for these keys and bearer tokens; `meanwhile` is called before each answer or refusal.
  package init(
    keys: [Key], bearers: Set<String> = [], meanwhile: @escaping @Sendable () -> Void = {}
  ) throws {
    var access = UpstreamAccess()
    for key in keys {
      access.secrets[key.id] = key.secret
      access.tokens[key.id] = key.token
      if key.isExpired { access.expired.insert(key.id) }
    }
    access.bearers = bearers
    upstream = try Upstream(access: access, meanwhile: meanwhile) { _, connection in
      try ModelAnswer("fine").overFrames(connection)
    }
  }

  /// Takes requests.
  package var server: LoopbackServer { upstream.server }
  /// What was wrong with requests of keys that it knows.
  package var flaws: [String] { upstream.flaws }
  /// Who asked, in order: the access key's id, or the bearer token.
  package var callers: [String] { upstream.callers }
  /// The regions that requests were signed for, in order.
  package var regions: [String?] { upstream.questions.map(\.region) }

  /// What a child process needs to ask it by Bedrock's mode, but for credentials.
  package var environment: [String: String] {
    [
      "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url, "AWS_REGION": "eu-west-1",
      // Nothing that a test has not thought of leaves this machine.
      "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    ]
  }
}
