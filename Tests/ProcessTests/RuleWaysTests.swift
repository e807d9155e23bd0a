import Foundation
import Protocol
import TestSupport
import Testing

/// Rules as a client gives them, and what they keep a model from.
@Suite(.ownThread) struct `Rules that a client sets` {
  private static let quiet: [AgentModel.Turn] = [.init(.text("done"))]

  private func answer(_ method: String, _ params: JSON) throws -> JSON {
    let bench = try AgentBench(model: AgentModel(Self.quiet))
    return try bench.server.call(50, method, params)
  }

  @Test(
    arguments: [
      (["rules": ["denny": ["read_file"]]], "'deny'"), (["rules": ["Deny": ["read_file"]]], "'deny'"),
      (["rule": ["deny": ["read_file"]]], "'rules'"), (["deny": ["read_file"]], "'deny'"),
      (["rules": ["deny": "read_file"]], "deny"), (["rules": ["deny": [["tool": "read_file"]]]], "deny"),
      (["sesionId": "x", "rules": ["allow": ["execute_command"]]], "'sessionId'"),
      (["rules": ["deny": ["read_flie(a)"]]], "'read_file'"), (["rules": ["deny": ["write_flie"]]], "'write_file'"),
      (["rules": ["ask": ["execute_comand(a)"]]], "'execute_command'"), (["rules": ["deny": ["Bash(rm *)"]]], "':*'"),
      (["rules": ["deny": ["*(src\\secrets)"]]], "'/'"), (["rules": ["deny": ["*(a\u{0}b)"]]], "control"),
    ] as [(JSON, String)]) func `are refused when they could not mean what they say`(params: JSON, hint: String) throws
  {
    let answer = try answer("permission/rules", params)
    #expect(answer["error"]?["code"] == -32602)
    #expect(answer["error"]?["message"]?.string?.contains(hint) == true, "\(answer.text)")
  }

  @Test(
    arguments: [
      ("session/new", ["rules": ["deny": ["read_file"]]]), ("session/new", ["permissions": [:]]),
      ("session/new", ["disallowedTools": ["Bash"]]), ("agent/run", ["prompt": "x", "deny": ["read_file"]]),
      ("session/setOptions", ["sessionId": "session-1", "options": ["permission_rules": [:]]]),
      ("initialize", ["initializationOptions": ["rules": ["deny": ["read_file"]]]]),
      ("initialize", ["initializationOptions": ["permissions": ["deny": ["Read(.env)"]]]]),
    ] as [(String, JSON)]) func `are refused where nobody reads them, and it is said where they belong`(
      method: String, params: JSON
    ) throws
  {
    let answer = try answer(method, params)
    #expect(answer["error"]?["code"] == -32602)
    #expect(answer["error"]?["message"]?.string?.contains("permission/rules") == true, "\(answer.text)")
  }

  @Test func `are told of when there is no such tool, and hold once it comes`() throws {
    let bench = try AgentBench(
      capabilities: ["tools": true, "permission": true],
      model: AgentModel([.init(.call("deploy", [:])), .init(.text("done"))]))
    let set = try bench.ask("permission/rules", ["rules": ["deny": ["deploy", "mcp__x__y", "Bash(rm:*)"]]])
    #expect(set["rules"]?["deny"] == ["deploy", "mcp__x__y", "Bash(rm:*)"])
    #expect(set["notices"]?.array?.count == 1)
    #expect(set["notices"]?.array?.first?.string?.contains("'deploy'") == true)
    let tool: JSON = ["name": "deploy", "description": "d", "inputSchema": ["type": "object"]]
    _ = try bench.ask("tools/register", ["tools": [tool]], inSession: false)
    #expect(try bench.ask("permission/rules", ["rules": ["deny": ["deploy"]]])["notices"] == nil)
    let (messages, _) = try bench.run("go")
    #expect(messages.params(of: "tool/call").isEmpty)
    #expect(messages.events("toolResult").first?["isError"] == true)
  }

  @Test func `are kept in a fork, but for what was allowed`() throws {
    let bench = try AgentBench(model: AgentModel(Self.quiet))
    _ = try bench.ask(
      "permission/rules",
      ["rules": ["allow": ["execute_command(ls)"], "ask": ["read_file(b)"], "deny": ["read_file(a)"]]])
    let fork = try bench.ask("session/fork")
    let kept = try bench.ask("permission/rules", ["sessionId": fork["sessionId"] ?? .null], inSession: false)
    #expect(kept["rules"] == ["allow": [], "ask": ["read_file(b)"], "deny": ["read_file(a)"]])
  }

  @Test(arguments: ["deny", "ask"]) func `keep what they name from tools and commands, whatever else is permitted`(
    kind: String
  ) throws {
    let calls: [(String, JSON)] = [
      ("read_file", ["path": "link"]), ("read_file", ["path": "hard"]), ("read_file", ["path": "./x/../.env"]),
      ("search_files", ["pattern": "CANARY", "include_ignored": true]), ("execute_command", ["command": "cat .env"]),
      ("execute_command", ["command": "cd x && cat ../.e*"]), ("execute_command", ["command": "python3 -c 'print(1)'"]),
      ("execute_command", ["command": "cat key", "working_folder": "keys"]),
      ("move_file", ["source": ".env", "destination": "y"]),
      ("execute_command", ["command": "cat ok.txt"]),
    ]
    let bench = try AgentBench(
      arguments: ["--allow", "all"], model: AgentModel(calls.map { .init(.call($0.0, $0.1)) } + Self.quiet))
    for name in [".env", "keys/key"] { try bench.folder.write(name, "CANARY-4711\n") }
    for name in ["ok.txt", "x/a"] { try bench.folder.write(name, "plain\n") }
    let files = FileManager.default
    try files.createSymbolicLink(atPath: bench.folder.path + "/link", withDestinationPath: ".env")
    try files.linkItem(atPath: bench.folder.path + "/keys/key", toPath: bench.folder.path + "/hard")
    _ = try bench.ask(
      "permission/rules", ["rules": .object([kind: ["Read(.env)", .string("*(\(bench.folder.path)/keys/**)")]])])
    _ = try bench.run("look")
    let shown = bench.model.questions.flatMap(\.resultTexts)
    #expect(!shown.contains { $0.contains("CANARY-4711") })
    #expect(shown.contains { $0.contains("plain") })
    #expect(bench.folder.text(".env") == "CANARY-4711\n")
  }
}
