import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// Errors as gateways write them, wherever they come: as a status, in the place of a stream, or in one.
@Suite struct GatewayErrorTests {
  /// Who writes errors so: a form with places for the status and for the API's word of it.
  static let forms: [(who: String, form: String)] = [
    ("the API", #"{"type":"error","error":{"type":"WORD","message":"no luck today"}}"#),
    ("LiteLLM", #"{"error":{"message":"no luck today","type":"None","param":"None","code":"STATUS"}}"#),
    ("an OpenAI dialect", #"{"error":{"message":"no luck today","type":"x_error","param":null,"code":STATUS}}"#),
    ("Azure API Management", #"{ "statusCode": STATUS, "message": "no luck today" }"#),
    ("Google", #"[{"error":{"code":STATUS,"message":"no luck today","status":"SOME_NAME"}}]"#),
    ("Cloudflare's API", #"{"success":false,"errors":[{"code":STATUS,"message":"no luck today"}]}"#),
    ("problem details", #"{"type":"about:blank","title":"no luck today","status":STATUS}"#),
    ("Nest", #"{"statusCode":STATUS,"message":"no luck today","error":"Some Words"}"#),
  ]

  static func body(_ form: Int, _ status: Int) -> String {
    forms[form].form.replacing("STATUS", with: "\(status)").replacing("WORD", with: word(status))
  }

  static func word(_ status: Int) -> String {
    [401: "authentication_error", 429: "rate_limit_error", 503: "service_unavailable_error"][
      status] ?? "?"
  }

  static let kinds: [(status: Int, kind: ProviderError.Kind, retryable: Bool)] = [
    (401, .authRequired, false), (429, .rateLimited, true), (503, .providerError, true),
  ]

  enum Place: CaseIterable { case status, jsonInStead, streamInStead, event, namedEvent, afterText }

  func reply(_ place: Place, _ status: Int, _ body: String) -> ScriptedTransport.Reply {
    let line = body.split(whereSeparator: \.isNewline).joined(separator: " ")
    return switch place {
    case .status: .plain(status, body)
    case .jsonInStead: .plain(200, body)
    case .streamInStead: .plain(200, body, type: "text/event-stream")
    case .event: .stream("data: \(line)\n\n", "data: [DONE]\n\n")
    case .namedEvent: .stream(": keep-alive\n\n", "event: error\ndata: \(line)\n\n")
    case .afterText: .stream(Wire.start, Wire.delta("Hel"), "data: \(line)\n\n")
    }
  }

  @Test(arguments: forms.indices, Place.allCases)
  func `the server's words and its status reach the caller, wherever they come`(form: Int, place: Place) async throws {
    for (status, kind, retryable) in Self.kinds {
      let failed = reply(place, status, Self.body(form, status))
      let test = AnthropicProviderTests()
      let transport = ScriptedTransport(failed, failed, failed)
      let failure = await #expect(throws: ProviderError.self) { try await test.ask(transport) }
      let note = Comment("\(Self.forms[form].who), \(place), \(status): \(String(describing: failure))")
      #expect(failure?.message.contains("no luck today") == true, note)
      #expect(failure?.kind == kind, note)
      #expect(failure?.retryable == retryable, note)
      #expect(transport.requests.count == (retryable && place != .afterText ? 3 : 1), note)
      #expect(failure?.partial?.content.count == (place == .afterText ? 1 : nil), note)
    }
  }

  @Test(arguments: [
    #"{"message":"No API key found in request"}"#, #"{"detail":"No API key found in request"}"#,
    #"{"detail":[{"loc":["body"],"msg":"No API key found in request"}]}"#, #"{"msg":"No API key found in request"}"#,
    #"{"error":"invalid_client","error_description":"No API key found in request"}"#,
    #"{"fault":{"faultstring":"No API key found in request","detail":{"errorcode":"x"}}}"#,
    "<html><head><title>Error</title></head><body>No API key found in request</body></html>",
    "No API key found in request",
  ])
  func `words without a status mean what the reply's own means`(body: String) async throws {
    for type in ["application/json", "text/html", "text/plain", "text/event-stream"] {
      let transport = ScriptedTransport(.plain(401, body, type: type))
      let failure = await #expect(throws: ProviderError.self) { try await AnthropicProviderTests().ask(transport) }
      #expect(failure?.kind == .authRequired)
      #expect(failure?.message.contains("No API key found in request") == true)
      let foreign = ScriptedTransport(.plain(200, body, type: type))
      let mute = await #expect(throws: ProviderError.self) { try await AnthropicProviderTests().ask(foreign) }
      #expect(mute?.message.contains("No API key found in request") == true)
      #expect(foreign.requests.count == 1)
    }
  }

  @Test(arguments: [
    ("api_error", true), ("overloaded_error", true), ("InternalError", true), ("internal_error", true),
    ("internal_server_error", true), ("InternalServerError", true), ("internalServerException", true),
    ("litellm.InternalServerError", true), ("server_error", true), ("serviceUnavailableException", true),
    ("com.amazon.coral.service#ThrottlingException", true), ("throttlingException", true),
    ("rate_limit_exceeded", true),
    ("modelStreamErrorException", true), ("modelTimeoutException", true), ("timeout_error", true),
    ("upstream_error", true), ("RESOURCE_EXHAUSTED", true), ("UNAVAILABLE", true), ("bad_gateway", true),
    ("invalid_request_error", false), ("validationException", false), ("permission_error", false),
    ("insufficient_quota", false), ("not_found_error", false), ("unheard_of", false),
  ])
  func `a word for a failure inside a stream decides whether it is asked again`(word: String, retried: Bool)
    async throws
  {
    let body = #"{"type":"error","error":{"type":"\#(word)","message":"sorry"}}"#
    let test = AnthropicProviderTests()
    let transport = ScriptedTransport(.stream("event: error\ndata: \(body)\n\n"), AnthropicProviderTests.answer)
    let message = try? await test.ask(transport)
    #expect((message != nil) == retried)
    #expect(transport.requests.count == (retried ? 2 : 1))
    let said = BedrockErrors.failure(inStream: word, message: "sorry", BedrockQuestion(model: "m", region: "us-east-1"))
    #expect(said.retryable == retried)
  }

  // MARK: Answers in another framing

  static let whole = #"""
    {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
      {"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":"Hello!"},
      {"type":"tool_use","id":"toolu_1","name":"pick","input":{"a":[1,{"b":null}]}}],
     "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":3}}
    """#

  @Test(arguments: ["application/json", "text/event-stream", "application/vnd.amazon.eventstream", "text/plain"])
  func `a message that comes whole is the answer`(type: String) async throws {
    let test = AnthropicProviderTests()
    var pieces = ScriptedTransport.Reply.plain(200, "", type: type)
    pieces.chunks = Array(Self.whole.utf8).map { .bytes([$0]) }
    for reply in [ScriptedTransport.Reply.plain(200, Self.whole, type: type), pieces] {
      let message = try await test.ask(ScriptedTransport(reply))
      #expect(message.content == (try JSON.parse(Self.whole))["content"]?.array)
      #expect(message.stopReason == "tool_use")
      #expect(message.incomplete.isEmpty)
      #expect(message.usage.input == 7 && message.usage.output == 3)
    }
    #expect(test.log.text == "Hello!Hello!")
    #expect(test.log.events.count { if case .messageEnd("tool_use") = $0 { true } else { false } } == 2)
    let configuration = BedrockConfiguration(
      region: "us-east-1", baseURL: "http://127.0.0.1:1", authorization: TestAuthorization(TestAuthorization.keys()),
      version: "1")
    let bedrock = BedrockProvider(
      configuration, transport: ScriptedTransport(.plain(200, Self.whole, type: type)), time: test.time.source)
    let same = try await bedrock.answer(BedrockWireTests.hello()) { _ in }
    #expect(same.content == (try JSON.parse(Self.whole))["content"]?.array)
  }

  @Test(arguments: ["text/plain", "application/json", "application/octet-stream", ""])
  func `a stream is read whatever type it bears`(type: String) async throws {
    var reply = AnthropicProviderTests.answer
    reply.headers = type.isEmpty ? [] : [("content-type", type)]
    #expect(try await AnthropicProviderTests().ask(ScriptedTransport(reply)).stopReason == "end_turn")
    let frames = EventStreamVectorTests.frames(of: BedrockAnswerTests.answer)
    reply.chunks = frames.map { .bytes($0) }
    let configuration = BedrockConfiguration(
      region: "us-east-1", baseURL: "http://127.0.0.1:1", authorization: TestAuthorization(TestAuthorization.keys()),
      version: "1")
    let bedrock = BedrockProvider(
      configuration, transport: ScriptedTransport(reply), time: ManualClock(.passes).source)
    #expect(try await bedrock.answer(BedrockWireTests.hello()) { _ in }.stopReason == "end_turn")
  }

  @Test func `a page that does not end is given up, and quoted`() async throws {
    var endless = ScriptedTransport.Reply.plain(200, "<p>Sign in</p>", type: "text/event-stream")
    endless.chunks += [HTTPChunk](
      repeating: .bytes([UInt8](repeating: 0x20, count: HTTPLimits.errorBodyMax / 4)), count: 100)
    let failure = await #expect(throws: ProviderError.self) {
      try await AnthropicProviderTests().ask(ScriptedTransport(endless))
    }
    #expect(failure?.message.hasSuffix("'Sign in'") == true)
  }
}
