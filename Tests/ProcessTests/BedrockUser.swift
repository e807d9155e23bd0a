import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// Somebody who works with Bedrock: a home of their own, and a Bedrock on this machine that knows their keys.
struct BedrockUser {
  let folder: TemporaryFolder
  let bedrock: BedrockGate
  /// Keys that Bedrock takes.
  let good = BedrockGate.Key("ASIAGOOD", secret: "canary/good+secret=", token: "canary-good-token")
  /// Keys that have ended.
  let expired = BedrockGate.Key("ASIAOLD", secret: "canary/old+secret=", token: "canary-old-token", isExpired: true)

  /// A user; Bedrock also knows `more` keys and `bearers`, and calls `meanwhile` at each request.
  init(
    more: [BedrockGate.Key] = [], bearers: Set<String> = [], meanwhile: @escaping @Sendable () -> Void = {}
  ) throws {
    folder = try TemporaryFolder()
    bedrock = try BedrockGate(keys: [good, expired] + more, bearers: bearers, meanwhile: meanwhile)
  }

  /// The program in the user's environment with these variables, and whatever leaves traces switched on.
  func server(_ variables: [String: String] = [:], _ arguments: [String] = []) throws -> ServerProcess {
    let traces = ["--log", "debug", "--record", folder.path + "/record.jsonl", "--audit", folder.path + "/audit.jsonl"]
    let own = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
    return try ServerProcess(
      traces + arguments,
      environment: bedrock.environment.merging(own) { $1 }.merging(variables) { $1 })
  }

  /// A file `credentials` with these keys.
  func file(_ key: BedrockGate.Key) -> String {
    "[default]\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret)\n"
      + (key.token.map { "aws_session_token = \($0)\n" } ?? "")
  }

  /// Whatever the program has said, and wherever, no secret is in it: all secrets here are canaries.
  func expectNoSecrets(_ server: ServerProcess, sourceLocation: SourceLocation = #_sourceLocation) {
    for (name, text) in [
      ("stdout", String(decoding: server.output, as: UTF8.self)), ("stderr", server.errors),
      ("the recording", folder.text("record.jsonl") ?? ""), ("the audit log", folder.text("audit.jsonl") ?? ""),
    ] {
      #expect(!text.contains("canary"), "a secret is in \(name)", sourceLocation: sourceLocation)
    }
  }
}

/// A `credential_process` of the profile `work` that counts how often it is run, and gives the next keys each time, the
/// last ones for ever.
struct KeyScript {
  private let folder: TemporaryFolder
  let environment = ["AWS_PROFILE": "work"]

  init(_ folder: TemporaryFolder, keys: [BedrockGate.Key]) throws {
    self.folder = folder
    for (number, key) in keys.enumerated() {
      var output: JSONObject = [
        "Version": 1, "AccessKeyId": .string(key.id), "SecretAccessKey": .string(key.secret),
      ]
      output["SessionToken"] = key.token.map(JSON.string)
      try folder.write("keys-\(number + 1)", JSON.object(output).text)
    }
    let script = """
      echo run >> \(folder.path)/runs
      number=$(grep -c run \(folder.path)/runs)
      [ "$number" -gt \(keys.count) ] && number=\(keys.count)
      cat "\(folder.path)/keys-$number"
      """
    let path = try folder.write("keys.sh", script)
    try folder.write(".aws/config", "[profile work]\ncredential_process = /bin/sh \(path)\n")
  }

  /// How often it was run.
  var runs: Int { (folder.text("runs") ?? "").split(separator: "\n").count }
}
