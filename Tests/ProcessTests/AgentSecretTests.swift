import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `Secrets of the program's` {
  private static let canaries = [
    "ANTHROPIC_AUTH_TOKEN": "canary-1-auth", "ANTHROPIC_API_KEY_SECRET_ID": "canary-2-id",
    "AWS_ACCESS_KEY_ID": "CANARY3KEYID", "AWS_SECRET_ACCESS_KEY": "canary-4-secret",
    "AWS_SESSION_TOKEN": "canary-5-token", "AWS_BEARER_TOKEN_BEDROCK": "canary-6-bearer",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "canary-7-container", "OPENAI_API_KEY": "canary-8-other",
    "INNOCENT": "holds sk-ant-canary-8b1f within",
  ]

  private func find(_ text: String) -> [String] {
    (Array(Self.canaries.values) + ["sk-ant-canary-8b1f"]).filter(text.contains)
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `do not reach a command, nor what is said of it`(provider: String)
    throws
  {
    let commands = ["env", "cat /proc/$$/environ | tr '\\0' '\\n'", "export -p", "cat key.txt"]
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = commands.map { .call("execute_command", ["command": .string($0)]) }
    let model = try AgentModel([turn, .init(.text("done"))])
    var variables = Self.canaries.merging(["ANTHROPIC_API_KEY": "sk-ant-canary-8b1f"]) { one, _ in one }
    if provider == "bedrock" {
      for name in ["AWS_BEARER_TOKEN_BEDROCK", "AWS_SESSION_TOKEN"] { variables[name] = nil }
    }
    variables["PLAIN"] = "is-kept"
    let own = model.environment(provider)
    variables.merge(own) { _, own in own }
    let bench = try AgentBench(provider, environment: variables, model: model) {
      try ServerProcess(["--allow", "commands"], environment: $0)
    }
    let secret = own["AWS_SECRET_ACCESS_KEY"] ?? own["ANTHROPIC_API_KEY"] ?? ""
    _ = try bench.folder.write("key.txt", "key=\(secret)\n")
    _ = try bench.run("env")
    let results = model.questions[1].resultTexts
    #expect(results.count == commands.count)
    #expect(results[0].contains("PLAIN=is-kept"))
    #expect(results[0].contains("PWD=\(bench.folder.path)"))
    #expect(results.flatMap(find) == [])
    // A command may read a secret from a file; what it prints of ours is not passed on.
    #expect(results[3].hasPrefix("key="))
    #expect(!results[3].contains(secret))
    let output = String(decoding: bench.server.output, as: UTF8.self)
    #expect(find(output) == [])
    #expect(!output.contains(secret))
    #expect(find(bench.server.errors) == [])
  }
}
