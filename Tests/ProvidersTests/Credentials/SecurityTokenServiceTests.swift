import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct SecurityTokenServiceTests {
  private static let role = AssumedRole(arn: "arn:aws:iam::123456789012:role/Name", sessionName: "me")
  private static let base = AWSCredentials.numbered(7)
  private let time = ManualClock(.passes)

  static func reply(_ action: String) -> String {
    """
    <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <\(action)Result>
        <AssumedRoleUser><Arn>arn:aws:sts::210987654321:assumed-role/Name/me</Arn></AssumedRoleUser>
        <Credentials>
          <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>canary+role/secret</SecretAccessKey>
          <SessionToken>canary-role-token</SessionToken><Expiration>2021-08-05T19:58:02Z</Expiration>
        </Credentials>
      </\(action)Result>
    </\(action)Response>
    """
  }

  static func refusal(_ code: String, _ message: String = "sorry") -> String {
    "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
  }

  private func service(
    _ server: LoopbackServer, _ environment: [String: String] = [:], region: String = "eu-west-1"
  ) -> SecurityTokenService {
    let variables = environment.merging(["AWS_ENDPOINT_URL": server.url]) { given, _ in given }
    return SecurityTokenService(
      region: region, endpoints: EndpointSettings(environment: ProcessEnvironment(variables)), signer: MarkingSigner(),
      transport: CurlTransport(), time: time.source)
  }

  /// A server that gives these replies, one a request, and the last one from then on.
  private func server(_ replies: (status: Int, body: String)...) throws -> LoopbackServer {
    let left = Mutex(replies[...])
    return try LoopbackServer { _, connection in
      let reply = left.withLock { $0.count > 1 ? $0.removeFirst() : $0[$0.startIndex] }
      try connection.reply(reply.status, [("Content-Type", "text/xml")], body: Array(reply.body.utf8))
    }
  }

  @Test func `a role is assumed by a signed form`() async throws {
    let server = try server((200, Self.reply("AssumeRole")))
    var role = Self.role
    role.externalID = "a b&c=ü"
    role.durationSeconds = 900
    role.region = "us-east-2"
    let credentials = try await service(server).assumeRole(role, with: Self.base)
    #expect(
      credentials
        == AWSCredentials(
          accessKeyID: "ASIAROLE", secretAccessKey: Secret("canary+role/secret"),
          sessionToken: Secret("canary-role-token"), expiresAt: 1_628_193_482_000, accountID: "210987654321",
          source: "role \(role.arn)"))
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == "/")
    #expect(request["content-type"] == "application/x-www-form-urlencoded")
    #expect(request["x-test-signature"] == "AKID7 us-east-2 sts 1800000000000")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FName"
        + "&RoleSessionName=me&DurationSeconds=900&ExternalId=a%20b%26c%3D%C3%BC")
  }

  @Test func `a web identity is exchanged unsigned`() async throws {
    let server = try server((200, Self.reply("AssumeRoleWithWebIdentity")))
    let credentials = try await service(server).assumeRoleWithWebIdentity(Self.role, token: Secret("to.k+en"))
    #expect(credentials.accessKeyID == "ASIAROLE")
    let request = try #require(server.requests.first)
    #expect(request["x-test-signature"] == nil)
    #expect(request["authorization"] == nil)
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FName"
        + "&RoleSessionName=me&WebIdentityToken=to.k%2Ben")
  }

  @Test func `a role without a name for its user gets one`() async throws {
    let server = try server((200, Self.reply("AssumeRole")))
    _ = try await service(server).assumeRole(
      AssumedRole(arn: Self.role.arn, sessionName: ""), with: Self.base)
    let body = String(decoding: try #require(server.requests.first).body, as: UTF8.self)
    #expect(body.contains("&RoleSessionName=wyn360-1800000000000"))
  }

  @Test(arguments: [
    ("AccessDenied", CredentialsError.Kind.denied), ("ExpiredTokenException", .expired), ("ExpiredToken", .expired),
    ("InvalidIdentityToken", .denied), ("InvalidClientTokenId", .denied), ("SignatureDoesNotMatch", .denied),
    ("RegionDisabledException", .configuration), ("ValidationError", .configuration), ("SomethingNew", .unavailable),
  ]) func `a refusal says what it is, and is not repeated`(code: String, kind: CredentialsError.Kind) async throws {
    let server = try server((403, Self.refusal(code, "no canary-secret-7, no canary-token-7")))
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(server).assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.kind == kind)
    #expect(error?.message.contains("403") == true)
    #expect(error?.message.contains("\(code): no •••, no •••") == true)
    #expect(error?.message.contains(Self.role.arn) == true)
    #expect(hides(error, "canary"))
    #expect(server.requests.count == 1)
  }

  @Test func `an echoed web identity token is hidden`() async throws {
    let server = try server((400, Self.refusal("InvalidIdentityToken", "bad canary-jwt-token")))
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(server).assumeRoleWithWebIdentity(Self.role, token: Secret("canary-jwt-token"))
    }
    #expect(error?.kind == .denied)
    #expect(hides(error, "canary"))
  }

  @Test(arguments: [
    (500, ""), (503, refusal("ServiceUnavailable")), (400, refusal("Throttling")), (429, "<html>slow down</html>"),
    (400, refusal("IDPCommunicationError")),
  ]) func `what may pass is tried three times`(status: Int, body: String) async throws {
    let passing = try server((status, body), (status, body), (200, Self.reply("AssumeRole")))
    #expect(try await service(passing).assumeRole(Self.role, with: Self.base).accessKeyID == "ASIAROLE")
    // Each try has a signature of its own time.
    #expect(
      passing.requests.compactMap { $0["x-test-signature"]?.split(separator: " ").last.map(String.init) }
        == ["1800000000000", "1800000000200", "1800000000600"])

    let staying = try server((status, body))
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(staying).assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.kind == .unavailable)
    #expect(staying.requests.count == 3)
  }

  /// The codes by which AWS refuses a date, and how far its clock is from ours in hours.
  @Test(
    arguments: [
      "SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired", "RequestInTheFuture",
      "RequestTimeTooSkewed", "AuthFailure",
    ], [-1, 1])
  func `a request that was dated wrongly is dated by the service's clock, once`(code: String, hours: Int) async throws {
    let date = ("Date", hours > 0 ? "Fri, 15 Jan 2027 09:00:00 GMT" : "Fri, 15 Jan 2027 07:00:00 GMT")
    let right = " \(1_800_000_000_000 + hours * 3_600_000)"
    let server = try LoopbackServer { request, connection in
      let isRight = request["x-test-signature"]?.hasSuffix(right) == true
      try connection.reply(
        isRight ? 200 : 403, [date], body: Array((isRight ? Self.reply("AssumeRole") : Self.refusal(code)).utf8))
    }
    let service = service(server)
    #expect(try await service.assumeRole(Self.role, with: Self.base).accessKeyID == "ASIAROLE")
    #expect(server.requests.count == 2)
    _ = try await service.assumeRole(Self.role, with: Self.base)
    #expect(server.requests.count == 3, "what was learnt is kept")

    let refusing = try LoopbackServer { _, connection in
      try connection.reply(403, [date], body: Array(Self.refusal(code).utf8))
    }
    let error = await credentialsError { () throws(CredentialsError) in
      try await self.service(refusing).assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.hint == "this machine's clock is 60 minutes \(hours > 0 ? "behind" : "ahead"): set it")
    #expect(refusing.requests.count == 2)
  }

  @Test(arguments: [nil, "soon", "Fri, 15 Jan 2027 08:03:00 GMT"])
  func `a refusal whose date is ours, or none, is not repeated`(date: String?) async throws {
    let server = try LoopbackServer { _, connection in
      try connection.reply(
        403, date.map { [("Date", $0)] } ?? [], body: Array(Self.refusal("SignatureDoesNotMatch").utf8))
    }
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(server).assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.kind == .denied)
    #expect(server.requests.count == 1)
  }

  @Test func `no connection is tried three times`() async throws {
    let port = try DeadPort()
    let environment = ProcessEnvironment(["AWS_ENDPOINT_URL": "http://127.0.0.1:\(port.port)"])
    let service = SecurityTokenService(
      region: "us-east-1", endpoints: EndpointSettings(environment: environment), signer: MarkingSigner(),
      transport: CurlTransport(), time: time.source)
    let error = await credentialsError { () throws(CredentialsError) in
      try await service.assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.kind == .unavailable)
    #expect(time.sleeps == [200, 400])
  }

  @Test(arguments: [
    "", "<html><body>hello</body></html>", "<!DOCTYPE a [<!ENTITY b 'c'>]>" + reply("AssumeRole"),
    reply("AssumeRole").replacing("ASIAROLE", with: ""), reply("AssumeRole").replacing("2021-08-05", with: "soon"),
    reply("AssumeRole").replacing("SessionToken", with: "Other"), reply("AssumeRoleWithWebIdentity"),
  ]) func `a reply that is not the one asked for is refused without its secrets`(body: String) async throws {
    let server = try server((200, body))
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(server).assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.kind == .unavailable)
    #expect(hides(error, "canary"))
  }

  @Test(arguments: ["us-east-1.evil.example/", "evil.example#", "", "US-EAST-1", "a.b", "-a", "a@b"])
  func `a region that could lead elsewhere is never asked`(region: String) async throws {
    let server = try server((200, Self.reply("AssumeRole")))
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(server, region: region).assumeRole(Self.role, with: Self.base)
    }
    #expect(error?.kind == .configuration)
    #expect(server.requests.isEmpty)
  }

  @Test func `variables name another endpoint, the service's own first`() async throws {
    let mine = try server((200, Self.reply("AssumeRole")))
    let general = try server((200, Self.reply("AssumeRole")))
    var environment = ["AWS_ENDPOINT_URL": general.url + "/path/", "AWS_ENDPOINT_URL_STS": mine.url]
    _ = try await service(general, environment).assumeRole(Self.role, with: Self.base)
    environment["AWS_ENDPOINT_URL_STS"] = " "
    _ = try await service(general, environment).assumeRole(Self.role, with: Self.base)
    #expect(mine.requests.count == 1)
    #expect(general.requests.map(\.target) == ["/path/"])
    for wrong in ["ftp://127.0.0.1", "sts", "http://canary:canary@127.0.0.1"] {
      let error = await credentialsError { () throws(CredentialsError) in
        try await service(general, ["AWS_ENDPOINT_URL_STS": wrong]).assumeRole(Self.role, with: Self.base)
      }
      #expect(error?.kind == .configuration)
      #expect(error?.message.contains("AWS_ENDPOINT_URL_STS") == true)
      #expect(hides(error, "canary"))
    }
  }

  @Test func `what is no ARN is never asked for`() async throws {
    let server = try server((200, Self.reply("AssumeRole")))
    let error = await credentialsError { () throws(CredentialsError) in
      try await service(server).assumeRole(AssumedRole(arn: "Name", sessionName: "me"), with: Self.base)
    }
    #expect(error?.kind == .configuration)
    #expect(server.requests.isEmpty)
  }

  @Test func `a cancelled caller does not wait for the service`() async throws {
    let asked = Latch()
    let server = try LoopbackServer { _, connection in
      asked.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let task = Task {
      await credentialsError { () throws(CredentialsError) in
        try await service(server).assumeRole(Self.role, with: Self.base)
      }
    }
    try await asked.wait()
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
  }
}
