import Foundation
import Protocol
import TestSupport
import Testing

/// What runs cost, from the tokens that the services counted.
@Suite(.ownThread) struct `The cost of a run` {
  /// Tokens of every kind: the prompt's, the answer's, read from the cache, written to it for five minutes and an hour.
  private static func answer() -> ModelAnswer {
    var answer = ModelAnswer("Counted.")
    answer.usage = [
      "input_tokens": 1_000, "output_tokens": 1, "cache_read_input_tokens": 10_000,
      "cache_creation_input_tokens": 3_000,
      "cache_creation": ["ephemeral_5m_input_tokens": 2_000, "ephemeral_1h_input_tokens": 1_000],
    ]
    answer.outputTokens = 500
    return answer
  }

  private static func servers() throws -> (MessagesServer, BedrockServer, [String: String]) {
    let anthropic = try MessagesServer { _, connection in try answer().overSSE(connection) }
    let bedrock = try BedrockServer { _, connection in try answer().overFrames(connection) }
    return (anthropic, bedrock, bedrock.environment.merging(anthropic.environment) { $1 })
  }

  @Test(arguments: [
    // 1,000 at 3, 500 at 15, 10,000 at 0.3, 2,000 at 3.75 and 1,000 at 6 dollars for a million.
    ("anthropic", "claude-sonnet-4-5", 0.003 + 0.0075 + 0.003 + 0.0075 + 0.006),
    ("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", 0.003 + 0.0075 + 0.003 + 0.0075 + 0.006),
    // A profile of a geography costs a tenth more.
    ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 0.0033 + 0.00825 + 0.0033 + 0.00825 + 0.0066),
    ("bedrock", "eu.anthropic.claude-haiku-4-5-20251001-v1:0", 0.0011 + 0.00275 + 0.0011 + 0.00275 + 0.0022),
  ])
  func `counts every kind of token at the price of who answered`(mode: String, model: String, dollars: Double) throws {
    let (anthropic, bedrock, environment) = try Self.servers()
    let server = try ServerInMemory(environment: environment)
    let session = try #require(
      try server.call(1, "session/new", ["provider": .string(mode), "model": .string(model)])["result"]?["sessionId"])
    for round in 1...2 {
      let result = try #require(
        try server.call(2, "agent/run", ["sessionId": session, "prompt": "x"])["result"])
      #expect(
        result["usage"]?["run"] == [
          "input": 1_000, "output": 500, "cacheRead": 10_000, "cacheWrite": 3_000, "cacheWriteHour": 1_000,
        ])
      let cost = try #require(result["cost"]?["usd"]?.double)
      #expect(abs(cost - dollars) < 1e-12)
      #expect(result["cost"]?["source"]?.string?.contains("price table of ") == true)
      let sum = try #require(result["sessionCost"]?["usd"]?.double)
      #expect(abs(sum - dollars * Double(round)) < 1e-12)
    }
    #expect(anthropic.flaws == [] && bedrock.flaws == [])
  }

  @Test(arguments: [
    ("anthropic", "my-own-model"),
    ("bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"),
    ("bedrock", "us.anthropic.claude-unheard-of-v1:0"),
    // The table knows no price there for what is kept for an hour.
    ("bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0"),
  ])
  func `is null with the reason where no price is known, never a guess`(mode: String, model: String) throws {
    let (anthropic, bedrock, environment) = try Self.servers()
    let server = try ServerInMemory(environment: environment)
    let session = try #require(
      try server.call(1, "session/new", ["provider": .string(mode), "model": .string(model)])["result"]?["sessionId"])
    let result = try server.call(2, "agent/run", ["sessionId": session, "prompt": "x"])["result"]
    #expect(result?["cost"]?["usd"] == .null)
    #expect(result?["cost"]?["source"]?.string?.hasPrefix("no price known: ") == true)
    #expect(result?["usage"]?["run"]?["input"] == 1_000)
    // A sum of which a part is unknown is unknown.
    _ = try server.call(
      3, "agent/switchModel", ["sessionId": session, "model": "claude-sonnet-4-5", "provider": "anthropic"])
    let next = try server.call(4, "agent/run", ["sessionId": session, "prompt": "x"])["result"]
    #expect(next?["cost"]?["usd"]?.double != nil)
    #expect(next?["sessionCost"]?["usd"] == .null)
    #expect(anthropic.flaws == [] && bedrock.flaws == [])
  }

  @Test func `of a session adds up over both modes`() throws {
    let (anthropic, bedrock, environment) = try Self.servers()
    let server = try ServerInMemory(environment: environment)
    let session = try #require(
      try server.call(1, "session/new", ["model": "claude-sonnet-4-5", "provider": "anthropic"])["result"]?["sessionId"]
    )
    _ = try server.call(2, "agent/run", ["sessionId": session, "prompt": "x"])
    _ = try server.call(
      3, "agent/switchModel", ["sessionId": session, "model": "claude-sonnet-4-5", "provider": "bedrock"])
    let result = try server.call(4, "agent/run", ["sessionId": session, "prompt": "x"])["result"]
    #expect(result?["model"]?["providerModelId"] == "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
    let sum = try #require(result?["sessionCost"]?["usd"]?.double)
    #expect(abs(sum - (0.027 + 0.0297)) < 1e-12)
    #expect(try server.call(5, "session/get", ["sessionId": session])["result"]?["cost"]?["usd"]?.double == sum)
    #expect(anthropic.flaws == [] && bedrock.flaws == [])
  }
}
