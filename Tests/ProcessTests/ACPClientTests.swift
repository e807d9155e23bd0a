import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `An editor that can more` {
  /// A client that asks for all that the stable schema of its day has not.
  private static let newest: JSON = [
    "session": ["notices": [:], "compaction": [:], "configOptions": ["boolean": [:]]], "auth": ["terminal": true],
    "_meta": ["terminal-auth": true],
  ]

  @Test func `is told by its leaves alone: what it did not ask for does not come`() throws {
    // Newer capabilities are no part of the vendored schema.
    let editor = try ACPEditor(opensSession: false)
    #expect(editor.greeting["authMethods"]?.array?.count == 1)
    #expect(editor.greeting["authMethods"]?.array?.first?["type"] == nil)
    let newest = try ACPEditor(capabilities: Self.newest, opensSession: false)
    let methods = newest.greeting["authMethods"]?.array ?? []
    #expect(methods.map { $0["type"] } == [nil, "terminal"])
    let login = try #require(methods.last)
    // The program, run so in a terminal, tells what there is.
    let arguments = (login["args"]?.array ?? []).compactMap(\.string)
    #expect(login["_meta"]?["terminal-auth"]?["args"] == login["args"])
    let program = try #require(login["_meta"]?["terminal-auth"]?["command"]?.string)
    #expect(program == (try ServerProcess.executable()).resolvingSymlinksInPath().path)
    #expect(arguments.prefix(2) == ["call", "auth/status"])
    for leaf in ["false", "null", "\"yes\"", "{}", "[]"] {
      let auth = try JSON.parse(#"{"auth":{"terminal":\#(leaf)},"fs":{},"session":null}"#)
      let server = try ServerProcess()
      try server.send(
        (["id": 0, "method": "initialize", "params": ["protocolVersion": 1, "clientCapabilities": auth]] as JSON).text)
      #expect(try server.receive()["result"]?["authMethods"]?.array?.count == 1)
    }
  }

  @Test(arguments: [true, false]) func `is shown a compaction as what it is, or as a call that thinks`(knows: Bool)
    throws
  {
    let editor = try ACPEditor(
      [.init(.text("First.")), .init(.text("It was about tests.")), .init(.text("Second."))],
      capabilities: knows ? Self.newest : nil)
    let first = try editor.prompt("one").updates
    let compacted = try editor.prompt("/compact")
    #expect(compacted.stopReason == "end_turn")
    func summaries(_ updates: [JSON]) -> [JSON?] {
      knows
        ? updates.kind("compaction_update").map { $0["summary"]?.array?.first?["text"] }
        : updates.kind("tool_call").filter { $0["kind"] == "think" }.map {
          $0["content"]?.array?.first?["content"]?["text"]
        }
    }
    #expect(summaries(compacted.updates) == ["It was about tests."])
    #expect(compacted.updates.text == "A summary stands for 1 exchange from now on.")
    let second = try editor.prompt("two").updates
    // What the summary stands for is told again, before it, under the ids that it had.
    let params: JSON = ["sessionId": editor.session, "cwd": .string(editor.folder.path), "mcpServers": []]
    editor.idleUpdates = []
    _ = try editor.result("session/load", params)
    let replayed = editor.idleUpdates
    #expect(replayed.kind("user_message_chunk").map { $0["content"]?["text"] } == ["one", "two"])
    #expect(replayed.text == "First.Second.")
    #expect(summaries(replayed) == ["It was about tests."])
    #expect(
      replayed.kind("agent_message_chunk").map { $0["messageId"] }
        == [first, second].map { $0.kind("agent_message_chunk")[0]["messageId"] })
    #expect(editor.model.flaws == [])
  }

  @Test func `has commands, which are told after a session is opened, and once more at its first prompt`() throws {
    let editor = try ACPEditor([.init(.text("/nonsense is nothing")), .init(.text("again"))])
    func names(_ updates: [JSON]) -> [[String]] {
      updates.kind("available_commands_update").map { update in
        (update["availableCommands"]?.array ?? []).compactMap { $0["name"]?.string }
      }
    }
    let first = try editor.prompt("/nonsense").updates
    #expect(names(editor.idleUpdates + first) == [["compact", "context", "cost"], ["compact", "context", "cost"]])
    #expect(first.text == "/nonsense is nothing")
    let cost = try editor.prompt(" /cost please").updates
    #expect(names(cost) == [])
    #expect(cost.text.hasPrefix("120 tokens in 1 exchange, for 0.0"))
    #expect(try editor.prompt("/context").updates.text.contains("tokens are filled"))
    #expect(editor.model.questions.count == 1)
  }

  @Test func `sees titles, options that are on or off, and what a person should know`() throws {
    let editor = try ACPEditor(capabilities: Self.newest)
    let options: (JSON?) -> JSON? = { $0?["configOptions"]?.array?.first { $0["id"] == "thinking" } }
    func set(_ value: JSON, _ type: JSON?) throws -> JSON {
      var params: JSONObject = ["sessionId": editor.session, "configId": "thinking", "value": value]
      params["type"] = type
      return try editor.answer("session/set_config_option", .object(params))
    }
    _ = try editor.result(
      "session/set_config_option", ["sessionId": editor.session, "configId": "model", "value": "claude-haiku-5-5"])
    let off = try set(false, "boolean")
    #expect(options(off["result"])?["type"] == "boolean")
    #expect(options(off["result"])?["currentValue"] == false)
    #expect(options(try set(true, "boolean")["result"])?["currentValue"] == true)
    #expect(try set("true", nil)["error"]?["code"] == -32602)
    _ = try editor.result(
      "session/set_config_option", ["sessionId": editor.session, "configId": "model", "value": "claude-opus-5-5"])
    let turn = try editor.prompt("\n  Count the tests  \nin all folders")
    #expect(turn.updates.kind("session_info_update").map { $0["title"] } == ["Count the tests"])
    let sessions = try editor.result("session/list", ["cwd": .string(editor.folder.path)])["sessions"]?.array ?? []
    #expect(sessions.map { $0["title"] } == ["Count the tests"])
  }

  @Test func `is told why a prompt failed, as its kind of client shows it`() throws {
    for capabilities in [nil, Self.newest] {
      let model = try AgentModel { _ in throw LoopbackError.closed }
      let editor = try ACPEditor(model: model, capabilities: capabilities, arguments: ["--retries", "0"])
      let turn = try editor.prompt("go")
      let error = try #require(turn.answer["error"])
      #expect(error["code"] == -32603)
      // Zed shows `details` alone where there is nothing beside it.
      #expect(error["data"]?.object?.map(\.key) == ["details"])
      let notices = turn.updates.kind("notice")
      #expect(notices.isEmpty == (capabilities == nil))
      if capabilities != nil {
        #expect(notices.last?["severity"] == "error")
        #expect(notices.last?["_meta"]?["wyn360"]?["kind"] != nil)
      }
    }
    let editor = try ACPEditor(environment: ["ANTHROPIC_API_KEY": ""])
    #expect(try editor.prompt("go").answer["error"]?["code"] == -32000)
  }

  @Test func `says texts, images, links and files, and has its trace passed on`() throws {
    let editor = try ACPEditor()
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    let id = try editor.send(
      "session/prompt",
      [
        "sessionId": editor.session, "_meta": ["traceparent": .string(parent)],
        "prompt": [
          ["type": "text", "text": "look", "annotations": .null],
          ["type": "image", "mimeType": "image/png", "data": .string(Picture.png)],
          ["type": "resource_link", "uri": "file:///w/a.swift", "name": "a.swift"],
          [
            "type": "resource",
            "resource": ["uri": "file:///w/b.swift", "text": "let b = 1", "mimeType": "text/plain"],
          ],
        ],
      ])
    let turn = try editor.turn(of: id)
    #expect(turn.answer["result"]?["_meta"]?["traceparent"]?.string == parent)
    #expect(editor.model.server.requests.last?["traceparent"] == parent)
    let said = editor.model.questions.first?.messages.first?.text ?? ""
    for piece in ["look", "image/png", "a.swift", "let b = 1"] { #expect(said.contains(piece)) }
    #expect(editor.model.flaws == [])
  }

  @Test func `sees plans, and works in other folders as in its own, but in no third`() throws {
    let (other, third) = (try TemporaryFolder(), try TemporaryFolder())
    try other.write("o.txt", "here")
    try third.write("t.txt", "there")
    let editor = try ACPEditor([
      .init(.call("update_plan", ["steps": [["content": "read", "status": "in_progress"]]])),
      .init(
        .call("read_file", ["path": .string(other.path + "/o.txt")]),
        .call(
          "edit_file",
          ["path": .string(other.path + "/o.txt"), "edits": [["old_text": "here", "new_text": "now"]]])),
      .init(.call("read_file", ["path": .string(third.path + "/t.txt")])), .init(.text("done")),
    ])
    let opened = try editor.result(
      "session/load",
      [
        "sessionId": editor.session, "cwd": .string(editor.folder.path), "mcpServers": [],
        "additionalDirectories": [.string(other.path)],
      ])
    #expect(opened["modes"] != nil)
    _ = try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "acceptEdits"])
    let turn = try editor.prompt("go", choosing: "reject_once")
    #expect(turn.updates.kind("plan").map { $0["entries"]?.array?.first?["status"] } == ["in_progress"])
    #expect(turn.asked.compactMap { $0["toolCall"]?["rawInput"]?["path"]?.string } == [third.path + "/t.txt"])
    #expect(other.text("o.txt") == "now")
    #expect(editor.model.questions[0].body["system"]?.text.contains(other.path) == true)
    let listed = try editor.result("session/list", [:])["sessions"]?.array?.first
    #expect(listed?["additionalDirectories"] == [.string(other.path)])
    #expect(editor.model.flaws == [])
  }
}
