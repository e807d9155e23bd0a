import Foundation
import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct ContainerCredentialsTests {
  private static let body =
    #"{"RoleArn":"r","AccessKeyId":"ASIAC","SecretAccessKey":"canary-secret","Token":"canary-token","#
    + #""AccountId":"012345678901","Expiration" : "2009-02-13T23:31:30Z"}"#
  private static let variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
  private let time = ManualClock(.passes)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func source(_ environment: [String: String], _ transport: CurlTransport = CurlTransport())
    -> ContainerCredentials
  {
    ContainerCredentials(
      environment: ProcessEnvironment(environment), files: .disk, transport: transport, time: time.source)
  }

  private func failure(_ environment: [String: String]) async -> CredentialsError? {
    await credentialsError { () throws(CredentialsError) in try await source(environment).credentials() }
  }

  // Where it is asked

  @Test(.enabled(if: SharedData.url("credentials/ecs-tests.json") != nil, "the shared vectors are not here"))
  func `the SDKs' cases lead where they should`() throws {
    let url = try #require(SharedData.url("credentials/ecs-tests.json"))
    let cases = try #require(JSON.parse([UInt8](Data(contentsOf: url)))["tests"]?.array)
    for one in cases {
      let name = one["docs"]?.string ?? ""
      var variables: [String: String] = [:]
      for (key, value) in one["env"]?.object ?? JSONObject() { variables[key] = value.string }
      let found = Result { () throws(CredentialsError) in try ContainerEndpoint.url(ProcessEnvironment(variables)) }
      if let expected = one["result"]?["Ok"]?.string {
        #expect(try found.get() == expected, "\(name)")
      } else {
        #expect(throws: CredentialsError.self, "\(name)") { try found.get() }
      }
    }
    #expect(cases.count == 5, "\(cases.count) cases were run")
  }

  @Test(arguments: [
    "https://example.com/x", "HTTPS://example.com", "https://10.0.0.1:8443/x?y=z", "http://127.0.0.1/x",
    "http://127.8.9.10:1/x", "http://[::1]:8080/x", "http://[0:0:0:0:0:0:0:1]/", "http://LocalHost/x",
    "http://169.254.170.2", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
    "http://[FD00:0ec2:0::0:23]:80/",
  ]) func `a full URL may lead to`(url: String) throws {
    #expect(try ContainerEndpoint.url(ProcessEnvironment([Self.variable: url])) == url)
  }

  @Test(arguments: [
    "/credentials", "credentials", "http://", "http:///x", "http://:80/x", "ftp://127.0.0.1/x", "http://example.com/x",
    "http://192.168.1.1/x", "http://169.254.169.254/x", "http://169.254.170.3/x", "http://[fd00:ec2::24]/x",
    "http://[::ffff:127.0.0.1]/x", "http://[::]/x", "http://0.0.0.0/x", "http://127.1/x", "http://0x7f.0.0.1/x",
    "http://2130706433/x", "http://0177.0.0.1/x", "http://127.0.0.1.example.com/x", "http://127.0.0.1@example.com/x",
    "http://localhost@example.com/", "http://localhost.example.com/", "http://localhost./", "http://localhost:8a/",
    "http://127.0.0.1:80:90/", "http://[::1/x", "http://[::1]x/", "http://[1::2::3]/", "http://127.0.0.1#@example.com",
    "http://127.0.0.1\\@example.com/", "http://local host/", "http://loc%61lhost/", "http://127.0.0.1/\r\nX: y",
  ]) func `a full URL may not lead to`(url: String) {
    #expect(throws: CredentialsError.self) { try ContainerEndpoint.url(ProcessEnvironment([Self.variable: url])) }
  }

  @Test(arguments: ["credentials", "@example.com/", ":80/", "/a b", "/\u{7F}", "/é", "/#"])
  func `a relative URL is a path`(path: String) {
    #expect(throws: CredentialsError.self) {
      try ContainerEndpoint.url(ProcessEnvironment(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path]))
    }
  }

  @Test func `without a variable there is no such source`() async throws {
    #expect(try await source([:]).credentials() == nil)
    #expect(try await source([Self.variable: "  "]).credentials() == nil)
  }

  // What is asked

  @Test func `the agent is asked for JSON, with the token of the file before the variable's`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.body))
    var environment = [Self.variable: server.url + "/v1/credentials?a=b"]
    let credentials = try await source(environment).credentials()
    #expect(
      credentials
        == AWSCredentials(
          accessKeyID: "ASIAC", secretAccessKey: Secret("canary-secret"), sessionToken: Secret("canary-token"),
          expiresAt: 1_234_567_890_000, accountID: "012345678901", source: "container"))
    environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic of the variable"
    _ = try await source(environment).credentials()
    environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.path + "/token"
    try folder.write("token", "first")
    let reading = source(environment)
    _ = try await reading.credentials()
    try folder.write("token", "second")
    _ = try await reading.credentials()
    let requests = server.requests
    #expect(requests.map { $0["authorization"] } == [nil, "Basic of the variable", "first", "second"])
    #expect(requests.allSatisfy { $0.method == "GET" && $0.target == "/v1/credentials?a=b" })
    #expect(requests.allSatisfy { $0["accept"] == "application/json" })
  }

  @Test(arguments: ["canary\n", "canary\r\nX-Evil: 1", "canary\u{0}", "canaryü", "", nil])
  func `a token that no header can carry is never sent`(content: String?) async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.body))
    if let content { try folder.write("token", content) }
    let error = await failure([
      Self.variable: server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": folder.path + "/token",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this one either",
    ])
    #expect(error?.kind == .configuration)
    #expect(hides(error, "canary"))
    #expect(server.requests.isEmpty)
  }

  @Test func `the variable's token may have no line break either`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.body))
    let error = await failure([
      Self.variable: server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "canary\r\nX-Evil: 1",
    ])
    #expect(error?.kind == .configuration)
    #expect(hides(error, "canary"))
    #expect(server.requests.isEmpty)
  }

  @Test func `no proxy stands between a container and its agent`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.body))
    let nobody = try DeadPort()
    var settings = HTTPProxySettings()
    settings.plain = Secret("http://127.0.0.1:\(nobody.port)")
    let transport = CurlTransport(proxy: settings)
    #expect(try await source([Self.variable: server.url], transport).credentials() != nil)
    // The same request would have gone there.
    await #expect(throws: HTTPError.self) {
      try await transport.send(HTTPRequest(method: "GET", url: server.url))
    }
  }

  // What is answered

  @Test func `keys that do not end are taken, and names in any case`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(#"{"accesskeyid":"A","SECRETACCESSKEY":"canary-secret"}"#))
    let credentials = try await source([Self.variable: server.url]).credentials()
    #expect(credentials?.accessKeyID == "A")
    #expect(credentials?.sessionToken == nil)
    #expect(credentials?.expiresAt == nil)
  }

  @Test(arguments: [401, 403, 400, 404]) func `a refusal is told at once, its secrets hidden`(status: Int) async throws
  {
    let server = try LoopbackServer(
      LoopbackServer.json(#"{"code":"NoRole","message":"you sent canary-sent-token"}"#, status: status))
    let error = await failure([Self.variable: server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "canary-sent-token"])
    #expect(error?.kind == (status == 401 || status == 403 ? .denied : .unavailable))
    #expect(error?.message == "the container's agent answered \(status): NoRole: you sent •••")
    #expect(server.requests.count == 1)
  }

  @Test func `what may pass is tried three times`() async throws {
    let left = Mutex([503, 429])
    let passing = try LoopbackServer { _, connection in
      let status = left.withLock { $0.popLast() }
      try connection.reply(status ?? 200, body: status == nil ? Array(Self.body.utf8) : [])
    }
    #expect(try await source([Self.variable: passing.url]).credentials()?.accessKeyID == "ASIAC")
    #expect(passing.requests.count == 3)

    for (status, body) in [
      (500, ""), (200, "not JSON canary"), (200, "[]"), (200, #"{"AccessKeyId":"canary"}"#),
      (200, #"{"AccessKeyId":"canary","SecretAccessKey":"canary","Expiration":"canary"}"#),
    ] {
      let staying = try LoopbackServer(LoopbackServer.json(body, status: status))
      let error = await failure([Self.variable: staying.url])
      #expect(error?.kind == .unavailable)
      #expect(hides(error, "canary"))
      #expect(staying.requests.count == 3)
    }
  }

  @Test func `an agent that is not there is an error, as it was configured`() async throws {
    let nobody = try DeadPort()
    let error = await failure([Self.variable: "http://127.0.0.1:\(nobody.port)/"])
    #expect(error?.kind == .unavailable)
    #expect(time.sleeps == [250, 500])
  }
}
