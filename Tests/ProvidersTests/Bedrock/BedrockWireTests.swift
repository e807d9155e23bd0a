import Foundation
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// Credentials that a test decides on.
final class TestAuthorization: BedrockAuthorization {
  private let state: Mutex<(credentials: [BedrockCredentials], refreshes: Int)>
  private let failure: ProviderError?

  /// These credentials, one after another: each refresh brings the next, and the last stays.
  init(_ credentials: BedrockCredentials..., refreshFailure: ProviderError? = nil) {
    state = Mutex((credentials, 0))
    failure = refreshFailure
  }

  var refreshes: Int { state.withLock { $0.refreshes } }

  func current() async throws(ProviderError) -> BedrockCredentials {
    guard let first = state.withLock({ $0.credentials.first }) else {
      throw ProviderError(.authRequired, "no credentials", hint: "get some")
    }
    return first
  }

  func refreshed(after rejected: BedrockCredentials) async throws(ProviderError) -> BedrockCredentials {
    state.withLock { state in
      state.refreshes += 1
      if state.credentials.count > 1 { state.credentials.removeFirst() }
    }
    if let failure { throw failure }
    return try await current()
  }

  static func keys(_ number: Int = 1, token: Bool = true) -> BedrockCredentials {
    .keys(
      AWSCredentials(
        accessKeyID: "AKID\(number)", secretAccessKey: Secret("canary-secret/\(number)+x="),
        sessionToken: token ? Secret("canary-token/\(number)+//==") : nil, source: "profile dev (SSO)"))
  }
}

/// The provider over real HTTP: libcurl against a server on 127.0.0.1 that checks what came.
@Suite(.hangGuard) struct BedrockWireTests {
  let log = EventLog()
  let time = ManualClock(.passes)
  /// The time of `time`.
  static let date = CompactDate.text(1_800_000_000_000)
  static let stream = [("Content-Type", "application/vnd.amazon.eventstream"), ("x-amzn-RequestId", "id-9")]

  static func hello(_ model: String = "us.anthropic.claude-sonnet-4-20250514-v1:0") -> ModelRequest {
    var request = ModelRequest(model: model, messages: [["role": "user", "content": "hi"]], maxTokens: 64)
    request.caching = false
    return request
  }

  func provider(
    _ server: LoopbackServer, _ authorization: TestAuthorization = TestAuthorization(TestAuthorization.keys()),
    path: String = "", betas: [String] = []
  ) -> BedrockProvider {
    var configuration = BedrockConfiguration(
      region: "us-west-2", baseURL: server.url + path, authorization: authorization, version: "1.2.3")
    configuration.betas = betas
    return BedrockProvider(configuration, transport: CurlTransport(), time: time.source)
  }

  func ask(
    _ server: LoopbackServer, _ authorization: TestAuthorization = TestAuthorization(TestAuthorization.keys()),
    _ request: ModelRequest = hello()
  ) async throws(ProviderError) -> ModelMessage {
    try await provider(server, authorization).answer(request) { [log] in log.note($0) }
  }

  /// Streams the usual answer to a request whose signature is right, and refuses all others.
  static func checked(secret number: Int = 1, date: String = date) -> LoopbackServer.Handler {
    { request, connection in
      if let flaw = RequestSignature.flaw(
        in: request, secret: "canary-secret/\(number)+x=", region: "us-west-2", service: "bedrock", now: date)
      {
        return try refuse("InvalidSignatureException", flaw)(request, connection)
      }
      try answer(connection)
    }
  }

  static func answer(_ connection: LoopbackConnection) throws {
    try connection.beginChunks(200, stream)
    for frame in EventStreamVectorTests.frames(of: BedrockAnswerTests.answer) { try connection.chunk(frame) }
    try connection.endChunks()
  }

  static func refuse(_ code: String, _ message: String, status: Int = 403, date: String? = nil)
    -> LoopbackServer.Handler
  {
    LoopbackServer.json(
      BedrockErrorsTests.body(message), status: status,
      headers: [("x-amzn-ErrorType", "\(code):http://x/"), ("x-amzn-RequestId", "id-9")]
        + (date.map { [("Date", $0)] } ?? []))
  }

  @Test func `a question as it is sent, and its answer`() async throws {
    let server = try LoopbackServer(Self.checked())
    let message = try await ask(server)
    #expect(log.text == "Hello!")
    #expect(message.content == [["type": "text", "text": "Hello!"]])
    #expect(message.requestID == "id-9")
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(
      request.target == "/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/invoke-with-response-stream")
    #expect(request["content-type"] == "application/json")
    #expect(request["x-amzn-bedrock-accept"] == "application/json")
    #expect(request["accept"] == nil)
    #expect(request["user-agent"] == "wyn360/1.2.3")
    #expect(request["x-amz-security-token"] == "canary-token/1+//==")
    #expect(request["amz-sdk-request"] == "attempt=1; max=3")
    #expect(request["amz-sdk-invocation-id"]?.utf8.count == 36)
    #expect(Set(request.headers.map { $0.name.lowercased() }).count == request.headers.count)
    let body =
      #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":64,"messages":[{"role":"user","content":"hi"}]}"#
    #expect(String(decoding: request.body, as: UTF8.self) == body)
  }

  @Test(arguments: [
    "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123", "anthropic.claude-3-haiku:0",
    "weird model+name", "paren(x)!*'", "a;b=c&d", "quest?ion#frag", "double//slash", "a%2Fb", "é/../x", "...", "a/.",
  ])
  func `any model's name is one segment of the path, and the signature holds`(model: String) async throws {
    let server = try LoopbackServer(Self.checked())
    #expect(
      try await ask(server, TestAuthorization(TestAuthorization.keys()), Self.hello(model)).stopReason == "end_turn")
    let target = try #require(server.requests.first).target
    #expect(target.split(separator: "/").count == 3)
    let segment = Array(target.utf8).split(separator: UInt8(ascii: "/"))[1]
    #expect(segment.allSatisfy { !"/:?#;&()!*'+ ".utf8.contains($0) })
    let decoded = String(decoding: segment, as: UTF8.self).removingPercentEncoding
    #expect(decoded == model)
  }

  @Test(arguments: ["", ".", ".."]) func `a name that would vanish from the path is refused`(model: String) async throws
  {
    let server = try LoopbackServer(Self.checked())
    let failure = await #expect(throws: ProviderError.self) {
      try await ask(server, TestAuthorization(TestAuthorization.keys()), Self.hello(model))
    }
    #expect(failure?.kind == .invalidRequest)
    #expect(server.requests.isEmpty)
  }

  @Test func `a base address keeps its path, and a question its betas and trace`() async throws {
    let server = try LoopbackServer(Self.checked())
    var question = Self.hello("m")
    question.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    question.betas = ["c"]
    _ = try await provider(server, path: "/gate/way//", betas: ["a", "b"]).answer(question) { _ in }
    let request = try #require(server.requests.first)
    #expect(request.target == "/gate/way/model/m/invoke-with-response-stream")
    #expect(request["traceparent"] == question.traceparent)
    let body = try JSON.parse(request.body)
    #expect(body["anthropic_beta"] == ["a", "b", "c"])
    #expect(body["anthropic_version"] == "bedrock-2023-05-31")
    #expect(body["stream"] == nil)
    #expect(body["model"] == nil)
    question.traceparent = "x\r\ny: z"
    let failure = await #expect(throws: ProviderError.self) {
      try await ask(server, TestAuthorization(TestAuthorization.keys()), question)
    }
    #expect(failure?.kind == .invalidRequest)
  }

  @Test func `a bearer token is sent as it is, without a signature`() async throws {
    let server = try LoopbackServer { _, connection in try Self.answer(connection) }
    _ = try await ask(server, TestAuthorization(.bearer(Secret("canary-bearer"))))
    let request = try #require(server.requests.first)
    #expect(request["authorization"] == "Bearer canary-bearer")
    #expect(!request.headers.contains { $0.name.lowercased().hasPrefix("x-amz-") })
  }

  @Test func `long-lived keys send no token`() async throws {
    let server = try LoopbackServer(Self.checked())
    _ = try await ask(server, TestAuthorization(TestAuthorization.keys(token: false)))
    #expect(server.requests.first?["x-amz-security-token"] == nil)
  }

  @Test func `a busy service is asked again, with a signature of the new moment`() async throws {
    let busy = Self.refuse("ThrottlingException", "Too many requests", status: 429)
    let server = try LoopbackServer { request, connection in
      if request["amz-sdk-request"]?.hasPrefix("attempt=1;") == true { return try busy(request, connection) }
      try Self.checked(date: CompactDate.text(1_800_000_001_000))(request, connection)
    }
    let time = ManualClock(.passes, now: ManualClock.start + 500)
    let configuration = BedrockConfiguration(
      region: "us-west-2", baseURL: server.url, authorization: TestAuthorization(TestAuthorization.keys()), version: "1"
    )
    let provider = BedrockProvider(configuration, transport: CurlTransport(), time: time.source)
    let message = try await provider.answer(Self.hello()) { [log] in log.note($0) }
    #expect(message.stopReason == "end_turn")
    #expect(time.sleeps == [500])
    #expect(log.retries.map(\.attempt) == [2])
    #expect(log.retries.map(\.of) == [3])
    #expect(Set(server.requests.map { $0["amz-sdk-invocation-id"] }).count == 1)
    #expect(Set(server.requests.map { $0["authorization"] }).count == 2)
  }

  @Test func `an exception inside a stream leaves what was said, and is not tried again`() async throws {
    let body =
      BedrockAnswerTests.frames(BedrockAnswerTests.start + [BedrockAnswerTests.delta("Hel")])
      + EventStreamFrames.exception("throttlingException", #"{"message":"slow"}"#)
    let server = try LoopbackServer { _, connection in
      try connection.reply(200, Self.stream, body: body)
    }
    let failure = await #expect(throws: ProviderError.self) { try await ask(server) }
    #expect(failure?.kind == .rateLimited)
    #expect(failure?.status == 200)
    #expect(failure?.requestID == "id-9")
    #expect(failure?.partial?.content == [["type": "text", "text": "Hel"]])
    #expect(server.requests.count == 1)
  }

  @Test func `an exception before content is tried again`() async throws {
    let early = EventStreamFrames.exception("modelStreamErrorException", #"{"message":"oops"}"#)
    let server = try LoopbackServer { request, connection in
      guard request["amz-sdk-request"]?.hasPrefix("attempt=1;") == true else { return try Self.answer(connection) }
      try connection.reply(200, Self.stream, body: early)
    }
    #expect(try await ask(server).stopReason == "end_turn")
    #expect(log.retries.first?.reason == "Bedrock broke off its answer with ModelStreamErrorException: oops")
    #expect(log.text == "Hello!")
  }

  @Test func `a stream that is cut in a frame is truncated`() async throws {
    let server = try LoopbackServer { _, connection in
      try connection.reply(200, Self.stream, body: Array(BedrockAnswerTests.answer.dropLast(3)))
    }
    let failure = await #expect(throws: ProviderError.self) { try await ask(server) }
    #expect(failure?.message.contains("of a frame") == true)
    #expect(failure?.partial?.content == [["type": "text", "text": "Hello!"]])
    #expect(server.requests.count == 1)
  }

  @Test func `the model is asked for one token to verify`() async throws {
    let reply = #"{"content":[]}"#
    let server = try LoopbackServer { request, connection in
      if let flaw = RequestSignature.flaw(
        in: request, secret: "canary-secret/1+x=", region: "us-west-2", service: "bedrock", now: Self.date)
      {
        return try Self.refuse("InvalidSignatureException", flaw)(request, connection)
      }
      try LoopbackServer.json(reply, headers: [("x-amzn-requestid", "id-7")])(request, connection)
    }
    #expect(try await provider(server).verify(model: "a:0") == "id-7")
    #expect(server.requests.map(\.target) == ["/model/a%3A0/invoke"])
    #expect(server.requests.allSatisfy { $0["accept"] == "application/json" })
    #expect(try JSON.parse(try #require(server.requests.first).body)["max_tokens"] == 1)
  }

  @Test func `an answer that is no stream is an error`() async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let plain = await #expect(throws: ProviderError.self) { try await ask(server) }
    #expect(plain?.kind == .providerError)
    #expect(plain?.message.contains("200 (application/json), instead of the API's answer") == true)
  }

  @Test func `without credentials nothing is sent`() async throws {
    let server = try LoopbackServer(Self.checked())
    let failure = await #expect(throws: ProviderError.self) { try await ask(server, TestAuthorization()) }
    #expect(failure?.kind == .authRequired)
    #expect(failure?.hint == "get some")
    #expect(server.requests.isEmpty)
  }

  @Test func `a cancelled question closes its connection`() async throws {
    let closed = Latch()
    let heard = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks(200, Self.stream)
      try connection.chunk(BedrockAnswerTests.frames(BedrockAnswerTests.start + [BedrockAnswerTests.delta("Hel")]))
      connection.waitForPeerClose()
      closed.open()
    }
    let provider = provider(server)
    let call = Task { () -> ProviderError? in
      do throws(ProviderError) {
        _ = try await provider.answer(Self.hello()) { _ in heard.open() }
        return nil
      } catch {
        return error
      }
    }
    try await heard.wait()
    call.cancel()
    let failure = await call.value
    #expect(failure?.kind == .cancelled)
    #expect(failure?.partial?.content == [["type": "text", "text": "Hel"]])
    try await closed.wait()
  }
}
