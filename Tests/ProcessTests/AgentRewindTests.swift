import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `Going back` {
  private static func write(_ name: String, _ text: String) -> AgentModel.Block {
    .call("write_file", ["path": .string(name), "content": .string(text)])
  }

  private static let work: [AgentModel.Turn] = [
    .init(write("kept.txt", "one\n")), .init(.text("done")),
    .init(
      write("kept.txt", "two\n"), write("new/made.txt", "x"), .call("delete_file", ["path": "old.txt"]),
      .call("move_file", ["source": "from.txt", "destination": "to.txt"]), write("theirs.txt", "ours\n")),
    .init(.text("done")),
    .init(.call("edit_file", ["path": "kept.txt", "edits": [["old_text": "two", "new_text": "three"]]])),
    .init(.text("done")),
  ]

  private func bench(_ more: [AgentModel.Turn] = []) throws -> AgentBench {
    let bench = try AgentBench(arguments: ["--allow", "all"], model: AgentModel(Self.work + more))
    _ = try bench.folder.write("old.txt", "old\n", mode: 0o600)
    _ = try bench.folder.write("from.txt", "moved\n")
    for number in 1...3 { #expect(try bench.run("work \(number)").result["text"] == "done") }
    #expect(bench.folder.text("kept.txt") == "three\n")
    #expect(bench.folder.names == ["kept.txt", "new", "theirs.txt", "to.txt"])
    return bench
  }

  @Test func `puts the files back that tools have changed since, and leaves what others changed`() throws {
    let bench = try bench()
    _ = try bench.folder.write("theirs.txt", "theirs\n")
    let info = try bench.ask("session/rewind", ["exchanges": 1, "files": true])
    #expect(info["exchanges"] == 1)
    #expect(bench.folder.text("kept.txt") == "one\n")
    #expect(bench.folder.text("old.txt") == "old\n")
    #expect(try bench.folder.mode("old.txt") == 0o600)
    #expect(bench.folder.text("from.txt") == "moved\n")
    #expect(bench.folder.text("theirs.txt") == "theirs\n")
    #expect(bench.folder.names == ["from.txt", "kept.txt", "old.txt", "theirs.txt"])
    #expect(info["files"]?["kept"]?.array?.count == 1)
    #expect(info["files"]?["kept"]?.array?.first?.string?.hasPrefix("theirs.txt: ") == true)
    #expect(info["files"]?["forgotten"] == 0)
    // What was put back is not put back twice.
    #expect(try bench.ask("session/rewind", ["exchanges": 1, "files": true])["files"]?["restored"] == [])
  }

  @Test(arguments: [true, false]) func `has the history gone back before the next message is read`(files: Bool) throws {
    let bench = try bench()
    try bench.request("back", "session/rewind", ["sessionId": bench.id, "exchanges": 1, "files": .bool(files)])
    #expect(try bench.ask("session/get")["exchanges"] == 1)
    #expect(try bench.ask("session/get")["activeRunId"] == nil)
  }

  @Test func `leaves the files alone unless it is asked to`() throws {
    let bench = try bench()
    #expect(try bench.ask("session/rewind", ["exchanges": 0])["files"] == nil)
    #expect(bench.folder.text("kept.txt") == "three\n")
  }

  @Test func `behind a summary, or the exchanges of another process, still puts files back`() throws {
    let bench = try bench([.init(.text("1. Goals: work")), .init(Self.write("last.txt", "x")), .init(.text("done"))])
    #expect(try bench.ask("session/compact")["exchanges"] == 3)
    _ = try bench.run("last")
    #expect(bench.folder.text("last.txt") == "x")
    #expect(try bench.ask("session/rewind", ["exchanges": 0, "files": true])["files"]?["kept"] == [])
    #expect(bench.folder.names == ["from.txt", "old.txt"])

    let other = try AgentBench(
      arguments: ["--allow", "edits"],
      model: AgentModel([.init(.text("said")), .init(Self.write("last.txt", "x")), .init(.text("done"))]))
    _ = try other.run("say")
    let document = try #require(try other.ask("session/export")["document"])
    _ = try other.ask("session/close")
    _ = try other.ask("session/import", ["document": document], inSession: false)
    _ = try other.run("write")
    #expect(other.folder.text("last.txt") == "x")
    #expect(try other.ask("session/rewind", ["exchanges": 0, "files": true])["files"]?["restored"] == ["last.txt"])
    #expect(other.folder.names == [])
  }

  @Test func `behind a summary, goes back to any of the runs that it stands for`() throws {
    let bench = try bench([.init(.text("1. Goals: work")), .init(.text("again"))])
    let runs = try bench.ask("session/history")["exchanges"]?.array ?? []
    _ = try bench.ask("session/compact")
    let info = try bench.ask("session/rewind", ["runId": runs[1]["runId"] ?? .null, "files": true])
    #expect(info["exchanges"] == 1 && info["files"]?["kept"] == [])
    #expect(bench.folder.text("kept.txt") == "one\n")
    #expect(bench.folder.names == ["from.txt", "kept.txt", "old.txt"])
    #expect(try bench.ask("session/history")["exchanges"]?.array?.first?["messages"] == runs[0]["messages"])
    #expect(try bench.run("and now?").result["text"] == "again")
    #expect(bench.model.flaws == [])
    let rest = try bench.ask("session/rewind", ["exchanges": 0, "files": true])
    #expect(rest["files"]?["restored"] == ["kept.txt"] && bench.folder.names == ["from.txt", "old.txt"])
  }

  @Test func `names the commands whose effects stay`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "all"],
      model: AgentModel([
        .init(.call("execute_command", ["command": "touch made\n# and more"])),
        .init(.call("execute_command", ["command": "touch other"]), Self.write("a", "x")), .init(.text("done")),
      ]))
    _ = try bench.run("work")
    let files = try bench.ask("session/rewind", ["exchanges": 0, "files": true])["files"]
    #expect(files?["commands"] == ["touch made", "touch other"] && files?["restored"] == ["a"])
    #expect(bench.folder.names == ["made", "other"])
  }

  @Test func `is not done while a run goes on`() throws {
    let isAsked = Latch()
    let mayGoOn = Latch()
    let bench = try AgentBench(
      model: AgentModel { _ in
        isAsked.open()
        mayGoOn.waitBlocking()
        return .init(.text("done"))
      })
    let number = try bench.start("go")
    isAsked.waitBlocking()
    let refusal = try bench.server.call(5, "session/rewind", ["sessionId": bench.id, "exchanges": 0, "files": true])
    #expect(refusal["error"]?["data"]?["kind"] == "sessionBusy")
    mayGoOn.open()
    #expect(try bench.messages(upTo: number).last?["result"]?["text"] == "done")
  }

  @Test func `and going on in another process continues the conversation`() throws {
    let first = try AgentBench(
      arguments: ["--allow", "commands"],
      model: AgentModel([.init(.call("execute_command", ["command": "echo seven"])), .init(.text("It is seven."))]))
    let spent = try first.run("what does it say?").result
    let document = try #require(try first.ask("session/export")["document"])
    let second = try AgentBench(model: AgentModel([.init(.text("Seven, as I said."))]))
    let restored = try second.ask("session/import", ["document": document], inSession: false)
    #expect(restored["sessionId"] == first.id)
    #expect(restored["cost"] == spent["sessionCost"])
    let result = try second.messages(upTo: second.start("again?", session: first.session)).last?["result"]
    #expect(result?["text"] == "Seven, as I said.")
    let seen = second.model.questions[0].messages
    let said =
      first.model.questions[1].messages + [
        ["role": "assistant", "content": [["type": "text", "text": "It is seven."]]]
      ]
    #expect(seen.prefix(said.count).map(\.unmarked) == said.map(\.unmarked))
    let total = result?["usage"]?["session"]?["input"]
    #expect(total == 300)
    #expect(second.model.flaws == [])
  }
}
