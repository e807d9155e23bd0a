import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// What goes on the wire.
@Suite struct AnthropicRequestTests {
  static let hello = ModelRequest(
    model: "claude-x", messages: [["role": "user", "content": "hi"]], maxTokens: 64)

  static func configuration(_ variables: [String: String]) throws -> AnthropicConfiguration {
    try AnthropicConfiguration(ProcessEnvironment(variables), version: "1.2.3")
  }

  /// The request that an answer is asked with.
  static func sent(_ variables: [String: String], _ request: ModelRequest = hello) async throws -> HTTPRequest {
    let transport = ScriptedTransport(.stream(Wire.start, Wire.end))
    let provider = AnthropicProvider(
      try configuration(variables), transport: transport, time: ManualClock(.passes).source)
    _ = try await provider.answer(request) { _ in }
    return try #require(transport.requests.first)
  }

  /// The headers as they would be sent.
  static func headers(_ request: HTTPRequest) -> [String: String] {
    var headers: [String: String] = [:]
    for header in request.headers {
      switch header.value {
      case .plain(let value): headers[header.name] = value
      case .secret(let prefix, let secret): headers[header.name] = prefix + secret.reveal()
      }
    }
    return headers
  }

  @Test func `a question as it is sent, byte for byte`() async throws {
    var question = Self.hello
    question.maxTokens = 2_048
    question.system = [["type": "text", "text": "Be brief."]]
    question.tools = [["name": "now", "input_schema": ["type": "object"]]]
    question.toolChoice = ["type": "auto"]
    question.thinking = ["type": "enabled", "budget_tokens": 1024]
    let request = try await Self.sent(["ANTHROPIC_API_KEY": "sk-ant-1"], question)
    #expect(request.method == "POST")
    #expect(request.url == "https://api.anthropic.com/v1/messages")
    let expected = #"""
      {"model":"claude-x","stream":true,"max_tokens":2048,"thinking":{"type":"enabled","budget_tokens":1024},\#
      "tool_choice":{"type":"auto"},"tools":[{"name":"now","input_schema":{"type":"object"}}],\#
      "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],\#
      "messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]}
      """#
    #expect(String(decoding: request.body, as: UTF8.self) == expected)
  }

  @Test func `a question without extras has none of their members`() async throws {
    var question = Self.hello
    question.caching = false
    let request = try await Self.sent(["ANTHROPIC_API_KEY": "sk-ant-1"], question)
    let expected =
      #"{"model":"claude-x","stream":true,"max_tokens":64,"messages":[{"role":"user","content":"hi"}]}"#
    #expect(String(decoding: request.body, as: UTF8.self) == expected)
  }

  @Test func `the headers that every question has`() async throws {
    let request = try await Self.sent(["ANTHROPIC_API_KEY": "sk-ant-1"])
    #expect(
      Self.headers(request) == [
        "accept": "text/event-stream", "anthropic-version": "2023-06-01", "content-type": "application/json",
        "user-agent": "wyn360/1.2.3", "x-api-key": "sk-ant-1", "x-stainless-retry-count": "0",
      ])
  }

  @Test func `credentials, betas and the trace context stand in their headers, secrets as secrets`() async throws {
    var question = Self.hello
    question.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let request = try await Self.sent(
      [
        "ANTHROPIC_API_KEY": "sk-ant-1", "ANTHROPIC_AUTH_TOKEN": "token-2", "ANTHROPIC_BETAS": "b1,b2",
        "ANTHROPIC_CUSTOM_HEADERS": "X-Tenant: seven\nUser-Agent: mine\nanthropic-version: 2030-01-01",
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/gateway/",
      ], question)
    #expect(request.url == "http://127.0.0.1:9/gateway/v1/messages")
    let headers = Self.headers(request)
    #expect(headers["x-api-key"] == "sk-ant-1")
    #expect(headers["authorization"] == "Bearer token-2")
    #expect(headers["anthropic-beta"] == "b1,b2")
    #expect(headers["traceparent"] == question.traceparent)
    #expect(headers["X-Tenant"] == "seven")
    #expect(headers["User-Agent"] == "mine")
    #expect(headers["user-agent"] == nil)
    #expect(request.headers.filter { $0.name == "anthropic-version" }.count == 1)
    #expect(headers["anthropic-version"] == "2030-01-01")
    for canary in ["sk-ant-1", "token-2", "seven"] { #expect(!"\(request)".contains(canary)) }
  }

  @Test(arguments: [
    "", "x", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nx-evil: 1",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
  ])
  func `what is no trace context reaches no header`(text: String) async throws {
    var question = Self.hello
    question.traceparent = text
    let failure = await #expect(throws: ProviderError.self) {
      try await Self.sent(["ANTHROPIC_API_KEY": "sk-ant-1"], question)
    }
    #expect(failure?.kind == .invalidRequest)
  }

  @Test func `without a key nothing is sent, and the roadmap's words are said`() async throws {
    let transport = ScriptedTransport()
    let provider = AnthropicProvider(
      try Self.configuration([:]), transport: transport, time: ManualClock(.passes).source)
    let asked = await #expect(throws: ProviderError.self) { try await provider.answer(Self.hello) { _ in } }
    let verified = await #expect(throws: ProviderError.self) { try await provider.verify() }
    for failure in [asked, verified] {
      #expect(failure?.kind == .authRequired)
      #expect(
        failure?.message == "ANTHROPIC_API_KEY is required when not using AWS Bedrock.\n"
          + "Set environment variable: export ANTHROPIC_API_KEY=sk-ant-xxx\n"
          + "Or enable Bedrock mode: export CLAUDE_CODE_USE_BEDROCK=1")
    }
    #expect(transport.requests.isEmpty)
    #expect(
      MissingKeyMessage.commandLine == "Error: ANTHROPIC_API_KEY not set\n\nOptions:\n"
        + "  1. Set Anthropic API key: export ANTHROPIC_API_KEY=sk-ant-xxx\n"
        + "  2. Use AWS Bedrock: export CLAUDE_CODE_USE_BEDROCK=1\n"
        + "     (requires AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)")
  }

  @Test func `a transfer is looked at often enough to tell of a stall in time, and ended when it is silent`()
    async throws
  {
    let configuration = try Self.configuration(["ANTHROPIC_API_KEY": "sk-ant-1"])
    configuration.timeouts.now.stallNoticeMs = 12_000
    configuration.timeouts.now.contentMs = 200_000
    let transport = ScriptedTransport(.stream(Wire.start, Wire.end))
    let provider = AnthropicProvider(configuration, transport: transport, time: ManualClock(.passes).source)
    _ = try await provider.answer(Self.hello) { _ in }
    let timeouts = try #require(transport.requests.first?.timeouts)
    #expect(timeouts.idleNotice == 2_000)
    #expect(timeouts.idleMax == 200_000)
    #expect(timeouts.totalMax == 0)
  }

  @Test func `verifying asks for one model and gives the call's name`() async throws {
    let transport = ScriptedTransport(.plain(200, #"{"data":[],"has_more":false}"#, ["request-id": "req_7"]))
    let configuration = try Self.configuration(["ANTHROPIC_API_KEY": "sk-ant-1"])
    let provider = AnthropicProvider(configuration, transport: transport, time: ManualClock(.passes).source)
    #expect(try await provider.verify() == "req_7")
    let request = try #require(transport.requests.first)
    #expect(request.method == "GET")
    #expect(request.url == "https://api.anthropic.com/v1/models?limit=1")
    #expect(request.body.isEmpty)
    #expect(Self.headers(request)["x-api-key"] == "sk-ant-1")
    #expect(Self.headers(request)["content-type"] == nil)
  }

  @Test func `verifying with a wrong key says so, and a busy service is asked again`() async throws {
    let refusal = #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#
    let transport = ScriptedTransport(.plain(529, "busy"), .unsent(.connect), .plain(401, refusal))
    let configuration = try Self.configuration(["ANTHROPIC_API_KEY": "sk-ant-1"])
    let provider = AnthropicProvider(configuration, transport: transport, time: ManualClock(.passes).source)
    let failure = await #expect(throws: ProviderError.self) { try await provider.verify() }
    #expect(failure?.kind == .authRequired)
    #expect(failure?.attempts == 3)
    #expect(transport.requests.map { Self.headers($0)["x-stainless-retry-count"] } == ["0", "1", "2"])
  }
}
