import Foundation
import Protocol
import TestSupport
import Testing

/// The user's specification, scenario by scenario, with its exact texts.
@Suite(.ownThread) struct `The roadmap` {
  /// Bedrock that answers everything alike.
  private static func bedrock(_ access: BedrockServer.Access = .init(), text: String = "I'll create a script.") throws
    -> BedrockServer
  {
    try BedrockServer(access: access) { _, connection in try ModelAnswer(text).overFrames(connection) }
  }

  private static func anthropic(_ text: String = "Directly.") throws -> MessagesServer {
    try MessagesServer { _, connection in try ModelAnswer(text).overSSE(connection) }
  }

  private static func banner(_ model: String) -> String {
    "🌩️  AWS Bedrock mode enabled\n📡 Using model: \(model)\n"
  }

  /// What the default means on Bedrock.
  private static let sonnet = "us.anthropic.claude-sonnet-5-5"

  /// What is said when no credentials are found.
  private static func missing(_ variables: String, alsoLookedAt notes: String = "") -> String {
    """
    Error: AWS Bedrock mode enabled but credentials not found.

    Please set the following environment variables:
      - AWS_ACCESS_KEY_ID
      - AWS_SECRET_ACCESS_KEY
      - AWS_SESSION_TOKEN (optional, for temporary credentials)

    Missing variables: \(variables)
    \(notes)
    Or disable Bedrock mode:
      unset CLAUDE_CODE_USE_BEDROCK


    """
  }

  // MARK: Scenarios 1 to 3

  @Test func `scenario 1 and test 1: an API key asks the Anthropic API, and nothing is said of Bedrock`() throws {
    let (anthropic, bedrock) = (try Self.anthropic(), try Self.bedrock())
    for value in [nil, "0", "", "false", "no"] {
      var environment = bedrock.address.merging(anthropic.environment) { _, own in own }
      environment["CLAUDE_CODE_USE_BEDROCK"] = value
      let command = try Command("write a script to analyze data.csv", environment: environment)
      #expect(command.output == "Directly.\n")
      #expect(command.errors == "")
      #expect(command.status == 0)
    }
    #expect(
      anthropic.conversations.last?.last?["content"]?.array?.last?["text"] == "write a script to analyze data.csv")
    #expect(bedrock.server.requests.isEmpty)
    #expect(anthropic.flaws == [])
  }

  @Test func `scenario 2: AWS keys, region and model of the environment are used as they are`() throws {
    var access = BedrockServer.Access()
    access.tokens = [BedrockServer.accessKeyID: "token/+x=="]
    let bedrock = try Self.bedrock(access)
    let model = "us.anthropic.claude-sonnet-4-20250514-v1:0"
    let environment = bedrock.environment.merging([
      "AWS_SESSION_TOKEN": "token/+x==", "AWS_REGION": "us-west-2", "ANTHROPIC_MODEL": model,
    ]) { _, own in own }
    let command = try Command("write a script to analyze data.csv", environment: environment)
    #expect(command.output == "I'll create a script.\n")
    #expect(command.errors == Self.banner(model))
    #expect(command.status == 0)
    #expect(bedrock.questions.map(\.model) == [model])
    #expect(bedrock.questions.map(\.region) == ["us-west-2"])
    #expect(bedrock.questions.map(\.prompt) == ["write a script to analyze data.csv"])
    #expect(bedrock.flaws == [])
  }

  @Test func `scenario 3, use case 27.5 and test 3: without credentials it says which variables are missing`() throws {
    let bedrock = try Self.bedrock()
    var environment = bedrock.environment
    environment["AWS_ACCESS_KEY_ID"] = nil
    environment["AWS_SECRET_ACCESS_KEY"] = nil
    for mode in ["1", "true", "TRUE"] {
      environment["CLAUDE_CODE_USE_BEDROCK"] = mode
      let command = try Command("hello", environment: environment)
      #expect(command.errors == Self.missing("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"))
      #expect(command.output == "")
      #expect(command.status == 1)
    }
    #expect(bedrock.server.requests.isEmpty)
  }

  @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
  func `half a pair of keys is told by the half that is missing`(variable: String) throws {
    let bedrock = try Self.bedrock()
    var environment = bedrock.environment
    environment[variable] = "  "
    let command = try Command("hello", environment: environment)
    #expect(command.errors == Self.missing(variable))
    #expect(command.status == 1)
    #expect(bedrock.server.requests.isEmpty)
  }

  @Test func `without an API key it says both ways to go on`() throws {
    let command = try Command("hello")
    #expect(
      command.errors == """
        Error: ANTHROPIC_API_KEY not set

        Options:
          1. Set Anthropic API key: export ANTHROPIC_API_KEY=sk-ant-xxx
          2. Use AWS Bedrock: export CLAUDE_CODE_USE_BEDROCK=1
             (requires AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)

        """)
    #expect(command.output == "")
    #expect(command.status == 1)
    let error = try ServerProcess().call(1, "agent/run", ["prompt": "hello"])["error"]
    #expect(
      error?["message"]?.string == """
        ANTHROPIC_API_KEY is required when not using AWS Bedrock.
        Set environment variable: export ANTHROPIC_API_KEY=sk-ant-xxx
        Or enable Bedrock mode: export CLAUDE_CODE_USE_BEDROCK=1
        """)
    #expect(error?["data"]?["kind"] == "authRequired")
  }

  // MARK: Use case 27

  @Test func `use case 27.1 and test 2: two keys and the switch are enough`() throws {
    let bedrock = try Self.bedrock()
    let command = try Command("write a Python script to process data.csv", environment: bedrock.environment)
    #expect(command.output == "I'll create a script.\n")
    #expect(command.errors == Self.banner(Self.sonnet))
    #expect(command.status == 0)
    #expect(bedrock.questions.map(\.model) == [Self.sonnet])
    #expect(bedrock.questions.map(\.region) == ["us-east-1"])
    #expect(bedrock.flaws == [])
  }

  @Test func `use case 27.2: the role of a container or of an instance is enough`() throws {
    let keys =
      #"{"Code":"Success","AccessKeyId":"ASIAROLE","SecretAccessKey":"role/secret","Token":"role/token","Expiration":"2099-01-01T00:00:00Z"}"#
    let metadata = try LoopbackServer { request, connection in
      let body =
        switch request.target {
        case "/latest/api/token": "imds-token"
        case "/latest/meta-data/iam/security-credentials/": "my-role"
        default: keys
        }
      let headers = [("x-aws-ec2-metadata-token-ttl-seconds", "21600")]
      try connection.reply(200, headers, body: Array(body.utf8))
    }
    var access = BedrockServer.Access()
    access.secrets = ["ASIAROLE": "role/secret"]
    access.tokens = ["ASIAROLE": "role/token"]
    let bedrock = try Self.bedrock(access)
    for place in [
      ["AWS_CONTAINER_CREDENTIALS_FULL_URI": metadata.url + "/creds"],
      ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url],
    ] {
      var environment = bedrock.address.merging(place) { _, own in own }
      environment["CLAUDE_CODE_USE_BEDROCK"] = "1"
      let command = try Command("analyze logs.txt", environment: environment)
      #expect(command.output == "I'll create a script.\n")
      #expect(command.errors == Self.banner(Self.sonnet))
      #expect(command.status == 0)
    }
    #expect(bedrock.questions.map(\.caller) == ["ASIAROLE", "ASIAROLE"])
    #expect(bedrock.flaws == [])
  }

  @Test func `use case 27.3: temporary credentials work, and say what to do when they have ended`() throws {
    var access = BedrockServer.Access()
    access.tokens = [BedrockServer.accessKeyID: "temporary"]
    let bedrock = try BedrockServer(access: access) { question, connection in
      guard question.prompt == "late" else { return try ModelAnswer("Debugged.").overFrames(connection) }
      let text = "The security token included in the request is expired"
      try BedrockServer.refuse(403, "ExpiredTokenException", text, to: connection)
    }
    let environment = bedrock.environment.merging(["AWS_SESSION_TOKEN": "temporary"]) { _, own in own }
    #expect(try Command("help me debug this code", environment: environment).output == "Debugged.\n")
    let late = try Command("late", environment: environment)
    #expect(
      late.errors.hasSuffix(
        """
        Error: Bedrock answered 403 ExpiredTokenException: The security token included in the request is expired
        renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; they have ended

        """))
    #expect(late.status == 1)
    // Nobody waits for what cannot come.
    #expect(bedrock.questions.count <= 3)
    #expect(bedrock.flaws == [])
  }

  @Test func `use case 27.4 and test 4: a session is switched from model to model`() throws {
    let bedrock = try Self.bedrock()
    let server = try ServerProcess(environment: bedrock.environment)
    let session = try #require(try server.call(1, "session/new")["result"]?["sessionId"])
    for (name, id) in [
      ("claude-3-opus-20240229", "anthropic.claude-3-opus-20240229-v1:0"),
      ("claude-3-haiku-20240307", "anthropic.claude-3-haiku-20240307-v1:0"),
      ("sonnet", Self.sonnet),
    ] {
      let switched = try server.call(2, "agent/switchModel", ["sessionId": session, "model": .string(name)])["result"]
      #expect(switched?["current"]?["providerModelId"]?.string == id)
      #expect(switched?["notice"] == nil)
      let asked = try server.call(3, "agent/run", ["sessionId": session, "prompt": "what model are you using?"])
      #expect(asked["result"]?["model"]?["providerModelId"]?.string == id)
      #expect(asked["result"]?["model"]?["requested"]?.string == name)
      #expect(bedrock.questions.last?.model == id)
    }
    let command = try Command("-m", "claude-3-opus-20240229", "hello", environment: bedrock.environment)
    #expect(command.errors == Self.banner("anthropic.claude-3-opus-20240229-v1:0"))
    #expect(bedrock.flaws == [])
  }

  @Test func `use case 27.5: each of its solutions works`() throws {
    let (anthropic, bedrock) = (try Self.anthropic(), try Self.bedrock())
    let home = try TemporaryFolder()
    try home.write(
      ".aws/credentials",
      "[default]\naws_access_key_id = \(BedrockServer.accessKeyID)\naws_secret_access_key = \(BedrockServer.secretAccessKey)\n"
    )
    try home.write(".aws/config", "[default]\nregion = eu-central-1\n")
    var environment = bedrock.address.merging(anthropic.environment) { _, own in own }
    environment["HOME"] = home.path
    environment["CLAUDE_CODE_USE_BEDROCK"] = "1"
    let configured = try Command("hello", environment: environment)
    #expect(configured.output == "I'll create a script.\n")
    #expect(configured.errors == Self.banner("eu.anthropic.claude-sonnet-5-5"))
    #expect(bedrock.questions.map(\.region) == ["eu-central-1"])
    environment["CLAUDE_CODE_USE_BEDROCK"] = nil
    #expect(try Command("hello", environment: environment).output == "Directly.\n")
    #expect(bedrock.flaws == [] && anthropic.flaws == [])
  }

  // MARK: Precedence

  @Test func `edge case 7.1.1 and test 5: the switch goes before a key, and what is said before the switch`() throws {
    let (anthropic, bedrock) = (try Self.anthropic(), try Self.bedrock())
    var environment = anthropic.environment.merging(bedrock.environment) { _, own in own }
    #expect(try Command("hello", environment: environment).output == "I'll create a script.\n")
    #expect(try Command("--anthropic", "hello", environment: environment).output == "Directly.\n")
    environment["CLAUDE_CODE_USE_BEDROCK"] = "0"
    #expect(try Command("hello", environment: environment).output == "Directly.\n")
    #expect(try Command("hello", "--bedrock", environment: environment).output == "I'll create a script.\n")

    let server = try ServerProcess(environment: environment)
    let opened = try server.call(1, "initialize", ["initializationOptions": ["provider": "bedrock"]])["result"]
    #expect(opened?["auth"]?["active"] == "bedrock")
    #expect(try server.call(2, "agent/run", ["prompt": "x"])["result"]?["text"] == "I'll create a script.")
    let session = try #require(
      try server.call(3, "session/new", ["provider": "anthropic"])["result"]?["sessionId"])
    #expect(
      try server.call(4, "agent/run", ["prompt": "x", "sessionId": session])["result"]?["text"] == "Directly.")
    #expect(bedrock.flaws == [] && anthropic.flaws == [])
  }

  @Test func `the region is the one that was said last and nearest`() throws {
    let bedrock = try Self.bedrock()
    let home = try TemporaryFolder()
    try home.write(".aws/config", "[default]\nregion = sa-east-1\n")
    var environment = bedrock.environment
    for (name, value, arguments, region) in [
      ("HOME", home.path, [], "sa-east-1"), ("AWS_DEFAULT_REGION", "eu-west-1", [], "eu-west-1"),
      ("AWS_REGION", "ca-central-1", [], "ca-central-1"), ("", "", ["--region", "ap-south-1"], "ap-south-1"),
    ] {
      environment[name] = value
      if name.isEmpty { environment[name] = nil }
      #expect(try Command(["hello"] + arguments, environment: environment).status == 0)
      #expect(bedrock.questions.last?.region == region)
    }
    let wrong = try Command("--region", "evil.example/", "hello", environment: environment)
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("'evil.example/' is not the name of an AWS region"))
    #expect(bedrock.questions.count == 4)
  }

  @Test func `a key for Bedrock alone is sent in the place of a signature`() throws {
    var access = BedrockServer.Access()
    access.bearers = ["bedrock-api-key-canary"]
    let bedrock = try Self.bedrock(access)
    let environment = bedrock.environment.merging(["AWS_BEARER_TOKEN_BEDROCK": "bedrock-api-key-canary"]) { $1 }
    #expect(try Command("hello", environment: environment).status == 0)
    #expect(bedrock.questions.map(\.caller) == ["bedrock-api-key-canary"])
    #expect(bedrock.flaws == [])
  }

  @Test func `what server mode has of it: the banner as log messages, the state of credentials, and the same texts`()
    throws
  {
    let bedrock = try Self.bedrock()
    let server = try ServerProcess(environment: bedrock.environment)
    try server.send(#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#)
    let messages = try server.receive(upTo: 1)
    #expect(
      messages.compactMap { $0["params"]?["message"]?.string } == [
        "🌩️  AWS Bedrock mode enabled", "📡 Using model: \(Self.sonnet)",
      ])
    #expect(messages.last?["result"]?["auth"]?["authenticated"] == true)
    let status = try server.call(2, "auth/status", ["verify": true])["result"]
    #expect(status?["providers"]?.array?.last?["state"] == "verified")
    let without = try ServerProcess(environment: ["CLAUDE_CODE_USE_BEDROCK": "1"])
    let error = try without.call(1, "agent/run", ["prompt": "hello"])["error"]
    let text = Self.missing("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY").dropFirst("Error: ".count).dropLast()
    #expect(error?["message"]?.string == String(text))
    #expect(error?["data"]?["kind"] == "authRequired")
    #expect(try without.call(2, "auth/status")["result"]?["message"]?.string == String(text))
    #expect(bedrock.flaws == [])
  }
}
