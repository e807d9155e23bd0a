import Protocol

/// Makes Bedrock's requests: address, headers, body.
struct BedrockRequests: Sendable {
  /// What can be asked of a model.
  enum Operation: String, Sendable {
    case invoke
    case stream = "invoke-with-response-stream"
    case countTokens = "count-tokens"
  }

  /// The version of the Messages API that Bedrock takes for every model; newer ones it refuses for older models.
  private static let apiVersion: JSON = "bedrock-2023-05-31"

  private let configuration: BedrockConfiguration
  private let model: String
  private let traceparent: String?
  /// Names all tries of one call, as AWS's SDKs do; the service finds repeated demand by it.
  private let invocation: String

  /// - Throws: ``ProviderError`` when the model's name is none, or the trace context is not one.
  init(
    _ configuration: BedrockConfiguration, model: String, traceparent: String?, invocation: String
  ) throws(ProviderError) {
    // A dot segment would vanish from the path on its way, and the request would be another one.
    guard !model.isEmpty, model != ".", model != ".." else {
      throw ProviderError(
        .invalidRequest, "'\(model)' is no model's name",
        hint: "name a model id, an inference profile, or the ARN of one")
    }
    if let traceparent { try TraceContext.check(traceparent) }
    self.configuration = configuration
    self.model = model
    self.traceparent = traceparent
    self.invocation = invocation
  }

  /// The request of one try, not signed yet.
  ///
  /// The model's name is one segment of the path, encoded throughout as boto3 does it: an ARN's `/` would end it.
  func request(_ operation: Operation, _ body: [UInt8], attempt: Int) -> HTTPRequest {
    let path = "/model/\(PercentEncoding.encode(model))/\(operation.rawValue)"
    var request = HTTPRequest(method: "POST", url: configuration.baseURL + path, body: body)
    request.headers = [HTTPHeader("Content-Type", "application/json")]
    switch operation {
    // What the model is to answer in, as the whole answer's type is the event stream's.
    case .stream: request.headers.append(HTTPHeader("X-Amzn-Bedrock-Accept", "application/json"))
    case .invoke, .countTokens: request.headers.append(HTTPHeader("Accept", "application/json"))
    }
    request.headers += [
      HTTPHeader("User-Agent", "wyn360/\(configuration.version)"),
      HTTPHeader("amz-sdk-invocation-id", invocation),
      HTTPHeader("amz-sdk-request", "attempt=\(attempt); max=\(configuration.timeouts.now.retries + 1)"),
    ]
    if let traceparent { request.headers.append(HTTPHeader("traceparent", traceparent)) }
    return request
  }

  /// The body of a question: neither `model` nor `stream`, which stand in the path.
  static func body(_ request: ModelRequest) -> [UInt8] {
    var envelope = [("anthropic_version", apiVersion)]
    if !request.betas.isEmpty { envelope.append(("anthropic_beta", .array(request.betas.map { .string($0) }))) }
    return MessagesBody.bytes(request, envelope: envelope)
  }

  /// A random UUID (RFC 9562 section 5.4); `random` gives numbers from 0 up to 1.
  static func invocationID(random: () -> Double) -> String {
    var bytes = (0..<16).map { _ in UInt8(truncatingIfNeeded: Int(random() * 256)) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array(lowerHexadecimal(bytes).utf8)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
  }
}
