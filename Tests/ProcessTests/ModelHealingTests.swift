import Foundation
import Protocol
import TestSupport
import Testing

/// What happens when AWS refuses an id: what the program chose is put right and told, what a person chose stays.
@Suite(.ownThread) struct `A refused model id` {
  /// Bedrock that serves these models only; of the others it says that they need a profile, or what `refusal` says.
  private static func bedrock(
    serving served: Set<String>, models: [JSON] = [], profiles: [JSON] = [],
    refusal: (status: Int, type: String, message: String)? = nil
  ) throws -> BedrockServer {
    try BedrockServer(models: models, profiles: profiles) { question, connection in
      if served.contains(question.model) {
        var answer = ModelAnswer("Served by \(question.model).")
        if question.prompt == "think" {
          answer.thinking = "hm"
          answer.signature = ConversationRules.signature(of: question.model)
          answer.tool = ("toolu_1", "search", "{}")
        }
        return try answer.overFrames(connection)
      }
      guard let refusal else { return try BedrockServer.refuseOnDemand(question.model, to: connection) }
      try BedrockServer.refuse(refusal.status, refusal.type, refusal.message, to: connection)
    }
  }

  private static let old = "claude-sonnet-4-20250514"
  private static let refused = "anthropic.claude-3-5-sonnet-20241022-v2:0"

  @Test(arguments: [
    ("us-east-1", "us.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("us-west-2", "us.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("eu-central-1", "eu.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("ap-northeast-1", "apac.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("ap-southeast-2", "apac.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("sa-east-1", "global.anthropic.claude-sonnet-4-20250514-v1:0"),
  ])
  func `of the mapper's heals to the profile of the region, is told of, and is remembered`(region: String, id: String)
    throws
  {
    let bedrock = try Self.bedrock(serving: [id])
    let server = try ServerInMemory(["--region", region], environment: bedrock.environment)
    let line =
      #"{"jsonrpc":"2.0","id":1,"method":"agent/run","params":{"prompt":"hello","model":"\#(Self.old)"}}"#
    try server.send(line)
    let messages = try server.receive(upTo: 1)
    let result = try #require(messages.last?["result"])
    #expect(result["text"]?.string == "Served by \(id).")
    let notice = "'\(Self.refused)' was refused, so Claude Sonnet 4 (\(id)) is asked instead"
    let told = messages.compactMap { $0["params"]?["text"]?.string }
    #expect(told.contains(notice))
    #expect(result["notices"]?.array?.contains(.string(notice)) == true)
    #expect(result["model"]?["providerModelId"]?.string == id)
    #expect(bedrock.questions.map(\.model) == [Self.refused, id])
    let again = try server.call(2, "agent/run", ["prompt": "again", "model": .string(Self.old)])["result"]
    #expect(again?["model"]?["providerModelId"]?.string == id)
    #expect(bedrock.questions.map(\.model) == [Self.refused, id, id])
    #expect(Set(bedrock.questions.map(\.region)) == [region])
    #expect(bedrock.flaws == [])
  }

  @Test(arguments: [
    ("claude-3-5-haiku-20241022", "us-east-1", "us.anthropic.claude-3-5-haiku-20241022-v1:0"),
    ("claude-sonnet-4-5", "ap-northeast-1", "jp.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-southeast-4", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-south-1", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-3-7-sonnet-20250219", "ap-south-1", "apac.anthropic.claude-3-7-sonnet-20250219-v1:0"),
  ])
  func `is not even tried where the catalog knows the profile`(name: String, region: String, id: String) throws {
    let bedrock = try Self.bedrock(serving: [id])
    let command = try Command("--region", region, "-m", name, "hello", environment: bedrock.environment)
    #expect(command.output == "Served by \(id).\n")
    #expect(command.errors.contains("📡 Using model: \(id)\n"))
    #expect(bedrock.questions.map(\.model) == [id])
  }

  @Test(arguments: [
    (404, "ResourceNotFoundException", "This model version has reached the end of its life."),
    (404, "ResourceNotFoundException", "Access denied. This Model is marked by provider as Legacy."),
    (400, "ValidationException", "The provided model identifier is invalid."),
  ])
  func `that is retired or absent heals to the newest of its line, and nobody lists anything`(
    status: Int, type: String, message: String
  ) throws {
    for (name, id) in [
      (Self.old, "us.anthropic.claude-sonnet-5-5"), ("claude-3-opus-20240229", "us.anthropic.claude-opus-5-5"),
      ("haiku", "global.anthropic.claude-haiku-5-5"),
    ] {
      let bedrock = try Self.bedrock(serving: [id], refusal: (status, type, message))
      let command = try Command("-m", name, "hello", environment: bedrock.environment)
      #expect(command.output == "Served by \(id).\n")
      #expect(command.status == 0)
      #expect(bedrock.questions.count == 2 && bedrock.server.requests.count == 2)
    }
  }

  @Test func `of the API's own names moves to another profile of the same model, never to another model`() throws {
    let other = "apac.anthropic.claude-haiku-4-5-20251001-v1:0"
    let profiles: [JSON] = ["us.anthropic.claude-haiku-5-5", other].map {
      ["inferenceProfileId": .string($0), "status": "ACTIVE", "type": "SYSTEM_DEFINED"]
    }
    let refusal = (status: 400, type: "ValidationException", message: "The provided model identifier is invalid.")
    let bedrock = try Self.bedrock(serving: [other], profiles: profiles, refusal: refusal)
    let command = try Command("-m", "claude-haiku-4-5", "hello", environment: bedrock.environment)
    #expect(command.output == "Served by \(other).\n")
    let gone = try Self.bedrock(
      serving: ["us.anthropic.claude-haiku-5-5"], profiles: [profiles[0]], refusal: refusal)
    let refused = try Command("-m", "claude-haiku-4-5", "hello", environment: gone.environment)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("its successor is 'us.anthropic.claude-haiku-5-5'"))
    #expect(gone.questions.count == 2)
  }

  @Test func `of a person's own choosing is never replaced, wherever it was chosen`() throws {
    let us = "us.anthropic.claude-3-5-sonnet-20241022-v2:0"
    let bedrock = try Self.bedrock(serving: ["us.anthropic.claude-sonnet-4-20250514-v1:0", us])
    func check(_ answer: JSON) throws {
      let error = try #require(answer["error"])
      #expect(error["data"]?["kind"] == "modelNotFound")
      #expect(error["message"]?.string?.contains("on-demand throughput isn’t supported") == true)
      #expect(error["data"]?["hint"]?.string?.contains(us) == true)
    }
    let server = try ServerInMemory(environment: bedrock.environment)
    let id = JSON.string(Self.refused)
    try check(try server.call(1, "agent/run", ["prompt": "x", "model": id]))
    let session = try #require(try server.call(2, "session/new", ["model": id])["result"]?["sessionId"])
    try check(try server.call(3, "agent/run", ["prompt": "x", "sessionId": session]))
    _ = try server.call(4, "agent/switchModel", ["model": id])
    try check(try server.call(5, "agent/run", ["prompt": "x"]))
    for variables in [
      ["ANTHROPIC_MODEL": Self.refused], ["ANTHROPIC_DEFAULT_SONNET_MODEL": Self.refused],
    ] {
      let server = try ServerInMemory(environment: bedrock.environment.merging(variables) { $1 })
      try check(try server.call(1, "agent/run", ["prompt": "x"]))
    }
    let overridden = try ServerInMemory(environment: bedrock.environment)
    _ = try overridden.call(
      1, "initialize", ["initializationOptions": ["modelOverrides": ["mine": id], "model": "mine"]])
    try check(try overridden.call(2, "agent/run", ["prompt": "x"]))
    #expect(Set(bedrock.questions.map(\.model)) == [Self.refused])
    #expect(bedrock.questions.count == 6)
  }

  @Test func `leaves the thinking of the model that answered in the history`() throws {
    let id = "us.anthropic.claude-sonnet-4-20250514-v1:0"
    let bedrock = try Self.bedrock(serving: [id])
    let server = try ServerInMemory(environment: bedrock.environment)
    let named: JSON = ["model": .string(Self.old)]
    let session = try #require(try server.call(1, "session/new", named)["result"]?["sessionId"])
    let thinking: JSON = ["type": "enabled", "budgetTokens": 1024]
    try server.send(
      JSON.object([
        "jsonrpc": "2.0", "id": 2, "method": "agent/run",
        "params": ["prompt": "think", "sessionId": session, "thinking": thinking],
      ]).text)
    let messages = try server.receive(upTo: 2)
    #expect(messages.last?["result"]?["turns"] == 2)
    // The model has changed once, before it said anything; a later turn is no news.
    let changes = messages.filter { $0["params"]?["type"] == "modelChanged" }
    #expect(changes == [])
    _ = try server.call(3, "agent/run", ["prompt": "and?", "sessionId": session, "thinking": thinking])
    for question in bedrock.questions.dropFirst(2) {
      #expect(question.messages.dropFirst().first?["content"]?.array?.first?["type"] == "thinking")
    }
    let history = try server.call(4, "session/export", ["sessionId": session])["result"]?["document"]
    #expect(history?["exchanges"]?.array?.map { $0["model"]?.string } == [id, id])
    #expect(bedrock.flaws == [])
  }

  @Test func `that nobody chose, and no profile answers for, gives way to the newest of its family in the lists`()
    throws
  {
    let newest = "us.anthropic.claude-sonnet-9-20300101-v1:0"
    let profiles: [JSON] = [
      ["inferenceProfileId": "us.anthropic.claude-opus-9-v1:0", "status": "ACTIVE", "type": "SYSTEM_DEFINED"],
      ["inferenceProfileId": .string(newest), "status": "ACTIVE", "type": "SYSTEM_DEFINED"],
      [
        "inferenceProfileId": "us.anthropic.claude-sonnet-4-20250514-v1:0", "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
      ],
    ]
    let bedrock = try Self.bedrock(
      serving: [newest], profiles: profiles,
      refusal: (404, "ResourceNotFoundException", "This model version has reached the end of its life."))
    let command = try Command("hello", environment: bedrock.environment)
    #expect(command.output == "Served by \(newest).\n")
    #expect(command.errors.contains("so the newest sonnet is asked: \(newest)"))
    let old = try Command("-m", Self.old, "hello", environment: bedrock.environment)
    #expect(old.output == "Served by \(newest).\n")
    let chosen = try Command("-m", "claude-sonnet-4-5", "hello", environment: bedrock.environment)
    #expect(chosen.status == 1)
    #expect(bedrock.flaws == [])
  }

  @Test func `of the Anthropic API's that nobody chose gives way to the newest of its family`() throws {
    let asked = Latch(2)
    let server = try LoopbackServer { request, connection in
      if request.method == "GET" {
        let list =
          #"{"data":[{"type":"model","id":"claude-opus-9","display_name":"Opus 9"},{"type":"model","id":"claude-sonnet-9","display_name":"Sonnet 9"}],"has_more":false}"#
        return try LoopbackServer.json(list)(request, connection)
      }
      let model = try JSON.parse(request.body)["model"]?.string ?? ""
      asked.open()
      if model == "claude-sonnet-9" { return try ModelAnswer("Newest.").overSSE(connection) }
      let error: JSON = ["type": "error", "error": ["type": "not_found_error", "message": .string("model: \(model)")]]
      try LoopbackServer.json(error.text, status: 404)(request, connection)
    }
    let environment = ["ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-x"]
    let command = try Command("hello", environment: environment)
    #expect(command.output == "Newest.\n")
    #expect(command.errors.contains("so the newest sonnet is asked: claude-sonnet-9"))
    #expect(asked.isOpen)
    let old = try Command("-m", Self.old, "hello", environment: environment)
    #expect(old.output == "Newest.\n")
    #expect(old.errors.contains("'\(Self.old)' is not to be had, so the newest sonnet is asked: claude-sonnet-5-5"))
    let haiku = try Command("-m", "claude-3-haiku-20240307", "hello", environment: environment)
    #expect(
      haiku.errors.contains(
        "'claude-3-haiku-20240307' is not to be had, so what is recommended in its place is asked: claude-haiku-4-5"))
    #expect(haiku.errors.contains("is not to be had, so the newest haiku is asked: claude-haiku-5-5"))
    let chosen = try Command("-m", "claude-sonnet-4-6", "hello", environment: environment)
    #expect(chosen.status == 1)
    #expect(chosen.errors.contains("model: claude-sonnet-4-6"))
    #expect(chosen.errors.contains("its successor is 'claude-sonnet-5-5'"))
  }

  @Test(arguments: [
    // 2026-11-20, 2026-09-01, 2026-12-01.
    (1795132800000, true), (1788220800000, false), (1796083200000, false),
  ])
  func `will be one soon is told of once, with its successor, and asked all the same`(now: Int, isSoon: Bool) throws {
    let anthropic = try MessagesServer { _, connection in try ModelAnswer("Fine.").overSSE(connection) }
    let server = try ServerInMemory(environment: anthropic.environment, time: ManualClock(now: now).source())
    let notice: JSON = "Claude Sonnet 4.5 is retired on 2026-11-30; its successor is 'claude-sonnet-5-5'"
    for (number, name) in ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-opus-5"].enumerated() {
      let result = try server.call(number + 1, "agent/run", ["prompt": "x", "model": .string(name)])["result"]
      #expect(result?["text"] == "Fine.")
      #expect(result?["notices"]?.array?.contains(notice) == (isSoon && number == 0))
    }
  }

  @Test func `is found in the lists, by catalog and live`() throws {
    let models: [JSON] = [
      [
        "modelId": "anthropic.claude-3-haiku-20240307-v1:0", "modelName": "Claude 3 Haiku",
        "inferenceTypesSupported": ["ON_DEMAND"],
      ],
      [
        "modelId": "anthropic.claude-sonnet-4-20250514-v1:0", "modelName": "Claude Sonnet 4",
        "inferenceTypesSupported": ["INFERENCE_PROFILE"],
      ],
    ]
    let profiles: [JSON] = [
      [
        "inferenceProfileId": "eu.anthropic.claude-sonnet-4-20250514-v1:0",
        "inferenceProfileName": "EU Claude Sonnet 4",
        "status": "ACTIVE", "type": "SYSTEM_DEFINED",
      ]
    ]
    let bedrock = try Self.bedrock(serving: [], models: models, profiles: profiles)
    let server = try ServerInMemory(["--region", "eu-west-1"], environment: bedrock.environment)
    let known = try #require(try server.call(1, "models/list")["result"]?["models"]?.array)
    #expect(bedrock.server.requests.isEmpty)
    let haiku = try #require(known.first { $0["id"] == "claude-haiku-4-5" })
    #expect(haiku["providerModelId"] == "eu.anthropic.claude-haiku-4-5-20251001-v1:0")
    #expect(haiku["price"]?["input"]?.double == 1.1)
    #expect(haiku["available"] == nil)
    let live = try #require(try server.call(2, "models/list", ["live": true])["result"])
    #expect(
      live["models"]?.array?.map { $0["providerModelId"]?.string } == [
        "anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-sonnet-4-20250514-v1:0",
        "eu.anthropic.claude-sonnet-4-20250514-v1:0",
      ])
    #expect(live["models"]?.array?.map { $0["available"]?.bool } == [true, false, true])
    #expect(live["default"] == "sonnet")
    #expect(
      bedrock.server.requests.map { String($0.target.prefix(19)) } == ["/foundation-models?", "/inference-profiles"])
    #expect(bedrock.flaws == [])
  }
}
