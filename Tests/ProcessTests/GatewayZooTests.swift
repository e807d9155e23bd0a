import Protocol
import TestSupport
import Testing

/// A run through each kind of gateway that stands before the services, in its own manners, and what it says when it
/// refuses.
@Suite(.ownThread, .hangGuard) struct `A gateway` {
  static let answer: ModelAnswer = {
    var answer = ModelAnswer("Good ", "morning")
    answer.thinking = "hm"
    return answer
  }()
  static let events = answer.events
  static let stream = events.map(MessagesServer.event).joined()
  static let frames = events.flatMap { EventStreamFrames.chunk($0) }
  static let whole = #"""
    {"id":"msg_1","type":"message","role":"assistant","model":"claude-test","content":[{"type":"text","text":
    "Good morning"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":15}}
    """#

  /// A gateway: how a person sets it up, what it must be asked like, and how it answers.
  struct Gateway: CustomTestStringConvertible {
    var name: String
    /// Its variables, with `URL` for its address.
    var environment: [String: String]
    var path: String
    /// Headers that must come so; an empty value for those that must not come.
    var headers: [String: String] = [:]
    var type = "text/event-stream"
    var coding: String?
    var body: [UInt8]
    var testDescription: String { name }
  }

  static let bedrockPath = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream"

  static let zoo = [
    Gateway(
      name: "LiteLLM, with its mark at the end",
      environment: ["ANTHROPIC_BASE_URL": "URL", "ANTHROPIC_CUSTOM_HEADERS": "x-litellm-api-key: Bearer sk-1"],
      path: "/v1/messages", headers: ["x-litellm-api-key": "Bearer sk-1", "x-api-key": "", "authorization": ""],
      body: Array((stream + "data: [DONE]\n\n").utf8)),
    Gateway(
      name: "LiteLLM by the address of one call",
      environment: ["ANTHROPIC_BASE_URL": "URL/anthropic/v1/messages", "ANTHROPIC_AUTH_TOKEN": "sk-1"],
      path: "/anthropic/v1/messages", headers: ["authorization": "Bearer sk-1"],
      body: Array((": keep-alive\n\n" + stream).utf8)),
    Gateway(
      name: "Cloudflare's AI Gateway, compressed though nobody asked",
      environment: [
        "ANTHROPIC_BASE_URL": "URL/v1/account/gw/anthropic",
        "ANTHROPIC_CUSTOM_HEADERS": "cf-aig-authorization: Bearer cf",
      ], path: "/v1/account/gw/anthropic/v1/messages", headers: ["cf-aig-authorization": "Bearer cf", "x-api-key": ""],
      coding: "gzip", body: gzip(Array(stream.utf8))),
    Gateway(
      name: "Azure API Management, with a query and another type",
      environment: [
        "ANTHROPIC_BASE_URL": "URL/claude?api-version=2026-01",
        "ANTHROPIC_CUSTOM_HEADERS": "Ocp-Apim-Subscription-Key: 0123",
      ], path: "/claude/v1/messages?api-version=2026-01",
      headers: ["ocp-apim-subscription-key": "0123", "x-api-key": ""],
      type: "text/plain; charset=utf-8", body: Array(stream.utf8)),
    Gateway(
      name: "Kong, with a message that comes whole",
      environment: ["ANTHROPIC_BASE_URL": "URL/v1/", "ANTHROPIC_CUSTOM_HEADERS": "apikey: kong"],
      path: "/v1/messages", headers: ["apikey": "kong", "x-api-key": ""], type: "application/json",
      body: Array(whole.utf8)),
    Gateway(
      name: "a proxy that ends lines in its own way",
      environment: ["ANTHROPIC_BASE_URL": "URL//", "ANTHROPIC_API_KEY": "sk-1"], path: "/v1/messages",
      headers: ["x-api-key": "sk-1"], type: "Text/Event-Stream;charset=UTF-8",
      body: Array(("\u{FEFF}" + stream.replacing("\n", with: "\r\n")).utf8)),
    Gateway(
      name: "Bedrock behind a gateway that signs",
      environment: [
        "CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1",
        "ANTHROPIC_BEDROCK_BASE_URL": "URL/bedrock",
        "ANTHROPIC_CUSTOM_HEADERS": "Authorization: Bearer gw",
      ], path: "/bedrock" + bedrockPath, headers: ["authorization": "Bearer gw", "x-amz-date": ""],
      type: "application/octet-stream", body: frames),
    Gateway(
      name: "Bedrock behind a gateway that answers whole",
      environment: [
        "CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1", "ANTHROPIC_BEDROCK_BASE_URL": "URL",
      ], path: bedrockPath, headers: ["authorization": "", "x-amz-date": ""], type: "application/json",
      body: Array(whole.utf8)),
    Gateway(
      name: "Bedrock with a key and a guardrail",
      environment: [
        "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_BEARER_TOKEN_BEDROCK": "abc", "ANTHROPIC_BEDROCK_BASE_URL": "URL",
        "ANTHROPIC_CUSTOM_HEADERS": "X-Amzn-Bedrock-GuardrailIdentifier: gr-1\nX-Amzn-Bedrock-GuardrailVersion: 2",
      ], path: bedrockPath,
      headers: [
        "authorization": "Bearer abc", "x-amzn-bedrock-guardrailidentifier": "gr-1",
        "x-amzn-bedrock-guardrailversion": "2",
      ], type: "application/vnd.amazon.eventstream", coding: "gzip", body: gzip(frames)),
  ]

  /// Bytes in the coding gzip, in one block that is not compressed (RFC 1951 section 3.2.4, RFC 1952).
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let little = { (number: Int, count: Int) in (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
    }
    return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(bytes.count, 2) + little(~bytes.count, 2) + bytes
      + little(Int(~sum), 4) + little(bytes.count, 4)
  }

  static func run(_ environment: [String: String], at url: String) throws -> JSON {
    let own = ["AWS_REGION": "us-east-1"].merging(environment.mapValues { $0.replacing("URL", with: url) }) { $1 }
    let server = try ServerInMemory(environment: own, time: ManualClock(.passes).limitless)
    return try server.call(1, "agent/run", ["prompt": "hi", "model": "claude-sonnet-4-5"])
  }

  @Test(arguments: zoo) func `is asked as it wants it and read as it answers`(gateway: Gateway) throws {
    let server = try LoopbackServer { request, connection in
      let coding = gateway.coding.map { [("Content-Encoding", $0)] } ?? []
      try connection.beginChunks(200, [("Content-Type", gateway.type)] + coding)
      for start in stride(from: 0, to: gateway.body.count, by: 100) {
        try connection.chunk(Array(gateway.body[start..<min(start + 100, gateway.body.count)]))
      }
      try connection.endChunks()
    }
    let reply = try Self.run(gateway.environment, at: server.url)
    #expect(reply["result"]?["text"] == "Good morning", "\(reply.text)")
    #expect(server.requests.map(\.target) == [gateway.path])
    for (name, value) in gateway.headers { #expect((server.requests.first?[name] ?? "") == value, "\(name)") }
  }

  /// A refusal, and what must be told of it.
  struct Fault: CustomTestStringConvertible {
    var name: String
    var environment = ["ANTHROPIC_BASE_URL": "URL", "ANTHROPIC_API_KEY": "sk-1"]
    var status = 200
    var headers: [(String, String)] = []
    var body: String
    var kind: String
    var said: String
    var hint = ""
    var tries = 1
    var testDescription: String { name }
  }

  static let json = ("Content-Type", "application/json")
  static let html = ("Content-Type", "text/html; charset=UTF-8")
  static let soon = ("retry-after-ms", "1")
  static let aws = [
    "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s",
    "ANTHROPIC_BEDROCK_BASE_URL": "URL",
  ]

  static let faults = [
    Fault(
      name: "a page of Cloudflare's", status: 403, headers: [html],
      body:
        "<!DOCTYPE html><html><title>Attention Required! | Cloudflare</title><body><h1>Sorry, you have been blocked</h1>",
      kind: "accessDenied", said: "Sorry, you have been blocked"),
    Fault(
      name: "a page while the origin is down", status: 522, headers: [html, soon],
      body: "<h1>Connection timed out</h1>",
      kind: "providerError", said: "Connection timed out", tries: 3),
    Fault(
      name: "Kong without its key", status: 401, headers: [json], body: #"{"message":"No API key found in request"}"#,
      kind: "authRequired", said: "No API key found in request"),
    Fault(
      name: "Azure's limit", status: 429, headers: [json, ("retry-after", "120")],
      body: #"{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 120 seconds." }"#,
      kind: "rateLimited", said: "Try again in 120 seconds."),
    Fault(
      name: "LiteLLM without an upstream, in the place of a stream", headers: [json, soon],
      body: #"{"error":{"message":"litellm.ServiceUnavailableError: none left","type":"None","code":"503"}}"#,
      kind: "providerError", said: "none left", tries: 3),
    Fault(
      name: "LiteLLM with a wrong key, in a stream", headers: [("Content-Type", "text/event-stream")],
      body:
        "data: {\"error\":{\"message\":\"litellm.AuthenticationError: bad key\",\"type\":null,\"code\":\"401\"}}\n\n",
      kind: "authRequired", said: "bad key"),
    Fault(
      name: "text of a mesh", status: 503, headers: [("Content-Type", "text/plain"), soon],
      body: "upstream connect error or disconnect/reset before headers", kind: "providerError",
      said: "upstream connect error or disconnect/reset before headers", tries: 3),
    Fault(
      name: "a page to sign in, as a stream", headers: [("Content-Type", "text/event-stream")],
      body: "<html><body>Sign in to continue</body></html>", kind: "providerError", said: "Sign in to continue",
      hint: "ANTHROPIC_BASE_URL"),
    Fault(
      name: "an address of nothing", status: 404, headers: [json],
      body: #"{"type":"error","error":{"type":"not_found_error","message":"Not Found"}}"#, kind: "invalidRequest",
      said: "Not Found", hint: "ANTHROPIC_BASE_URL"),
    Fault(
      name: "a proxy that wants a user",
      environment: [
        "ANTHROPIC_BASE_URL": "http://gw.localhost", "ANTHROPIC_API_KEY": "sk-1", "http_proxy": "URL",
      ], status: 407, headers: [html, ("Proxy-Authenticate", "Basic realm=x")], body: "<p>Who are you?</p>",
      kind: "network", said: "Who are you?", hint: "user:password@"),
    Fault(
      name: "a coding of its own", headers: [("Content-Encoding", "klingon"), soon], body: stream, kind: "network",
      said: "in a coding that cannot be read", tries: 3),
    Fault(
      name: "the policy of a VPC endpoint", environment: aws, status: 403,
      headers: [json, ("x-amzn-ErrorType", "AccessDeniedException")],
      body:
        #"{"message":"User: u is not authorized to perform: a because no VPC endpoint policy allows the a action"}"#,
      kind: "accessDenied", said: "no VPC endpoint policy allows", hint: "whoever manages the VPC endpoint"),
    Fault(
      name: "a gateway before Bedrock", environment: aws, status: 401, headers: [json],
      body: #"{"statusCode":401,"detail":"missing subscription key"}"#, kind: "authRequired",
      said: "missing subscription key"),
  ]

  @Test(arguments: faults) func `tells what is wrong in its own words`(fault: Fault) throws {
    let server = try LoopbackServer { _, connection in
      try connection.reply(fault.status, fault.headers, body: Array(fault.body.utf8))
    }
    let error = try Self.run(fault.environment, at: server.url)["error"]
    #expect(error?["data"]?["kind"]?.string == fault.kind, "\(error?.text ?? "")")
    #expect(error?["message"]?.string?.contains(fault.said) == true, "\(error?.text ?? "")")
    if !fault.hint.isEmpty {
      #expect(error?["data"]?["hint"]?.string?.contains(fault.hint) == true, "\(error?.text ?? "")")
    }
    #expect(server.requests.count == fault.tries)
  }
}
