package import OperatingSystem
import Protocol

/// Claude by the Anthropic API.
package struct AnthropicProvider: Provider {
  private let configuration: AnthropicConfiguration
  private let authorization: any AnthropicAuthorization
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let cures = KnownCures()

  /// A provider; credentials are missed only when it is asked something.
  ///
  /// Without an `authorization` they are the configuration's.
  package init(
    _ configuration: AnthropicConfiguration, authorization: (any AnthropicAuthorization)? = nil,
    transport: any HTTPTransport, time: TimeSource
  ) {
    self.configuration = configuration
    self.authorization = authorization ?? ConfiguredCredentials(configuration: configuration)
    self.transport = transport
    self.time = time
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    try await cures.answer(request.adding(betas: configuration.betas), receive: receive) {
      request throws(ProviderError) in try await ask(request, receive)
    }
  }

  private func ask(_ request: ModelRequest, _ receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let requests = try AnthropicRequests(
      configuration, authorization: authorization, betas: request.betas, traceparent: request.traceparent)
    let body = MessagesBody.bytes(request, envelope: [("model", .string(request.model)), ("stream", true)])
    let service = AnthropicService(
      requests: requests, body: body, model: request.model, timeouts: configuration.timeouts.now,
      lines: configuration.lines, now: time.now)
    return try await ModelCall(service, transport: transport, time: time).answer(receive: receive)
  }

  package func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int? {
    let request = request.adding(betas: configuration.betas)
    let body = MessagesBody.bytes(request, envelope: [("model", .string(request.model))], isCount: true)
    return try await reply(to: "/v1/messages/count_tokens", body, betas: request.betas).json["input_tokens"]?.int
  }

  /// Asks for one model's name, the cheapest call that needs valid credentials.
  ///
  /// - Returns: The name of the call (`request-id`), when the server gave one.
  /// - Throws: ``ProviderError`` when the credentials are refused, or nothing could be asked.
  package func verify() async throws(ProviderError) -> String? {
    try await reply(to: "/v1/models?limit=1").requestID
  }

  /// Asks which models there are for these credentials, page by page.
  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    try await ModelPage.all { next throws(ProviderError) in
      try AnthropicListing.page(try await reply(to: AnthropicListing.path(after: next)).json)
    }
  }

  /// What the API answers to a GET, or to a POST of that body.
  private func reply(to path: String, _ body: [UInt8]? = nil, betas: [String]? = nil) async throws(ProviderError) -> (
    json: JSON, requestID: String?
  ) {
    let requests = try AnthropicRequests(
      configuration, authorization: authorization, betas: betas ?? configuration.betas, traceparent: nil)
    let service = AnthropicQuery(requests: requests, path: path, body: body, now: time.now)
    return try await JSONCall(service: service, transport: transport, time: time).reply()
  }
}

/// One call that no model answers, as ``JSONCall`` wants it.
private struct AnthropicQuery: CallService {
  let requests: AnthropicRequests
  let path: String
  let body: [UInt8]?
  let now: @Sendable () -> Int

  var requestIDHeader: String { AnthropicRequests.requestIDHeader }
  var mask: SecretMask { requests.credentials.mask }

  func request(attempt: Int) async throws(ProviderError) -> HTTPRequest {
    guard let body else { return try await requests.get(path, attempt: attempt) }
    return try await requests.post(path, body, accept: "application/json", attempt: attempt)
  }

  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool { try await requests.credentials.renew() }

  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError {
    AnthropicErrors.failure(status: status, headers: headers, body: body, model: nil, now: now())
  }
}

/// One question's requests and replies, as ``ModelCall`` wants them.
private struct AnthropicService: ModelService {
  let requests: AnthropicRequests
  let body: [UInt8]
  let model: String
  let timeouts: CallTimeouts
  let lines: CallLines
  let now: @Sendable () -> Int

  var lane: CallLane {
    CallLane(
      address: requests.configuration.baseURL, caller: requests.credentials.used?.secrets ?? [], model: model)
  }

  var streamType: String { "text/event-stream" }
  var requestIDHeader: String { AnthropicRequests.requestIDHeader }
  var mask: SecretMask { requests.credentials.mask }
  var usualIdleMs: Int { ProviderLimits.idleMax }

  func request(attempt: Int) async throws(ProviderError) -> HTTPRequest {
    try await requests.post("/v1/messages", body, accept: "text/event-stream", attempt: attempt)
  }

  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool { try await requests.credentials.renew() }

  func reader() -> EventStreamAnswer { EventStreamAnswer() }

  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError {
    AnthropicErrors.failure(status: status, headers: headers, body: body, model: model, now: now())
  }
}
