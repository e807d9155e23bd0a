import Foundation
import Protocol
import TestSupport
import Testing

/// The roadmap's edge cases and its enhanced error messages: what a person is told when Bedrock says no.
@Suite(.ownThread) struct `Bedrock's refusal` {
  struct Refusal: CustomTestStringConvertible, Sendable {
    var status: Int
    var type: String
    var message: String
    var kind: String
    var hint: String
    var asked = 1
    var testDescription: String { "\(type): \(message.prefix(40))" }
  }

  static let refusals = [
    Refusal(
      status: 403, type: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
      kind: "authRequired",
      hint: "check the access key (environment): key, secret and AWS_SESSION_TOKEN must belong together and still exist"
    ),
    Refusal(
      status: 403, type: "AccessDeniedException",
      message: "You don't have access to the model with the specified model ID.", kind: "modelNotEnabled",
      hint:
        "enable the model 'us.anthropic.claude-opus-5-5' for the account under 'Model access' in the Bedrock console (https://console.aws.amazon.com/bedrock/home?region=us-east-1#/modelaccess)"
    ),
    Refusal(
      status: 403, type: "AccessDeniedException",
      message:
        "User: arn:aws:iam::123456789012:user/me is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: x",
      kind: "accessDenied",
      hint:
        "allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream in an IAM policy, on both arn:aws:bedrock:*::foundation-model/* and arn:aws:bedrock:*:*:inference-profile/*"
    ),
    Refusal(
      status: 400, type: "ValidationException", message: "The provided model identifier is invalid.",
      kind: "modelNotFound",
      hint:
        "check the model 'us.anthropic.claude-opus-5-5' and the region us-east-1: Bedrock has no such model there"
    ),
    Refusal(
      status: 404, type: "ResourceNotFoundException",
      message: "Model use case details have not been submitted for this account.", kind: "modelNotEnabled",
      hint:
        "fill in the use case form for Anthropic's models in the Bedrock console (https://console.aws.amazon.com/bedrock/home?region=us-east-1#/modelaccess), and ask again in 15 minutes"
    ),
    Refusal(
      status: 400, type: "ValidationException", message: "Input is too long for requested model.",
      kind: "contextWindowExceeded", hint: ""),
    Refusal(
      status: 429, type: "ThrottlingException", message: "Too many tokens per day, please wait before trying again.",
      kind: "rateLimited",
      hint:
        "the day's tokens are used up; wait until tomorrow, use another region or profile, or ask for a higher quota: https://console.aws.amazon.com/servicequotas (Amazon Bedrock)"
    ),
  ]

  @Test(arguments: refusals) func `says what, which and what to do, at once`(refusal: Refusal) throws {
    let bedrock = try BedrockServer { _, connection in
      try BedrockServer.refuse(refusal.status, refusal.type, refusal.message, to: connection)
    }
    let model = "us.anthropic.claude-opus-5-5"
    let environment = bedrock.environment.merging(["ANTHROPIC_MODEL": model]) { $1 }
    let server = try ServerInMemory(environment: environment)
    let error = try server.call(1, "agent/run", ["prompt": "hello"])["error"]
    let message = "Bedrock answered \(refusal.status) \(refusal.type): \(refusal.message)"
    #expect(error?["code"] == -32803)
    #expect(error?["message"]?.string == message)
    let data = error?["data"]
    #expect(data?["kind"]?.string == refusal.kind)
    #expect(data?["provider"] == "bedrock")
    #expect(data?["httpStatus"]?.int == refusal.status)
    #expect(data?["requestId"] == "id-bedrock-1")
    #expect(data?["retryable"] == false)
    let hint = try #require(data?["hint"]?.string)
    if !refusal.hint.isEmpty { #expect(hint == refusal.hint) }
    #expect(bedrock.questions.count == refusal.asked)
    #expect(bedrock.questions.allSatisfy { $0.model == model })
    let command = try Command("hello", environment: environment)
    #expect(
      command.errors
        == "🌩️  AWS Bedrock mode enabled\n📡 Using model: \(model)\nError: \(message)\n\(hint)\n")
    #expect(command.output == "")
    #expect(command.status == 1)
  }

  @Test func `of a profile that gives no credentials has the roadmap's causes and steps`() throws {
    let home = try TemporaryFolder()
    try home.write(
      ".aws/config", "[default]\ncredential_process = /bin/sh -c \"echo no luck >&2; exit 3\"\n")
    let environment = ["CLAUDE_CODE_USE_BEDROCK": "1", "HOME": home.path, "PATH": "/usr/bin:/bin"]
    let command = try Command("hello", environment: environment)
    #expect(command.status == 1)
    #expect(command.errors.contains("Error: Failed to create AWS Bedrock client: "))
    #expect(
      command.errors.contains(
        """


        Common causes:
          - Invalid AWS credentials
          - Bedrock not enabled in your AWS account
          - Incorrect AWS region (check AWS_DEFAULT_REGION)
          - Network connectivity issues

        Verify your setup:
          1. Check credentials: aws sts get-caller-identity
          2. Check Bedrock access: aws bedrock list-foundation-models
          3. Ensure region supports Bedrock (us-east-1, us-west-2, etc.)

        """))
  }

  @Test func `inside a stream leaves what was said, and is told as the kind that it is`() throws {
    let bedrock = try BedrockServer { _, connection in
      try BedrockServer.beginStream(connection)
      for event in ModelAnswer("Half an ").events.dropLast(3) { try connection.chunk(EventStreamFrames.chunk(event)) }
      try connection.chunk(EventStreamFrames.exception("throttlingException", #"{"message":"Too many requests"}"#))
      try connection.endChunks()
    }
    let server = try ServerInMemory(environment: bedrock.environment)
    let error = try server.call(1, "agent/run", ["prompt": "hello"])["error"]
    #expect(error?["data"]?["kind"] == "rateLimited")
    #expect(error?["data"]?["httpStatus"] == 200)
    #expect(error?["data"]?["partialText"] == "Half an ")
    #expect(bedrock.questions.count == 1)
    let command = try Command("hello", environment: bedrock.environment)
    #expect(command.output.hasPrefix("Half an "))
    #expect(command.status == 1)
  }

  @Test func `before anything was said is tried again, and told`() throws {
    let bedrock = try BedrockServer { question, connection in
      guard question.prompt == "second" else { return try ModelAnswer("Now.").overFrames(connection) }
      try BedrockServer.refuse(
        503, "ServiceUnavailableException", "busy", headers: [("x-amz-retry-after", "1")], to: connection)
    }
    let server = try ServerInMemory(environment: bedrock.environment)
    #expect(try server.call(1, "agent/run", ["prompt": "first"])["result"]?["text"] == "Now.")
    try server.send(#"{"jsonrpc":"2.0","id":2,"method":"agent/run","params":{"prompt":"second"}}"#)
    let messages = try server.receive(upTo: 2)
    let retries = messages.compactMap { $0["params"]?["retry"] }
    #expect(retries.map { $0["attempt"]?.int } == [2, 3])
    #expect(messages.last?["error"]?["data"]?["attempts"] == 3)
    #expect(bedrock.questions.count == 4)
  }
}
