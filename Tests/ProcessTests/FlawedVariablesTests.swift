import Protocol
import Providers
import TestSupport
import Testing

/// What a setting that cannot be used costs: the calls that need it, and never the start of the process.
@Suite(.ownThread, .hangGuard) struct `A variable that cannot be used` {
  private let model: AgentModel

  init() throws { model = try AgentModel { _ in AgentModel.Turn(.text("fine")) } }

  private func server(_ variables: [String: String], bedrock: Bool) throws -> ServerInMemory {
    let own = [
      "CLAUDE_CODE_USE_BEDROCK": bedrock ? "1" : "0", "AWS_REGION": "us-west-2", "ANTHROPIC_API_KEY": "sk-ant-test-key",
    ]
    return try ServerInMemory(
      environment: model.environment("bedrock").merging(model.environment()) { $1 }.merging(own) { $1 }
        .merging(variables) { $1 })
  }

  private static let ofAnthropic = [
    ("ANTHROPIC_BASE_URL", "127.0.0.1:9"), ("ANTHROPIC_BASE_URL", "ftp://h"), ("ANTHROPIC_API_KEY", "sk canary"),
    ("ANTHROPIC_AUTH_TOKEN", "a\ncanary"), ("ANTHROPIC_CUSTOM_HEADERS", "canary-header"),
    ("ANTHROPIC_CUSTOM_HEADERS", "Host: canary-header"),
  ]

  @Test(arguments: ofAnthropic + [("ANTHROPIC_BETAS", "a b")])
  func `of Anthropic costs its calls`(name: String, value: String) throws {
    let server = try server([name: value], bedrock: false)
    #expect(try server.call(1, "initialize", ["processId": .null])["result"] != nil)
    for (id, params) in [(2, [:]), (3, ["verify": true])] as [(Int, JSON)] {
      let status = try server.call(id, "auth/status", params)["result"]
      #expect(status?["authenticated"] == false)
      #expect(status?["message"]?.string?.contains(name) == true)
    }
    let run = try server.call(4, "agent/run", ["prompt": "hello"])
    #expect(run["error"]?["message"]?.string?.contains(name) == true)
    #expect(model.questions.isEmpty)
    #expect(!String(decoding: server.output, as: UTF8.self).contains("canary"))
  }

  @Test(arguments: ofAnthropic)
  func `of Anthropic costs Bedrock nothing`(name: String, value: String) throws {
    let server = try server([name: value], bedrock: true)
    #expect(try server.call(1, "auth/status", ["verify": true])["result"]?["authenticated"] == true)
    #expect(try server.call(2, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
  }

  @Test(
    arguments: [
      ("AWS_REGION", "US-EAST-1"), ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "nowhere"), ("AWS_USE_FIPS_ENDPOINT", "maybe"),
      ("AWS_MAX_ATTEMPTS", "many"), ("AWS_RETRY_MODE", "never"),
    ], [true, false])
  func `of AWS costs Bedrock's calls alone`(variable: (name: String, value: String), bedrock: Bool) throws {
    let server = try server([variable.name: variable.value], bedrock: bedrock)
    let status = try server.call(1, "auth/status", ["verify": true])["result"]
    #expect(status?["authenticated"]?.bool == !bedrock)
    #expect(!bedrock || status?["message"]?.string?.contains(variable.name) == true)
    let run = try server.call(2, "agent/run", ["prompt": "hello"])
    #expect(bedrock ? run["error"]?["message"]?.string?.contains(variable.name) == true : run["error"] == nil)
  }

  @Test func `as a key is no matter once another was handed over`() throws {
    let server = try server(["ANTHROPIC_API_KEY": "sk canary"], bedrock: false)
    let login: JSON = ["provider": "anthropic", "method": "apiKey", "values": ["apiKey": "sk-ant-good"]]
    #expect(try server.call(1, "auth/login", login)["result"]?["authenticated"] == true)
    #expect(try server.call(2, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(try server.call(3, "auth/logout", [:])["result"]?["authenticated"] == false)
  }

  @Test func `for a stored key costs the calls that need the key`() throws {
    let server = try server(
      ["ANTHROPIC_API_KEY": "", "ANTHROPIC_API_KEY_SECRET_ID": "name", "AWS_REGION": "US-EAST-1"], bedrock: false)
    #expect(try server.call(1, "initialize", ["processId": .null])["result"] != nil)
    let status = try server.call(2, "auth/status")["result"]
    #expect(status?["authenticated"] == false)
    #expect(status?["message"]?.string?.contains("AWS_REGION") == true)
  }
}
