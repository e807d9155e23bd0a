import Protocol
import Providers
import Testing

@Suite struct AnthropicErrorsTests {
  static func failure(
    _ status: Int, _ body: String, _ headers: [(name: String, value: String)] = [], model: String? = "claude-x"
  ) -> ProviderError {
    AnthropicErrors.failure(
      status: status, headers: HTTPHeaders(headers), body: Array(body.utf8), model: model, now: 1_000)
  }

  static func body(_ type: String, _ message: String) -> String {
    #"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req_body"}"#
  }

  struct Case: CustomTestStringConvertible {
    var status: Int
    var type: String
    var message: String
    var kind: ProviderError.Kind
    var retryable: Bool
    var testDescription: String { "\(status) \(type): \(message)" }

    init(_ status: Int, _ type: String, _ message: String, _ kind: ProviderError.Kind, _ retryable: Bool = false) {
      (self.status, self.type, self.message, self.kind, self.retryable) = (status, type, message, kind, retryable)
    }
  }

  static let cases = [
    Case(400, "invalid_request_error", "messages: field required", .invalidRequest),
    Case(400, "invalid_request_error", "prompt is too long: 213007 tokens > 200000 maximum", .contextWindowExceeded),
    Case(
      400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
      .contextWindowExceeded),
    Case(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", .billing),
    Case(401, "authentication_error", "invalid x-api-key", .authRequired),
    Case(401, "authentication_error", "OAuth token has expired.", .authExpired),
    Case(402, "billing_error", "payment failed", .billing), Case(403, "permission_error", "not allowed", .accessDenied),
    Case(404, "not_found_error", "model: claude-x", .modelNotFound),
    Case(404, "not_found_error", "Not found", .invalidRequest),
    Case(408, "timeout_error", "slow", .timeout, true), Case(409, "conflict_error", "busy", .providerError, true),
    Case(413, "request_too_large", "Request exceeds the maximum size", .contextWindowExceeded),
    Case(422, "invalid_request_error", "no", .invalidRequest),
    Case(429, "rate_limit_error", "slow", .rateLimited, true),
    Case(500, "api_error", "Internal server error", .providerError, true),
    Case(503, "api_error", "unavailable", .providerError, true), Case(504, "timeout_error", "slow", .timeout, true),
    Case(529, "overloaded_error", "Overloaded", .overloaded, true),
    Case(418, "teapot_error", "short and stout", .invalidRequest), Case(555, "new_error", "?", .providerError, true),
    Case(200, "overloaded_error", "Overloaded", .overloaded, true),
  ]

  @Test(arguments: cases) func `what a reply means`(reply: Case) {
    let failure = Self.failure(reply.status, Self.body(reply.type, reply.message), [("Request-Id", "req_header")])
    #expect(failure.kind == reply.kind)
    #expect(failure.retryable == reply.retryable)
    #expect(failure.status == reply.status)
    #expect(failure.type == reply.type)
    #expect(failure.requestID == "req_header")
    #expect(failure.message == "the API answered \(reply.status) \(reply.type): \(reply.message)")
    #expect(failure.hint != nil || failure.kind == .invalidRequest)
    #expect(Self.failure(reply.status, Self.body(reply.type, reply.message)).requestID == "req_body")
  }

  @Test(arguments: cases.filter { $0.status < 500 || [500, 504, 529].contains($0.status) }.filter { $0.status != 418 })
  func `an error inside a stream means what its status would`(reply: Case) throws {
    let event = try JSON.parse(Self.body(reply.type, reply.message))
    let failure = MessagesErrors.failure(inStream: event)
    #expect(failure.status == 200)
    #expect(failure.type == reply.type)
    #expect(failure.requestID == "req_body")
    #expect(failure.message.contains(reply.message))
    guard reply.type != "timeout_error", reply.status != 422 else { return }
    #expect(failure.kind == reply.kind)
    #expect(failure.retryable == reply.retryable)
  }

  @Test func `an unknown error inside a stream is the provider's, and not tried again`() throws {
    let failure = MessagesErrors.failure(inStream: try .parse(Self.body("new_error", "?")))
    #expect(failure.kind == .providerError)
    #expect(!failure.retryable)
  }

  @Test func `a missing model is named`() {
    #expect(Self.failure(404, Self.body("not_found_error", "model: claude-x")).hint?.contains("'claude-x'") == true)
    #expect(Self.failure(404, Self.body("not_found_error", "No such Model"), model: nil).kind == .modelNotFound)
  }

  @Test func `a spend limit is not waited for, unless a time is named`() {
    let body =
      #"{"error":{"type":"rate_limit_error","message":"limit","#
      + #""details":{"error_code":"enforced_spend_limit_reached"}}}"#
    let final = Self.failure(429, body)
    #expect(final.kind == .billing)
    #expect(!final.retryable)
    let timed = Self.failure(429, body, [("retry-after", "5")])
    #expect(timed.kind == .rateLimited)
    #expect(timed.retryable)
    #expect(timed.retryAfterMs == 5_000)
  }

  @Test(arguments: [("true", true), ("false", false)])
  func `x-should-retry overrides the status`(value: String, retryable: Bool) {
    for status in [400, 529] {
      let body = Self.body("invalid_request_error", "x")
      #expect(Self.failure(status, body, [("x-should-retry", value)]).retryable == retryable)
    }
  }

  @Test func `a page from an edge is quoted as one short line`() {
    let page = """
      <html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body class="x">
      <center><h1>502   Bad\u{0}Gateway</h1></center>\r\n<hr>cloudflare</body></html>
      """
    let failure = Self.failure(502, page, [("content-type", "text/html")])
    #expect(failure.message.hasSuffix("'502 Bad Gateway 502 Bad Gateway cloudflare'"))
    #expect(failure.message.contains("502 (text/html)"))
    #expect(failure.kind == .providerError)
    #expect(failure.retryable)
    let long = Self.failure(502, String(repeating: "é\n", count: 5_000))
    #expect(long.message.count < ProviderLimits.excerptMax + 100)
    #expect(long.message.contains("…"))
  }

  @Test(arguments: [
    (404, ProviderError.Kind.providerError, false), (405, .providerError, false), (301, .providerError, false),
    (200, .providerError, false), (401, .authRequired, false), (403, .accessDenied, false),
    (413, .contextWindowExceeded, false), (429, .rateLimited, true), (503, .providerError, true), (504, .timeout, true),
    (529, .overloaded, true),
  ])
  func `what a reply that is not the API's means`(status: Int, kind: ProviderError.Kind, retryable: Bool) {
    for body in ["", "<p>no</p>", "{}", "[]", #"{"detail":"no"}"#, "\u{FFFD}"] {
      let failure = Self.failure(status, body)
      #expect(failure.kind == kind)
      #expect(failure.retryable == retryable)
      #expect(failure.status == status)
      if kind == .providerError, status < 500 { #expect(failure.hint?.contains("ANTHROPIC_BASE_URL") == true) }
    }
  }

  @Test func `an error that is one text is passed on`() {
    #expect(Self.failure(400, #"{"error":"bad gateway key"}"#).message == "the API answered 400: bad gateway key")
  }
}
