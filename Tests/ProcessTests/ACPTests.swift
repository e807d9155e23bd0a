import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `An editor of the Agent Client Protocol` {
  @Test func `is told of a whole prompt: text, calls with diffs, questions, usage, and last the answer`() throws {
    let editor = try ACPEditor([
      .init(.text("I will."), .call("write_file", ["path": "a.txt", "content": "x\n"])), .init(.text("Done.")),
    ])
    let turn = try editor.prompt("write", choosing: "allow_once")
    let updates = turn.updates
    #expect(turn.stopReason == "end_turn")
    #expect(updates.text == "I will.Done.")
    let path = editor.folder.path + "/a.txt"
    let change: JSON = ["type": "diff", "path": .string(path), "oldText": .null, "newText": "x\n"]
    let call = try #require(turn.asked.first?["toolCall"])
    #expect(turn.asked.count == 1)
    #expect(call["kind"] == "edit")
    #expect(call["content"] == [change])
    #expect(call["rawInput"] == ["path": "a.txt", "content": "x\n"])
    #expect(call["locations"]?.array?.first?["path"]?.string == path)
    #expect(
      turn.asked[0]["options"]?.array?.compactMap { $0["optionId"]?.string }
        == ["allow_once", "allow_always", "reject_once", "reject_always"])
    let begun = try #require(updates.kind("tool_call").first)
    #expect(begun["status"] == "pending")
    #expect(begun["title"] == "Write file")
    #expect(begun["rawInput"] == nil)
    let later = updates.kind("tool_call_update")
    #expect(later.first?["rawInput"]?["path"] == "a.txt")
    #expect(later.compactMap { $0["status"]?.string } == ["pending", "in_progress", "completed"])
    let done = try #require(later.last)
    #expect(done["toolCallId"] == begun["toolCallId"])
    #expect(done["content"] == [change])
    #expect(updates.last?["sessionUpdate"] == "usage_update")
    #expect(updates.last?["cost"]?["currency"] == "USD")
    // Each answer of the model's is told of when it has come, the whole with its cost at the end.
    let uses = updates.kind("usage_update")
    #expect(uses.map { $0["used"] } == [120, 120, 120] && uses.allSatisfy { $0["size"] == 1_000_000 })
    #expect(uses.dropLast().allSatisfy { $0["cost"] == nil })
    let order = updates.compactMap { $0["sessionUpdate"]?.string }
    #expect((order.firstIndex(of: "usage_update") ?? .max) < (order.lastIndex(of: "tool_call_update") ?? 0))
    #expect(turn.answer["result"]?["_meta"]?["wyn360"]?["usage"]?["input"] == 200)
    #expect(editor.folder.text("a.txt") == "x\n")
    #expect(editor.model.flaws == [])
  }

  @Test(arguments: ["reject_once", "nonsense", nil]) func `that allows nothing has nothing done`(choice: String?) throws
  {
    let editor = try ACPEditor([.init(.call("write_file", ["path": "a.txt", "content": "x"])), .init(.text("no"))])
    let turn = try editor.prompt("write", choosing: choice)
    #expect(turn.asked.count == 1)
    #expect(turn.stopReason == "end_turn")
    #expect(turn.updates.kind("tool_call_update").last?["status"] == "failed")
    #expect(editor.folder.names == [])
  }

  @Test func `loads what was said, and resumes without being told of it`() throws {
    let editor = try ACPEditor([
      .init(.text("Look."), .call("list_files", [:])), .init(.text("Nothing.")), .init(.text("Still nothing.")),
    ])
    let live = try editor.prompt("what is there?").updates
    let params: JSON = ["sessionId": editor.session, "cwd": .string(editor.folder.path), "mcpServers": []]
    let told = try editor.receive(upTo: try editor.send("session/load", params))
    let replayed = told.compactMap { $0["params"]?["update"] }
    #expect(told.last?["result"]?["modes"]?["currentModeId"] == "ask")
    #expect(replayed.kind("user_message_chunk").first?["content"]?["text"] == "what is there?")
    #expect(replayed.text == live.text)
    #expect(
      replayed.kind("agent_message_chunk").map { $0["messageId"] }
        == live.kind("agent_message_chunk").map { $0["messageId"] })
    #expect(
      replayed.kind("tool_call").compactMap { $0["toolCallId"] }
        == live.kind("tool_call").compactMap { $0["toolCallId"] })
    #expect(replayed.kind("tool_call_update").last?["status"] == "completed")
    let again = try editor.receive(upTo: try editor.send("session/resume", params))
    #expect(again.compactMap { $0["params"]?["update"]?["sessionUpdate"] } == ["available_commands_update"])
    #expect(try editor.prompt("and now?").updates.text == "Still nothing.")
    #expect(editor.model.flaws == [])
  }

  @Test func `chooses model, effort and mode among the values that it is shown`() throws {
    let editor = try ACPEditor()
    func set(_ option: String, _ value: JSON, careless: Bool = false) throws -> JSON {
      try editor.answer(
        "session/set_config_option", ["sessionId": editor.session, "configId": .string(option), "value": value],
        careless: careless)
    }
    func option(_ answer: JSON, _ name: String) -> JSON? {
      answer["result"]?["configOptions"]?.array?.first { $0["id"]?.string == name }
    }
    #expect(option(try set("model", "claude-opus-5-5"), "model")?["currentValue"] == "claude-opus-5-5")
    #expect(option(try set("effort", "low"), "effort")?["currentValue"] == "low")
    #expect(option(try set("mode", "acceptEdits"), "mode")?["currentValue"] == "acceptEdits")
    #expect(option(try set("model", "claude-haiku-5-5"), "thinking")?["currentValue"] == "default")
    #expect(option(try set("thinking", "disabled"), "thinking")?["currentValue"] == "disabled")
    // What an old model does not take is not offered.
    #expect(option(try set("model", "claude-3-haiku"), "effort") == nil)
    for (name, value) in [("model", "none-such"), ("effort", "low"), ("mode", "x"), ("y", "z")] as [(String, JSON)] {
      let error = try set(name, value)["error"]
      #expect(error?["code"] == -32602)
      #expect(error?["data"] != nil || name == "model")
    }
    #expect(try set("mode", true, careless: true)["error"]?["code"] == -32602)
    #expect(try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "readOnly"]) == [:])
    #expect(editor.idleUpdates.kind("current_mode_update").last?["currentModeId"] == "readOnly")
    let shown = editor.idleUpdates.kind("config_option_update").last?["configOptions"]?.array ?? []
    #expect(shown.first { $0["id"] == "mode" }?["currentValue"] == "readOnly")
    #expect(try editor.answer("session/set_mode", ["sessionId": "none", "modeId": "ask"])["error"]?["code"] == -32002)
    #expect(
      try editor.result("session/set_model", ["sessionId": editor.session, "modelId": "claude-sonnet-5-5"]) == [:])
  }

  @Test(arguments: ["session/cancel", "$/cancel_request"]) func `is answered for a cancelled prompt`(way: String) throws
  {
    let editor = try ACPEditor([
      .init(.call("execute_command", ["command": "echo begun; sleep 600"])), .init(.text("no")),
    ])
    _ = try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "bypass"])
    let id = try editor.send(prompt: "wait")
    while try editor.receive()["params"]?["update"]?["content"] == nil {}
    try editor.notify(way, way == "session/cancel" ? ["sessionId": editor.session] : ["requestId": id])
    let turn = try editor.turn(of: id)
    #expect(turn.stopReason == "cancelled")
    #expect(turn.updates.kind("tool_call_update").last?["status"] == "failed")
    #expect(turn.updates.last?["sessionUpdate"] == "usage_update")
    // A cancel where nothing goes on is silent.
    try editor.notify("session/cancel", ["sessionId": editor.session])
    #expect(try editor.result("session/list", [:])["sessions"]?.array?.count == 1)
  }

  @Test func `gets errors with the protocol's codes, and never another session for one that is not there`() throws {
    let editor = try ACPEditor(opensSession: false)
    func code(_ method: String, _ params: JSON, careless: Bool = false) throws -> JSON? {
      try editor.answer(method, params, careless: careless)["error"]?["code"]
    }
    #expect(try code("session/new", ["cwd": "relative", "mcpServers": []]) == -32602)
    #expect(
      try code("session/new", ["cwd": "/", "mcpServers": [], "additionalDirectories": ["relative"]]) == -32602)
    for method in ["session/load", "session/resume", "session/fork"] {
      #expect(try code(method, ["sessionId": "x", "cwd": "/", "mcpServers": []]) == -32002)
    }
    #expect(try code("session/prompt", ["sessionId": "x", "prompt": []]) == -32002)
    let near = try #require(try editor.answer("agent/run", ["prompt": "x"], careless: true)["error"])
    #expect(near["code"] == -32601 && near["message"]?.string?.hasSuffix("did you mean '_agent/run'?") == true)
    let words = try #require(
      try editor.answer("textDocument/hover", [:], careless: true)["error"]?["message"]?.string)
    #expect(words.contains("session/prompt, ") && words.hasSuffix("behind '_' those that _server/describe lists"))
    #expect(try editor.result("_server/describe", [:])["requests"]?.object?.isEmpty == false)
    #expect(try code("authenticate", ["methodId": "x"]) == -32602)
    #expect(try editor.result("authenticate", ["methodId": "environment"]) == [:])
    #expect(try editor.result("auth/status", [:])["authenticated"] == true)
    #expect(try editor.result("_server/ping", ["payload": 7])["payload"] == 7)
    #expect(try editor.result("session/list", [:])["sessions"] == [])
    #expect(try editor.result("logout", [:]) == [:])
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
    let editor = try ACPEditor([.init(.text("one")), .init(.text("two"))])
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
    let fork: JSON = ["sessionId": editor.session, "cwd": .string(editor.folder.path), "mcpServers": []]
    #expect(try editor.result("session/fork", fork)["sessionId"] != editor.session)
    #expect(try editor.result("session/delete", ["sessionId": editor.session]) == [:])
    #expect(try editor.result("session/list", [:])["sessions"]?.array?.count == 1)
  }

  @Test func `hears native events of what it has run natively, and of nothing else`() throws {
    let editor = try ACPEditor([.init(.text("one"))])
    let frames = try editor.receive(upTo: try editor.send("_agent/run", ["prompt": "go"]))
    #expect(frames.last?["result"]?["text"] == "one")
    let methods = Set(frames.compactMap { $0["method"]?.string })
    #expect(methods == ["session/update", "_run/started", "_run/event", "_run/completed"])
    let natives = frames.filter { $0["method"]?.string?.hasPrefix("_run") == true }
    #expect(natives.compactMap { $0["params"]?["seq"]?.int } == Array(1...natives.count))
    #expect(natives.contains { $0["params"]?["type"] == "textDelta" && $0["params"]?["text"] == "one" })
  }
}
