import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `The calls of one turn` {
  private static let groups = 6

  /// A command of a group of eight.
  ///
  /// Seven wait for the word of the eighth, which waits until each of them takes it: unless all eight run at the same time
  /// none ever ends. Each counts how many run beside it.
  private static func command(_ number: Int) -> String {
    let (group, member) = (number / 8, number % 8)
    let begin = "mkdir running/\(number); ls running | wc -l > count/\(number); "
    let end = "; rmdir running/\(number); echo call \(number)"
    guard group < groups else { return begin + "true" + end }
    guard member == 7 else { return begin + "read word < pipe/\(group)-\(member)" + end }
    // It lets the others go when all eight are there, and not before: each counts only once.
    let all = "until [ $(ls running | wc -l) -ge 8 ]; do :; done; ls running | wc -l > count/\(number); "
    return begin + all + "for i in 0 1 2 3 4 5 6; do echo go > pipe/\(group)-$i; done" + end
  }

  @Test(.hangGuard) func `are fifty, run eight at a time and never more, and are answered in order`()
    throws
  {
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = (0..<50).map { .call("execute_command", ["command": .string(Self.command($0))]) }
    let bench = try AgentBench(arguments: ["--allow", "commands"], model: AgentModel([turn, .init(.text("done"))]))
    for name in ["running", "count", "pipe"] {
      try FileManager.default.createDirectory(atPath: bench.folder.path + "/" + name, withIntermediateDirectories: true)
    }
    for group in 0..<Self.groups {
      for member in 0..<7 {
        let made = unsafe mkfifo(bench.folder.path + "/pipe/\(group)-\(member)", 0o600)
        #expect(made == 0)
      }
    }
    let (messages, result) = try bench.run("go")
    #expect(result["stopReason"] == "endTurn")
    let calls = bench.model.questions[1].messages.dropLast().last?["content"]?.array?.compactMap { $0["id"] }
    #expect(bench.model.questions[1].results.compactMap { $0["tool_use_id"] } == calls)
    #expect(bench.model.questions[1].resultTexts == (0..<50).map { "call \($0)\n" })
    #expect(messages.events("toolResult").count == 50)
    let counts = (0..<50).compactMap { number in
      bench.folder.text("count/\(number)").flatMap { Int($0.filter(\.isNumber)) }
    }
    #expect(counts.count == 50)
    #expect(counts.max() == 8)
    #expect(bench.model.flaws == [])
  }

  @Test func `follow one another where one changes what the other is about`() throws {
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = (1...20).flatMap { number -> [AgentModel.Block] in
      [
        .call("write_file", ["path": "a.txt", "content": .string("version \(number)\n")]),
        .call("read_file", ["path": "a.txt"]),
      ]
    }
    let bench = try AgentBench(arguments: ["--allow", "edits"], model: AgentModel([turn, .init(.text("done"))]))
    _ = try bench.run("go")
    let read = bench.model.questions[1].resultTexts.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    #expect(read.count == 20)
    for (number, text) in read.enumerated() {
      #expect(text.split(whereSeparator: \.isWhitespace).suffix(2) == ["version", "\(number + 1)"])
    }
  }

  @Test func `that fail do not keep the others from being done`() throws {
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = [
      .call("read_file", ["path": "none"]), .call("no_such_tool", [:]), .call("read_file", ["pth": "misspelt"]),
      .call("execute_command", ["command": "echo fine; exit 3"]), .call("write_file", ["path": "a", "content": "x"]),
    ]
    let bench = try AgentBench(arguments: ["--allow", "commands"], model: AgentModel([turn, .init(.text("done"))]))
    _ = try bench.run("go")
    let results = bench.model.questions[1].results
    #expect(results.map { $0["is_error"] ?? false } == [true, true, true, true, false])
    #expect(bench.model.questions[1].resultTexts[3] == "fine\n[exit status 3]")
    #expect(bench.folder.text("a") == "x")
    #expect(bench.model.flaws == [])
  }
}
