package import Protocol

/// An ``Upstream`` of which only Bedrock is asked.
package final class BedrockServer: Sendable {
  /// What a model is asked.
  package typealias Question = Upstream.Question
  /// What answers a question.
  package typealias Script = Upstream.Script
  /// Whom the server lets in.
  package typealias Access = UpstreamAccess

  /// The id of the access key that the server knows.
  package static let accessKeyID = "AKIATESTKEY1"
  /// The secret of that key, with all characters that a secret may have.
  package static let secretAccessKey = "canary-aws-secret/9+Qd="

  private let upstream: Upstream

  /// Starts a server; `models` and `profiles` are what its lists hold, in AWS's form.
  package init(
    access: Access = Access(), models: [JSON] = [], profiles: [JSON] = [], _ script: @escaping Script
  ) throws {
    upstream = try Upstream(access: access, models: models, profiles: profiles, script)
  }

  /// Takes requests.
  package var server: LoopbackServer { upstream.server }
  /// Why requests were refused.
  package var flaws: [String] { upstream.flaws }
  /// What models were asked, in order.
  package var questions: [Question] { upstream.questions }

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
}

// MARK: - Answers

extension BedrockServer {
  /// Streams events of the Messages API in frames, and ends the answer; Bedrock puts its own counts into the last.
  package static func stream(
    _ events: [String], countsTokens: Bool = true, to connection: LoopbackConnection
  ) throws {
    try beginStream(connection)
    for event in events {
      let last = #"{"type":"message_stop"}"#
      let metrics =
        #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":25,"outputTokenCount":15,"invocationLatency":9,"firstByteLatency":3}}"#
      try connection.chunk(EventStreamFrames.chunk(event == last && countsTokens ? metrics : event))
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
    try UpstreamRefusal(status, type, message).send(.bedrock, headers: headers, to: connection)
  }

  /// Refuses an id whose model is served through inference profiles only, in AWS's words.
  package static func refuseOnDemand(_ model: String, to connection: LoopbackConnection) throws {
    let text =
      "Invocation of model ID \(model) with on-demand throughput isn’t supported. Retry your request with the ID or ARN "
      + "of an inference profile that contains this model."
    try refuse(400, "ValidationException", text, to: connection)
  }
}
