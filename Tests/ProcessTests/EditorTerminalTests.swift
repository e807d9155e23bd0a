import Foundation
import Protocol
import TestSupport
import Testing

private func run(_ command: String, seconds: Int? = nil) -> AgentModel.Turn {
  var input: JSONObject = ["command": .string(command)]
  if let seconds { input["timeout_seconds"] = .number(JSONNumber(seconds)) }
  return .init(.call("execute_command", .object(input)))
}
private let done = AgentModel.Turn(.text("done"))
private let offered: JSON = ["terminal": true]

/// What an editor's terminal says of a command that printed that and ended so.
private func terminal(_ output: String = "", exit: JSON = ["exitCode": 0]) -> (String, JSON) -> OfferingEditor.Answer? {
  { method, params in
    guard method.hasPrefix("terminal/") else { return nil }
    if method == "terminal/create" { return .result(["terminalId": "t-1"]) }
    guard params["terminalId"] == "t-1" else { return .error(-32602) }
    switch method {
    case "terminal/wait_for_exit": return .result(exit)
    case "terminal/output": return .result(["output": .string(output), "truncated": false, "exitStatus": exit])
    default: return .result(.null)
    }
  }
}

@Suite(.ownThread) struct `An editor's terminal` {
  private func methods(_ turn: OfferingEditor.Turn) -> [String] {
    turn.asked.map(\.method).filter { $0.hasPrefix("terminal/") }
  }

  @Test func `runs commands as they would run here, after they were permitted, and shows them at once`() throws {
    let editor = try OfferingEditor(
      [run("echo $HOME; false | cat"), done], capabilities: offered,
      environment: ["SOME_API_KEY": "canary-secret-1", "PLAIN": "value"])
    let turn = try editor.prompt(answers: terminal("one\r\n\u{1B}[1mtwo\u{1B}[0m canary-secret-1\r\n"))
    #expect(
      turn.asked.map(\.method) == [
        "session/request_permission", "terminal/create", "terminal/wait_for_exit", "terminal/output",
        "terminal/release",
      ])
    let order = try #require(turn.params(of: "terminal/create").first)
    #expect(order["command"]?.string?.hasSuffix("sh") == true)
    #expect(order["args"] == ["-c", "echo $HOME; false | cat"])
    #expect(order["cwd"]?.string == editor.folder.path)
    #expect(order["outputByteLimit"] == 8_388_608)
    let variables = order["env"]?.array ?? []
    // What is withheld from commands here is empty there; the terminal's own kind stays.
    #expect(variables.contains(["name": "SOME_API_KEY", "value": ""]))
    #expect(variables.contains(["name": "ANTHROPIC_API_KEY", "value": ""]))
    #expect(variables.contains(["name": "GIT_TERMINAL_PROMPT", "value": "0"]))
    #expect(!variables.contains { ["TERM", "PLAIN", "PATH"].contains($0["name"]?.string) })
    #expect(editor.told(1).hasPrefix("one\ntwo "))
    let shown: JSON = [["type": "terminal", "terminalId": "t-1"]]
    let states = turn.calls.filter { $0["content"] == shown }.compactMap { $0["status"]?.string }
    #expect(states == ["in_progress", "completed"])
    #expect(editor.model.flaws == [])
  }

  @Test(
    arguments: [
      (["exitCode": 3, "signal": .null], "[exit status 3]"),
      (["exitCode": .null, "signal": "SIGKILL"], "[ended by signal SIGKILL]"),
      ([:], "[the editor did not say how it ended: it may have failed, or not be done]"),
      (.null, "[the editor did not say how it ended: it may have failed, or not be done]"),
    ] as [(JSON, String)]) func `says how a command ended`(exit: JSON, told: String) throws
  {
    let editor = try OfferingEditor([run("x"), done], capabilities: offered, mode: "bypass")
    let turn = try editor.prompt(answers: terminal("said\n", exit: exit))
    #expect(editor.told(1) == "said\n" + told)
    #expect(turn.calls.last?["status"] == "failed")
    #expect(editor.model.questions[1].results.first?["is_error"] == true)
  }

  @Test(arguments: [-32603, -32601, 0]) func `that cannot be opened is not asked for again`(code: Int) throws {
    let editor = try OfferingEditor(
      [run("echo here"), run("echo again"), done], capabilities: offered, mode: "bypass")
    let turn = try editor.prompt { method, _ in code == 0 ? .result([:]) : .error(code) }
    #expect(methods(turn) == ["terminal/create"])
    #expect(editor.told(1) == "here\n")
    #expect(editor.told(2) == "again\n")
    #expect(turn.stopReason == "end_turn")
  }

  @Test func `is let go, and its command ended, when the prompt is cancelled`() throws {
    let editor = try OfferingEditor([run("sleep 600"), done], capabilities: offered, mode: "bypass")
    var left: [String] = []
    let turn = try editor.prompt { method, params in
      if method == "terminal/wait_for_exit" {
        try editor.cancel()
        return .silence
      }
      left.append(method)
      return terminal("begun\n")(method, params)
    }
    #expect(turn.stopReason == "cancelled")
    #expect(turn.calls.last?["status"] == "failed")
    while left.last != "terminal/release" {
      let message = try editor.server.receive()
      if message["id"] != nil, let method = message["method"]?.string { left.append(method) }
    }
    #expect(left == ["terminal/create", "terminal/kill", "terminal/output", "terminal/release"])
  }

  @Test func `shows no call at work that has failed, when the prompt is cancelled while it opens`() throws {
    let rounds = 20
    let editor = try OfferingEditor(
      [AgentModel.Turn](repeating: run("sleep 600"), count: rounds), capabilities: offered, mode: "bypass")
    for _ in 0..<rounds {
      let turn = try editor.prompt { method, params in
        if method == "terminal/wait_for_exit" { return .silence }
        if method == "terminal/create" { try editor.cancel() }
        return terminal()(method, params)
      }
      #expect(turn.stopReason == "cancelled")
      #expect(turn.calls.last?["status"] == "failed")
      #expect(Set(turn.calls.map { $0["toolCallId"] }).count == 1)
    }
  }

  @Test func `is let go, and its command ended, when its time is up or nobody can say more of it`() throws {
    for isSilent in [true, false] {
      let clock = ManualClock()
      let editor = try OfferingEditor(
        [run("sleep 600", seconds: 7), done], capabilities: offered, mode: "bypass", time: clock.source)
      var asked: [String] = []
      let turn = try editor.prompt { method, params in
        asked.append(method)
        if method == "terminal/output", !isSilent, asked.count < 4 { return .error(-32603) }
        // Of a command that was killed a terminal may say that it ended well.
        guard method == "terminal/wait_for_exit" else { return terminal("begun\n")(method, params) }
        guard isSilent else { return .error(-32603) }
        clock.passWhenSlept(7_000)
        return .silence
      }
      #expect(
        methods(turn) == ["terminal/create", "terminal/wait_for_exit"] + (isSilent ? [] : ["terminal/output"])
          + ["terminal/kill", "terminal/output", "terminal/release"])
      #expect(turn.calls.last?["status"] == "failed")
      #expect(editor.told(1).hasPrefix("begun\n"))
      #expect(editor.told(1).contains(isSilent ? "[ended after 7 s" : "did not say how it ended"))
    }
  }

  @Test(arguments: [0, 3, nil]) func `whose end cannot be waited for is looked at until it has one, or its time is up`(
    status: Int?
  ) throws {
    let clock = ManualClock()
    let editor = try OfferingEditor(
      [run("make", seconds: 7), done], capabilities: offered, mode: "bypass", time: clock.source)
    var looks = 0
    let turn = try editor.prompt { method, params in
      switch method {
      case "terminal/wait_for_exit": return .error(-32601)
      case "terminal/output":
        looks += 1
        if looks == 1 {
          Thread.detachNewThread {
            clock.passWhenSlept(250)
            clock.passWhenSlept(500)
            if status == nil { clock.pass(7_000) }
          }
        }
        if looks > 2, let status {
          return terminal("made\n", exit: ["exitCode": .number(JSONNumber(status))])(method, params)
        }
        return .result(["output": "made\n", "truncated": false, "exitStatus": .null])
      default: return terminal()(method, params)
      }
    }
    #expect(methods(turn).contains("terminal/kill") == (status == nil))
    #expect(methods(turn).suffix(2) == ["terminal/output", "terminal/release"])
    let told = status.map { $0 == 0 ? "" : "[exit status 3]" } ?? "[ended after 7 s"
    #expect(editor.told(1).hasPrefix("made\n" + told))
    #expect(turn.calls.last?["status"] == (status == 0 ? "completed" : "failed"))
  }

  @Test(arguments: [true, false])
  func `that nobody says to be open is waited for once, and is ended when it comes late`(
    comes: Bool
  ) throws {
    let clock = ManualClock()
    let editor = try OfferingEditor(
      [run("touch x"), run("echo here"), done], capabilities: offered, mode: "bypass", time: clock.source)
    var sleeps = 0
    let turn = try editor.prompt { method, _ in
      clock.passWhenSlept(60_000)
      sleeps = clock.sleeps.count { $0 == 60_000 }
      return .silence
    }
    #expect(methods(turn) == ["terminal/create"])
    #expect(editor.told(1).contains("did not say within 60 s whether it started the command"))
    #expect(editor.folder.names == [])
    #expect(editor.told(2) == "here\n")
    guard comes else {
      // Nobody waits for ever, and the editor is told.
      clock.passWhenSlept(60_000, times: sleeps + 1)
      let message = try editor.server.receive()
      #expect(message["method"] == "$/cancel_request")
      #expect(message["params"]?["requestId"] == "wyn360-1")
      return
    }
    let late: JSON = ["jsonrpc": "2.0", "id": "wyn360-1", "result": ["terminalId": "t-9"]]
    try editor.server.send(late.text)
    var left: [String] = []
    while left.last != "terminal/release" {
      let message = try editor.server.receive()
      left.append(message["method"]?.string ?? "")
      let answer: JSON = ["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": [:]]
      try editor.server.send(answer.text)
    }
    #expect(left == ["terminal/kill", "terminal/output", "terminal/release"])
  }

  @Test func `is a display of what is printed here, for those who only have that`() throws {
    let editor = try OfferingEditor(
      [run("echo one; exit 3"), done], capabilities: ["terminal": false, "_meta": ["terminal_output": true]],
      mode: "bypass")
    let turn = try editor.prompt()
    #expect(turn.asked.isEmpty)
    let updates = turn.calls
    let call = try #require(updates.first?["toolCallId"])
    let shown: JSON = [["type": "terminal", "terminalId": call]]
    let info = try #require(updates.first { $0["_meta"]?["terminal_info"] != nil })
    #expect(info["_meta"]?["terminal_info"] == ["terminal_id": call, "cwd": .string(editor.folder.path)])
    #expect(info["content"] == shown)
    let data = updates.compactMap { $0["_meta"]?["terminal_output"] }
    #expect(data.compactMap { $0["data"]?.string }.joined() == "one\n")
    #expect(data.allSatisfy { $0["terminal_id"] == call })
    let exit = updates.compactMap { $0["_meta"]?["terminal_exit"] }
    #expect(exit == [["exit_code": 3, "signal": .null, "terminal_id": call]])
    #expect(updates.last?["status"] == "failed")
    #expect(updates.last?["content"] == shown)
  }
}
