/// Makes one call's requests: address, headers, and the credentials of each try.
struct AnthropicRequests: Sendable {
  /// The version of the API that all requests and replies here follow.
  private static let apiVersion = "2023-06-01"
  /// The header by which the API names a call.
  static let requestIDHeader = "request-id"

  let configuration: AnthropicConfiguration
  let credentials: CallCredentials<AnthropicCredentials>
  private let betas: [String]
  private let traceparent: String?

  /// - Throws: ``ProviderError`` when the trace context is not one.
  init(
    _ configuration: AnthropicConfiguration, authorization: any AnthropicAuthorization, betas: [String] = [],
    traceparent: String?
  ) throws(ProviderError) {
    if let traceparent { try TraceContext.check(traceparent) }
    self.configuration = configuration
    self.betas = betas
    self.traceparent = traceparent
    credentials = CallCredentials(authorization, secrets: configuration.customSecrets)
  }

  func post(_ path: String, _ body: [UInt8], accept: String, attempt: Int) async throws(ProviderError) -> HTTPRequest {
    var request = HTTPRequest(method: "POST", url: configuration.url(path), body: body)
    request.headers = try await headers(accept: accept, contentType: "application/json", attempt: attempt)
    return request
  }

  func get(_ path: String, attempt: Int) async throws(ProviderError) -> HTTPRequest {
    var request = HTTPRequest(method: "GET", url: configuration.url(path))
    request.headers = try await headers(accept: "application/json", contentType: nil, attempt: attempt)
    return request
  }

  /// The headers, ours first; a configured one replaces ours of its name.
  ///
  /// `x-stainless-retry-count` is the official SDK's: by it the service tells new demand from repeated demand.
  private func headers(accept: String, contentType: String?, attempt: Int) async throws(ProviderError) -> [HTTPHeader] {
    let credentials = try await credentials.next()
    var headers = [
      HTTPHeader("accept", accept), HTTPHeader("anthropic-version", Self.apiVersion),
      HTTPHeader("user-agent", "wyn360/\(configuration.version)"),
      HTTPHeader("x-stainless-retry-count", String(attempt - 1)),
    ]
    if let contentType { headers.append(HTTPHeader("content-type", contentType)) }
    if let key = credentials.apiKey { headers.append(HTTPHeader("x-api-key", secret: key)) }
    if let token = credentials.authToken {
      headers.append(HTTPHeader("authorization", prefix: "Bearer ", secret: token))
    }
    if !betas.isEmpty {
      headers.append(HTTPHeader("anthropic-beta", betas.joined(separator: ",")))
    }
    if let traceparent { headers.append(HTTPHeader("traceparent", traceparent)) }
    let replaced = Set(configuration.customHeaders.map { $0.name.lowercased() })
    return headers.filter { !replaced.contains($0.name) } + configuration.customHeaders
  }
}
