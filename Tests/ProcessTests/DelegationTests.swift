import Foundation
import Protocol
import Synchronization
import TestSupport
import Testing

/// A model that has parts of its work done in conversations of their own.
@Suite(.ownThread) struct `A delegated task` {
  private static let done = AgentModel.Turn(.text("done"))

  private static func delegating(_ tasks: [JSON]) -> AgentModel.Turn {
    var turn = done
    turn.blocks = tasks.map { .call("delegate", $0) }
    turn.stopReason = "tool_use"
    return turn
  }

  private func toolNames(_ question: AgentModel.Question) -> [String] {
    question.body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
  }

  /// Whether a question is that of a helper.
  private static func isHelper(_ question: AgentModel.Question) -> Bool {
    question.body.text.contains("part of a larger task")
  }

  @Test func `has a conversation of its own, and its last words come back`() throws {
    let bench = try AgentBench(
      options: ["delegates": true],
      model: AgentModel([
        Self.delegating([["task": "FIND-IT in a.txt"]]),
        .init(.text("Looking."), .call("read_file", ["path": "a.txt"])),
        .init(.text("It is FOUND.")), Self.done,
      ]))
    try bench.folder.write("a.txt", "WHAT-A-SAYS\n")
    let (messages, result) = try bench.run("WHAT-THE-PERSON-WANTS")
    let questions = bench.model.questions
    #expect(questions.count == 4 && bench.model.flaws == [])
    #expect(toolNames(questions[0]).contains("delegate") && toolNames(questions[0]).contains("write_file"))
    #expect(toolNames(questions[1]) == ["find_files", "get_project_info", "list_files", "read_file", "search_files"])
    #expect(!questions[1].body.text.contains("WHAT-THE-PERSON-WANTS") && questions[1].body.text.contains("FIND-IT"))
    #expect(questions[3].body.text.contains("It is FOUND.") && !questions[3].body.text.contains("WHAT-A-SAYS"))
    // What happens in it is told with the call's name, and what it used is the run's.
    let call = try #require(messages.events("toolCall").first { $0["name"] == "delegate" }?["toolCallId"])
    let nested = messages.events().filter { $0["parentToolCallId"] != nil }
    #expect(nested.allSatisfy { $0["parentToolCallId"] == call && $0["runId"] == result["runId"] })
    #expect(nested.contains { $0["type"] == "toolResult" && $0["name"] == "read_file" })
    #expect(!nested.contains { $0["type"] == "textDelta" })
    #expect(messages.events("toolResult").last?["title"]?.string?.hasPrefix("Delegate: FIND-IT") == true)
    #expect(result["usage"]?["run"]?["input"] == 400 && result["usage"]?["run"]?["output"] == 80)
    #expect(result["text"] == "done" && result["turns"] == 2)
    let session = try bench.ask("session/get")
    #expect(session["usage"]?["input"] == 400 && session["exchanges"] == 1)
    #expect(try bench.ask("session/list", inSession: false)["sessions"]?.array?.count == 1)
  }

  @Test func `is offered where it is asked for only`() throws {
    let bench = try AgentBench(model: AgentModel([Self.done, Self.done]))
    _ = try bench.run("hi")
    _ = try bench.run("hi", ["tools": ["read_file", "delegate"]])
    #expect(!toolNames(bench.model.questions[0]).contains("delegate"))
    #expect(toolNames(bench.model.questions[1]).contains("delegate"))
  }

  @Test func `changes files after the session's questions, and with them its undoing`() throws {
    let write = AgentModel.Turn(.call("write_file", ["path": "made.txt", "content": "x\n"]))
    let bench = try AgentBench(
      capabilities: ["permission": true], options: ["delegates": true],
      model: AgentModel([
        Self.delegating([["task": "write", "tools": ["write_file"]]]), write, Self.done, Self.done,
      ]))
    var asked: [JSON] = []
    let (_, result) = try bench.run("go") { method, params in
      asked.append(params)
      return method == "permission/request" ? option("allowOnce") : nil
    }
    #expect(asked.count == 1 && asked[0]["sessionId"] == bench.id && asked[0]["runId"] == result["runId"])
    #expect(bench.folder.text("made.txt") == "x\n")
    _ = try bench.ask("session/rewind", ["exchanges": 0, "files": true])
    #expect(bench.folder.text("made.txt") == nil)
    #expect(bench.model.flaws == [])
  }

  @Test func `has what a person always permits permitted in its session`() throws {
    let command = AgentModel.Turn(.call("execute_command", ["command": "cat a.txt"]))
    let bench = try AgentBench(
      capabilities: ["permission": true], options: ["delegates": true],
      model: AgentModel([
        Self.delegating([["task": "show it", "tools": ["execute_command"]]]), command, Self.done, command, Self.done,
      ]))
    try bench.folder.write("a.txt", "text\n")
    var asked = 0
    let (messages, _) = try bench.run("go") { method, params in
      asked += 1
      let always = params["options"]?.array?.first { $0["kind"] == "allowAlways" }?["optionId"]?.string
      return method == "permission/request" ? option(always ?? "none") : nil
    }
    #expect(asked == 1)
    #expect(
      messages.events("toolResult").filter { $0["name"] == "execute_command" }.map { $0["isError"] } == [false, false])
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: [["delegate"], ["switch_model"], ["ask_user"], ["no_such"], ["write_file"]])
  func `is given no tool that its caller has not, nor one to delegate`(tools: [String]) throws {
    let named = JSON.array(tools.map(JSON.string))
    let bench = try AgentBench(
      model: AgentModel([Self.delegating([["task": "t", "tools": named]]), Self.done]))
    let (messages, _) = try bench.run("go", ["tools": ["read_file", "delegate"]])
    #expect(messages.events("toolResult").first?["isError"] == true)
    #expect(bench.model.questions.count == 2)
  }

  @Test(arguments: [false, true]) func `ends with the budget that pays for it`(isSessions: Bool) throws {
    let read = AgentModel.Turn(.call("list_files", [:]), usage: .init(input: 3_000, output: 10))
    let budget: JSON = ["tokens": 30_000]
    let bench = try AgentBench(
      options: isSessions ? ["delegates": true, "budget": budget] : ["delegates": true],
      model: AgentModel { question in
        if question.number == 1 { return Self.delegating([["task": "t"]]) }
        return Self.isHelper(question) ? read : Self.done
      })
    let (messages, result) = try bench.run(
      "go", isSessions ? ["maxTokens": 200] : ["budget": budget, "maxTokens": 200])
    let last = messages.events("toolResult").last { $0["name"] == "delegate" }
    #expect(last?["content"]?.array?.first?["text"]?.string?.contains("the budget does not last") == true)
    let used = result["usage"]?["run"]?["input"]?.int ?? .max
    #expect(used < 30_000 && used > 9_000)
  }

  @Test func `is stopped after so many turns, and says so`() throws {
    let read = AgentModel.Turn(.call("list_files", [:]))
    let bench = try AgentBench(
      options: ["delegates": true],
      model: AgentModel { question in
        if question.number == 1 { return Self.delegating([["task": "t"]]) }
        return Self.isHelper(question) ? read : Self.done
      })
    let (_, result) = try bench.run("go")
    #expect(result["text"] == "done" && bench.model.questions.count == 32)
    #expect(bench.model.questions.last?.body.text.contains("the helper is not done") == true)
  }

  @Test func `goes on beside others, four at once`() throws {
    let state = Mutex((now: 0, most: 0))
    let full = Latch()
    let bench = try AgentBench(
      options: ["delegates": true],
      model: AgentModel { question in
        guard Self.isHelper(question) else {
          return question.number == 1 ? Self.delegating((1...7).map { ["task": .string("task \($0)")] }) : Self.done
        }
        let count = state.withLock { state in
          state.now += 1
          state.most = max(state.most, state.now)
          return state.now
        }
        if count == 4 { full.open() }
        full.waitBlocking()
        state.withLock { $0.now -= 1 }
        return Self.done
      })
    let (messages, _) = try bench.run("go")
    #expect(state.withLock(\.most) == 4)
    #expect(messages.events("toolResult").count { $0["name"] == "delegate" && $0["isError"] != true } == 7)
    #expect(bench.model.questions.count == 9 && bench.model.flaws == [])
  }

  @Test func `is cancelled with its run`() throws {
    let (begun, never) = (Latch(), Latch())
    let bench = try AgentBench(
      options: ["delegates": true],
      model: AgentModel { question in
        guard Self.isHelper(question) else {
          return question.number == 1 ? Self.delegating((1...6).map { ["task": .string("task \($0)")] }) : Self.done
        }
        begun.open()
        never.waitBlocking()
        throw LoopbackError.closed
      })
    let id = try bench.start("go")
    begun.waitBlocking()
    _ = try bench.server.send(
      (["jsonrpc": "2.0", "id": "c", "method": "agent/cancel", "params": ["sessionId": bench.id]] as JSON).text)
    let messages = try bench.messages(upTo: id)
    never.open()
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
    #expect(messages.events("toolResult").count { $0["isError"] == true } == 6)
    #expect(try bench.run("again").result["text"] == "done")
  }

  @Test func `is shown to an editor as lines of its call`() throws {
    let turns = [
      Self.delegating([["task": "look"]]), .init(.call("list_files", [:])), .init(.text("Nothing there.")), Self.done,
    ]
    let editor = try ACPEditor(turns, opensSession: false)
    let made = try editor.result(
      "_session/new", ["cwd": .string(editor.folder.path), "delegates": true], careless: true)
    let id = try #require(made["sessionId"])
    let prompt: JSON = ["sessionId": id, "prompt": [["type": "text", "text": "go"]]]
    let frames = try editor.receive(upTo: try editor.send("session/prompt", prompt))
    let updates = frames.compactMap { $0["params"]?["update"] }.filter { $0["sessionUpdate"] == "tool_call_update" }
    #expect(updates.contains { $0["content"]?.text.contains("• List") == true })
    #expect(Set(updates.compactMap { $0["toolCallId"]?.string }).count == 1)
    #expect(updates.last?["status"] == "completed" && updates.last?.text.contains("Nothing there.") == true)
  }

  @Test func `asks an editor before it changes a file`() throws {
    let write = AgentModel.Turn(.call("write_file", ["path": "made.txt", "content": "x\n"]))
    let editor = try ACPEditor(
      [Self.delegating([["task": "write", "tools": ["write_file"]]]), write, Self.done, Self.done], opensSession: false)
    let made = try editor.result(
      "_session/new", ["cwd": .string(editor.folder.path), "delegates": true], careless: true)
    let id = try #require(made["sessionId"])
    let number = try editor.send(
      "session/prompt", ["sessionId": id, "prompt": [["type": "text", "text": "go"]]])
    let turn = try editor.turn(of: number, choosing: "allow_once")
    #expect(turn.asked.count == 1 && turn.asked[0]["toolCall"]?["title"]?.string?.contains("made.txt") == true)
    #expect(turn.asked[0]["sessionId"] == id && turn.stopReason == "end_turn")
    #expect(editor.folder.text("made.txt") == "x\n" && editor.model.flaws == [])
  }
}
