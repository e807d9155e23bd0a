import Foundation
import Protocol
import TestSupport
import Testing

/// A server that an editor drives by the Agent Client Protocol.
private final class Editor {
  let folder: TemporaryFolder
  let model: AgentModel
  let server: ServerProcess
  private var last = 0
  private(set) var session: JSON = .null

  init(_ turns: [AgentModel.Turn] = [.init(.text("done"))], opensSession: Bool = true) throws {
    folder = try TemporaryFolder()
    model = try AgentModel(turns)
    server = try ServerProcess(environment: model.environment())
    #expect(try result("initialize", ["protocolVersion": 1])["protocolVersion"] == 1)
    guard opensSession else { return }
    session = try result("session/new", ["cwd": .string(folder.path), "mcpServers": []])["sessionId"] ?? .null
  }

  func send(_ method: String, _ params: JSON) throws -> Int {
    last += 1
    let id: JSON = .number(JSONNumber(last))
    try server.send((["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params] as JSON).text)
    return last
  }

  func answer(_ method: String, _ params: JSON) throws -> JSON {
    try #require(try server.receive(upTo: .number(JSONNumber(try send(method, params)))).last)
  }

  func result(_ method: String, _ params: JSON) throws -> JSON {
    let answer = try answer(method, params)
    return try #require(answer["result"], "\(answer.text)")
  }

  /// A prompt: what came before its answer, and the answer; `choice` answers permission requests.
  func prompt(_ text: String, choosing choice: String? = nil) throws -> (updates: [JSON], asked: [JSON], answer: JSON) {
    let id: JSON = .number(
      JSONNumber(
        try send("session/prompt", ["sessionId": session, "prompt": [["type": "text", "text": .string(text)]]])))
    var (updates, asked): ([JSON], [JSON]) = ([], [])
    while true {
      let message = try server.receive()
      switch message["method"]?.string {
      case "session/update":
        #expect(message["params"]?["sessionId"] == session)
        updates.append(try #require(message["params"]?["update"]))
      case "session/request_permission":
        asked.append(try #require(message["params"]))
        let outcome: JSON = choice.map { ["outcome": "selected", "optionId": .string($0)] } ?? ["outcome": "cancelled"]
        try server.send(
          (["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": ["outcome": outcome]] as JSON).text)
      case nil where message["id"] == id: return (updates, asked, message)
      default: Issue.record("\(message.text)")
      }
    }
  }
}

extension [JSON] {
  fileprivate func kind(_ name: String) -> [JSON] { filter { $0["sessionUpdate"]?.string == name } }
  fileprivate var text: String {
    kind("agent_message_chunk").compactMap { $0["content"]?["text"]?.string }.joined()
  }
}

@Suite(.ownThread) struct `An editor of the Agent Client Protocol` {
  @Test func `is told of a whole prompt: text, calls with diffs, questions, usage, and last the answer`() throws {
    let editor = try Editor([
      .init(.text("I will."), .call("write_file", ["path": "a.txt", "content": "x\n"])), .init(.text("Done.")),
    ])
    let (updates, asked, answer) = try editor.prompt("write", choosing: "allow_once")
    #expect(answer["result"]?["stopReason"] == "end_turn")
    #expect(updates.text == "I will.Done.")
    let path = editor.folder.path + "/a.txt"
    let change: JSON = ["type": "diff", "path": .string(path), "oldText": .null, "newText": "x\n"]
    let call = try #require(asked.first?["toolCall"])
    #expect(asked.count == 1)
    #expect(call["kind"] == "edit")
    #expect(call["content"] == [change])
    #expect(call["locations"]?.array?.first?["path"]?.string == path)
    #expect(
      asked[0]["options"]?.array?.compactMap { $0["optionId"]?.string }
        == ["allow_once", "allow_always", "reject_once", "reject_always"])
    let begun = try #require(updates.kind("tool_call").first)
    #expect(begun["status"] == "pending")
    #expect(begun["rawInput"]?["path"] == "a.txt")
    let done = try #require(updates.kind("tool_call_update").last)
    #expect(done["status"] == "completed")
    #expect(done["toolCallId"] == begun["toolCallId"])
    #expect(done["content"] == [change])
    #expect(updates.last?["sessionUpdate"] == "usage_update")
    #expect(updates.last?["cost"]?["currency"] == "USD")
    #expect(editor.folder.text("a.txt") == "x\n")
    #expect(editor.model.flaws == [])
  }

  @Test(arguments: ["reject_once", "nonsense", nil]) func `that allows nothing has nothing done`(choice: String?) throws
  {
    let editor = try Editor([.init(.call("write_file", ["path": "a.txt", "content": "x"])), .init(.text("no"))])
    let (updates, asked, answer) = try editor.prompt("write", choosing: choice)
    #expect(asked.count == 1)
    #expect(answer["result"]?["stopReason"] == "end_turn")
    #expect(updates.kind("tool_call_update").last?["status"] == "failed")
    #expect(editor.folder.names == [])
  }

  @Test func `loads what was said, and resumes without being told of it`() throws {
    let editor = try Editor([
      .init(.text("Look."), .call("list_files", [:])), .init(.text("Nothing.")), .init(.text("Still nothing.")),
    ])
    let live = try editor.prompt("what is there?").updates
    let params: JSON = ["sessionId": editor.session, "cwd": .string(editor.folder.path), "mcpServers": []]
    let number = try editor.send("session/load", params)
    let told = try editor.server.receive(upTo: .number(JSONNumber(number)))
    let replayed = told.compactMap { $0["params"]?["update"] }
    #expect(told.last?["result"]?["modes"]?["currentModeId"] == "ask")
    #expect(replayed.kind("user_message_chunk").first?["content"]?["text"] == "what is there?")
    #expect(replayed.text == live.text)
    #expect(Set(replayed.compactMap { $0["messageId"] }) == Set(live.compactMap { $0["messageId"] }))
    #expect(
      replayed.kind("tool_call").compactMap { $0["toolCallId"] }
        == live.kind("tool_call").compactMap { $0["toolCallId"] })
    #expect(replayed.kind("tool_call_update").last?["status"] == "completed")
    let again = try editor.send("session/resume", params)
    #expect(try editor.server.receive(upTo: .number(JSONNumber(again))).count == 1)
    #expect(try editor.prompt("and now?").updates.text == "Still nothing.")
    #expect(editor.model.flaws == [])
  }

  @Test func `chooses model, effort and mode among the values that it is shown`() throws {
    let editor = try Editor()
    func set(_ option: String, _ value: JSON) throws -> JSON {
      try editor.answer(
        "session/set_config_option", ["sessionId": editor.session, "configId": .string(option), "value": value])
    }
    func current(_ answer: JSON, _ option: String) -> JSON? {
      answer["result"]?["configOptions"]?.array?.first { $0["id"]?.string == option }?["currentValue"]
    }
    #expect(current(try set("model", "claude-opus-5-5"), "model") == "claude-opus-5-5")
    #expect(current(try set("effort", "low"), "effort") == "low")
    #expect(current(try set("mode", "acceptEdits"), "mode") == "acceptEdits")
    // What an old model does not take is not offered.
    #expect(current(try set("model", "claude-3-haiku"), "effort") == nil)
    for (option, value) in [("model", "none-such"), ("effort", "low"), ("mode", "x"), ("y", "z")] as [(String, JSON)] {
      #expect(try set(option, value)["error"]?["code"] == -32602)
    }
    #expect(try set("mode", true)["error"]?["code"] == -32602)
    #expect(try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "readOnly"]) == [:])
    #expect(try editor.answer("session/set_mode", ["sessionId": "none", "modeId": "ask"])["error"]?["code"] == -32002)
  }

  @Test func `is answered for a cancelled prompt, whichever way it was cancelled`() throws {
    for way in ["session/cancel", "$/cancel_request"] {
      let editor = try Editor([
        .init(.call("execute_command", ["command": "echo begun; sleep 600"])), .init(.text("no")),
      ])
      _ = try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "bypass"])
      let number = try editor.send(
        "session/prompt", ["sessionId": editor.session, "prompt": [["type": "text", "text": "wait"]]])
      while try editor.server.receive()["params"]?["update"]?["status"] != "in_progress" {}
      let params: JSON =
        way == "session/cancel" ? ["sessionId": editor.session] : ["requestId": .number(JSONNumber(number))]
      try editor.server.send((["jsonrpc": "2.0", "method": .string(way), "params": params] as JSON).text)
      let told = try editor.server.receive(upTo: .number(JSONNumber(number)))
      #expect(told.last?["result"]?["stopReason"] == "cancelled")
      #expect(told.compactMap { $0["params"]?["update"] }.kind("tool_call_update").last?["status"] == "failed")
    }
  }

  @Test func `gets errors with the protocol's codes, and never another session for one that is not there`() throws {
    let editor = try Editor(opensSession: false)
    func code(_ method: String, _ params: JSON) throws -> JSON? { try editor.answer(method, params)["error"]?["code"] }
    #expect(try code("session/new", ["cwd": "relative", "mcpServers": []]) == -32602)
    for method in ["session/load", "session/resume", "session/fork"] {
      #expect(try code(method, ["sessionId": "x", "cwd": "/", "mcpServers": []]) == -32002)
    }
    #expect(try code("session/prompt", ["sessionId": "x", "prompt": []]) == -32002)
    #expect(try code("agent/run", ["prompt": "x"]) == -32601)
    #expect(try code("authenticate", ["methodId": "x"]) == -32602)
    #expect(try editor.result("authenticate", ["methodId": "environment"]) == [:])
    #expect(try editor.result("_server/ping", ["payload": 7])["payload"] == 7)
    #expect(try editor.result("session/list", [:])["sessions"] == [])
  }

  @Test(arguments: ["1", "0", "-1", "true", "\"1\"", "\"x\"", "99"]) func `begins with a version`(version: String)
    throws
  {
    let server = try ServerProcess()
    try server.send(#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":\#(version)}}"#)
    let answer = try server.receive()
    let isTaken = ["1", "\"1\"", "99"].contains(version)
    #expect(isTaken ? answer["result"]?["protocolVersion"] == 1 : answer["error"]?["code"] == -32602)
  }

  @Test func `is told of what it prompts, closed or made natively; only folders are taken for one`() throws {
    let editor = try Editor([.init(.text("one")), .init(.text("two"))])
    #expect(try editor.result("session/close", ["sessionId": editor.session]) == [:])
    #expect(try editor.prompt("again").updates.text == "one")
    for method in ["session/fork", "session/load", "session/resume"] {
      let refused = try editor.answer(method, ["sessionId": editor.session, "cwd": "relative", "mcpServers": []])
      #expect(refused["error"]?["code"] == -32602)
    }
    #expect(try editor.result("session/list", [:])["sessions"]?.array?.count == 1)
    for method in ["_tools/register", "_$/setTrace", "_shutdown", "_initialize"] {
      #expect(try editor.answer(method, [:])["error"]?["code"] != nil)
    }
  }

  @Test func `gets every answer when its end of the pipe closes`() throws {
    let editor = try Editor([.init(.text("all of it"))])
    let number = try editor.send(
      "session/prompt", ["sessionId": editor.session, "prompt": [["type": "text", "text": "go"]]])
    try editor.server.closeInput()
    let messages = try editor.server.receiveAll()
    #expect(messages.last?["id"] == .number(JSONNumber(number)))
    #expect(messages.last?["result"]?["stopReason"] == "end_turn")
    #expect(try editor.server.waitForExit() == 0)
  }
}
