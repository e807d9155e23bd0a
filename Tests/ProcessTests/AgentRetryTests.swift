import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `The last prompt` {
  private static func write(_ name: String, _ text: String) -> AgentModel.Block {
    .call("write_file", ["path": .string(name), "content": .string(text)])
  }

  @Test func `is asked again as it was, with what it was asked with, and the files as they were`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "edits"],
      model: AgentModel([
        .init(.text("first")), .init(Self.write("made.txt", "1")), .init(.text("second")),
        .init(Self.write("made.txt", "2")), .init(.text("third")),
      ]))
    _ = try bench.run("one")
    _ = try bench.run("two", ["system": "Be brief.", "maxTurns": 9])
    let result = try bench.ask("agent/retry", ["files": true, "runId": "again"])
    #expect(result["text"] == "third" && result["runId"] == "again")
    #expect(result["files"]?["restored"] == ["made.txt"])
    #expect(bench.folder.text("made.txt") == "2")
    let again = bench.model.questions[3]
    #expect(again.messages.count { $0["role"] == "user" && $0.text.contains("two") } == 1)
    #expect(again.told.contains("Be brief.") && !again.messages.contains { $0.text.contains("second") })
    #expect(try bench.ask("session/get")["exchanges"] == 2)
    // The same name goes back no further.
    #expect(try bench.ask("agent/retry", ["runId": "again"])["text"] == "third")
    #expect(bench.model.questions.count == 5 && bench.model.flaws == [])
  }

  @Test func `may be edited, be another model's, and leaves files alone unless it is told`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "edits"],
      model: AgentModel([
        .init(Self.write("made.txt", "1")), .init(.text("done")), .init(.text("other")),
      ]))
    _ = try bench.run("write it")
    let result = try bench.ask("agent/retry", ["prompt": "rather not", "model": "claude-haiku-4-5"])
    #expect(result["text"] == "other" && result["files"] == nil && bench.folder.text("made.txt") == "1")
    let asked = try #require(bench.model.questions.last)
    #expect(asked.model.contains("haiku") && asked.prompt == "rather not")
    #expect(!asked.messages.contains { $0.text.contains("write it") })
  }

  @Test func `that failed is asked again just so, and so is that of another process`() throws {
    let bench = try AgentBench(
      model: AgentModel { question in
        guard question.number > 1 else { return .init(.other(["type": "nonsense"]), stopReason: "refusal") }
        return .init(.text("answer \(question.number)"))
      })
    _ = try bench.run("hard one", ["tools": []])
    #expect(try bench.ask("session/get")["exchanges"] == 0)
    #expect(try bench.ask("agent/retry")["text"] == "answer 2")
    #expect(bench.model.questions[1].prompt.contains("hard one") || bench.model.questions[1].messages.count == 1)
    let document = try #require(try bench.ask("session/export")["document"])
    _ = try bench.ask("session/close")
    _ = try bench.ask("session/import", ["document": document], inSession: false)
    #expect(try bench.ask("agent/retry")["text"] == "answer 3")
    #expect(bench.model.questions[2].messages.count { $0["role"] == "user" } == 1)
    #expect(bench.model.questions[2].messages.first?.text.contains("hard one") == true)
  }

  @Test func `is the last of the history, once somebody went back in it`() throws {
    let bench = try AgentBench(
      model: AgentModel([.init(.text("1")), .init(.text("2")), .init(.text("1. Goals: none")), .init(.text("3"))]))
    for prompt in ["one", "two"] { _ = try bench.run(prompt) }
    _ = try bench.ask("session/rewind", ["exchanges": 1])
    _ = try bench.ask("session/compact")
    #expect(try bench.ask("agent/retry")["text"] == "3")
    #expect(bench.model.questions[3].messages.count { $0["role"] == "user" } == 1)
    #expect(bench.model.questions[3].prompt.contains("one"))
  }

  @Test func `is asked again, and its changes are told, for editors of the Agent Client Protocol, too`() throws {
    let editor = try ACPEditor(
      [.init(Self.write("a.txt", "x\n")), .init(.text("Done.")), .init(.text("Other."))],
      arguments: ["--allow", "edits"])
    _ = try editor.prompt("write")
    let changes = try editor.result("_session/changes", ["sessionId": editor.session])
    #expect(changes["files"]?.array?.first?["diff"] == "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+x\n")
    let again = try editor.send("_agent/retry", ["sessionId": editor.session, "files": true])
    let answer = try editor.receive(upTo: again).last
    #expect(answer?["result"]?["text"] == "Other." && answer?["result"]?["files"]?["restored"] == ["a.txt"])
    #expect(editor.folder.names == [] && editor.model.flaws == [])
  }

  @Test func `waits for nobody while a run goes on: it is refused`() throws {
    let model = try ScriptedModel()
    let server = try ServerProcess(environment: model.environment)
    let session = try #require(try server.call(1, "session/new")["result"]?["sessionId"])
    let run: JSON = ["id": 2, "method": "agent/run", "params": ["sessionId": session, "prompt": "one"]]
    try server.send(run.text)
    let refused = try server.call(3, "agent/retry", ["sessionId": session])
    #expect(refused["error"]?["data"]?["kind"] == "sessionBusy")
    for step: ScriptedModel.Step in [.text("first"), .end("end_turn")] { model.take(step) }
  }

  @Test func `that cannot be asked costs nothing of the history`() throws {
    let bench = try AgentBench(model: AgentModel([.init(.text("first"))]))
    #expect(try bench.server.call(50, "agent/retry", ["sessionId": bench.id])["error"]?["code"] == -32602)
    _ = try bench.run("one")
    for params: JSONObject in [["prompt": " "], ["model": "no such"], ["budget": "much"], ["prompt": []]] {
      var params = params
      params["sessionId"] = bench.id
      #expect(try bench.server.call(51, "agent/retry", .object(params))["error"]?["code"] == -32602)
    }
    #expect(try bench.ask("session/get")["exchanges"] == 1)
    #expect(bench.model.questions.count == 1)
  }
}

@Suite(.ownThread) struct `What a session changed` {
  private static func write(_ name: String, _ text: String) -> AgentModel.Block {
    .call("write_file", ["path": .string(name), "content": .string(text)])
  }

  private static let work: [AgentModel.Turn] = [
    .init(write("kept.txt", "one\n"), write("gone.txt", "x\n")), .init(.text("done")),
    .init(
      write("kept.txt", "two\n"), .call("delete_file", ["path": "gone.txt"]), .call("delete_file", ["path": "old.txt"]),
      .call("move_file", ["source": "from.txt", "destination": "to.txt"]), write("theirs.txt", "ours\n")),
    .init(.text("done")),
    .init(
      .call("edit_file", ["path": "kept.txt", "edits": [["old_text": "two", "new_text": "three"]]]),
      .call("execute_command", ["command": "echo more\necho less"]), .call("read_file", ["path": "to.txt"]),
      write("to.txt", "moved\nand more\n")),
    .init(.text("done")),
  ]

  private func bench() throws -> (AgentBench, runs: [JSON]) {
    let bench = try AgentBench(arguments: ["--allow", "all"], model: AgentModel(Self.work))
    _ = try bench.folder.write("old.txt", "old\n")
    _ = try bench.folder.write("from.txt", "moved\n")
    let runs = try (1...3).map { try #require(try bench.run("work \($0)").result["runId"]) }
    return (bench, runs)
  }

  private func told(_ bench: AgentBench, _ params: JSONObject = [:]) throws -> [String: JSON] {
    let files = try #require(try bench.ask("session/changes", params)["files"]?.array)
    return Dictionary(uniqueKeysWithValues: files.map { ($0["path"]?.string ?? "", $0) })
  }

  @Test func `is told once for each file, with one diff, by the run or in all`() throws {
    let (bench, runs) = try bench()
    let all = try told(bench)
    #expect(Set(all.keys) == ["kept.txt", "old.txt", "theirs.txt", "to.txt"])
    #expect(all["kept.txt"]?["kind"] == "created")
    #expect(all["kept.txt"]?["diff"] == "--- /dev/null\n+++ b/kept.txt\n@@ -0,0 +1 @@\n+three\n")
    #expect(all["old.txt"]?["diff"] == "--- a/old.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n")
    #expect(all["to.txt"]?["kind"] == "moved" && all["to.txt"]?["from"] == "from.txt")
    #expect(all["to.txt"]?["diff"]?.string?.hasSuffix("+and more\n") == true)

    let second = try told(bench, ["runId": runs[1]])
    #expect(Set(second.keys) == ["gone.txt", "kept.txt", "old.txt", "theirs.txt", "to.txt"])
    #expect(second["kept.txt"]?["kind"] == "modified")
    #expect(second["kept.txt"]?["diff"] == "--- a/kept.txt\n+++ b/kept.txt\n@@ -1 +1 @@\n-one\n+two\n")
    #expect(second["to.txt"]?["kind"] == "moved" && second["to.txt"]?["diff"] == nil)
    #expect(second["gone.txt"]?["kind"] == "deleted")
    #expect(second.values.allSatisfy { $0["others"] == nil })
    let third = try bench.ask("session/changes", ["runId": runs[2]])
    #expect(third["commands"] == ["echo more"])
    #expect(third["files"]?.array?.compactMap { $0["path"]?.string } == ["kept.txt", "to.txt"])
  }

  @Test func `comes page by page, and names what others have changed, too`() throws {
    let (bench, _) = try bench()
    _ = try bench.folder.write("theirs.txt", "theirs\n")
    var (cursor, paths) = (JSON?.none, [String]())
    repeat {
      var params: JSONObject = ["limit": 1]
      params["cursor"] = cursor
      let page = try bench.ask("session/changes", params)
      let files = page["files"]?.array ?? []
      paths += files.compactMap { $0["path"]?.string }
      #expect(files.count <= 1 && (page["nextCursor"] == nil) == (page["more"] == 0))
      cursor = page["nextCursor"]
    } while cursor != nil
    #expect(paths == ["kept.txt", "old.txt", "theirs.txt", "to.txt"])
    let all = try told(bench)
    #expect(all["theirs.txt"]?["others"] == true && all["theirs.txt"]?["diff"]?.string?.contains("+theirs") == true)
    for params: JSONObject in [["cursor": "x"], ["limit": 0], ["runId": "run-99"]] {
      var params = params
      params["sessionId"] = bench.id
      #expect(try bench.server.call(90, "session/changes", .object(params))["error"]?["code"] == -32602)
    }
  }

  @Test func `is told of what is no text, of links, and of folders that were moved or deleted`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "all"],
      model: AgentModel([
        .init(
          .call("delete_file", ["path": "blob"]), .call("delete_file", ["path": "link"]),
          .call("delete_file", ["path": "dir", "recursive": true]), Self.write("here/old.txt", "1\n"),
          .call("read_file", ["path": "here/z.txt"]), Self.write("here/z.txt", "before the move\n"),
          .call("move_file", ["source": "here", "destination": "there"]), Self.write("there/new.txt", "2\n"),
          .call("read_file", ["path": "there/y.txt"]), Self.write("there/y.txt", "after it\n"),
          .call("move_file", ["source": "gone.txt", "destination": "gone2.txt"]),
          .call("delete_file", ["path": "gone2.txt"])),
        .init(.text("done")),
      ]))
    let folder = bench.folder
    for name in ["dir/x.txt", "here/y.txt", "here/z.txt", "here/still.txt", "gone.txt"] {
      try folder.write(name, "was\n")
    }
    try folder.write("blob", "a\u{0}b")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "gone.txt")
    _ = try bench.run("work")
    let all = try told(bench)
    let kinds = all.mapValues { [$0["kind"]?.string, $0["from"]?.string].compactMap(\.self).joined(separator: " ") }
    #expect(
      kinds == [
        "blob": "deleted", "link": "deleted", "dir/x.txt": "deleted", "gone.txt": "deleted", "there": "moved here",
        "there/y.txt": "moved here/y.txt", "there/z.txt": "moved here/z.txt", "there/old.txt": "created",
        "there/new.txt": "created",
      ])
    #expect(all["blob"]?["note"]?.string?.hasPrefix("it is no text: 3 bytes") == true)
    #expect(all["link"]?["note"] == "it was a symbolic link" && all["there"]?["diff"] == nil)
    #expect(all["there/z.txt"]?["diff"]?.string?.hasSuffix("-was\n+before the move\n") == true)
    #expect(all["there/y.txt"]?["diff"]?.string?.hasSuffix("-was\n+after it\n") == true)
    #expect(all["gone.txt"]?["diff"] == "--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-was\n")
    #expect(all.values.allSatisfy { $0["others"] == nil })
  }

  @Test func `is nothing once it was put back`() throws {
    let (bench, runs) = try bench()
    _ = try bench.ask("session/rewind", ["exchanges": 1, "files": true])
    #expect(try told(bench, ["runId": runs[0]]).keys.sorted() == ["gone.txt", "kept.txt"])
    _ = try bench.ask("session/rewind", ["exchanges": 0, "files": true])
    #expect(try told(bench).isEmpty)
  }

  /// How many there are: a few, or a part of the many that `Scripts/walks.sh` takes.
  private static let walks =
    ProcessInfo.processInfo.environment["LIFE_WALKS"].flatMap { UInt64($0) }.map { $0 / 50 + 1 } ?? 2

  /// Random work in three files over three runs, held against `git apply`: what a run's diffs make of the files before it is
  /// what stood there after it, and all of the session's together lead from its beginning to its end.
  @Test(arguments: 1...walks) func `makes of the files before what stood there afterwards, by git's own hand`(
    seed: UInt64
  )
    throws
  {
    var random = RandomNumbers(seed: seed)
    let names = ["a.txt", "b/c.txt", "d.txt"]
    func text() -> String {
      let lines = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        "line \(Int.random(in: 0...5, using: &random))"
      }
      return lines.joined(separator: "\n") + (Bool.random(using: &random) ? "\n" : "x")
    }
    var (states, turns, now) = ([[String: String]](), [AgentModel.Turn](), ["a.txt": text(), "d.txt": text()])
    states.append(now)
    for _ in 1...3 {
      for _ in 1...3 {
        let name = names.randomElement(using: &random) ?? "a.txt"
        let reads = now[name] == nil ? [] : [AgentModel.Block.call("read_file", ["path": .string(name)])]
        let content = now[name] != nil && Int.random(in: 0...3, using: &random) == 0 ? nil : text()
        now[name] = content
        let change = content.map { Self.write(name, $0) } ?? .call("delete_file", ["path": .string(name)])
        var turn = AgentModel.Turn(change)
        turn.blocks = reads + [change]
        turns.append(turn)
      }
      turns.append(.init(.text("done")))
      states.append(now)
    }
    let bench = try AgentBench(arguments: ["--allow", "all"], model: AgentModel(turns))
    for (name, text) in states[0] { try bench.folder.write(name, text) }
    let runs = try (1...3).map { try #require(try bench.run("work \($0)").result["runId"]) }
    for (place, params) in ([[:]] + runs.map { ["runId": $0] } as [JSONObject]).enumerated() {
      let (before, after) = place == 0 ? (states[0], states[3]) : (states[place - 1], states[place])
      let files = try #require(try bench.ask("session/changes", params)["files"]?.array)
      let kinds = Dictionary(uniqueKeysWithValues: files.map { ($0["path"]?.string ?? "", $0["kind"]?.string ?? "") })
      for name in names {
        let kind =
          before[name] == after[name]
          ? nil : before[name] == nil ? "created" : after[name] == nil ? "deleted" : "modified"
        #expect(kinds[name] == kind, "\(seed) \(place) \(name)")
      }
      let copy = try TemporaryFolder()
      for (name, text) in before { try copy.write(name, text) }
      try copy.write("patch", files.compactMap { $0["diff"]?.string }.joined())
      let applied = try ShellScript("test ! -s patch || git apply patch", folder: copy)
      #expect(applied.status == 0, "\(seed) \(place): \(applied.errors)")
      for name in names { #expect(copy.text(name) == after[name], "\(seed) \(place) \(name)") }
    }
  }
}
