import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `What may happen is what was agreed to:` {
  private static let client: JSON = ["permission": true]

  private static func calling(_ name: String, _ input: JSON) -> [AgentModel.Turn] {
    [.init(.call(name, input)), .init(.text("done"))]
  }

  private static let refused: [(name: String, input: JSON)] = [
    ("execute_command", ["command": "echo 'it''s' > /dev/null; touch made"]),
    ("execute_command", ["command": "cat .env"]), ("write_file", ["path": ".vscode/it's.json", "content": "{}"]),
    ("read_file", ["path": ".env"]), ("delete_file", ["path": ".env"]),
    ("switch_model", ["model": "claude-3-opus-20240229"]),
  ]

  @Test(arguments: refused.indices) func `what a script is refused, the option allows that the refusal names`(
    number: Int
  )
    throws
  {
    let (name, input) = Self.refused[number]
    let bench = try AgentBench(model: AgentModel(Self.calling(name, input)))
    try bench.folder.write(".env", "TOKEN=canary-4711\n")
    let result = try bench.run("go").result
    #expect(bench.model.questions[1].results.first?["is_error"] == true)
    #expect(!bench.model.questions[1].body.text.contains("canary-4711"))
    let notice = try #require(result["notices"]?.array?.first?.string)
    let options = try #require(notice.range(of: "--rule ").map { String(notice[$0.lowerBound...]) })
    // As a shell reads it.
    let words = Process()
    let output = Pipe()
    words.executableURL = URL(fileURLWithPath: "/bin/sh")
    words.arguments = ["-c", "printf '%s\\n' \(options)"]
    words.standardOutput = output
    try words.run()
    let read = try output.fileHandleForReading.readToEnd() ?? Data()
    words.waitUntilExit()
    let arguments = String(decoding: read, as: UTF8.self).split(separator: "\n").map(String.init)
    let allowed = try AgentBench(arguments: arguments, model: AgentModel(Self.calling(name, input)))
    try allowed.folder.write(".env", "TOKEN=canary-4711\n")
    #expect(try allowed.run("go").result["notices"] == [])
    #expect(allowed.model.questions[1].results.first?["is_error"] != true)
  }

  @Test func `a rule of the command line holds whatever a client sets`() throws {
    let bench = try AgentBench(
      arguments: ["--rule", "deny:write_file(a.txt)", "--rule=allow:write_file(b.txt)"],
      model: AgentModel(
        Self.calling("write_file", ["path": "a.txt", "content": "x"])
          + Self.calling("write_file", ["path": "b.txt", "content": "x"])))
    _ = try bench.ask("permission/rules", ["rules": ["allow": ["write_file"]]])
    _ = try bench.ask("permission/rules", ["rules": ["allow": ["write_file"]]], inSession: false)
    _ = try bench.run("go")
    _ = try bench.run("go")
    #expect(bench.folder.names == ["b.txt"])
  }

  @Test func `"always" for a look lets nothing be written`() throws {
    let lines = ["git log -1", "git log -1 --output=owned", "git log -2"]
    let turns = lines.flatMap { Self.calling("execute_command", ["command": .string($0)]) }
    let bench = try AgentBench(capabilities: Self.client, model: AgentModel(turns))
    var asked: [String?] = []
    for _ in lines {
      _ = try bench.run("look") { _, params in
        asked.append(params["toolCall"]?["input"]?["command"]?.string)
        return ["optionId": asked.count == 1 ? "allowAlways" : "rejectOnce"]
      }
    }
    #expect(asked == [lines[0], lines[1]])
    #expect(bench.folder.names == [])
  }

  @Test func `secrets are shown by nothing that did not ask`() throws {
    let calls: [(String, JSON)] = [
      ("search_files", ["pattern": "TOKEN"]), ("read_file", ["path": "sub/link"]),
      ("search_files", ["pattern": "TOKEN", "path": ".env"]), ("execute_command", ["command": "cat .env"]),
      ("execute_command", ["command": "cat < .env"]), ("list_files", [:]),
    ]
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = calls.map { .call($0.0, $0.1) }
    let bench = try AgentBench(
      arguments: ["--allow", "commands"], model: AgentModel([turn, .init(.text("done"))]))
    try bench.folder.write(".env", "TOKEN=canary-4711\n")
    try bench.folder.write(".env.example", "TOKEN=yours\n")
    try bench.folder.write("sub/a.txt", "TOKEN of a\n")
    try FileManager.default.createSymbolicLink(
      atPath: bench.folder.path + "/sub/link", withDestinationPath: "../.env")
    _ = try bench.run("look")
    let shown = bench.model.questions[1].resultTexts
    #expect(!shown.joined().contains("canary-4711"))
    #expect(shown[0].contains(".env.example:1: TOKEN=yours") && shown[0].contains("sub/a.txt:1"))
    #expect(shown[0].contains("1 not searched"))
    #expect(shown[5].contains(".env  18"))
  }

  @Test(
    arguments: [
      ("switch to claude-3-opus-20240229", "ask", 0), ("Switch to Opus, please.", "ask", 0), ("go", "ask", 1),
      ("what is an octopus?", "ask", 1), ("switch to haiku", "ask", 1), ("switch to opus", "readOnly", -1),
      ("go", "bypass", 0), ("go", "acceptEdits", 1),
    ] as [(String, String, Int)])
  func `a model is switched unasked where the person named it`(prompt: String, mode: String, questions: Int) throws {
    let bench = try AgentBench(
      capabilities: Self.client, options: ["permissionMode": .string(mode), "model": "claude-3-haiku-20240307"],
      model: AgentModel(Self.calling("switch_model", ["model": "claude-3-opus-20240229"])))
    var reasons: [String?] = []
    let (messages, _) = try bench.run(prompt) { _, params in
      reasons.append(params["reason"]?.string)
      #expect(
        params["options"]?.array?.compactMap { $0["optionId"]?.string } == ["allowOnce", "rejectOnce", "rejectAlways"])
      return ["optionId": "rejectOnce"]
    }
    #expect(reasons.count == max(0, questions))
    if let reason = reasons.first {
      #expect(reason?.contains("costs more (15 $ for a million tokens of input") == true)
    }
    #expect(messages.events("modelChanged").count == (questions == 0 ? 1 : 0))
  }

  @Test func `another service is another thing than a model`() throws {
    let switching = Self.calling("switch_model", ["model": "haiku", "provider": "bedrock"])
    for (prompt, isAsked) in [("switch to haiku", true), ("switch to haiku on Bedrock", false)] {
      let model = try AgentModel(switching)
      var environment = model.environment("bedrock")
      environment["CLAUDE_CODE_USE_BEDROCK"] = nil
      let bench = try AgentBench(capabilities: Self.client, environment: environment, model: model)
      let (messages, _) = try bench.run(prompt) { _, _ in ["optionId": "rejectOnce"] }
      #expect(messages.params(of: "permission/request").isEmpty != isAsked)
    }
  }

  @Test func `a folder that git would take for a repository runs nothing`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "commands"],
      model: AgentModel(
        Self.calling("execute_command", ["command": "git status; true", "working_folder": "sub"])))
    try bench.folder.write("sub/HEAD", "ref: refs/heads/main\n")
    try bench.folder.write(
      "sub/config",
      "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"touch ran; false\"\n")
    try bench.folder.write("sub/objects/.keep", "")
    try bench.folder.write("sub/refs/.keep", "")
    _ = try bench.run("look")
    #expect(bench.model.questions[1].resultTexts.first?.contains("bare repository") == true)
    #expect(!FileManager.default.fileExists(atPath: bench.folder.path + "/sub/ran"))
  }

  /// The program as a shell starts it in a folder that is not there any more.
  private func runInNowhere(_ arguments: String, input: String = "") throws -> (output: String, status: Int32) {
    let folder = try TemporaryFolder()
    let process = Process()
    let (from, to) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let program = try ServerProcess.executable().path
    process.arguments = [
      "-c", "mkdir gone && cd gone && rmdir ../gone && exec '\(program)' \(arguments) 2>&1",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = [
      "PATH": "/usr/bin:/bin", "HOME": folder.path, "ANTHROPIC_API_KEY": "k",
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:9",
      "AWS_EC2_METADATA_DISABLED": "true",
    ]
    process.standardInput = from
    process.standardOutput = to
    try process.run()
    try from.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try from.fileHandleForWriting.close()
    let output = try to.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: output, as: UTF8.self), process.terminationStatus)
  }

  @Test func `a folder that is gone is not the root`() throws {
    let asked = try runInNowhere("hi")
    #expect(asked.status == 1)
    #expect(asked.output.contains("the current folder is gone"))
    let served = try runInNowhere(
      "",
      input: """
        {"jsonrpc":"2.0","id":1,"method":"session/new"}
        {"jsonrpc":"2.0","id":2,"method":"agent/run","params":{"prompt":"hi"}}
        {"jsonrpc":"2.0","id":3,"method":"session/new","params":{"cwd":"/usr"}}

        """)
    let answers = served.output.split(separator: "\n").compactMap { try? JSON.parse(Array($0.utf8)) }
    func answer(_ id: JSON) -> JSON? { answers.first { $0["id"] == id } }
    #expect(answer(1)?["error"]?["code"] == -32803)
    #expect(answer(2)?["error"]?["code"] == -32803)
    #expect(answer(3)?["result"]?["sessionId"] != nil)
  }
}
