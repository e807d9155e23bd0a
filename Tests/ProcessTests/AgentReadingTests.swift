import Protocol
import TestSupport
import Testing

/// Whatever goes through files for a model asks the same judge for each of them.
@Suite(.ownThread) struct `What a rule keeps from a model` {
  private static let secret = "canary-4711"

  /// A workspace with a secret in files that a rule is about, and one that anybody may read.
  private static func bench(_ rules: JSON, calls: [(String, JSON)]) throws -> AgentBench {
    let turns = calls.map { AgentModel.Turn(.call($0.0, $0.1)) } + [.init(.text("done"))]
    let bench = try AgentBench(model: AgentModel(turns))
    for name in [".env", "keys/deep/a.pem", "AGENTS.md"] { try bench.folder.write(name, "TOKEN=\(secret)\n") }
    try bench.folder.write("ok.txt", "TOKEN stands elsewhere\n")
    _ = try bench.ask("permission/rules", ["rules": rules])
    return bench
  }

  private static let everything = ["*(**/.env)", "*(keys/**)", "*(AGENTS.md)"] as [JSON]

  @Test(arguments: ["deny", "ask"]) func `is shown by no tool, and not named by one that lists`(kind: String) throws {
    let calls: [(String, JSON)] = [
      ("search_files", ["pattern": "TOKEN", "include_ignored": true]),
      ("search_files", ["pattern": "TOKEN", "files": ".env"]),
      ("search_files", ["pattern": "TOKEN", "path": "keys"]), ("search_files", ["pattern": "TOKEN", "path": ".env"]),
      ("list_files", ["depth": 5]), ("find_files", ["pattern": "*.pem"]), ("read_file", ["path": ".env"]),
    ]
    let bench = try Self.bench([kind: .array(Self.everything)], calls: calls)
    _ = try bench.run("look")
    let shown = bench.model.questions.flatMap(\.resultTexts)
    #expect(shown.count >= calls.count)
    for text in shown { #expect(!text.contains(Self.secret) && !text.contains("a.pem  "), "\(text)") }
    #expect(bench.model.questions[1].resultTexts.first?.contains("ok.txt:1: TOKEN stands elsewhere") == true)
    #expect(bench.model.questions[1].resultTexts.first?.contains("left out") == true)
    #expect(!bench.model.questions.contains { $0.body.text.contains(Self.secret) })
    #expect(bench.model.flaws == [])
  }

  @Test func `is no instruction to it either, and a person is told`() throws {
    let bench = try Self.bench(["deny": ["read_file(AGENTS.md)"]], calls: [])
    let (_, result) = try bench.run("look")
    #expect(!bench.model.questions[0].system.contains(Self.secret))
    #expect(result["notices"]?.array?.contains { $0.string?.contains("AGENTS.md is not read") ?? false } == true)
  }

  @Test func `is searched when the person has permitted that very search`() throws {
    let turns: [AgentModel.Turn] = [
      .init(.call("search_files", ["pattern": "TOKEN", "path": "keys"])), .init(.text("done")),
    ]
    let bench = try AgentBench(capabilities: ["permission": true], model: AgentModel(turns))
    try bench.folder.write("keys/a.txt", "TOKEN=\(Self.secret)\n")
    _ = try bench.ask("permission/rules", ["rules": ["ask": ["search_files(keys)"]]])
    let (messages, _) = try bench.run("look") { _, _ in option("allowOnce") }
    #expect(messages.params(of: "permission/request").count == 1)
    #expect(bench.model.questions[1].resultTexts.first?.contains(Self.secret) == true)
  }
}

@Suite(.ownThread) struct `A linked worktree` {
  @Test func `is on one branch, for the prompt and for the tool that tells of it`() throws {
    let bench = try AgentBench(model: AgentModel([.init(.call("get_project_info", [:])), .init(.text("done"))]))
    try bench.folder.write("main/.git/worktrees/other/HEAD", "ref: refs/heads/other\n")
    try bench.folder.write("main/.git/worktrees/other/commondir", "../..\n")
    try bench.folder.write("main/.git/HEAD", "ref: refs/heads/trunk\n")
    try bench.folder.write("tree/.git", "gitdir: \(bench.folder.path)/main/.git/worktrees/other\n")
    _ = try bench.ask("session/setOptions", ["options": ["cwd": .string(bench.folder.path + "/tree")]])
    _ = try bench.run("look")
    #expect(bench.model.questions[0].system.contains("Git: branch other"))
    #expect(bench.model.questions[1].resultTexts.first?.contains("git: branch other") == true)
  }
}
