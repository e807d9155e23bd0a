import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `The calls of one turn` {
  private static func turn(_ blocks: [AgentModel.Block]) -> AgentModel.Turn {
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = blocks
    return turn
  }

  /// A bench with two tools of the client's: one that only looks, and one that may do anything.
  private static func bench(_ blocks: [AgentModel.Block]) throws -> AgentBench {
    let bench = try AgentBench(
      arguments: ["--allow", "all"], capabilities: ["tools": true],
      model: AgentModel([turn(blocks), .init(.text("done"))]))
    let schema: JSON = ["type": "object"]
    _ = try bench.ask(
      "tools/register",
      [
        "tools": [
          ["name": "look", "description": "d", "inputSchema": schema, "annotations": ["readOnlyHint": true]],
          ["name": "act", "description": "d", "inputSchema": schema],
        ]
      ], inSession: false)
    return bench
  }

  @Test(.hangGuard) func `that only read are run eight at a time, and are answered in order`() throws {
    let count = 50
    let bench = try Self.bench((0..<count).map { .call("look", ["number": .number(JSONNumber($0))]) })
    let run = try bench.start("go")
    // None is answered before eight are there; then the last one first, each for one that comes in its place.
    var waiting: [JSON] = []
    var answered = 0
    while answered < count {
      while waiting.count < min(8, count - answered) { waiting.append(try bench.next { $0["method"] == "tool/call" }) }
      // What has begun by now has been told before the answer to this: no ninth is there.
      try bench.request("ping-\(answered)", "server/ping", [:])
      let told = try bench.server.receive(upTo: .string("ping-\(answered)"))
      #expect(told.params(of: "tool/call").isEmpty)
      let last = waiting.removeLast()
      try bench.reply(to: last, ["content": .string("call \(last["params"]?["input"]?["number"]?.text ?? "")")])
      answered += 1
    }
    #expect(try bench.messages(upTo: run).params(of: "tool/call").isEmpty)
    #expect(bench.model.questions[1].resultTexts == (0..<count).map { "call \($0)" })
    #expect(bench.model.flaws == [])
  }

  @Test(.hangGuard) func `that may change something wait for all before them, and all after wait for them`() throws {
    let bench = try Self.bench([
      .call("look", ["n": 1]), .call("act", ["n": 2]), .call("look", ["n": 3]), .call("look", ["n": 4]),
      .call("act", ["n": 5]), .call("execute_command", ["command": "echo six > file"]),
      .call("read_file", ["path": "file"]), .call("read_file", ["path": "file"]),
    ])
    let run = try bench.start("go")
    func asked() throws -> JSON { try bench.next { $0["method"] == "tool/call" } }
    func number(_ call: JSON) -> JSON? { call["params"]?["input"]?["n"] }
    // Who is asked next comes only when the one before was answered, but for two that look.
    for wanted: JSON in [1, 2] {
      let call = try asked()
      #expect(number(call) == wanted)
      try bench.reply(to: call, ["content": "ok"])
    }
    let pair = [try asked(), try asked()]
    #expect(Set(pair.compactMap(number)) == [3, 4])
    try bench.reply(to: pair[1], ["content": "ok"])
    try bench.reply(to: pair[0], ["content": "ok"])
    let last = try asked()
    #expect(number(last) == 5 && !bench.folder.names.contains("file"))
    try bench.reply(to: last, ["content": "ok"])
    _ = try bench.messages(upTo: run)
    #expect(bench.model.questions[1].resultTexts.suffix(2).allSatisfy { $0.contains("six") })
  }

  @Test(.hangGuard) func `are all answered when the run is cancelled between them`() throws {
    let bench = try Self.bench([
      .call("act", [:]), .call("write_file", ["path": "a", "content": "x"]), .call("act", [:]), .call("look", [:]),
    ])
    let run = try bench.start("go")
    _ = try bench.next { $0["method"] == "tool/call" }
    try bench.request("cancel", "agent/cancel", ["sessionId": bench.id])
    let messages = try bench.messages(upTo: run)
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
    #expect(messages.events("toolResult").compactMap { $0["isError"] } == [true, true, true, true])
    #expect(messages.params(of: "tool/call").isEmpty && !bench.folder.names.contains("a"))
  }

  @Test func `see what those before them did: links, folders and files as commands left them`() throws {
    let bench = try Self.bench([
      .call("execute_command", ["command": "mkdir -p d && echo one > d/f && ln -s d link"]),
      .call("read_file", ["path": "link/f"]), .call("write_file", ["path": "link/g", "content": "two\n"]),
      .call("execute_command", ["command": "cat d/g; rm link; mkdir link; echo three > link/f"]),
      .call("read_file", ["path": "link/f"]), .call("move_file", ["source": "link", "destination": "other"]),
      .call("read_file", ["path": "link/f"]), .call("search_files", ["pattern": "^three$"]),
    ])
    _ = try bench.run("go")
    let texts = bench.model.questions[1].resultTexts
    #expect(texts.count == 8 && texts[1].contains("one") && texts[3] == "two\n" && texts[4].contains("three"))
    #expect(texts[6].contains("There is no") && texts[7].contains("other/f"))
  }

  /// Calls of one turn beside the same calls made one after the other, each in a turn of its own: the same results and files.
  @Test(arguments: 0..<6) func `do what they would do one after the other`(seed: Int) throws {
    var random = RandomNumbers(seed: UInt64(seed))
    let names = ["a", "b", "d/a", "d/b", "l/a", "e/f/g"]
    let blocks = (0..<14).map { number -> AgentModel.Block in
      let (one, other) = (names.randomElement(using: &random) ?? "a", names.randomElement(using: &random) ?? "a")
      switch Int.random(in: 0...11, using: &random) {
      case 0, 1: return .call("write_file", ["path": .string(one), "content": .string("\(number) in \(one)\n")])
      case 2: return .call("edit_file", ["path": .string(one), "edits": [["old_text": "in", "new_text": "in in"]]])
      case 3: return .call("move_file", ["source": .string(one), "destination": .string(other), "overwrite": true])
      case 4: return .call("delete_file", ["path": .string(one)])
      case 5: return .call("create_directory", ["path": .string(one)])
      case 6:
        return .call(
          "execute_command", ["command": .string("mkdir -p d; rm -f l; ln -s d l; echo \(number) >> \(one)")])
      case 7: return .call("search_files", ["pattern": "in"])
      case 8: return .call("find_files", ["pattern": "**"])
      default: return .call("read_file", ["path": .string(one)])
      }
    }
    func outcome(_ turns: [AgentModel.Turn]) throws -> (results: [String], files: [String]) {
      let bench = try AgentBench(arguments: ["--allow", "all"], model: AgentModel(turns + [.init(.text("done"))]))
      _ = try bench.run("go")
      let results = bench.model.questions.dropFirst().flatMap(\.resultTexts)
      let paths = FileManager.default.enumerator(atPath: bench.folder.path)?.compactMap { $0 as? String }.sorted() ?? []
      let files = paths.map { path in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: bench.folder.path + "/" + path)
        return "\(path) \(target ?? bench.folder.text(path) ?? "")"
      }
      return (results.map { $0.replacing(bench.folder.path, with: "") }, files)
    }
    let together = try outcome([Self.turn(blocks)])
    let alone = try outcome(blocks.map { Self.turn([$0]) })
    #expect(together.results == alone.results)
    #expect(together.files == alone.files && !together.files.isEmpty)
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
