import Protocol
import Providers
import TestSupport
import Testing

/// `auth/status` with `verify` where nothing works: nobody is told that they are let in.
@Suite(.ownThread, .hangGuard) struct `What is not good` {
  private let folder: TemporaryFolder
  private let gate: BedrockGate
  private let key = BedrockGate.Key("AKIAGOOD", secret: "canary/good+secret=")

  init() throws {
    folder = try TemporaryFolder()
    gate = try BedrockGate(keys: [key])
  }

  /// A set-up of somebody's.
  struct Setup: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The file `config`.
    var config = ""
    /// Variables beside those of a home with good keys in the file `credentials`; `DEAD` is a port that nobody listens at,
    /// `BAD` one that answers as `answer` says, `HOME` the user's folder.
    var variables: [String: String] = [:]
    /// What the server at `BAD` answers.
    var answer: (status: Int, body: String) = (502, "<html>Bad Gateway</html>")
    /// A profile that a client logs in with.
    var login: String?
    /// What the message names.
    var names: String
  }

  private static let ghost = ["AWS_PROFILE": "ghost"]
  private static func profile(_ lines: String...) -> String { "[profile p]\n" + lines.map { $0 + "\n" }.joined() }
  private static func process(_ name: String, _ command: String, names: String = "credential_process") -> Setup {
    Setup(
      testDescription: "a program that \(name)", config: profile("credential_process = \(command)"),
      variables: ["AWS_PROFILE": "p"], names: names)
  }
  private static let role = profile("role_arn = arn:aws:iam::1:role/r", "source_profile = default")

  private static let all = [
    process("fails", "exit 3"), process("prints rubbish", "echo rubbish"), process("prints nothing", "true"),
    process("prints no keys", #"echo '{"Version":1}'"#), process("is not there", "/nowhere/at/all"),
    process(
      "prints what has ended",
      #"echo '{"Version":1,"AccessKeyId":"AKIAGOOD","SecretAccessKey":"x","Expiration":"2020-01-01T00:00:00Z"}'"#,
      names: "ended at 2020"),
    Setup(
      testDescription: "a dead endpoint", variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:DEAD"],
      names: "connect"),
    Setup(
      testDescription: "an endpoint without the TLS it promises",
      variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://127.0.0.1:BAD"], names: ""),
    Setup(
      testDescription: "an address that is none", variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "nowhere"],
      names: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
    Setup(
      testDescription: "a proxy's failure", variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:BAD"],
      names: "502"),
    Setup(
      testDescription: "a page of something else",
      variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:BAD"], answer: (404, "<html>none</html>"),
      names: "404"),
    Setup(
      testDescription: "a page that welcomes",
      variables: ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://127.0.0.1:BAD"], answer: (200, "<html>hi</html>"),
      names: "200"),
    Setup(testDescription: "a region that is none", variables: ["AWS_REGION": "US-EAST-1"], names: "AWS_REGION"),
    Setup(
      testDescription: "STS down", config: role,
      variables: ["AWS_PROFILE": "p", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:DEAD"], names: "AssumeRole"),
    Setup(
      testDescription: "STS that fails", config: role,
      variables: ["AWS_PROFILE": "p", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:BAD"], answer: (500, ""),
      names: "STS answered 500"),
    Setup(testDescription: "a profile that is not there", variables: ghost, names: "`ghost`"),
    Setup(testDescription: "a log-in with a profile that is not there", login: "ghost", names: "`ghost`"),
    Setup(
      testDescription: "a source profile that is not there",
      config: profile("role_arn = arn:aws:iam::1:role/r", "source_profile = ghost"), variables: ["AWS_PROFILE": "p"],
      names: "ghost"),
    Setup(testDescription: "a file that is broken", config: "[profile p\n", names: "line 1"),
    Setup(
      testDescription: "a sign-on that nobody made",
      config: profile(
        "sso_start_url = https://x.example", "sso_region = us-east-1", "sso_account_id = 1", "sso_role_name = r"),
      variables: ["AWS_PROFILE": "p"], names: "sso/cache"),
    Setup(
      testDescription: "a login session that nobody made", config: profile("login_session = arn:aws:iam::1:user/u"),
      variables: ["AWS_PROFILE": "p"], names: "login/cache"),
    Setup(
      testDescription: "keys that have ended",
      variables: [
        "AWS_ACCESS_KEY_ID": "AKIAGOOD", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
      ], names: "ended at 2020"),
    Setup(
      testDescription: "keys that nobody knows",
      variables: ["AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "canary-x"],
      names: "UnrecognizedClientException"),
  ]

  @Test(arguments: all) func `is never called good`(setup: Setup) throws {
    let dead = try DeadPort()
    let answer = setup.answer
    let bad = try LoopbackServer { _, connection in
      try connection.reply(answer.status, [("Content-Type", "text/html")], body: Array(answer.body.utf8))
    }
    try folder.write(
      ".aws/credentials", "[default]\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret)\n")
    try folder.write(".aws/config", setup.config)
    let port = bad.url.split(separator: ":").last.map(String.init) ?? ""
    let variables = setup.variables.mapValues {
      $0.replacing("DEAD", with: String(dead.port)).replacing("BAD", with: port)
    }
    let own = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1"]
    let server = try ServerProcess(
      ["--stdio", "--retries", "0"],
      environment: gate.environment.merging(own) { $1 }.merging(variables) { $1 })
    var id = 1
    if let profile = setup.login {
      let login: JSON = ["provider": "bedrock", "method": "awsProfile", "values": ["profile": .string(profile)]]
      #expect(try server.call(id, "auth/login", login)["result"]?["authenticated"] == false)
      id += 1
    }
    let status = try server.call(id, "auth/status", ["provider": "bedrock", "verify": true])["result"]
    #expect(status?["authenticated"] == false)
    let message = status?["message"]?.string ?? ""
    #expect(!message.isEmpty && message.contains(setup.names), "\(message)")
    let run = try server.call(id + 1, "agent/run", ["prompt": "hello"])
    #expect(run["error"] != nil)
    #expect(!String(decoding: server.output, as: UTF8.self).contains("canary"))
  }

  @Test func `is not what works`() throws {
    try folder.write(
      ".aws/credentials", "[default]\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret)\n")
    let own = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1"]
    let server = try ServerProcess(["--stdio"], environment: gate.environment.merging(own) { $1 })
    let status = try server.call(1, "auth/status", ["provider": "bedrock", "verify": true])["result"]
    #expect(status?["authenticated"] == true)
  }

  @Test func `files that change are read together: keys, region and addresses`() throws {
    let own = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "AWS_REGION": ""]
    let server = try ServerProcess(["--stdio"], environment: gate.environment.merging(own) { $1 })
    #expect(try server.call(1, "auth/status", [:])["result"]?["authenticated"] == false)
    for (id, region) in [(2, "eu-west-1"), (4, "ap-south-1")] {
      try folder.write(
        ".aws/config",
        "[default]\nregion = \(region)\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret)\n")
      #expect(try server.call(id, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
      let status = try server.call(id + 1, "auth/status", [:])["result"]
      #expect(status?["providers"]?.array?.first { $0["id"] == "bedrock" }?["region"]?.string == region)
    }
    #expect(gate.regions == ["eu-west-1", "ap-south-1"])
  }

  @Test func `a region that only the instance knows is learnt from it`() throws {
    let metadata = try MetadataServer(ends: "2099-01-01T00:00:00Z") { request in
      request.target == "/latest/meta-data/placement/region" ? (200, "eu-central-1") : nil
    }
    let own = [
      "HOME": folder.path, "PATH": "/usr/bin:/bin", "AWS_REGION": "", "AWS_ACCESS_KEY_ID": key.id,
      "AWS_SECRET_ACCESS_KEY": key.secret,
      "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.server.url,
    ]
    let server = try ServerProcess(["--stdio"], environment: gate.environment.merging(own) { $1 })
    #expect(try server.call(1, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(gate.regions == ["eu-central-1"])
    let status = try server.call(2, "auth/status", [:])["result"]
    #expect(status?["providers"]?.array?.first { $0["id"] == "bedrock" }?["region"] == "eu-central-1")
  }

  @Test(arguments: [
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "sk-ant-api03-abcdefghijklmnop",
    "ABSKQmVkcm9ja0FQSUtleS1hYmNk",
  ]) func `a secret in the place of something else is not shown`(secret: String) throws {
    let own = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "AWS_PROFILE": secret]
    let server = try ServerProcess(["--stdio"], environment: gate.environment.merging(own) { $1 })
    let values: [JSON] = [
      ["method": "awsProfile", "values": ["profile": .string(secret)]],
      ["method": "awsProfile", "values": ["profile": "x", "region": .string(secret)]],
      ["method": "awsKeys", "values": ["accessKeyId": .string(secret)]],
      ["method": "awsKeys", "values": ["accessKeyId": "AKIA", "secretAccessKey": "x", "region": .string(secret)]],
      ["method": .string(secret), "values": ["profile": "x"]],
      ["method": "awsProfile", "values": ["profile": "x", "expiresAt": .string(secret)]],
      ["method": "awsProfile", "values": .string(secret)], ["provider": .string(secret)],
      ["method": "bearer", "values": ["token": .string(secret + " x")]],
    ]
    _ = try server.call(1, "auth/status", ["verify": true])
    for (number, value) in values.enumerated() {
      let params = JSON.object((["provider": "bedrock"] as JSONObject).merging(value))
      #expect(try server.call(number + 2, "auth/login", params)["error"] != nil, "\(number)")
    }
    _ = try server.call(20, "auth/status", ["verify": true])
    _ = try server.call(21, "agent/run", ["prompt": "hello"])
    for text in [String(decoding: server.output, as: UTF8.self), server.errors] { #expect(!text.contains(secret)) }
  }
}

extension JSONObject {
  /// These members, and the others in their place or beside them.
  fileprivate func merging(_ other: JSON) -> JSONObject {
    var merged = self
    for (name, value) in other.object ?? JSONObject() { merged[name] = value }
    return merged
  }
}
