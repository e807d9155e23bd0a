internal import Foundation
package import Protocol
internal import Synchronization

/// Bedrock on this machine: it lets in whom it knows, takes no request that the real one would refuse, and does as it is
/// told with those that want a stream.
package final class BedrockServer: Sendable {
  /// What a model is asked.
  package struct Question: Sendable {
    /// The model's id as it stands in the path, decoded.
    package var model: String
    /// The region of the signature; with a bearer token `nil`.
    package var region: String?
    /// Who asks: the access key's id, or `bearer`.
    package var caller: String
    /// What is done with the model: `invoke-with-response-stream`, `invoke` or `count-tokens`.
    package var operation: String
    /// The body.
    package var body: JSON
    /// The text at the end of the last message.
    package var prompt: String

    /// The conversation.
    package var messages: [JSON] { body["messages"]?.array ?? [] }
  }

  /// What answers a question.
  package typealias Script = @Sendable (Question, LoopbackConnection) throws -> Void

  /// Whom the server lets in.
  package struct Access: Sendable {
    /// The secret of each access key.
    package var secrets = [BedrockServer.accessKeyID: BedrockServer.secretAccessKey]
    /// The token that must come with an access key.
    package var tokens: [String: String] = [:]
    /// Keys for Bedrock alone.
    package var bearers: Set<String> = []

    /// The usual key, without a token.
    package init() {}
  }

  /// The id of the access key that the server knows.
  package static let accessKeyID = "AKIATESTKEY1"
  /// The secret of that key, with all characters that a secret may have.
  package static let secretAccessKey = "canary-aws-secret/9+Qd="

  /// Takes requests.
  package let server: LoopbackServer
  private let log: CallLog

  /// Starts a server; `models` and `profiles` are what its lists hold, in AWS's form.
  package init(
    access: Access = Access(), models: [JSON] = [], profiles: [JSON] = [], _ script: @escaping Script
  ) throws {
    let log = CallLog()
    self.log = log
    server = try LoopbackServer { request, connection in
      let words = request.target.split(separator: "?")[0].split(separator: "/").map(String.init)
      if request.method == "HEAD" { return try connection.reply(404, body: []) }
      let caller: (id: String, region: String?)
      switch Self.caller(of: request, access) {
      case .success(let found): caller = found
      case .failure(let refusal):
        log.add(flaw: "\(refusal.type): \(refusal.message)")
        return try Self.refuse(403, refusal.type, refusal.message, to: connection)
      }
      switch (request.method, words.first) {
      case ("GET", "foundation-models"):
        return try Self.reply(["modelSummaries": .array(models)], to: connection)
      case ("GET", "inference-profiles"):
        return try Self.reply(["inferenceProfileSummaries": .array(profiles)], to: connection)
      case ("POST", "model") where words.count == 3:
        let question = Question(request, model: words[1], operation: words[2], caller: caller)
        log.add(question)
        if let flaw = Self.flaw(in: request, question) {
          log.add(flaw: flaw)
          return try Self.refuse(400, "ValidationException", flaw, to: connection)
        }
        if question.operation == "invoke" { return try Self.reply(Self.whole, to: connection) }
        if question.operation == "count-tokens" { return try Self.reply(["inputTokens": 12], to: connection) }
        try script(question, connection)
      default: try Self.refuse(404, "UnknownOperationException", "no such operation", to: connection)
      }
    }
  }

  /// Why requests were refused.
  package var flaws: [String] { log.flaws }
  /// What models were asked, in order.
  package var questions: [Question] { log.questions }

  /// Where a child process finds this server, for models and for lists, whatever the region.
  package var address: [String: String] {
    [
      "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url, "AWS_ENDPOINT_URL_BEDROCK": server.url,
      "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    ]
  }

  /// What a child process needs to ask this server by default.
  package var environment: [String: String] {
    address.merging([
      "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_ACCESS_KEY_ID": Self.accessKeyID,
      "AWS_SECRET_ACCESS_KEY": Self.secretAccessKey,
    ]) { _, own in own }
  }

  private final class CallLog: Sendable {
    private let state = Mutex<(flaws: [String], questions: [Question])>(([], []))
    var flaws: [String] { state.withLock { $0.flaws } }
    var questions: [Question] { state.withLock { $0.questions } }
    func add(flaw: String) { state.withLock { $0.flaws.append(flaw) } }
    func add(_ question: Question) { state.withLock { $0.questions.append(question) } }
  }
}

// MARK: - Answers

extension BedrockServer {
  /// Streams events of the Messages API in frames, and ends the answer; Bedrock puts its own counts into the last.
  package static func stream(_ events: [String], to connection: LoopbackConnection) throws {
    try beginStream(connection)
    for event in events {
      let last = #"{"type":"message_stop"}"#
      let metrics =
        #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":25,"outputTokenCount":15,"invocationLatency":9,"firstByteLatency":3}}"#
      try connection.chunk(EventStreamFrames.chunk(event == last ? metrics : event))
    }
    try connection.endChunks()
  }

  /// Begins a streamed answer.
  package static func beginStream(_ connection: LoopbackConnection) throws {
    try connection.beginChunks(
      200, [("Content-Type", "application/vnd.amazon.eventstream"), ("x-amzn-RequestId", "id-bedrock-1")])
  }

  /// Refuses as AWS does.
  package static func refuse(
    _ status: Int, _ type: String, _ message: String, headers: [(String, String)] = [],
    to connection: LoopbackConnection
  ) throws {
    let body: JSON = ["message": .string(message)]
    try connection.reply(
      status,
      [
        ("Content-Type", "application/json"), ("x-amzn-ErrorType", "\(type):http://internal.amazon.com/coral/"),
        ("x-amzn-RequestId", "id-bedrock-1"),
      ] + headers, body: body.serialized)
  }

  /// Refuses an id whose model is served through inference profiles only, in AWS's words.
  package static func refuseOnDemand(_ model: String, to connection: LoopbackConnection) throws {
    let text =
      "Invocation of model ID \(model) with on-demand throughput isn’t supported. Retry your request with the ID or ARN "
      + "of an inference profile that contains this model."
    try refuse(400, "ValidationException", text, to: connection)
  }

  /// The answer to a question that wants it in one piece.
  private static let whole: JSON = [
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "stop_reason": "max_tokens",
    "content": [["type": "text", "text": "."]], "usage": ["input_tokens": 8, "output_tokens": 1],
  ]

  private static func reply(_ json: JSON, to connection: LoopbackConnection) throws {
    try connection.reply(
      200, [("Content-Type", "application/json"), ("x-amzn-RequestId", "id-bedrock-list")], body: json.serialized)
  }
}

// MARK: - The real service's rules

extension BedrockServer {
  /// A refusal at the door.
  private struct Refusal: Error {
    var type: String
    var message: String
  }

  private static func caller(of request: LoopbackRequest, _ access: Access) -> Result<
    (id: String, region: String?), Refusal
  > {
    let authorization = request["authorization"] ?? ""
    if authorization.hasPrefix("Bearer ") {
      guard access.bearers.contains(String(authorization.dropFirst(7))) else {
        return .failure(Refusal(type: "AccessDeniedException", message: "Authentication failed: invalid API Key"))
      }
      return .success(("bearer", nil))
    }
    guard let signature = RequestSignature(request) else {
      return .failure(Refusal(type: "MissingAuthenticationTokenException", message: "Missing Authentication Token"))
    }
    guard let secret = access.secrets[signature.accessKeyID],
      access.tokens[signature.accessKeyID] == request["x-amz-security-token"]
    else {
      return .failure(
        Refusal(
          type: "UnrecognizedClientException", message: "The security token included in the request is invalid."))
    }
    if let flaw = signature.flaw(of: request, secret: secret) {
      return .failure(Refusal(type: "InvalidSignatureException", message: flaw))
    }
    return .success((signature.accessKeyID, signature.region))
  }

  private static func flaw(in request: LoopbackRequest, _ question: Question) -> String? {
    let segment = request.target.split(separator: "/")[1]
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%".utf8)
    guard segment.utf8.allSatisfy(kept.contains), !question.model.isEmpty else { return "the path is not encoded" }
    guard request["content-type"] == "application/json" else { return "the content type is not supported" }
    guard question.operation != "count-tokens" else { return nil }
    guard ["invoke", "invoke-with-response-stream"].contains(question.operation) else { return "no such operation" }
    return ConversationRules.flaw(in: question.body, for: .bedrock(model: question.model)).map {
      "Malformed input request: \($0), please reformat your input and try again."
    }
  }
}

extension BedrockServer.Question {
  fileprivate init(_ request: LoopbackRequest, model: String, operation: String, caller: (id: String, region: String?))
  {
    let body = (try? JSON.parse(request.body)) ?? .null
    self.init(
      model: model.removingPercentEncoding ?? "", region: caller.region, caller: caller.id, operation: operation,
      body: body, prompt: body["messages"]?.array?.last?["content"]?.array?.last?["text"]?.string ?? "")
  }
}
