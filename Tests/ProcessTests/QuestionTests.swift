import Foundation
import Protocol
import TestSupport
import Testing

private func ask(_ question: String = "Which?", _ choices: [String]? = nil, seconds: Int? = nil) -> AgentModel.Turn {
  var input: JSONObject = ["question": .string(question)]
  if let choices { input["choices"] = .array(choices.map(JSON.string)) }
  if let seconds { input["timeout_seconds"] = .number(JSONNumber(seconds)) }
  return .init(.call("ask_user", .object(input)))
}
private let done = AgentModel.Turn(.text("done"))
private let declined = "[the person did not want to answer; do what seems best without it, or leave it undone]"
private let turnedAway = "[the person turned away from the question; it was not answered]"

/// Answers of a client, and what the model is told for them.
private let answers: [(JSON, String)] = [
  (["action": "accept", "content": ["answer": "b"]], "b"),
  (["action": "accept", "content": ["answer": "b", "other": .null]], "b"),
  (["action": "accept", "content": ["answer": "none of them"]], declined), (["action": "accept"], declined),
  (["action": "decline"], declined), (["action": "cancel"], turnedAway), (["action": "_later"], declined),
  ([:], declined), (.null, declined), ("accept", declined),
]

@Suite(.ownThread) struct `A question to the person` {
  private func bench(_ turns: AgentModel.Turn..., time: ManualClock? = nil) throws -> AgentBench {
    try AgentBench(capabilities: ["question": true], model: AgentModel(turns + [done]), time: time?.source ?? .real)
  }

  @Test(arguments: answers) func `is asked with a form, and what they choose is what the model is told`(
    answer: JSON, told: String
  ) throws {
    let clock = ManualClock()
    let bench = try bench(ask("Which?", ["a", "b"]), time: clock)
    let (messages, result) = try bench.run("go") { _, _ in answer }
    let asked = try #require(messages.params(of: "question/ask").first)
    #expect(asked["message"] == "Which?")
    #expect(asked["sessionId"] == bench.id)
    #expect(asked["runId"] == result["runId"])
    #expect(asked["toolCallId"] == messages.events("toolCall").first?["toolCallId"])
    #expect(asked["expiresAt"] == .number(JSONNumber(ManualClock.start + 600_000)))
    let field: JSON = ["type": "string", "title": "Answer", "enum": ["a", "b"]]
    #expect(asked["schema"] == ["type": "object", "properties": ["answer": field], "required": ["answer"]])
    #expect(bench.model.questions[1].resultTexts == [told])
    #expect(bench.model.flaws == [])
  }

  @Test func `may be answered in their own words, and with an error`() throws {
    let bench = try bench(ask(), ask())
    let (messages, _) = try bench.run("go") { _, _ in ["action": "accept", "content": ["answer": "as you like"]] }
    #expect(messages.params(of: "question/ask").first?["schema"]?["properties"]?["answer"]?["enum"] == nil)
    #expect(bench.model.questions[1].resultTexts == ["as you like"])
    let refusing = try self.bench(ask())
    let number = try refusing.start("go")
    let asked = try refusing.next { $0["method"] == "question/ask" }
    try refusing.server.send(
      (["jsonrpc": "2.0", "id": asked["id"] ?? .null, "error": ["code": -32603, "message": "no window"]] as JSON).text)
    #expect(try refusing.messages(upTo: number).last?["result"]?["stopReason"] == "endTurn")
    #expect(refusing.model.questions[1].resultTexts == [declined])
  }

  @Test func `expires, and is taken back then`() throws {
    let clock = ManualClock()
    let bench = try bench(ask(seconds: 7), time: clock)
    let (messages, result) = try bench.run("go") { _, _ in
      clock.passWhenSlept(7_000)
      return nil
    }
    let asked = try #require(messages.first { $0["method"] == "question/ask" })
    #expect(messages.params(of: "$/cancelRequest").map { $0["id"] } == [asked["id"]])
    #expect(bench.model.questions[1].resultTexts == ["[nobody answered within 7 s]"])
    #expect(result["stopReason"] == "endTurn")
  }

  @Test func `is taken back when the run is cancelled`() throws {
    let bench = try bench(ask())
    let number = try bench.start("go")
    let asked = try bench.next { $0["method"] == "question/ask" }
    try bench.request("c", "agent/cancel", ["sessionId": bench.id])
    let messages = try bench.messages(upTo: number)
    #expect(messages.params(of: "$/cancelRequest").map { $0["id"] } == [asked["id"]])
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
  }

  @Test func `is offered to models of clients that answer it alone, and its name is taken for all`() throws {
    for capabilities in [["question": true], ["permission": true], ["question": false]] as [JSON] {
      let bench = try AgentBench(
        capabilities: capabilities, model: AgentModel([.init(.text("one")), .init(.text("two"))]))
      _ = try bench.run("go")
      let names = bench.model.questions[0].body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
      #expect(names.contains("ask_user") == (capabilities["question"] == true))
    }
    let bench = try AgentBench(capabilities: ["tools": true], model: AgentModel([done]))
    let tool: JSON = ["name": "ask_user", "description": "x", "inputSchema": ["type": "object"]]
    let answer = try bench.server.call(9, "tools/register", ["tools": [tool]])
    #expect(answer["error"]?["code"] == -32602)
  }

  @Test(
    arguments: [["question": ""], ["question": "x", "choices": ["a"]], ["question": "x", "choices": ["a", "a"]]]
      as [JSON])
  func `that makes no sense is not asked`(input: JSON) throws {
    let bench = try bench(.init(.call("ask_user", input)))
    let (messages, _) = try bench.run("go")
    #expect(messages.params(of: "question/ask").isEmpty)
    #expect(bench.model.questions[1].results.first?["is_error"] == true)
  }

  // MARK: By the Agent Client Protocol

  @Test(arguments: answers) func `is a form for editors that have them`(answer: JSON, told: String) throws {
    let editor = try OfferingEditor(
      [ask("Which?", ["a", "b"]), done], capabilities: ["elicitation": ["form": [:], "url": [:]]])
    let turn = try editor.prompt { method, _ in method == "elicitation/create" ? .result(answer) : nil }
    let asked = try #require(turn.params(of: "elicitation/create").first)
    let call = turn.updates.first { $0["sessionUpdate"] == "tool_call" }
    #expect(call?["toolCallId"] != nil)
    let field: JSON = ["type": "string", "title": "Answer", "enum": ["a", "b"]]
    #expect(
      asked == [
        "sessionId": editor.session, "toolCallId": call?["toolCallId"] ?? .null, "mode": "form", "message": "Which?",
        "requestedSchema": ["type": "object", "properties": ["answer": field], "required": ["answer"]],
      ])
    #expect(editor.told(1) == told)
    #expect(turn.stopReason == "end_turn")
  }

  @Test(
    arguments: [nil, [:], ["elicitation": [:]], ["elicitation": ["form": .null]], ["elicitation": ["url": [:]]]]
      as [JSON?])
  func `is none for the others`(capabilities: JSON?) throws {
    let editor = try OfferingEditor([done], capabilities: capabilities)
    _ = try editor.prompt()
    let names = editor.model.questions[0].body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(names.contains("read_file") && !names.contains("ask_user"))
  }

  // MARK: At a terminal

  @Test func `is read at the terminal where a person sits`() throws {
    let folder = try TemporaryFolder()
    let model = try AgentModel([ask("Which\u{1B}[2K?", ["a", "b\nc"]), ask("Why?"), ask("And now?"), done])
    let variables = model.environment().merging(["PATH": "/usr/local/bin:/usr/bin:/bin"]) { one, _ in one }
    let terminal = try TestTerminal(["go"], environment: variables, folder: folder.path)
    let shown = try terminal.wait(for: "Answer (1 to 2; an empty line declines): ")
    #expect(shown.contains(#"| Which\u{1B}[2K?"#))
    #expect(shown.contains("| 2  b"))
    try terminal.type("3")
    try terminal.wait(for: "'3' is no answer here")
    try terminal.wait(for: "Answer (1 to 2; an empty line declines): ")
    try terminal.type("2")
    try terminal.wait(for: "Answer (an empty line declines): ")
    try terminal.type(" for fun ")
    try terminal.wait(for: "And now?")
    try terminal.wait(for: "Answer (an empty line declines): ")
    try terminal.type("")
    #expect(try terminal.end().answer == "done\n")
    #expect((1...3).map { model.questions[$0].resultTexts } == [["b\nc"], ["for fun"], [declined]])
  }
}
