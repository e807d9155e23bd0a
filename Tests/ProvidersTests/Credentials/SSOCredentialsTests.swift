import Foundation
import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// Single sign-on against a server that plays both of its services, with a cache of real files.
@Suite(.hangGuard) struct `Single sign-on:` {
  private static let now = 1_700_000_000_000
  private static let role =
    #"{"roleCredentials":{"accessKeyId":"id","secretAccessKey":"secret","sessionToken":"token","expiration":1700003600000}}"#
  private static let renewed =
    #"{"accessToken":"canary-new","tokenType":"Bearer","expiresIn":3600,"refreshToken":"canary-next"}"#

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What a reply is.
  private typealias Reply = (status: Int, body: String)

  private func server(renewal: Reply = (200, renewed), portal: [Reply] = [(200, role)]) throws -> LoopbackServer {
    let left = Left(portal)
    return try LoopbackServer { request, connection in
      let reply = request.target == "/token" ? renewal : left.next()
      try connection.reply(reply.status, [("Content-Type", "application/json")], body: Array(reply.body.utf8))
    }
  }

  /// Replies in order, the last one for ever.
  private final class Left: Sendable {
    private let all: [Reply]
    private let taken = Mutex(0)

    init(_ all: [Reply]) { self.all = all }

    func next() -> Reply {
      taken.withLock { taken in
        defer { taken += 1 }
        return all[min(taken, all.count - 1)]
      }
    }
  }

  private func cacheName(_ key: String) -> String { ".aws/sso/cache/\(SHA1.hexadecimal(Array(key.utf8))).json" }

  private func cache(expiresIn seconds: Int, more: String = "") -> String {
    let end = Timestamp.text(milliseconds: Self.now + seconds * 1_000)
    return #"{"accessToken":"canary-old","expiresAt":"\#(end)","other":[1]\#(more)}"#
  }

  private func renewable(until seconds: Int = 86_400) -> String {
    let end = Timestamp.text(milliseconds: Self.now + seconds * 1_000)
    return
      #","clientId":"client","clientSecret":"canary-client","refreshToken":"canary-refresh","registrationExpiresAt":"\#(end)""#
  }

  private func writeProfile(hasSession: Bool = true) throws {
    let own = "sso_start_url = https://start.example\nsso_region = us-east-1\n"
    try folder.write(
      ".aws/config",
      "[profile dev]\nsso_account_id = 42\nsso_role_name = A role/x\n"
        + (hasSession ? "sso_session = mine\n[sso-session mine]\n" : "") + own)
  }

  private func ask(_ server: LoopbackServer, files: FileSource = .system) async -> Result<
    AWSCredentials?, CredentialsError
  > {
    var parts = ProfileParts(profile: "dev", transport: CurlTransport(), now: Self.now)
    parts.variables = [
      "HOME": folder.path, "AWS_ENDPOINT_URL_SSO": server.url + "/portal/", "AWS_ENDPOINT_URL_SSO_OIDC": server.url,
    ]
    let source = ProfileCredentials(
      profile: "dev", environment: ProcessEnvironment(parts.variables), files: files, transport: parts.transport,
      time: parts.time, processes: parts.processes, roles: parts.roles,
      named: .init(environment: FixedSource(), container: FixedSource(), instance: FixedSource()))
    let result = await outcome(of: source)
    if case .failure(let error) = result { #expect(!String(describing: error).contains("canary"), "\(error)") }
    return result
  }

  private func failure(_ server: LoopbackServer) async throws -> CredentialsError {
    guard case .failure(let error) = await ask(server) else { throw CredentialsError(.unavailable, "it succeeded") }
    return error
  }

  @Test(
    arguments: [
      ("sso_start_url = https://start.example\n", nil), ("sso_region = us-east-1\n", nil),
      ("sso_start_url = https://start.example\nsso_region = us-east-1\n", nil),
      ("sso_region = eu-west-1\n", "`sso_region`"), ("sso_start_url = https://other.example\n", "`sso_start_url`"),
    ] as [(String, String?)])
  func `what a profile says again is to be what its session says`(more: String, wrong: String?) async throws {
    try folder.write(
      ".aws/config",
      "[profile dev]\nsso_account_id = 42\nsso_role_name = r\nsso_session = mine\n\(more)"
        + "[sso-session mine]\nsso_start_url = https://start.example\nsso_region = us-east-1\n")
    try folder.write(cacheName("mine"), cache(expiresIn: 3_600))
    let server = try server()
    guard let wrong else {
      #expect(try await ask(server).get()?.accessKeyID == "id")
      return
    }
    let error = try await failure(server)
    #expect(error.message.contains(wrong))
    #expect(error.message.contains("sso-session `mine` has"))
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: [
    (400, #"{"error":"slow_down"}"#), (400, #"{"__type":"SlowDownException"}"#), (429, ""), (500, "x"), (503, ""),
  ]) func `a renewal that is to wait is asked again`(status: Int, body: String) async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 0, more: renewable()))
    let left = Left([(status, body), (200, Self.renewed)])
    let server = try LoopbackServer { request, connection in
      let reply: Reply = request.target == "/token" ? left.next() : (200, Self.role)
      try connection.reply(reply.status, [("Content-Type", "application/json")], body: Array(reply.body.utf8))
    }
    #expect(try await ask(server).get()?.accessKeyID == "id")
    #expect(server.requests.filter { $0.target == "/token" }.count == 2)
  }

  @Test func `a token that lives gets the role's credentials`() async throws {
    try writeProfile()
    let written = cache(expiresIn: 301, more: renewable())
    try folder.write(cacheName("mine"), written)
    let server = try server()
    let found = try await ask(server).get()
    #expect(
      found
        == AWSCredentials(
          accessKeyID: "id", secretAccessKey: Secret("secret"), sessionToken: Secret("token"),
          expiresAt: 1_700_003_600_000, accountID: "42", source: "profile dev (single sign-on)"))
    #expect(server.requests.map(\.target) == ["/portal/federation/credentials?account_id=42&role_name=A%20role%2Fx"])
    #expect(server.requests[0]["x-amz-sso_bearer_token"] == "canary-old")
    #expect(server.requests[0].method == "GET")
    #expect(folder.text(cacheName("mine")) == written)
  }

  @Test(arguments: [299, 0, -1_000]) func `a token about to end is renewed and kept`(seconds: Int) async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: seconds, more: renewable()))
    let server = try server()
    #expect(try await ask(server).get()?.accessKeyID == "id")
    try #require(server.requests.count == 2)
    let renewal = server.requests[0]
    #expect(renewal.method == "POST")
    #expect(renewal.target == "/token")
    #expect(renewal["content-type"] == "application/json")
    #expect(
      try JSON.parse(renewal.body) == [
        "grantType": "refresh_token", "clientId": "client", "clientSecret": "canary-client",
        "refreshToken": "canary-refresh",
      ])
    #expect(server.requests[1]["x-amz-sso_bearer_token"] == "canary-new")
    let kept = try JSON.parse(try #require(folder.text(cacheName("mine"))))
    #expect(kept["accessToken"] == "canary-new")
    #expect(kept["refreshToken"] == "canary-next")
    #expect(kept["expiresAt"]?.string == Timestamp.text(milliseconds: Self.now + 3_600_000))
    #expect(kept["clientSecret"] == "canary-client")
    #expect(kept["other"] == [1])
    #expect(try folder.mode(cacheName("mine")) == 0o600)
    // The next one finds it.
    #expect(try await ask(server).get()?.accessKeyID == "id")
    #expect(server.requests.count == 3)
  }

  @Test func `a cache that cannot be written to costs nothing`() async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 10, more: renewable()))
    let server = try server()
    var files = FileSource.system
    files.replace = { _, _ throws(FileFailure) in throw FileFailure("read-only") }
    #expect(try await ask(server, files: files).get()?.accessKeyID == "id")
    #expect(server.requests.last?["x-amz-sso_bearer_token"] == "canary-new")
  }

  @Test func `a renewal that fails leaves the old token its time`() async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 10, more: renewable()))
    let server = try server(renewal: (400, #"{"error":"invalid_grant","error_description":"canary-refresh is old"}"#))
    #expect(try await ask(server).get()?.accessKeyID == "id")
    #expect(server.requests.last?["x-amz-sso_bearer_token"] == "canary-old")
  }

  @Test func `a token that has ended and cannot be renewed asks for a login`() async throws {
    try writeProfile()
    let refusing = try server(renewal: (400, #"{"error":"invalid_grant"}"#))
    for more in [renewable(), renewable(until: 0), ""] {
      try folder.write(cacheName("mine"), cache(expiresIn: 0, more: more))
      let error = try await failure(refusing)
      #expect(error.kind == .expired)
      #expect(error.hint == "aws sso login --profile dev")
    }
    #expect(refusing.requests.map(\.target) == ["/token"])
  }

  @Test func `a renewal that is only unlucky says so, after three tries`() async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 0, more: renewable()))
    let server = try server(renewal: (503, "busy"))
    #expect(try await failure(server).kind == .unavailable)
    #expect(server.requests.count == ProfileLimits.ssoTriesMax)
  }

  @Test func `a token of the older form is used to its end and never renewed`() async throws {
    try writeProfile(hasSession: false)
    let server = try server()
    try folder.write(cacheName("https://start.example"), cache(expiresIn: 10, more: renewable()))
    #expect(try await ask(server).get()?.accessKeyID == "id")
    #expect(server.requests.count == 1)
    try folder.write(cacheName("https://start.example"), cache(expiresIn: 0, more: renewable()))
    #expect(try await failure(server).kind == .expired)
    #expect(server.requests.count == 1)
  }

  @Test func `a sign-on that the server does not know any more asks for a login, and the next login counts`()
    async throws
  {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 3_600))
    let refusal =
      #"{"message":"Session token not found or invalid: canary-old","__type":"com.amazonaws.switchboard.portal#UnauthorizedException"}"#
    let server = try server(portal: [(401, refusal), (200, Self.role)])
    let error = try await failure(server)
    #expect(error.kind == .expired)
    #expect(error.hint == "aws sso login --profile dev")
    #expect(error.message.contains("UnauthorizedException"))
    try folder.write(cacheName("mine"), cache(expiresIn: 3_600).replacing("canary-old", with: "canary-login"))
    #expect(try await ask(server).get()?.accessKeyID == "id")
    #expect(server.requests.last?["x-amz-sso_bearer_token"] == "canary-login")
  }

  @Test(arguments: [
    (403, CredentialsError.Kind.denied, 1), (404, .denied, 1), (400, .configuration, 1), (429, .unavailable, 3),
    (500, .unavailable, 3),
  ])
  func `a refusal is of its kind`(status: Int, kind: CredentialsError.Kind, tries: Int) async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 3_600))
    let server = try server(portal: [(status, #"{"message":"No access","__type":"ForbiddenException"}"#)])
    let error = try await failure(server)
    #expect(error.kind == kind)
    #expect(error.message.contains("No access"))
    #expect(server.requests.count == tries)
  }

  @Test func `an answer that comes after a failure is taken`() async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 3_600))
    let server = try server(portal: [(500, ""), (429, "{}"), (200, Self.role)])
    #expect(try await ask(server).get()?.accessKeyID == "id")
  }

  @Test(arguments: ["", "[]", "{}", #"{"roleCredentials":{}}"#, #"{"roleCredentials":{"accessKeyId":"canary"}}"#])
  func `a reply that is none is refused`(body: String) async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), cache(expiresIn: 3_600))
    let server = try server(portal: [(200, body)])
    #expect(try await failure(server).kind == .unavailable)
  }

  @Test(arguments: [
    "", "{", "{}", #"{"accessToken":"canary"}"#, #"{"accessToken":"canary","expiresAt":"canary soon"}"#,
  ])
  func `a cache that is damaged asks for a login`(text: String) async throws {
    try writeProfile()
    try folder.write(cacheName("mine"), text)
    let server = try server()
    let error = try await failure(server)
    #expect(error.hint == "aws sso login --profile dev")
    #expect(server.requests.isEmpty)
  }

  @Test func `without a cache nothing is asked but the user`() async throws {
    try writeProfile()
    let server = try server()
    let error = try await failure(server)
    #expect(error.kind == .expired)
    #expect(error.message.contains(cacheName("mine")))
    #expect(server.requests.isEmpty)
  }
}
