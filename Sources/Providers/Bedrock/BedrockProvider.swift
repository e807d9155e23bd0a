package import OperatingSystem
package import Protocol

/// Claude by AWS Bedrock.
package struct BedrockProvider: Provider {
  private let configuration: BedrockConfiguration
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let clock: ServerClock
  private let cures = KnownCures()
  private let betas = BedrockBetas()

  /// A provider; credentials are missed only when it is asked something.
  package init(_ configuration: BedrockConfiguration, transport: any HTTPTransport, time: TimeSource) {
    self.configuration = configuration
    self.transport = transport
    self.time = time
    clock = ServerClock(time.now)
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let (request, notice) = betas.fitted(request.adding(betas: configuration.betas))
    if let notice { await receive([.notice(notice)]) }
    return try await cures.answer(request, receive: receive) {
      request throws(ProviderError) in try await ask(request, receive)
    }
  }

  private func ask(_ request: ModelRequest, _ receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let requests = try requests(request.model, traceparent: request.traceparent)
    let service = BedrockService(
      requests: requests, body: BedrockRequests.body(request),
      call: BedrockCall(configuration, model: request.model, clock: clock),
      timeouts: configuration.timeouts.now, lines: configuration.lines)
    return try await ModelCall(service, transport: transport, time: time).answer(receive: receive)
  }

  /// Asks a model for one token: the cheapest call that shows that credentials, policies and model work together.
  ///
  /// - Returns: The name of the call (`x-amzn-requestid`), when the server gave one.
  /// - Throws: ``ProviderError`` when it is refused, or nothing could be asked.
  package func verify(model: String) async throws(ProviderError) -> String? {
    let body = BedrockRequests.body(.trial(of: model))
    let requests = try requests(model, traceparent: nil)
    let call = BedrockCall(configuration, model: model, clock: clock)
    return try await reply(by: call) { requests.request(.invoke, body, attempt: $0) }.requestID
  }

  package func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int? {
    let (request, _) = betas.fitted(request.adding(betas: configuration.betas), isHeard: false)
    let requests = try requests(request.model, traceparent: nil)
    let asked = Base64.encode(BedrockRequests.body(request).span)
    let body = (["input": ["invokeModel": ["body": .string(asked)]]] as JSON).serialized
    let call = BedrockCall(configuration, model: request.model, clock: clock)
    return try await reply(by: call) { requests.request(.countTokens, body, attempt: $0) }.json["inputTokens"]?.int
  }

  /// Asks for a list of Bedrock's: a request that has neither credentials nor signature yet.
  package func get(_ request: HTTPRequest) async throws(ProviderError) -> JSON {
    let call = BedrockCall(configuration, model: "", clock: clock)
    return try await reply(by: call) { _ in request }.json
  }

  private func reply(by call: BedrockCall, _ request: @escaping @Sendable (_ attempt: Int) -> HTTPRequest)
    async throws(ProviderError) -> (json: JSON, requestID: String?)
  {
    let service = BedrockQuery(unsigned: request, call: call)
    return try await JSONCall(service: service, transport: transport, time: time).reply()
  }

  private func requests(_ model: String, traceparent: String?) throws(ProviderError) -> BedrockRequests {
    try BedrockRequests(
      configuration, model: model, traceparent: traceparent,
      invocation: BedrockRequests.invocationID(random: time.random))
  }
}

/// One call that answers no model's stream, as ``JSONCall`` wants it.
private struct BedrockQuery: CallService {
  /// The request of a try, which has neither credentials nor signature yet.
  let unsigned: @Sendable (_ attempt: Int) -> HTTPRequest
  let call: BedrockCall

  var requestIDHeader: String { BedrockCall.requestIDHeader }
  var mask: SecretMask { call.mask }

  func request(attempt: Int) async throws(ProviderError) -> HTTPRequest { try await call.authorized(unsigned(attempt)) }

  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError {
    call.failure(status: status, headers: headers, body: body)
  }

  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool { try await call.repair(failure) }
}

/// One question's requests and replies, as ``ModelCall`` wants them.
private struct BedrockService: ModelService {
  let requests: BedrockRequests
  let body: [UInt8]
  let call: BedrockCall
  let timeouts: CallTimeouts
  let lines: CallLines

  var lane: CallLane { call.lane }

  var streamType: String { "application/vnd.amazon.eventstream" }
  var requestIDHeader: String { BedrockCall.requestIDHeader }
  var mask: SecretMask { call.mask }
  var usualIdleMs: Int { ProviderLimits.idleWithoutPingsMax }

  func request(attempt: Int) async throws(ProviderError) -> HTTPRequest {
    try await call.authorized(requests.request(.stream, body, attempt: attempt))
  }

  func reader() -> BedrockStreamAnswer { BedrockStreamAnswer(call.question) }

  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError {
    call.failure(status: status, headers: headers, body: body)
  }

  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool { try await call.repair(failure) }
}
