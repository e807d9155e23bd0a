internal import Protocol
internal import Synchronization

/// A Bedrock runtime on this machine that answers whoever signs with a key it knows, and refuses all others as AWS does.
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

  /// Takes requests.
  package let server: LoopbackServer
  private let state: State

  private final class State: Sendable {
    let flaws = Mutex<[String]>([])
    let callers = Mutex<[String]>([])
  }

  /// A runtime in a region that knows these keys and bearer tokens; `hash` is SHA-256, and `meanwhile` is called before
  /// each answer or refusal.
  package init(
    region: String = "eu-west-1", keys: [Key], bearers: Set<String> = [],
    hash: @escaping @Sendable ([UInt8]) -> [UInt8], meanwhile: @escaping @Sendable () -> Void = {}
  ) throws {
    let state = State()
    let check = SignatureCheck(hash: hash)
    self.state = state
    server = try LoopbackServer { request, connection in
      let claim = SignatureCheck.claim(request)
      let bearer = request["authorization"].flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
      state.callers.withLock { $0.append(claim?.accessKeyID ?? bearer ?? "nobody") }
      meanwhile()
      func refuse(_ code: String, _ message: String) throws {
        try connection.reply(
          403, [("content-type", "application/json"), ("x-amzn-errortype", code), ("x-amzn-requestid", "req-no")],
          body: (["message": .string(message)] as JSON).serialized)
      }
      if let bearer {
        guard bearers.contains(bearer) else {
          return try refuse("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.")
        }
        return try Self.answer(connection)
      }
      guard let claim, let key = keys.first(where: { $0.id == claim.accessKeyID }) else {
        return try refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
      }
      if let flaw = check.flaw(request, secret: key.secret, region: region) {
        state.flaws.withLock { $0.append(flaw) }
        return try refuse("InvalidSignatureException", flaw)
      }
      guard request["x-amz-security-token"] == key.token else {
        state.flaws.withLock { $0.append("the session token of \(key.id) is another") }
        return try refuse("UnrecognizedClientException", "The security token included in the request is invalid.")
      }
      guard !key.isExpired else {
        return try refuse("ExpiredTokenException", "The security token included in the request is expired")
      }
      try Self.answer(connection)
    }
  }

  /// What was wrong with signatures of keys that it knows.
  package var flaws: [String] { state.flaws.withLock { $0 } }

  /// Who asked, in order: the access key's id, or the bearer token.
  package var callers: [String] { state.callers.withLock { $0 } }

  /// What a child process needs to ask it by Bedrock's mode, but for credentials.
  package var environment: [String: String] {
    [
      "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url, "AWS_REGION": "eu-west-1",
      // Nothing that a test has not thought of leaves this machine.
      "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    ]
  }

  private static func answer(_ connection: LoopbackConnection) throws {
    try connection.beginChunks(
      200, [("content-type", "application/vnd.amazon.eventstream"), ("x-amzn-requestid", "req-yes")])
    for event in MessagesServer.answer(["fine"]) {
      let json = event.split(separator: "\n").first { $0.hasPrefix("data: ") }?.dropFirst(6) ?? ""
      try connection.chunk(EventStreamFrames.chunk(String(json)))
    }
    try connection.endChunks()
  }
}
