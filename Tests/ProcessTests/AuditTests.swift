import Foundation
import Protocol
import TestSupport
import Testing

/// The audit file: a line for every call to a model, and never a word of what was said.
@Suite(.ownThread) struct `The audit file` {
  private static func lines(_ folder: TemporaryFolder) throws -> [JSON] {
    try (folder.text("audit.jsonl") ?? "").split(separator: "\n").map { try JSON.parse(String($0)) }
  }

  private static let model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"

  @Test func `has a line for each call of either mode, with tokens, cost and the provider's name of the call`() throws {
    let folder = try TemporaryFolder()
    let anthropic = try MessagesServer { _, connection in try ModelAnswer("secret answer").overSSE(connection) }
    let bedrock = try BedrockServer { question, connection in
      var answer = ModelAnswer("secret answer")
      if question.messages.count == 1 { answer.tool = ("toolu_1", "search", "{}") }
      try answer.overFrames(connection)
    }
    let environment = bedrock.environment.merging(anthropic.environment) { $1 }
    let server = try ServerProcess(
      ["--audit", folder.path + "/audit.jsonl", "--region", "us-west-2"], environment: environment)
    _ = try server.call(1, "agent/run", ["prompt": "secret prompt", "model": .string(Self.model)])
    let session = try #require(
      try server.call(2, "session/new", ["provider": "anthropic", "model": "claude-sonnet-4-5"])["result"]?["sessionId"]
    )
    _ = try server.call(3, "agent/run", ["prompt": "secret prompt", "sessionId": session])
    try server.closeInput()
    #expect(try server.waitForExit() == 0)
    let lines = try Self.lines(folder)
    #expect(lines.map { $0["mode"]?.string } == ["bedrock", "bedrock", "anthropic"])
    #expect(lines.map { $0["model"]?.string } == [Self.model, Self.model, "claude-sonnet-4-5"])
    #expect(lines.map { $0["region"]?.string } == ["us-west-2", "us-west-2", nil])
    #expect(lines.map { $0["requestId"]?.string } == ["id-bedrock-1", "id-bedrock-1", "req_test"])
    #expect(lines.map { $0["outcome"]?.string } == ["answered", "answered", "answered"])
    #expect(lines.map { $0["stopReason"]?.string } == ["tool_use", "end_turn", "end_turn"])
    let usage: JSON = ["input": 25, "output": 15, "cacheRead": 0, "cacheWrite": 0, "cacheWriteHour": 0]
    #expect(lines.map { $0["usage"] } == [usage, usage, usage])
    let costs = lines.compactMap { $0["costUsd"]?.double }
    #expect(zip(costs, [0.00033, 0.00033, 0.0003]).allSatisfy { abs($0 - $1) < 1e-12 } && costs.count == 3)
    for line in lines {
      #expect(line["at"]?.int ?? 0 > 1_700_000_000_000)
      #expect(line["durationMs"]?.int ?? -1 >= 0)
    }
    #expect(folder.text("audit.jsonl")?.contains("secret") == false)
    #expect(try folder.mode("audit.jsonl").map { $0 & 0o777 } == 0o600)
    #expect(anthropic.flaws == [] && bedrock.flaws == [])
  }

  @Test func `has a line for what failed, with where and why, and is added to by the next process`() throws {
    let folder = try TemporaryFolder()
    let bedrock = try BedrockServer { question, connection in
      if question.prompt == "good" { return try ModelAnswer("Fine.").overFrames(connection) }
      try BedrockServer.refuse(400, "ValidationException", "no: \(question.prompt)", to: connection)
    }
    for prompt in ["secret", "good"] {
      _ = try Command(
        "--audit", folder.path + "/audit.jsonl", "--region", "eu-west-1", "-m", Self.model, prompt,
        environment: bedrock.environment)
    }
    let lines = try Self.lines(folder)
    #expect(lines.map { $0["outcome"]?.string } == ["invalidRequest", "answered"])
    let failed = try #require(lines.first)
    #expect(failed["mode"] == "bedrock" && failed["region"] == "eu-west-1")
    #expect(failed["model"]?.string == Self.model)
    #expect(failed["requestId"] == "id-bedrock-1")
    #expect(failed["httpStatus"] == 400)
    #expect(failed["errorType"] == "ValidationException")
    #expect(failed["attempts"] == 1)
    #expect(folder.text("audit.jsonl")?.contains("secret") == false)
  }

  @Test func `names who answered after a refused id was healed`() throws {
    let folder = try TemporaryFolder()
    let healed = "us.anthropic.claude-sonnet-4-20250514-v1:0"
    let bedrock = try BedrockServer { question, connection in
      guard question.model == healed else {
        return try BedrockServer.refuseOnDemand(question.model, to: connection)
      }
      try ModelAnswer("Fine.").overFrames(connection)
    }
    _ = try Command(
      "--audit", folder.path + "/audit.jsonl", "-m", "claude-sonnet-4-20250514", "hello",
      environment: bedrock.environment)
    #expect(try Self.lines(folder).map { $0["model"]?.string } == [healed])
  }

  @Test func `that cannot be written is told before anything is asked`() throws {
    let bedrock = try BedrockServer { _, connection in try ModelAnswer("Fine.").overFrames(connection) }
    let folder = try TemporaryFolder()
    let path = try folder.write("file", "no folder") + "/audit.jsonl"
    let command = try Command("--audit", path, "hello", environment: bedrock.environment)
    #expect(command.status == 1)
    #expect(command.errors.contains(path))
    #expect(bedrock.server.requests.isEmpty)
  }
}
