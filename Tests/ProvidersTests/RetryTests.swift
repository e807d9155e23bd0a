import Protocol
import Providers
import Testing

@Suite struct RetryTests {
  static func failure(retryable: Bool = true, after: Int? = nil, partial: ModelMessage? = nil) -> ProviderError {
    var failure = ProviderError(.overloaded, "busy", retryable: retryable)
    failure.retryAfterMs = after
    failure.partial = partial
    return failure
  }

  @Test(arguments: [
    (200, false), (301, false), (400, false), (401, false), (402, false), (403, false), (404, false), (408, true),
    (409, true), (413, false), (422, false), (429, true), (499, false), (500, true), (502, true), (503, true),
    (504, true),
    (529, true), (599, true),
  ])
  func `which statuses are worth another try`(status: Int, worthwhile: Bool) {
    #expect(Retry.isWorthwhile(status: status, headers: HTTPHeaders()) == worthwhile)
    #expect(Retry.isWorthwhile(status: status, headers: HTTPHeaders([("X-Should-Retry", "true")])))
    #expect(!Retry.isWorthwhile(status: status, headers: HTTPHeaders([("x-should-retry", "false")])))
    #expect(Retry.isWorthwhile(status: status, headers: HTTPHeaders([("x-should-retry", "maybe")])) == worthwhile)
  }

  @Test(
    arguments: [
      ([:], nil), (["retry-after": "3"], 3_000), (["retry-after": "0.25"], 250), (["retry-after": "0"], nil),
      (["retry-after": "-1"], nil), (["retry-after": "soon"], nil), (["retry-after": "nan"], nil),
      (["retry-after-ms": "1500"], 1_500), (["retry-after-ms": "0.2"], 1),
      (["retry-after-ms": "70", "retry-after": "3"], 70),
      (["retry-after-ms": "x", "retry-after": "3"], 3_000), (["retry-after-ms": "0", "retry-after": "3"], 3_000),
      (["retry-after": "1e300"], 86_400_000), (["retry-after-ms": "inf"], 86_400_000),
      (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], 7_000),
      (["retry-after": "Sun, 06 Nov 1994 08:49:30 GMT"], nil),
      (["retry-after": "Sun, 06 Nov 1994 08:49:29 GMT"], nil), (["retry-after": "Sunday"], nil),
    ] as [([String: String], Int?)])
  func `how long a server asks to wait`(headers: [String: String], milliseconds: Int?) {
    let headers = HTTPHeaders(headers.map { ($0.key, $0.value) })
    #expect(Retry.requestedDelay(headers, now: 784_111_770_000) == milliseconds)
  }

  @Test(arguments: [(1, 0.0, 500), (1, 1.0, 375), (1, 0.5, 437), (2, 0.0, 1_000), (2, 1.0, 750)])
  func `our own wait doubles, less what chance takes off`(tries: Int, random: Double, milliseconds: Int) {
    #expect(Retry.delay(after: Self.failure(), triesMade: tries, random: random) == milliseconds)
  }

  @Test func `there are two new tries, no more`() {
    #expect(Retry.delay(after: Self.failure(), triesMade: 3, random: 0) == nil)
    #expect(Retry.delay(after: Self.failure(after: 10), triesMade: 3, random: 0) == nil)
  }

  @Test func `the server's wait is kept to, unless it is too long to sit out`() {
    #expect(Retry.delay(after: Self.failure(after: 60_000), triesMade: 1, random: 1) == 60_000)
    #expect(Retry.delay(after: Self.failure(after: 60_001), triesMade: 1, random: 1) == nil)
  }

  @Test func `what cannot succeed or has begun to be heard is not tried again`() {
    #expect(Retry.delay(after: Self.failure(retryable: false), triesMade: 1, random: 0) == nil)
    let heard = ModelMessage(content: [["type": "text", "text": "He"]])
    #expect(Retry.delay(after: Self.failure(partial: heard), triesMade: 1, random: 0) == nil)
    #expect(Retry.delay(after: Self.failure(partial: ModelMessage()), triesMade: 1, random: 0) == 500)
  }

  @Test(arguments: [
    (HTTPError.Kind.cancelled, ProviderError.Kind.cancelled, false), (.libraryMissing, .network, false),
    (.resolve, .network, true), (.connect, .network, true), (.tls, .network, true), (.proxy, .network, true),
    (.connectTimeout, .timeout, true), (.idleTimeout, .stalled, true), (.closedEarly, .network, true),
    (.badRequest, .invalidRequest, false), (.protocolError, .network, true), (.other, .network, false),
    (.noDescriptor, .network, true),
  ])
  func `what a failed transfer means`(transfer: HTTPError.Kind, kind: ProviderError.Kind, retryable: Bool) {
    let failure = ProviderError(HTTPError(transfer, "why"))
    #expect(failure.kind == kind)
    #expect(failure.retryable == retryable)
    #expect(transfer == .cancelled || failure.message == "why")
  }
}
