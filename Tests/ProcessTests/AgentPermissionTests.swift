import Foundation
import OperatingSystem
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A permission` {
  private static let client: JSON = ["permission": true]

  private static func writing(_ names: String..., thenSay text: String = "done") -> [AgentModel.Turn] {
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = names.map { .call("write_file", ["path": .string($0), "content": "x"]) }
    return [turn, .init(.text(text))]
  }

  @Test func `is asked with the call, its diff, the reason, the answers and a deadline`() throws {
    let bench = try AgentBench(capabilities: Self.client, model: AgentModel(Self.writing("a.txt")))
    let start = TimeSource.real.now()
    let (messages, result) = try bench.run("write") { method, params in
      #expect(method == "permission/request")
      #expect(bench.folder.names == [])
      return option("allowOnce")
    }
    let asked = try #require(messages.params(of: "permission/request").first)
    #expect(asked["sessionId"] == bench.id)
    #expect(asked["runId"] == result["runId"])
    #expect(asked["toolCall"]?["name"] == "write_file")
    #expect(asked["toolCall"]?["toolCallId"] == messages.events("toolCall").first?["toolCallId"])
    #expect(asked["toolCall"]?["diff"]?.string?.contains("+x") == true)
    #expect(asked["toolCall"]?["locations"]?.array?.first?["path"]?.string == bench.folder.path + "/a.txt")
    #expect(asked["reason"] == "it changes files")
    let options = asked["options"]?.array ?? []
    #expect(
      options.compactMap { $0["optionId"]?.string } == ["allowOnce", "allowAlways", "rejectOnce", "rejectAlways"])
    #expect(options.first { $0["kind"] == "allowAlways" }?["rules"] == ["write_file(a.txt)"])
    let deadline = try #require(asked["expiresAt"]?.int)
    #expect((start...TimeSource.real.now()).contains(deadline - 600_000))
    #expect(bench.folder.text("a.txt") == "x")
    #expect(result["notices"] == [])
  }

  @Test(arguments: ["rejectOnce", "rejectAlways", "nonsense", ""]) func `that is not given is told to the model`(
    answer: String
  ) throws {
    let bench = try AgentBench(
      capabilities: Self.client, model: AgentModel(Self.writing("a.txt") + Self.writing("a.txt")))
    let reply: JSON = answer.isEmpty ? [:] : option(answer)
    let (_, result) = try bench.run("write") { _, _ in reply }
    #expect(result["stopReason"] == "endTurn")
    #expect(bench.folder.names == [])
    #expect(bench.model.questions[1].results.first?["is_error"] == true)
    // "Never" holds for the session: nobody is asked a second time.
    let again = try bench.run("write") { _, _ in reply }
    #expect(again.messages.params(of: "permission/request").isEmpty == (answer == "rejectAlways"))
    #expect(bench.folder.names == [])
    #expect(bench.model.flaws == [])
  }

  @Test func `is not given by a client that answers with an error`() throws {
    let bench = try AgentBench(capabilities: Self.client, model: AgentModel(Self.writing("a.txt")))
    let number = try bench.start("write")
    let asked = try bench.next { $0["method"] == "permission/request" }
    try bench.server.send(
      (["jsonrpc": "2.0", "id": asked["id"] ?? .null, "error": ["code": -32603, "message": "no window"]] as JSON).text)
    #expect(try bench.messages(upTo: number).last?["result"]?["stopReason"] == "endTurn")
    #expect(bench.folder.names == [])
  }

  @Test func `may come with another input, which is what happens and what the model and the person are told`() throws {
    let bench = try AgentBench(
      capabilities: Self.client,
      model: AgentModel([.init(.call("execute_command", ["command": "touch original"])), .init(.text("done"))]))
    let (messages, _) = try bench.run("touch") { _, _ in
      ["optionId": "allowOnce", "updatedInput": ["command": "touch edited; echo it is"]]
    }
    #expect(bench.folder.names == ["edited"])
    #expect(messages.events("toolResult").first?["title"] == "Run touch edited; echo it is")
    let told = try #require(bench.model.questions[1].resultTexts.first)
    #expect(told.contains("it is"))
    #expect(told.contains("touch edited"))
  }

  @Test func `given with an input that a deny rule forbids does nothing`() throws {
    let bench = try AgentBench(
      capabilities: Self.client,
      model: AgentModel([.init(.call("execute_command", ["command": "touch original"])), .init(.text("done"))]))
    _ = try bench.ask("permission/rules", ["rules": ["deny": ["execute_command(touch edited)"]]])
    let (messages, _) = try bench.run("touch") { _, _ in
      ["optionId": "allowOnce", "updatedInput": ["command": "touch edited"]]
    }
    #expect(bench.folder.names == [])
    #expect(messages.events("toolResult").first?["isError"] == true)
  }

  @Test func `given with an input that makes no sense does nothing`() throws {
    let bench = try AgentBench(
      capabilities: Self.client,
      model: AgentModel([.init(.call("execute_command", ["command": "touch original"])), .init(.text("done"))]))
    let (messages, result) = try bench.run("touch") { _, _ in
      ["optionId": "allowOnce", "updatedInput": ["nonsense": 1]]
    }
    #expect(bench.folder.names == [])
    #expect(messages.events("toolResult").first?["isError"] == true)
    #expect(result["stopReason"] == "endTurn")
  }

  @Test func `given always becomes a rule, and takes back the questions that it answers`() throws {
    // Reads are asked about side by side; commands would wait for one another.
    let outside = try TemporaryFolder()
    let path = try outside.write("notes", "text\n")
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = (1...3).map { .call("read_file", ["path": .string(path), "end_line": .number(JSONNumber($0))]) }
    let bench = try AgentBench(capabilities: Self.client, model: AgentModel([turn, .init(.text("done"))]))
    let number = try bench.start("status")
    let first = try bench.next { $0["method"] == "permission/request" }
    let others = try [
      bench.next { $0["method"] == "permission/request" }, bench.next { $0["method"] == "permission/request" },
    ]
    try bench.reply(to: first, option("allowAlways"))
    let messages = try bench.messages(upTo: number)
    let resolved = messages.params(of: "permission/resolved")
    #expect(resolved.map { $0["outcome"] } == ["moot", "moot"])
    #expect(
      Set(resolved.compactMap { $0["toolCallId"]?.string })
        == Set(others.compactMap { $0["params"]?["toolCall"]?["toolCallId"]?.string }))
    #expect(
      Set(messages.params(of: "$/cancelRequest").compactMap { $0["id"]?.string })
        == Set(others.compactMap { $0["id"]?.string }))
    #expect(messages.params(of: "permission/request").isEmpty)
    #expect(try bench.ask("permission/rules")["rules"]?["allow"] == [.string("read_file(/\(path))")])
    #expect(bench.model.questions[1].results.count == 3)
    // Too late is no harm.
    try bench.reply(to: others[0], option("rejectOnce"))
    #expect(try bench.ask("server/ping", inSession: false)["uptimeMs"] != nil)
  }

  @Test func `is taken back when its run is cancelled, and its late answer does nothing`() throws {
    let bench = try AgentBench(capabilities: Self.client, model: AgentModel(Self.writing("a.txt")))
    let number = try bench.start("write")
    let asked = try bench.next { $0["method"] == "permission/request" }
    try bench.request("c", "agent/cancel", ["sessionId": bench.id])
    let messages = try bench.messages(upTo: number)
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
    #expect(messages.params(of: "permission/resolved").map { $0["outcome"] } == ["cancelled"])
    #expect(messages.params(of: "$/cancelRequest").map { $0["id"] } == [asked["id"]])
    try bench.reply(to: asked, option("allowOnce"))
    _ = try bench.ask("session/get")
    #expect(bench.folder.names == [])
  }

  @Test func `that is never answered holds up nobody else: another session runs a hundred turns`() throws {
    let model = try AgentModel { question in
      if question.prompt == "wait" { return .init(.call("write_file", ["path": "a.txt", "content": "x"])) }
      return question.results.isEmpty ? .init(.call("list_files", [:])) : .init(.text("done"))
    }
    let bench = try AgentBench(capabilities: Self.client, model: model)
    let waiting = try bench.start("wait")
    _ = try bench.next { $0["method"] == "permission/request" }
    let other = try bench.server.call(3, "session/new", ["cwd": .string(bench.folder.path)])["result"]?["sessionId"]
    for turn in 1...50 {
      let messages = try bench.messages(upTo: try bench.start("go \(turn)", session: other?.string))
      #expect(messages.last?["result"]?["turns"] == 2)
    }
    #expect(model.questions.count == 101)
    #expect(try bench.ask("session/get")["activeRunId"] != nil)
    try bench.request("c", "agent/cancel", ["sessionId": bench.id])
    #expect(try bench.messages(upTo: waiting).last?["result"]?["stopReason"] == "cancelled")
    #expect(model.flaws == [])
  }

  @Test func `that was given always ends with its session, whoever takes its name after it`() throws {
    let turns = Self.writing("a.txt")
    let bench = try AgentBench(capabilities: Self.client, model: AgentModel(turns + turns + turns))
    _ = try bench.run("write") { _, _ in option("allowAlways") }
    #expect(try bench.run("write").messages.params(of: "permission/request").isEmpty)
    let document = try #require(try bench.ask("session/export")["document"])
    _ = try bench.ask("session/close")
    let restored = try bench.ask("session/import", ["document": document], inSession: false)
    #expect(restored["sessionId"] == bench.id)
    #expect(try bench.ask("permission/rules")["rules"]?["allow"] == [])
    #expect(
      try bench.run("write") { _, _ in option("rejectOnce") }.messages.params(of: "permission/request").count == 1)
  }
}
