import Foundation
import Protocol
import TestSupport
import Testing

/// Which regions are asked, seen by the signatures that come: one address plays them all.
@Suite(.ownThread) struct `A list of regions` {
  /// Bedrock where these regions refuse, each in its way.
  private static func bedrock(
    _ refusals: [String: (status: Int, type: String, message: String)]
  ) throws -> BedrockServer {
    try BedrockServer { question, connection in
      guard let refusal = refusals[question.region ?? ""] else {
        return try ModelAnswer("From \(question.region ?? "?").").overFrames(connection)
      }
      try BedrockServer.refuse(
        refusal.status, refusal.type, refusal.message, headers: [("x-amz-retry-after", "1")], to: connection)
    }
  }

  private static let throttled = (
    status: 429, type: "ThrottlingException", message: "Too many requests, please wait before trying again."
  )
  private static let haiku = "anthropic.claude-3-haiku-20240307-v1:0"

  @Test func `is asked in turn when one is throttled, and each step is told`() throws {
    let bedrock = try Self.bedrock(["us-east-1": Self.throttled, "us-east-2": Self.throttled])
    let server = try ServerInMemory(
      ["--region", "us-east-1,us-east-2, us-west-2", "-m", Self.haiku], environment: bedrock.environment)
    try server.send(#"{"jsonrpc":"2.0","id":1,"method":"agent/run","params":{"prompt":"hello"}}"#)
    let messages = try server.receive(upTo: 1)
    #expect(messages.last?["result"]?["text"] == "From us-west-2.")
    let reason = "Bedrock answered 429 ThrottlingException: \(Self.throttled.message)"
    let notices = [("us-east-1", "us-east-2"), ("us-east-2", "us-west-2")].map { from, to in
      "\(from) could not answer (\(reason)), so \(to) is asked instead"
    }
    let told = messages.filter { $0["params"]?["type"] == "notice" }.compactMap { $0["params"]?["text"]?.string }
    #expect(told == notices)
    #expect(messages.last?["result"]?["notices"]?.array?.compactMap(\.string) == notices)
    #expect(
      bedrock.questions.map(\.region)
        == ["us-east-1", "us-east-1", "us-east-1", "us-east-2", "us-east-2", "us-east-2", "us-west-2"])
    #expect(bedrock.flaws == [])
  }

  @Test func `is asked in turn when a model is not there, by the id that each region takes`() throws {
    let refusal = (status: 400, type: "ValidationException", message: "The provided model identifier is invalid.")
    let bedrock = try Self.bedrock(["us-east-1": refusal])
    let server = try ServerInMemory(
      ["--region", "us-east-1,eu-west-1", "-m", "claude-sonnet-4-5"], environment: bedrock.environment)
    #expect(try server.call(1, "agent/run", ["prompt": "x"])["result"]?["text"] == "From eu-west-1.")
    #expect(
      bedrock.questions.map(\.model) == [
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
      ])
  }

  @Test(arguments: [
    (403, "AccessDeniedException", "User: x is not authorized to perform: bedrock:InvokeModel"),
    (403, "UnrecognizedClientException", "The security token included in the request is invalid."),
    (400, "ValidationException", "Malformed input request: something"),
  ])
  func `ends at what is the same everywhere`(status: Int, type: String, message: String) throws {
    let bedrock = try Self.bedrock(["us-east-1": (status, type, message)])
    let server = try ServerInMemory(
      ["--region", "us-east-1,us-west-2", "-m", Self.haiku], environment: bedrock.environment)
    #expect(try server.call(1, "agent/run", ["prompt": "x"])["error"]?["code"] == -32803)
    #expect(Set(bedrock.questions.map(\.region)) == ["us-east-1"])
  }

  @Test func `does not take a person's profile to where it is not good`() throws {
    let bedrock = try Self.bedrock(["us-east-1": Self.throttled])
    let server = try ServerInMemory(
      ["--region", "us-east-1,eu-west-1,us-west-2", "-m", "us.\(Self.haiku)"], environment: bedrock.environment)
    #expect(try server.call(1, "agent/run", ["prompt": "x"])["result"]?["text"] == "From us-west-2.")
    #expect(Set(bedrock.questions.map(\.region)) == ["us-east-1", "us-west-2"])
  }

  @Test func `says nothing twice: an answer that had begun stays where it is`() throws {
    let bedrock = try BedrockServer { _, connection in
      try BedrockServer.beginStream(connection)
      for event in ModelAnswer("Half").events.dropLast(3) { try connection.chunk(EventStreamFrames.chunk(event)) }
      try connection.chunk(EventStreamFrames.exception("throttlingException", #"{"message":"slow"}"#))
      try connection.endChunks()
    }
    let server = try ServerInMemory(
      ["--region", "us-east-1,us-west-2", "-m", Self.haiku], environment: bedrock.environment)
    #expect(try server.call(1, "agent/run", ["prompt": "x"])["error"]?["data"]?["partialText"] == "Half")
    #expect(bedrock.questions.count == 1)
  }

  @Test(arguments: ["us-east-1,,", "us-east-1,us-gov-west-1", "us-east-1,auto", ",", "us east 1,!"])
  func `that makes no sense is refused before anything is sent, or read as far as it makes sense`(list: String) throws {
    let bedrock = try Self.bedrock([:])
    let command = try Command("--region", list, "-m", Self.haiku, "hello", environment: bedrock.environment)
    guard list != "us-east-1,," else {
      #expect(command.output == "From us-east-1.\n")
      return
    }
    #expect(command.status == 1)
    #expect(command.errors.hasPrefix("Error: the "))
    #expect(bedrock.questions.isEmpty)
  }

  @Test func `auto measures the regions near by once, and asks one of them`() throws {
    let bedrock = try Self.bedrock([:])
    let environment = bedrock.environment.merging(["AWS_REGION": "eu-west-1"]) { $1 }
    let server = try ServerInMemory(["--region", "auto", "-m", Self.haiku], environment: environment)
    for id in 1...2 {
      let text = try server.call(id, "agent/run", ["prompt": "x"])["result"]?["text"]?.string
      #expect(text?.hasPrefix("From eu-") == true)
    }
    let measured = bedrock.server.requests.filter { $0.method == "HEAD" }
    #expect(measured.count == 4)
    let signed = measured.filter { $0["authorization"] != nil }
    #expect(signed.count == 0)
    #expect(Set(bedrock.questions.map(\.region)).count == 1)
    #expect(bedrock.flaws == [])
  }

  @Test func `in a model's ARN is the one that is asked, and signed for`() throws {
    let bedrock = try Self.bedrock([:])
    let model = "arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/abc123"
    let server = try ServerInMemory(["--region", "us-east-1"], environment: bedrock.environment)
    let answer = try server.call(1, "agent/run", ["prompt": "x", "model": .string(model)])["result"]
    #expect(answer?["text"] == "From eu-west-3.")
    #expect(bedrock.questions.map(\.model) == [model])
    #expect(bedrock.flaws == [])
  }
}
