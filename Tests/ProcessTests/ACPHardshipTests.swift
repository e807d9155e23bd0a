import Foundation
import Protocol
import TestSupport
import Testing

/// What breaks other agents.
@Suite(.ownThread) struct `An editor that is careless, or gone` {
  private func request(_ id: JSON, _ method: String, _ params: JSON?) -> JSON {
    var request: JSONObject = ["jsonrpc": "2.0", "id": id, "method": .string(method)]
    request["params"] = params
    return .object(request)
  }

  @Test func `may say nothing in many ways, and more than anybody reads`() throws {
    let editor = try ACPEditor([.init(.text("one"))])
    for params in ["[]", "null", "[null]", "{}", #"{"cwd":null,"cursor":null,"field_meta":null}"#] {
      #expect(try editor.result("session/list", try JSON.parse(params), careless: true)["sessions"]?.array?.count == 1)
    }
    let folder: JSON = .string(editor.folder.path)
    for params in [
      ["cwd": folder], ["cwd": folder, "mcpServers": .null, "additionalDirectories": .null],
      ["cwd": folder, "mcpServers": [:], "_meta": []], ["cwd": folder, "mcpServers": [], "x": ["y": 1]],
    ] as [JSON] {
      #expect(try editor.result("session/new", params, careless: true)["sessionId"]?.string != nil)
    }
    let id = try editor.send(
      "session/prompt",
      [
        "sessionId": editor.session, "_meta": .null, "field_meta": .null,
        "prompt": [["type": "text", "text": "hi", "annotations": .null, "_meta": .null, "field_meta": .null]],
      ], careless: true)
    #expect(try editor.turn(of: id).updates.text == "one")
    // What nobody knows is passed over where nobody waits, and answered where somebody does.
    try editor.server.send(#"{"jsonrpc":"2.0","method":"session/unheard_of","params":{"x":1}}"#)
    try editor.server.send(#"{"jsonrpc":"2.0","method":"$/whatever"}"#)
    try editor.server.send(#"{"jsonrpc":"2.0","id":"wyn360-77","result":null}"#)
    #expect(try editor.answer("session/unheard_of", [:], careless: true)["error"]?["code"] == -32601)
    // A careless checker's frames: each is answered.
    for params in [
      ["sessionId": editor.session, "content": "hi"], ["sessionId": editor.session, "prompt": "hi"],
      ["sessionId": editor.session, "prompt": []], ["sessionId": editor.session, "prompt": [["type": "audio"]]],
      ["sessionId": 7, "prompt": []],
    ] as [JSON] where params["prompt"] != "hi" {
      #expect(try editor.answer("session/prompt", params, careless: true)["error"]?["code"] == -32602)
    }
    let option: JSON = ["sessionId": editor.session, "optionId": "mode", "value": "ask"]
    #expect(try editor.answer("session/set_config_option", option, careless: true)["error"]?["code"] == -32602)
  }

  @Test func `may send batches, and gets none`() throws {
    let editor = try ACPEditor(opensSession: false)
    let batch: JSON = [
      request(50, "session/list", [:]), request("x", "auth/status", nil),
      ["jsonrpc": "2.0", "method": "session/cancel", "params": ["sessionId": "none"]], request(51, "nonsense", []), 7,
    ]
    try editor.server.send(batch.text)
    var answered: [JSON] = []
    while answered.count < 4 { answered.append(try editor.receive()) }
    let ids = answered.map { $0["id"] ?? .null }
    #expect(Set(ids) == [50, "x", 51, .null])
  }

  @Test(arguments: [
    (#"{"outcome":"allow_once"}"#, true), (#"{"outcome":{"outcome":"selected","optionId":"allow_once"}}"#, true),
    (#"{"outcome":"cancelled"}"#, false), (#"{"outcome":{"outcome":"selected","optionId":"allow"}}"#, false),
    ("null", false), ("{}", false), ("[]", false), ("true", false), (#"{"outcome":{"outcome":"allow_once"}}"#, true),
    (#"{"optionId":"allow_once"}"#, false),
  ]) func `has something done only where its answer says so`(answer: String, isDone: Bool) throws {
    let editor = try ACPEditor(
      [.init(.call("write_file", ["path": "a.txt", "content": "x"])), .init(.text("no"))],
      capabilities: ["session": ["notices": [:]]])
    let id = try editor.send(prompt: "write")
    var notices = 0
    while true {
      let frame = try editor.receive()
      if frame["method"] == "session/request_permission" {
        try editor.reply(to: frame, try JSON.parse(answer), careless: true)
      }
      if frame["params"]?["update"]?["sessionUpdate"] == "notice" { notices += 1 }
      if frame["id"] == id, frame["method"] == nil { break }
    }
    #expect((editor.folder.text("a.txt") != nil) == isDone)
    #expect(notices == (isDone || answer.contains("cancelled") ? 0 : 1))
  }

  @Test func `answers a question late: prompts and other sessions go on, and a cancel waits for no answer`() throws {
    let editor = try ACPEditor([
      .init(.call("write_file", ["path": "a.txt", "content": "x"])), .init(.text("other")), .init(.text("second")),
    ])
    let first = try editor.send(prompt: "write")
    var frame = try editor.receive()
    while frame["method"] != "session/request_permission" { frame = try editor.receive() }
    let question = frame
    #expect(question["id"]?.string?.hasPrefix("wyn360-") == true)
    // The session is busy: it cannot be loaded, and the next prompt waits.
    let load: JSON = ["sessionId": editor.session, "cwd": .string(editor.folder.path), "mcpServers": []]
    #expect(try editor.answer("session/load", load)["error"]?["code"] == -32602)
    let second = try editor.send(prompt: "again")
    let other = try editor.result("session/new", ["cwd": .string(editor.folder.path), "mcpServers": []])["sessionId"]
    let prompt: JSON = ["sessionId": other ?? .null, "prompt": [["type": "text", "text": "else"]]]
    let frames = try editor.receive(upTo: try editor.send("session/prompt", prompt))
    #expect(frames.last?["result"]?["stopReason"] == "end_turn")
    try editor.notify("session/cancel", ["sessionId": editor.session])
    var answers: [JSON: JSON] = [:]
    var taken: [JSON?] = []
    while answers.count < 2 {
      let frame = try editor.receive()
      if frame["method"] == "$/cancel_request" { taken.append(frame["params"]?["requestId"]) }
      if let id = frame["id"], frame["method"] == nil { answers[id] = frame["result"]?["stopReason"] }
    }
    #expect(answers == [first: "cancelled", second: "cancelled"])
    // The editor that cancelled has to answer the question itself; nothing waits for that.
    #expect(taken == [])
    try editor.reply(to: question, ["outcome": ["outcome": "cancelled"]])
    #expect(editor.folder.names == [])
    #expect(try editor.prompt("third").updates.text == "second")
    #expect(editor.model.flaws == [])
  }

  @Test func `prompts a busy session, and is answered in order`() throws {
    let editor = try ACPEditor([.init(.text("one")), .init(.text("two")), .init(.text("three"))])
    let ids = try ["a", "b", "/cost", "c"].map { try editor.send(prompt: $0) }
    var answered: [JSON] = []
    var texts: [String] = []
    while answered.count < ids.count {
      let frame = try editor.receive()
      if let update = frame["params"]?["update"], !([update].text.isEmpty) { texts.append([update].text) }
      if let id = frame["id"] { answered.append(id) }
    }
    #expect(Set(answered) == Set(ids))
    #expect(texts.map { $0.contains("tokens") ? "cost" : $0 } == ["one", "two", "cost", "three"])
    #expect(answered == ids)
  }

  /// An editor that has prompted once, and whose second question is held.
  private func editor(heldBy held: Latch) throws -> ACPEditor {
    let model = try AgentModel { question in
      if question.number == 2 { held.waitBlocking() }
      return .init(.text("said \(question.number)"))
    }
    let editor = try ACPEditor(model: model)
    #expect(try editor.prompt("one").updates.text == "said 1")
    return editor
  }

  @Test(arguments: ["session/cancel", "session/close", "$/cancel_request"])
  func `ends a command that waits for a prompt, which is never done then`(way: String) throws {
    let held = Latch()
    let editor = try editor(heldBy: held)
    let first = try editor.send(prompt: "two")
    try #require(HangGuard.waitBlocking { editor.model.questions.count == 2 })
    let compact = try editor.send(prompt: "/compact")
    var ended: Set = [compact]
    switch way {
    case "session/close":
      ended.formUnion([first, try editor.send(way, ["sessionId": editor.session])])
    case "session/cancel":
      ended.insert(first)
      try editor.notify(way, ["sessionId": editor.session])
    default: try editor.notify(way, ["requestId": compact])
    }
    var answers: [JSON: JSON] = [:]
    while !ended.isSubset(of: answers.keys) {
      let frame = try editor.receive()
      if let id = frame["id"], frame["method"] == nil { answers[id] = frame["result"]?["stopReason"] ?? "closed" }
    }
    #expect(answers[compact] == "cancelled")
    held.open()
    if way == "$/cancel_request" { #expect(try editor.turn(of: first).stopReason == "end_turn") }
    #expect(try editor.prompt("three").updates.text == "said 3")
    #expect(editor.model.questions.map(\.prompt).last == "three")
    #expect(editor.model.flaws == [])
  }

  @Test func `cancels a command as it cancels a prompt, and what waits behind it`() throws {
    let held = Latch()
    let editor = try editor(heldBy: held)
    let compact = try editor.send(prompt: "/compact")
    try #require(HangGuard.waitBlocking { editor.model.questions.count == 2 })
    let behind = try editor.send(prompt: "two")
    try editor.notify("session/cancel", ["sessionId": editor.session])
    var answers: [JSON: JSON] = [:]
    while answers.count < 2 {
      let frame = try editor.receive()
      if let id = frame["id"] { answers[id] = frame["result"]?["stopReason"] }
    }
    #expect(answers == [compact: "cancelled", behind: "cancelled"])
    held.open()
    #expect(try editor.prompt("three").updates.text == "said 3")
    #expect(editor.model.flaws == [])
  }

  @Test func `reads on while a command floods it, and is shown its end`() throws {
    let editor = try ACPEditor([
      .init(.call("execute_command", ["command": "yes 0123456789 | head -c 20000000; echo; echo the end"])),
      .init(.text("done")),
    ])
    _ = try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "bypass"])
    let turn = try editor.prompt("flood")
    #expect(turn.stopReason == "end_turn")
    let shown = turn.updates.kind("tool_call_update").compactMap { $0["content"]?.text.utf8.count }
    #expect(shown.allSatisfy { $0 < 200_000 })
    #expect(turn.updates.kind("tool_call_update").last?["content"]?.text.contains("the end") == true)
  }

  @Test(arguments: [false, true]) func `ends its input, asks to end, and gets every answer`(asksToEnd: Bool) throws {
    let editor = try ACPEditor([
      .init(.text("partial"), .call("execute_command", ["command": "echo begun; sleep 600"])), .init(.text("no")),
    ])
    _ = try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "bypass"])
    let id = try editor.send(prompt: "wait")
    while try editor.receive()["params"]?["update"]?["content"]?.text.contains("begun") != true {}
    if asksToEnd {
      try editor.server.closeInput()
      // SIGINT and SIGTERM at once are one end.
      editor.server.signal(SIGINT)
      editor.server.signal(SIGTERM)
      #expect(try editor.turn(of: id).stopReason == "cancelled")
      #expect(try editor.server.waitForExit() > 128)
    } else {
      // An editor that is gone reads nothing any more, either.
      try editor.server.closeInput()
      try editor.server.closeOutput()
      #expect(try editor.server.waitForExit() != 0)
    }
  }

  @Test func `gets every answer when its end of the pipe closes`() throws {
    let editor = try ACPEditor([.init(.text("all of it"))])
    let id = try editor.send(prompt: "go")
    try editor.server.closeInput()
    let messages = try editor.server.receiveAll()
    #expect(messages.last?["id"] == id)
    #expect(messages.last?["result"]?["stopReason"] == "end_turn")
    #expect(try editor.server.waitForExit() == 0)
  }

  @Test func `has left out where the person's files are`() throws {
    let editor = try ACPEditor(
      [.init(.call("execute_command", ["command": "echo home=$HOME."])), .init(.text("done"))],
      environment: ["HOME": ""])
    _ = try editor.result("session/set_mode", ["sessionId": editor.session, "modeId": "bypass"])
    let shown = try editor.prompt("go").updates.kind("tool_call_update").last?["content"]?.text ?? ""
    #expect(shown.contains("home=\(NSHomeDirectoryForUser(NSUserName()) ?? "/")."))
  }
}
