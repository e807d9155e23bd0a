import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.ownThread, .hangGuard) struct InstanceMetadataTests {
  private let time = ManualClock()

  private func source(
    _ url: String, _ variables: [String: String] = [:], transport: CurlTransport = CurlTransport(),
    time: TimeSource? = nil
  ) -> InstanceMetadataCredentials {
    let environment = ProcessEnvironment(
      variables.merging(["AWS_EC2_METADATA_SERVICE_ENDPOINT": url]) { mine, _ in mine })
    let time = time ?? self.time.source
    let metadata = InstanceMetadata(MetadataEndpoint(environment: environment), transport: transport, time: time)
    return InstanceMetadataCredentials(metadata, time: time)
  }

  private func failure(_ source: InstanceMetadataCredentials) async -> CredentialsError? {
    await credentialsError { () throws(CredentialsError) in try await source.credentials() }
  }

  // The three requests

  @Test func `a token, the role, its credentials: in this order and no more`() async throws {
    let service = try MetadataServer(ends: "2027-01-15T09:00:00Z")
    let source = source(service.server.url)
    let credentials = try await source.credentials()
    #expect(
      credentials
        == AWSCredentials(
          accessKeyID: "ASIA1", secretAccessKey: Secret("canary-secret-1"), sessionToken: Secret("canary-token-1"),
          expiresAt: 1_800_003_600_000, source: "instance metadata (the-role)"))
    let folder = "/latest/meta-data/iam/security-credentials/"
    #expect(service.log == ["PUT /latest/api/token", "GET \(folder)", "GET \(folder)the-role"])
    #expect(service.server.requests[0]["x-aws-ec2-metadata-token-ttl-seconds"] == "21600")
    // The token serves again.
    #expect(try await source.credentials()?.accessKeyID == "ASIA2")
    #expect(service.log.count { $0.hasPrefix("PUT") } == 1)
  }

  @Test func `a token is replaced two minutes before its end`() async throws {
    let service = try MetadataServer(ends: "2027-01-15T12:00:00Z", tokenSeconds: 600)
    let source = source(service.server.url)
    _ = try await source.credentials()
    time.pass(479_999)
    _ = try await source.credentials()
    #expect(service.log.count { $0.hasPrefix("PUT") } == 1)
    time.pass(1)
    _ = try await source.credentials()
    #expect(service.log.count { $0.hasPrefix("PUT") } == 2)
  }

  @Test func `a token that is refused is replaced once`() async throws {
    let service = try MetadataServer(ends: "2027-01-15T12:00:00Z")
    let source = source(service.server.url)
    _ = try await source.credentials()
    service.forgetTokens()
    #expect(try await source.credentials()?.accessKeyID == "ASIA2")
    #expect(service.log.count { $0.hasPrefix("PUT") } == 2)

    let stubborn = try MetadataServer(ends: "2027-01-15T12:00:00Z") { request in
      request.method == "GET" ? (401, "") : nil
    }
    let error = await failure(self.source(stubborn.server.url))
    #expect(error?.kind == .denied)
    #expect(stubborn.log.map { $0.prefix(3) } == ["PUT", "GET", "PUT", "GET"])
    #expect(hides(error, "canary"))
  }

  @Test func `the service's own failures are tried again`() async throws {
    let seen = Mutex<Set<String>>([])
    let service = try MetadataServer(ends: "2027-01-15T12:00:00Z") { request in
      seen.withLock { $0.insert(request.target).inserted } ? (503, "") : nil
    }
    let time = ManualClock(.passes)
    #expect(try await source(service.server.url, time: time.source).credentials()?.accessKeyID == "ASIA1")
    #expect(service.log.map { $0.prefix(3) } == ["PUT", "PUT", "GET", "GET", "GET", "GET"])

    let broken = try MetadataServer(ends: "") { _ in (500, "") }
    #expect(await failure(source(broken.server.url, time: ManualClock(.passes).source))?.kind == .unavailable)
    #expect(broken.log.count == RemoteCredentialLimits.metadataTriesMax)
  }

  @Test func `no proxy stands between an instance and its metadata`() async throws {
    let service = try MetadataServer(ends: "2027-01-15T12:00:00Z")
    let nobody = try DeadPort()
    var settings = HTTPProxySettings()
    settings.plain = Secret("http://127.0.0.1:\(nobody.port)")
    let source = source(service.server.url, transport: CurlTransport(proxy: settings))
    #expect(try await source.credentials() != nil)
  }

  // Nothing there

  @Test(arguments: ["true", "True", "TRUE"]) func `nothing is asked where that is forbidden`(word: String) async throws
  {
    let service = try MetadataServer(ends: "2027-01-15T12:00:00Z")
    #expect(try await source(service.server.url, ["AWS_EC2_METADATA_DISABLED": word]).credentials() == nil)
    #expect(service.server.connections == 0)
  }

  @Test func `a port that refuses is no metadata service`() async throws {
    let nobody = try DeadPort()
    #expect(try await source("http://127.0.0.1:\(nobody.port)").credentials() == nil)
  }

  @Test(arguments: [
    (404, ""), (405, "<html/>"), (302, ""), (200, "<html>sign in\nhere</html>"), (200, ""),
    (200, String(repeating: "x", count: 3_000)),
  ]) func `what answers in another way is no metadata service`(status: Int, body: String) async throws {
    let other = try MetadataServer(ends: "") { _ in (status, body) }
    #expect(try await source(other.server.url).credentials() == nil)
    #expect(other.log == ["PUT /latest/api/token"])
  }

  @Test(arguments: [(404, ""), (200, ""), (200, "\n")])
  func `an instance without a role gives nothing`(status: Int, body: String) async throws {
    let service = try MetadataServer(ends: "") { $0.method == "GET" ? (status, body) : nil }
    #expect(try await source(service.server.url).credentials() == nil)
  }

  // Silence

  /// A network on which each request takes all the time that it is given, and what is not answered by then never is.
  private struct SlowNetwork: HTTPTransport {
    var clock: ManualClock
    /// What comes at the last moment; `nil` for nothing.
    var answer: @Sendable (HTTPRequest) -> ScriptedTransport.Reply?

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      clock.pass(max(request.timeouts.connectMax, request.timeouts.totalMax))
      guard let answer = answer(request) else { throw HTTPError(.connectTimeout, "nobody spoke") }
      return try await ScriptedTransport(answer).send(request)
    }
  }

  /// What comes of a search over such a network, and how long it took by the clock.
  private func search(
    _ answer: @escaping @Sendable (HTTPRequest) -> ScriptedTransport.Reply?
  ) async -> (result: Result<AWSCredentials?, CredentialsError>, milliseconds: Int) {
    let clock = ManualClock(.passes)
    let metadata = InstanceMetadata(
      MetadataEndpoint(environment: ProcessEnvironment([:])), transport: SlowNetwork(clock: clock, answer: answer),
      time: clock.source)
    let result = await outcome(of: InstanceMetadataCredentials(metadata, time: clock.source))
    return (result, clock.now - ManualClock.start)
  }

  @Test func `a service that never speaks is absent, and not waited for longer than a call may take`() async throws {
    let search = await search { _ in nil }
    #expect(try search.result.get() == nil)
    #expect(search.milliseconds == RemoteCredentialLimits.metadataCallMax)
  }

  @Test func `a service that falls silent after its token costs less than two seconds, and is an error`() async {
    let search = await search { $0.method == "PUT" ? .plain(200, "token") : nil }
    let failure = #expect(throws: CredentialsError.self) { try search.result.get() }
    #expect(failure?.kind == .unavailable)
    #expect(search.milliseconds == RemoteCredentialLimits.metadataTotalMax)
  }

  @Test func `failures of the service all the time cost less than two seconds`() async {
    let search = await search { _ in .plain(500, "") }
    let failure = #expect(throws: CredentialsError.self) { try search.result.get() }
    #expect(failure?.kind == .unavailable)
    #expect((RemoteCredentialLimits.metadataCallMax..<2_000).contains(search.milliseconds))
  }

  // Refusals

  @Test func `a token that is refused says that the service is switched off`() async throws {
    let service = try MetadataServer(ends: "") { _ in (403, "") }
    let error = await failure(source(service.server.url))
    #expect(error?.kind == .denied)
    #expect(error?.message.contains("request forbidden: IMDS is disabled") == true)
    #expect(service.log.count == 1)
  }

  @Test func `a bad address is an error, as it was configured`() async throws {
    let error = await failure(source("not a uri"))
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT") == true)
  }

  @Test(arguments: [
    (#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume it"}"#, CredentialsError.Kind.denied),
    (#"{"Code":"InstanceProfileNotFound","Message":"gone"}"#, .unavailable),
    (#"{"Code":"Success","AccessKeyId":"canary","SecretAccessKey":"canary"}"#, .unavailable),
    (
      #"{"Code":"Success","AccessKeyId":"a","SecretAccessKey":"canary","Token":"canary","Expiration":"canary"}"#,
      .unavailable
    ),
    ("canary", .unavailable),
  ]) func `a reply without credentials says why`(body: String, kind: CredentialsError.Kind) async throws {
    let service = try MetadataServer(ends: "") { $0.target.hasSuffix("the-role") ? (200, body) : nil }
    let error = await failure(source(service.server.url))
    #expect(error?.kind == kind)
    #expect(hides(error, "canary"))
  }

  @Test(arguments: ["../../x", "a/b", "a?b", "a b", "a%2Fb"]) func `a role's name cannot lead elsewhere`(role: String)
    async throws
  {
    let service = try MetadataServer(ends: "") { $0.target.hasSuffix("/security-credentials/") ? (200, role) : nil }
    #expect(await failure(source(service.server.url))?.kind == .unavailable)
    #expect(service.log.count == 2)
  }

  // Static stability

  @Test func `credentials past their end are handed out with a later one`() async throws {
    let service = try MetadataServer(ends: "2020-01-01T00:00:00Z")
    #expect(try await source(service.server.url).credentials()?.expiresAt == time.now + 1_020_000)
  }

  @Test func `an outage does not take away what there is`() async throws {
    let isDown = Mutex(false)
    let service = try MetadataServer(ends: "2027-01-15T09:00:00Z") { request in
      isDown.withLock { $0 } ? (request.method == "PUT" ? 403 : 500, "") : nil
    }
    let time = ManualClock(.passes)
    let source = source(service.server.url, time: time.source)
    let first = try await source.credentials()
    isDown.withLock { $0 = true }
    #expect(try await source.credentials() == first)
    time.pass(3_600_000)
    let kept = try #require(try await source.credentials())
    #expect(kept.accessKeyID == first?.accessKeyID)
    #expect(try #require(kept.expiresAt) > time.source.now())
    service.server.stop()
    #expect(try await source.credentials()?.accessKeyID == first?.accessKeyID)
  }

  @Test func `a cancelled caller does not wait`() async throws {
    let asked = Latch()
    let server = try LoopbackServer { _, connection in
      asked.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let source = source(server.url)
    let task = Task { await failure(source) }
    try await asked.wait()
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
  }
}
