import Foundation
import Protocol
import Server
import Testing

@Suite struct `The toolbox` {
  @Test func `tells of its tools in one order, each with a schema`() throws {
    let bench = try ToolBench()
    let definitions = bench.toolbox.definitions
    #expect(
      definitions.map(\.name) == [
        "command_output", "command_stop", "create_directory", "delete_file", "edit_file", "execute_command",
        "find_files", "get_project_info", "list_files", "move_file", "read_file", "search_files", "update_plan",
        "write_file",
      ])
    for definition in definitions {
      #expect(definition.inputSchema["type"] == "object" && definition.inputSchema["additionalProperties"] == false)
      #expect(definition.description.count > 80)
      #expect(definition.apiForm["input_schema"] == definition.inputSchema)
    }
  }

  @Test(
    arguments: [
      ("read_file", [:], "path"), ("read_file", ["path": 1], "path"), ("read_file", ["path": "a", "line": 1], "line"),
      ("read_file", ["path": "a", "start_line": 0], "start_line"), ("read_file", "a", "object"),
      ("write_file", ["path": "a"], "content"), ("edit_file", ["path": "a", "edits": [["old_text": "x"]]], "new_text"),
      ("execute_command", ["command": "ls", "timeout_seconds": 601], "timeout_seconds"),
      ("update_plan", ["steps": [["content": "x", "status": "done"]]], "status"), ("read_file", .null, "object"),
      ("read_file", ["path": "a", "start_line": 1.5], "start_line"),
    ] as [(String, JSON, String)]) func `does nothing with input that does not fit`(
      name: String, input: JSON, word: String
    ) throws
  {
    let bench = try ToolBench()
    do throws(ToolError) {
      _ = try bench.toolbox.plan(name, input, in: bench.workspace)
      Issue.record("not refused")
    } catch {
      #expect(error.kind == .invalidInput)
      #expect(error.message.contains(word), "\(error.message)")
      #expect(error.outcome.isError)
    }
  }

  @Test func `names what there is when there is no such tool`() throws {
    let bench = try ToolBench()
    let error = #expect(throws: ToolError.self) { try bench.toolbox.plan("rm", [:], in: bench.workspace) }
    #expect(error?.kind == .unknownTool && error?.message.contains("delete_file") == true)
  }

  @Test func `shows a plan`() async throws {
    let bench = try ToolBench()
    let outcome = try await bench.run(
      "update_plan", ["steps": [["content": "a", "status": "completed"], ["content": "b", "status": "in_progress"]]])
    #expect(outcome.steps == [PlanStep(content: "a", status: .completed), PlanStep(content: "b", status: .inProgress)])
    #expect(outcome.text.contains("1 of 2"))
  }

  @Test func `shows what would change before it does`() async throws {
    let bench = try ToolBench()
    try bench.make("f", "one\ntwo\n")
    try bench.link("out", to: bench.outside.path)
    let calls: [(String, JSON)] = [
      ("write_file", ["path": "new", "content": "x\n"]), ("write_file", ["path": "f", "content": "x\n"]),
      ("edit_file", ["path": "f", "edits": [["old_text": "x", "new_text": "y"]]]),
    ]
    for (name, input) in calls {
      let before = try? bench.text("f")
      let plan = try bench.toolbox.plan(name, input, in: bench.workspace)
      let preview = await plan.preview()
      #expect(try bench.text("f") == before)
      #expect(try await plan.run(ToolContext()).diff == preview && preview?.isEmpty == false)
    }
    for (name, input) in [
      ("write_file", ["path": "out/file", "content": "x"]), ("list_files", [:]),
      ("write_file", ["path": ".", "content": ""]),
      ("edit_file", ["path": "f", "edits": [["old_text": "nowhere", "new_text": "y"]]]),
    ] as [(String, JSON)] {
      #expect(try await bench.toolbox.plan(name, input, in: bench.workspace).preview() == nil, "\(name)")
    }
  }

  @Test func `tells about the project`() async throws {
    let bench = try ToolBench()
    try bench.make("Package.swift")
    try bench.make("Sources/a.swift")
    try bench.make(".git/HEAD", "ref: refs/heads/topic/one\n")
    try bench.make(".gitignore", "*.log\n")
    try bench.make("noise.log")
    let text = try await bench.run("get_project_info", [:]).text
    #expect(text.contains("git: branch topic/one") && text.contains("Package.swift: Swift package"))
    #expect(text.contains("3 files in 1 folders") && text.contains(".swift 2"))
  }

  @Test func `a workspace must be there`() throws {
    let bench = try ToolBench()
    #expect(throws: ToolError.self) { try Workspace(path: "relative") }
    #expect(throws: ToolError.self) { try Workspace(path: "/no/such/folder") }
    let file = try bench.make("file")
    #expect(throws: ToolError.self) { try Workspace(path: file.path) }
    try bench.link("there", to: bench.outside.path)
    let linked = try Workspace(path: bench.folder.appending(path: "there").path)
    #expect(linked.place.absolute == bench.outside.path)
  }
}

@Suite struct `The journal` {
  @Test func `undoes everything since a mark`() async throws {
    let bench = try ToolBench()
    try bench.make("changed", "before")
    try bench.make("deleted/deep/file", "deleted")
    try bench.link("deleted/link", to: "deep/file")
    try bench.make("moved", "moved")
    try bench.make("overwritten", "overwritten")
    let mark = bench.journal.mark
    _ = try await bench.run("write_file", ["path": "changed", "content": "1"])
    _ = try await bench.run("edit_file", ["path": "changed", "edits": [["old_text": "1", "new_text": "2"]]])
    _ = try await bench.run("write_file", ["path": "new/file", "content": "new"])
    _ = try await bench.run("create_directory", ["path": "made/folders"])
    _ = try await bench.run("delete_file", ["path": "deleted", "recursive": true])
    _ = try await bench.run("move_file", ["source": "moved", "destination": "overwritten", "overwrite": true])
    let undone = bench.journal.undo(to: mark, in: bench.workspace)
    #expect(undone.kept == [] && undone.forgotten == 0)
    #expect(try bench.text("changed") == "before" && bench.text("deleted/deep/file") == "deleted")
    #expect(try bench.text("deleted/link") == "deleted")
    #expect(try bench.text("moved") == "moved" && bench.text("overwritten") == "overwritten")
    #expect(!bench.exists("new/file") && !bench.exists("made"))
    #expect(bench.journal.mark == mark && bench.journal.bytes == 0)
  }

  @Test func `leaves alone what somebody else changed`() async throws {
    let bench = try ToolBench()
    try bench.make("a", "before")
    _ = try await bench.run("write_file", ["path": "a", "content": "ours"])
    _ = try await bench.run("write_file", ["path": "b", "content": "ours"])
    try bench.make("a", "theirs")
    try bench.make("b", "theirs")
    let undone = bench.journal.undo(to: 0, in: bench.workspace)
    #expect(undone.restored == [] && undone.kept.count == 2)
    #expect(try bench.text("a") == "theirs" && bench.text("b") == "theirs")
  }

  @Test func `lets go of the oldest when it is full, and says so`() async throws {
    let size = 100_000
    let bench = try ToolBench(journalBytesMax: size * 5 / 2)
    try bench.make("f", String(repeating: "0", count: size))
    for number in 1...5 {
      _ = try await bench.run(
        "write_file", ["path": "f", "content": .string(String(repeating: "\(number)", count: size))])
    }
    #expect(bench.journal.bytes <= size * 5 / 2)
    let undone = bench.journal.undo(to: 0, in: bench.workspace)
    #expect(undone.restored.count == 2 && undone.forgotten == 3)
    #expect(try bench.text("f") == String(repeating: "3", count: size))
  }
}
