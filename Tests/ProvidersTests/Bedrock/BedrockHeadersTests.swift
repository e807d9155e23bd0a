import Protocol
import Providers
import TestSupport
import Testing

/// What the user has sent along to Bedrock: headers, features in trial, and no signature where a gateway signs.
@Suite(.hangGuard) struct BedrockHeadersTests {
  static let headers = [
    ("X-Amzn-Bedrock-GuardrailIdentifier", "gr-1"), ("X-Amzn-Bedrock-GuardrailVersion", "DRAFT"),
    ("X-Amzn-Bedrock-Trace", "ENABLED"), ("X-Amzn-Bedrock-Service-Tier", "priority"),
    ("X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized"), ("X-Gateway-Team", "blue"), ("user-agent", "mine/1"),
    ("x-amzn-bedrock-accept", "application/x"), ("Authorization", "Bearer gateway"), ("x-api-key", "sk-canary"),
  ]

  func configuration(_ server: LoopbackServer, _ credentials: BedrockCredentials) -> BedrockConfiguration {
    var configuration = BedrockConfiguration(
      region: "us-west-2", baseURL: server.url, authorization: TestAuthorization(credentials), version: "1")
    configuration.customHeaders = Self.headers.map { HTTPHeader($0.0, secret: Secret($0.1)) }
    return configuration
  }

  func provider(_ configuration: BedrockConfiguration) -> BedrockProvider {
    BedrockProvider(configuration, transport: CurlTransport(), time: ManualClock(.passes).source)
  }

  @Test func `AWS's headers are signed, a gateway's are sent, and keys for others are not`() async throws {
    let server = try LoopbackServer(BedrockWireTests.checked())
    let provider = provider(configuration(server, TestAuthorization.keys()))
    #expect(try await provider.answer(BedrockWireTests.hello()) { _ in }.stopReason == "end_turn")
    let request = try #require(server.requests.first)
    for (name, value) in Self.headers.dropLast(2) {
      #expect(request.headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value) == [value], "\(name)")
    }
    let signed = (request["authorization"] ?? "").split(separator: ",").first { $0.contains("SignedHeaders=") } ?? ""
    for (name, _) in Self.headers.prefix(5) { #expect(signed.contains(name.lowercased())) }
    #expect(!signed.contains("x-gateway-team"))
    #expect(request["x-api-key"] == nil)
    #expect(request["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 ") == true)
  }

  @Test func `a bearer's requests have them, too`() async throws {
    let server = try LoopbackServer { _, connection in try BedrockWireTests.answer(connection) }
    _ = try await provider(configuration(server, .bearer(Secret("abc")))).answer(BedrockWireTests.hello()) { _ in }
    let request = try #require(server.requests.first)
    #expect(request["authorization"] == "Bearer abc")
    #expect(request["x-amzn-bedrock-guardrailidentifier"] == "gr-1")
    #expect(request["x-gateway-team"] == "blue")
    #expect(request["x-api-key"] == nil)
  }

  @Test func `where a gateway signs nothing is signed, and its own key is sent`() async throws {
    let server = try LoopbackServer { _, connection in try BedrockWireTests.answer(connection) }
    var configuration = configuration(server, .none)
    _ = try await provider(configuration).answer(BedrockWireTests.hello()) { _ in }
    #expect(server.requests.first?["authorization"] == "Bearer gateway")
    #expect(server.requests.first?["x-api-key"] == "sk-canary")
    configuration.customHeaders = []
    _ = try await provider(configuration).answer(BedrockWireTests.hello()) { _ in }
    #expect(server.requests.last?["authorization"] == nil)
    #expect(server.requests.last?["x-amz-date"] == nil)
  }

  @Test func `a secret in a header that is echoed is masked`() async throws {
    let server = try LoopbackServer(BedrockWireTests.refuse("ValidationException", "what is canary-0123456789?"))
    var configuration = configuration(server, TestAuthorization.keys())
    configuration.customHeaders = [HTTPHeader("x-gateway-key", secret: Secret("canary-0123456789"))]
    let failure = await #expect(throws: ProviderError.self) {
      try await provider(configuration).answer(BedrockWireTests.hello()) { _ in }
    }
    #expect(failure?.message.contains("•••") == true)
    #expect(failure?.message.contains("canary") == false)
  }

  @Test func `features that Bedrock has not are not asked for, and that is told once`() async throws {
    let server = try LoopbackServer { _, connection in try BedrockWireTests.answer(connection) }
    var configuration = configuration(server, TestAuthorization.keys())
    configuration.betas = [
      "context-1m-2025-08-07", "oauth-2025-04-20", "prompt-caching-scope-2026-01-05", "fast-mode-2026-02-01",
      "mine-2027",
      "files-api-2025-04-14", "compact-2026-01-12", "compact-2026-09-04", "interleaved-thinking-2025-05-14",
    ]
    let provider = provider(configuration)
    let log = EventLog()
    for _ in 1...2 { _ = try await provider.answer(BedrockWireTests.hello()) { log.note($0) } }
    for request in server.requests {
      #expect(
        try JSON.parse(request.body)["anthropic_beta"] == [
          "context-1m-2025-08-07", "mine-2027", "interleaved-thinking-2025-05-14",
        ])
    }
    let notices = log.events.compactMap { event in if case .notice(let text) = event { text } else { nil } }
    #expect(notices.count == 1)
    #expect(
      notices.first?.hasSuffix(
        ": oauth-2025-04-20, prompt-caching-scope-2026-01-05, fast-mode-2026-02-01, files-api-2025-04-14, "
          + "compact-2026-01-12, compact-2026-09-04") == true, "\(notices)")
  }
}
