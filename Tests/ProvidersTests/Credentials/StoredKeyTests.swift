import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct StoredKeyTests {
  private static let variable = "ANTHROPIC_API_KEY_SECRET_ID"
  private let time = ManualClock(.passes)
  /// Searches are bounded by a clock that stands.
  private let standing = ManualClock()

  private func stored(
    _ url: String, _ id: String?, _ more: [String: String] = [:],
    source: CountingSource = CountingSource { .numbered($0) }
  ) throws(CredentialsError) -> StoredKey? {
    var variables = more.merging(["AWS_ENDPOINT_URL": url]) { given, _ in given }
    variables[Self.variable] = id
    let environment = ProcessEnvironment(variables)
    return try StoredKey(
      environment: environment, region: "eu-west-1", endpoints: EndpointSettings(environment: environment),
      credentials: RefreshingCredentials(source, time: standing.source), signer: MarkingSigner(),
      transport: CurlTransport(), time: time.source)
  }

  private func read(_ server: LoopbackServer, _ id: String = "prod/key") async throws -> Secret {
    try await #require(try stored(server.url, id)).read()
  }

  private static func secret(_ text: String) -> String {
    String(decoding: (["Name": "n", "SecretString": .string(text)] as JSON).serialized, as: UTF8.self)
  }

  @Test func `nothing is read unless a secret is named`() throws {
    #expect(try stored("http://127.0.0.1:1", nil) == nil)
    #expect(try stored("http://127.0.0.1:1", " ") == nil)
  }

  @Test func `the secret is asked for by a signed call`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.secret("sk-ant-1")))
    #expect(try await read(server, "prod/\"key\"").reveal() == "sk-ant-1")
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == "/")
    #expect(request["content-type"] == "application/x-amz-json-1.1")
    #expect(request["x-amz-target"] == "secretsmanager.GetSecretValue")
    #expect(request["x-test-signature"] == "AKID1 eu-west-1 secretsmanager 1800000000000")
    #expect(try JSON.parse(request.body) == ["SecretId": "prod/\"key\""])
  }

  @Test func `an ARN carries its region`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.secret("sk-ant-1")))
    _ = try await read(server, "arn:aws:secretsmanager:ap-south-1:123456789012:secret:key-AbCdEf")
    #expect(server.requests.first?["x-test-signature"]?.contains(" ap-south-1 ") == true)
    for wrong in [
      "arn:aws:s3:::bucket", "arn:aws:secretsmanager::1:secret:k", "arn:aws:secretsmanager:a.b/:1:secret:k",
      "arn:aws:secretsmanager:us-east-1:1:other:k", "arn:",
    ] {
      #expect(throws: CredentialsError.self) { try stored(server.url, wrong) }
    }
  }

  @Test(arguments: [
    ("sk-ant-1\n", "sk-ant-1"), (#"{"ANTHROPIC_API_KEY":"sk-a","api_key":"sk-b"}"#, "sk-a"),
    (#"{"user":"x","api_key":" sk-b "}"#, "sk-b"),
  ]) func `a secret is a key or an object that has one`(text: String, key: String) async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.secret(text)))
    #expect(try await read(server).reveal() == key)
  }

  @Test(arguments: [
    secret(""), secret("canary canary"), secret(#"{"password":"canary"}"#), secret(#"{"api_key":7}"#),
    #"{"SecretBinary":"Y2FuYXJ5"}"#, "canary", "[]",
  ]) func `what holds no key is not quoted`(body: String) async throws {
    let server = try LoopbackServer(LoopbackServer.json(body))
    let stored = try #require(try stored(server.url, "prod/key"))
    let error = await credentialsError { () throws(CredentialsError) in try await stored.read() }
    #expect(error != nil)
    #expect(hides(error, "canary", "Y2FuYXJ5"))
  }

  @Test(arguments: [
    ("ResourceNotFoundException", CredentialsError.Kind.configuration), ("AccessDeniedException", .denied),
    ("DecryptionFailure", .denied), ("InvalidRequestException", .configuration), ("SomethingNew", .unavailable),
  ]) func `a refusal says what it is`(code: String, kind: CredentialsError.Kind) async throws {
    let server = try LoopbackServer(
      LoopbackServer.json(#"{"__type":"com.amazonaws#\#(code)","Message":"no canary-secret-1"}"#, status: 400))
    let stored = try #require(try stored(server.url, "prod/key"))
    let error = await credentialsError { () throws(CredentialsError) in try await stored.read() }
    #expect(error?.kind == kind)
    #expect(error?.message == "Secrets Manager answered 400 to the reading of 'prod/key': \(code): no •••")
    #expect(server.requests.count == 1)
  }

  @Test(arguments: ["ExpiredTokenException", "UnrecognizedClientException"])
  func `refused credentials are replaced once`(code: String) async throws {
    let refusal = #"{"__type":"\#(code)","message":"The security token is canary-token-1"}"#
    let server = try LoopbackServer { request, connection in
      let isOld = request["x-test-signature"]?.hasPrefix("AKID1 ") == true
      try connection.reply(isOld ? 400 : 200, body: Array((isOld ? refusal : Self.secret("sk-ant-2")).utf8))
    }
    #expect(try await read(server).reveal() == "sk-ant-2")
    #expect(server.requests.count == 2)

    let stubborn = try LoopbackServer(LoopbackServer.json(refusal, status: 400))
    let stored = try #require(try stored(stubborn.url, "prod/key"))
    let error = await credentialsError { () throws(CredentialsError) in try await stored.read() }
    #expect(error?.message.contains(code) == true)
    #expect(stubborn.requests.count == 2)
  }

  @Test(arguments: [(500, ""), (400, #"{"__type":"ThrottlingException"}"#), (503, "<html>")])
  func `what may pass is tried three times`(status: Int, body: String) async throws {
    let server = try LoopbackServer(LoopbackServer.json(body, status: status))
    let stored = try #require(try stored(server.url, "prod/key"))
    let error = await credentialsError { () throws(CredentialsError) in try await stored.read() }
    #expect(error?.kind == .unavailable)
    #expect(server.requests.count == 3)
    #expect(time.sleeps == [200, 400])
  }

  @Test func `a rotation is noticed by the refusal of the old key, and after an hour`() async throws {
    let version = Mutex(0)
    let server = try LoopbackServer { _, connection in
      let number = version.withLock { version in
        version += 1
        return version
      }
      try connection.reply(200, body: Array(Self.secret("sk-ant-\(number)").utf8))
    }
    let source = CountingSource { .numbered($0) }
    let environment = ProcessEnvironment([Self.variable: "prod/key", "AWS_ENDPOINT_URL": server.url])
    let stored = try #require(
      try StoredKey(
        environment: environment, region: "eu-west-1", endpoints: EndpointSettings(environment: environment),
        credentials: RefreshingCredentials(source, time: standing.source), signer: MarkingSigner(),
        transport: CurlTransport(), time: standing.source))
    let key = KeptKey(lifetime: RemoteCredentialLimits.storedKeyLifetime, time: standing.source) {
      () throws(CredentialsError) in try await stored.read()
    }
    #expect(try await key.key().reveal() == "sk-ant-1")
    standing.pass(3_599_999)
    #expect(try await key.key().reveal() == "sk-ant-1")
    standing.pass(1)
    #expect(try await key.key().reveal() == "sk-ant-2")
    #expect(try await key.refreshed(after: Secret("sk-ant-1")).reveal() == "sk-ant-2")
    #expect(try await key.refreshed(after: Secret("sk-ant-2")).reveal() == "sk-ant-3")
    #expect(source.count == 1)
  }

  @Test func `a request that was dated wrongly is dated by the service's clock, once`() async throws {
    let server = try LoopbackServer { request, connection in
      let isRight = request["x-test-signature"]?.hasSuffix(" 1799996400000") == true
      let refusal = #"{"__type":"InvalidSignatureException","message":"Signature not yet current"}"#
      try connection.reply(
        isRight ? 200 : 400, [("Date", "Fri, 15 Jan 2027 07:00:00 GMT")],
        body: Array((isRight ? Self.secret("sk-ant-1") : refusal).utf8))
    }
    #expect(try await read(server).reveal() == "sk-ant-1")
    #expect(server.requests.count == 2)
  }

  @Test func `without AWS credentials nothing is asked`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.secret("sk-ant-1")))
    let stored = try #require(try stored(server.url, "prod/key", source: CountingSource { _ in nil }))
    let error = await credentialsError { () throws(CredentialsError) in try await stored.read() }
    #expect(error?.kind == .configuration)
    #expect(server.requests.isEmpty)
  }

  @Test func `a variable names another endpoint`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.secret("sk-ant-1")))
    let stored = try #require(
      try stored("http://127.0.0.1:1", "prod/key", ["AWS_ENDPOINT_URL_SECRETS_MANAGER": server.url]))
    #expect(try await stored.read().reveal() == "sk-ant-1")
  }
}
