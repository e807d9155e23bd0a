import Foundation
import Protocol
import Providers
import TestSupport
import Testing

@Suite(.ownThread, .hangGuard) struct `In Bedrock's mode, the server` {
  private let user: BedrockUser

  init() throws { user = try BedrockUser() }

  private func message(_ answer: JSON) -> String { answer["error"]?["message"]?.string ?? "no error: \(answer.text)" }

  /// The user's specification has this text.
  static let missing = """
    AWS Bedrock mode enabled but credentials not found.

    Please set the following environment variables:
      - AWS_ACCESS_KEY_ID
      - AWS_SECRET_ACCESS_KEY
      - AWS_SESSION_TOKEN (optional, for temporary credentials)

    Missing variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY

    Or disable Bedrock mode:
      unset CLAUDE_CODE_USE_BEDROCK

    """

  @Test func `names only what is missing`() throws {
    let server = try user.server(["AWS_ACCESS_KEY_ID": "AKIAHALF"])
    let text = message(try server.call(1, "agent/run", ["prompt": "hello"]))
    #expect(text.contains("\nMissing variables: AWS_SECRET_ACCESS_KEY\n"))
  }

  @Test func `fails at once on expired keys, after looking for others once`() throws {
    let keys = try KeyScript(user.folder, keys: [user.expired])
    let server = try user.server(keys.environment)
    _ = try server.call(1, "server/ping")
    let run = try server.call(2, "agent/run", ["prompt": "hello"])
    let error = run["error"]
    #expect(error?["data"]?["kind"] == "authExpired")
    #expect(error?["data"]?["httpStatus"] == 403)
    #expect(message(run).contains("ExpiredTokenException"))
    #expect(error?["data"]?["hint"]?.string?.contains("aws sso login --profile work") == true)
    // At once: nothing is tried again.
    #expect(keys.runs == 2)
    #expect(user.bedrock.callers == [user.expired.id])
    user.expectNoSecrets(server)
  }

  @Test func `goes on with the keys that it finds instead of expired ones`() throws {
    let keys = try KeyScript(user.folder, keys: [user.expired, user.good])
    let server = try user.server(keys.environment)
    #expect(try server.call(1, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(try server.call(2, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.expired.id, user.good.id, user.good.id])
    #expect(keys.runs == 2)
    user.expectNoSecrets(server)
  }

  @Test func `renews expired keys once for a hundred runs`() throws {
    // None is refused before all have asked.
    let asked = Latch(100)
    let user = try BedrockUser {
      asked.open()
      asked.waitBlocking()
    }
    let keys = try KeyScript(user.folder, keys: [user.expired, user.good])
    let server = try user.server(keys.environment)
    _ = try server.call(0, "server/ping")
    for id in 1...100 {
      try server.send(
        #"{"jsonrpc":"2.0","id":\#(id),"method":"agent/run","params":{"prompt":"hello"}}"#)
    }
    var answers: [Int: String] = [:]
    while answers.count < 100 {
      let message = try server.receive()
      if let id = message["id"]?.int { answers[id] = message["result"]?["text"]?.string ?? message.text }
    }
    #expect(Set(answers.values) == ["fine"])
    #expect(keys.runs == 2)
    let callers = user.bedrock.callers
    #expect(callers.filter { $0 == user.good.id }.count == 100)
    #expect(callers.filter { $0 == user.expired.id }.count == 100)
    #expect(user.bedrock.flaws == [])
    user.expectNoSecrets(server)
  }

  @Test func `says which profile is wrong, and how`() throws {
    try user.folder.write(
      ".aws/config",
      "[default]\nregion = eu-west-1\n[profile empty]\nregion = eu-west-1\n[profile loop]\n"
        + "role_arn = arn:aws:iam::123456789012:role/A\nsource_profile = nowhere\n[profile half]\n"
        + "aws_access_key_id = AKIAHALF\n")
    func run(_ profile: String) throws -> String {
      let server = try user.server(["AWS_PROFILE": profile])
      let answer = try server.call(1, "agent/run", ["prompt": "hello"])
      return message(answer) + "\n" + (answer["error"]?["data"]?["hint"]?.string ?? "")
    }
    let empty = try run("empty")
    #expect(empty.hasPrefix("AWS Bedrock mode enabled but credentials not found."))
    let absent = try run("nope")
    #expect(absent.hasPrefix("Failed to create AWS Bedrock client: profile `nope` was not defined"))
    #expect(absent.contains("default, empty, half, loop"))
    let loop = try run("loop")
    #expect(loop.hasPrefix("Failed to create AWS Bedrock client: "))
    #expect(loop.contains("could not find source profile nowhere referenced from loop"))
    #expect(loop.contains("1. Check credentials: aws sts get-caller-identity"))
    let half = try run("half")
    #expect(half.contains("profile half") || half.contains("`half`"))
    #expect(half.contains("aws_secret_access_key"))
  }

  @Test func `says where a broken file is broken, and answers all else`() throws {
    try user.folder.write(".aws/config", "[default]\nregion = eu-west-1\n[profile broken\n")
    let server = try user.server()
    let answer = try server.call(1, "agent/run", ["prompt": "hello"])
    #expect(message(answer).hasPrefix("Failed to create AWS Bedrock client: "))
    #expect(message(answer).contains(".aws/config"))
    #expect(message(answer).contains("3"))
    #expect(answer["error"]?["data"]?["kind"] == "authRequired")
    #expect(try server.call(2, "server/ping")["result"] != nil)
    // The file can be mended while the server runs.
    try user.folder.write(".aws/config", "[default]\nregion = eu-west-1\n")
    try user.folder.write(".aws/credentials", user.file(user.good))
    #expect(try server.call(3, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
  }

  @Test func `asks nobody and says so when an address is wrong`() throws {
    try user.folder.write(".aws/credentials", user.file(user.good))
    let server = try user.server(["AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "http://canary@127.0.0.1:9"])
    let text = message(try server.call(1, "agent/run", ["prompt": "hello"]))
    #expect(text.hasPrefix("AWS_ENDPOINT_URL_BEDROCK_RUNTIME "))
    user.expectNoSecrets(server)
  }
}

/// Whoever has no credentials reads so within two seconds, which is a promise to people and is measured.
@Suite(.serialized, .ownThread, .hangGuard, .tags(.realTime)) struct MissingCredentialsRealTimeTests {
  private typealias Bedrock = `In Bedrock's mode, the server`
  private let user: BedrockUser

  init() throws { user = try BedrockUser() }

  /// An address where nobody answers: one that takes a connection and is silent, or one that does not even take it.
  enum Silence: CaseIterable { case afterConnecting, beforeConnecting }

  private func variables(_ port: Int) -> [String: String] {
    [
      "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)",
    ]
  }

  @Test(arguments: Silence.allCases)
  func `what is missing is said however silent the metadata service is`(silence: Silence) throws {
    let port = try DeadPort(takesConnections: true)
    let full = try FullBacklog()
    let server = try user.server(variables(silence == .afterConnecting ? port.port : full.port))
    _ = try server.call(1, "server/ping")
    for id in 2...3 {
      let run = try RealTime.measure(.seconds(2)) { try server.call(id, "agent/run", ["prompt": "hello"]) }
      #expect(run.value["error"]?["message"]?.string == Bedrock.missing)
      #expect(run.value["error"]?["data"]?["kind"] == "authRequired")
      #expect(run.value["error"]?["data"]?["attempts"] == 1)
      #expect(run.isInTime, "it took \(run.taken)")
    }
    let status = try RealTime.measure(.seconds(2)) { try server.call(4, "auth/status") }
    #expect(status.value["result"]?["authenticated"] == false)
    #expect(status.value["result"]?["message"]?.string == Bedrock.missing)
    #expect(status.isInTime, "it took \(status.taken)")
  }

  @Test func `a shell is told the same as fast, and nobody is asked`() throws {
    let silent = try DeadPort(takesConnections: true)
    let ended = try RealTime.measure(.seconds(2)) {
      let program = try user.server(variables(silent.port), ["hello"])
      try program.closeInput()
      #expect(try program.waitForExit() == 1)
      #expect(program.errors.contains("Error: \(Bedrock.missing)"))
    }
    #expect(ended.isInTime, "it took \(ended.taken)")
    #expect(user.bedrock.callers == [])
  }
}
