package import OperatingSystem
import Protocol

/// Claude by the Anthropic API.
package struct AnthropicProvider: Provider {
  private let configuration: AnthropicConfiguration
  private let authorization: any AnthropicAuthorization
  private let transport: any HTTPTransport
  private let time: TimeSource

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
    let requests = try AnthropicRequests(
      configuration, authorization: authorization, betas: request.betas, traceparent: request.traceparent)
    let body = MessagesBody.bytes(request, envelope: [("model", .string(request.model)), ("stream", true)])
    let service = AnthropicService(requests: requests, body: body, model: request.model, now: time.now)
    return try await ModelCall(service, transport: transport, time: time).answer(receive: receive)
  }

  /// Asks for one model's name, the cheapest call that needs valid credentials.
  ///
  /// - Returns: The name of the call (`request-id`), when the server gave one.
  /// - Throws: ``ProviderError`` when the credentials are refused, or nothing could be asked.
  package func verify() async throws(ProviderError) -> String? {
    let reply = try await reply(model: nil, traceparent: nil) { requests, attempt throws(ProviderError) in
      try await requests.get("/v1/models?limit=1", attempt: attempt)
    }
    return reply.requestID
  }

  /// Asks which models there are for these credentials, page by page.
  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    try await ModelPage.all { next throws(ProviderError) in
      let path = AnthropicListing.path(after: next)
      let reply = try await reply(model: nil, traceparent: nil) { requests, attempt throws(ProviderError) in
        try await requests.get(path, attempt: attempt)
      }
      return try AnthropicListing.page(reply.json)
    }
  }

  /// A call that is answered by one JSON value.
  private func reply(
    model: String?, traceparent: String?,
    _ request: (AnthropicRequests, _ attempt: Int) async throws(ProviderError) -> HTTPRequest
  ) async throws(ProviderError) -> (json: JSON, requestID: String?) {
    let requests = try AnthropicRequests(configuration, authorization: authorization, traceparent: traceparent)
    return try await Retry.run(
      time: time, notify: { _ in }, repair: { _ throws(ProviderError) in try await requests.credentials.renew() }
    ) { attempt throws(ProviderError) in
      let response = try await transport.sendForModel(try await request(requests, attempt))
      let mask = requests.credentials.mask
      let requestID = response.headers["request-id"]
      let ok = response.status == 200
      let body = ok ? try await response.wholeBody() : mask.masked(try await response.errorBody())
      if ok, let json = try? JSON.parse(body, loneSurrogates: .replace), json.object != nil { return (json, requestID) }
      throw AnthropicErrors.failure(
        status: response.status, headers: response.headers, body: body, model: model, now: time.now()
      ).shown(mask: mask, requestID: requestID)
    }
  }
}

/// One question's requests and replies, as ``ModelCall`` wants them.
private struct AnthropicService: ModelService {
  let requests: AnthropicRequests
  let body: [UInt8]
  let model: String
  let now: @Sendable () -> Int

  var streamType: String { "text/event-stream" }
  var requestIDHeader: String { "request-id" }
  var mask: SecretMask { requests.credentials.mask }
  var contentIdleMax: Int { requests.configuration.contentIdleMax }

  func request(attempt: Int) async throws(ProviderError) -> HTTPRequest {
    try await requests.post("/v1/messages", body, accept: "text/event-stream", attempt: attempt)
  }

  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool { try await requests.credentials.renew() }

  func reader() -> EventStreamAnswer { EventStreamAnswer() }

  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError {
    AnthropicErrors.failure(status: status, headers: headers, body: body, model: model, now: now())
  }
}
