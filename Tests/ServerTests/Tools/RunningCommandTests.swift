import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

/// What a model reads of a command that goes on.
@Suite(.hangGuard, .ownThread) struct `The output of a command in the background` {
  private let background = BackgroundCommands()

  private func run(_ bench: ToolBench, _ name: String, _ input: JSON) async throws(ToolError) -> String {
    var context = ToolContext(journal: bench.journal)
    context.background = background
    return try await bench.toolbox.plan(name, input, in: bench.workspace).run(context).text
  }

  private func start(_ bench: ToolBench, _ command: String) async throws -> String {
    try await run(bench, "execute_command", ["command": .string(command), "background": true])
  }

  @Test func `is told as a terminal shows it, each line once`() async throws {
    let bench = try ToolBench(time: ManualClock(.passes).source)
    let first = try await start(
      bench,
      "next() { while ! test -e $1; do sleep 0.01; done; }; next a; printf '10%%\\r'; printf '50%%'; touch b;"
        + "next c; printf '\\r100%%\\ndone\\n'; touch d; next e; seq 30000; exit 1")
    #expect(first == "[command 1 goes on]")
    try bench.make("a", "")
    try await HangGuard.wait { bench.exists("b") }
    var text = ""
    // The two may come one by one; each reading is of the line as it looks then.
    try await HangGuard.wait {
      text = try await run(bench, "command_output", ["command": 1])
      return text.contains("50%")
    }
    #expect(!text.contains("10%"))
    try bench.make("c", "")
    try await HangGuard.wait { bench.exists("d") }
    text = ""
    try await HangGuard.wait {
      text += try await run(bench, "command_output", ["command": 1])
      return text.contains("done")
    }
    #expect(text.replacing("[command 1 goes on]", with: "").replacing("\n", with: " ").contains("100% done"))
    try bench.make("e", "")
    text = ""
    try await HangGuard.wait {
      text += try await run(bench, "command_output", ["command": 1])
      return text.contains("has ended")
    }
    #expect(!text.contains("done\n1"))
    #expect(text.contains("\n30000\n") && text.hasSuffix("[command 1 has ended: exit status 1]"))
  }

  /// What is read of a command that prints that many lines, once it has ended.
  private func read(_ bench: ToolBench, lines: Int, _ outputs: CommandOutputs) async throws -> String {
    _ = try await start(bench, "while ! test -e go; do sleep 0.01; done; seq \(lines)")
    try bench.make("go")
    var context = ToolContext(journal: bench.journal, outputs: outputs)
    context.background = background
    try await HangGuard.wait { background.ended != nil }
    return try await bench.toolbox.plan("command_output", ["command": 1], in: bench.workspace).run(context).text
  }

  @Test func `has an end where it is long, and can be read on`() async throws {
    let bench = try ToolBench(time: ManualClock(.passes).source)
    let text = try await read(bench, lines: 200_000, CommandOutputs())
    #expect(text.utf8.count < 80_000)
    #expect(text.contains("bytes left out") && text.contains("[this can be read on: read_file command-output:1]"))
    #expect(background.ended == nil)
  }

  @Test func `is kept whole to be read on where only the result has no room for it`() async throws {
    let bench = try ToolBench(time: ManualClock(.passes).source)
    let outputs = CommandOutputs()
    let text = try await read(bench, lines: 30_000, outputs)
    #expect(text.contains("bytes left out") && !text.contains("\n15000\n"))
    let plan = try bench.toolbox.plan(
      "read_file", ["path": "command-output:1", "start_line": 15_000, "end_line": 15_000], in: bench.workspace)
    #expect(try await plan.run(ToolContext(outputs: outputs)).text.contains("15000\t15000"))
  }

  @Test func `is bounded in how many there are, and says which`() async throws {
    let bench = try ToolBench(time: ManualClock(.passes).source)
    for _ in 0..<ToolLimits.backgroundMax { _ = try await start(bench, "sleep 3600") }
    await #expect(throws: ToolError.self) { try await start(bench, "sleep 3600") }
    let error = await #expect(throws: ToolError.self) { try await run(bench, "command_stop", ["command": 99]) }
    #expect(error?.message.contains("16 (sleep 3600)") == true)
    background.endAll()
    try await HangGuard.wait { bench.processes().isEmpty }
    // Those that have ended are told of a moment later.
    try await HangGuard.wait { (try? await start(bench, "exit 0")) != nil }
  }

  @Test func `of one that cannot be started says why`() async throws {
    let bench = try ToolBench(time: ManualClock(.passes).source)
    let plan = try bench.toolbox.plan("execute_command", ["command": "pwd", "background": true], in: bench.workspace)
    try FileManager.default.removeItem(at: bench.folder)
    var context = ToolContext()
    context.background = background
    var text = try await plan.run(context).text
    try await HangGuard.wait {
      text += (try? await run(bench, "command_output", ["command": 1])) ?? ""
      return text.contains("workspace")
    }
    #expect(text.contains("is gone") || text.contains("no longer"), "\(text)")
  }
}
