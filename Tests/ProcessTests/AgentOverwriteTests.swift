import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A person's work in a file` {
  private func write(_ text: String, to path: String = "a.txt") -> AgentModel.Block {
    .call("write_file", ["path": .string(path), "content": .string(text)])
  }
  private func edit(_ old: String, _ new: String) -> AgentModel.Block {
    .call("edit_file", ["path": "a.txt", "edits": [["old_text": .string(old), "new_text": .string(new)]]])
  }
  private func read(_ path: String = "a.txt", _ more: JSONObject = [:]) -> AgentModel.Block {
    var input = more
    input["path"] = .string(path)
    return .call("read_file", .object(input))
  }

  /// What a model does and what a person does between its turns, on `a.txt`, which holds one and two.
  private func day(
    _ turns: [(AgentModel.Block, person: String?)], arguments: [String] = ["--allow", "all"],
    text: String = "one\ntwo\n"
  ) throws -> (bench: AgentBench, results: [String]) {
    let folder = Holder()
    let bench = try AgentBench(
      arguments: arguments,
      model: AgentModel { question in
        guard question.number <= turns.count else { return .init(.text("done")) }
        let turn = turns[question.number - 1]
        if let person = turn.person { try folder.write(person) }
        return .init(turn.0)
      })
    folder.path = bench.folder.path
    try bench.folder.write("a.txt", text)
    _ = try bench.run("go")
    return (bench, bench.model.questions.dropFirst().map { $0.resultTexts.joined() })
  }

  /// Where the file is, once that is known.
  private final class Holder: @unchecked Sendable {
    var path = ""
    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/a.txt")) }
  }

  @Test func `is not overwritten by what was made of an older state, until that was read again`() throws {
    for change in [write("one\nTWO\n"), edit("two", "TWO"), .call("delete_file", ["path": "a.txt"])]
      as [AgentModel.Block]
    {
      let (bench, results) = try day([
        (read(), nil), (change, "one\ntwo\nMY OWN WORK\n"), (read(), nil), (write("one\nTWO\nMY OWN WORK\n"), nil),
      ])
      #expect(results[1].contains("has changed since you last read or wrote it"))
      #expect(results[2].contains("MY OWN WORK"))
      #expect(bench.folder.text("a.txt") == "one\nTWO\nMY OWN WORK\n")
    }
    let (moved, results) = try day([
      (read(), nil), (.call("execute_command", ["command": "echo x > b"]), "MY OWN WORK\n"),
      (.call("move_file", ["source": "b", "destination": "a.txt", "overwrite": true]), nil),
    ])
    #expect(results[2].contains("has changed") && moved.folder.text("a.txt") == "MY OWN WORK\n")
  }

  @Test func `is judged by what the file holds, not by when it was written`() throws {
    let (bench, results) = try day([
      (read(), nil), (write("1\n"), "one\ntwo\n"), (write("2\n"), "1\n"), (edit("2", "3"), nil), (write("4\n"), nil),
    ])
    #expect(bench.folder.text("a.txt") == "4\n", "\(results)")
  }

  @Test func `is not overwritten unread, or where it was read in part`() throws {
    let (unread, results) = try day([(write("1\n"), nil), (edit("two", "2"), nil), (write("1\n"), nil)])
    #expect(results[0].contains("you have not read it") && results[1].contains("Edited"))
    #expect(results[2].contains("you have not read 2 lines"))
    #expect(unread.folder.text("a.txt") == "one\n2\n")
    let (partly, more) = try day([
      (read("a.txt", ["end_line": 1]), nil), (write("1\n"), nil), (read("a.txt", ["start_line": 2]), nil),
      (write("1\n"), nil),
    ])
    #expect(more[1].contains("you have not read 1 lines") && partly.folder.text("a.txt") == "1\n")
    let (binary, _) = try day([(read(), nil), (write("text\n"), nil)], text: "a\u{0}b")
    #expect(binary.folder.text("a.txt") == "text\n")
  }

  @Test func `is known after an edit as far as it was before`() throws {
    let (whole, _) = try day([(read(), nil), (edit("two", "2\n3"), nil), (write("1\n"), nil)])
    #expect(whole.folder.text("a.txt") == "1\n")
    let text = "one\ntwo\nthree\nfour\n"
    for change in [edit("two\n", ""), edit("two", "2\n2"), edit("two", "2")] {
      let (partly, results) = try day(
        [(read("a.txt", ["end_line": 3]), nil), (change, nil), (write("1\n"), nil)], text: text)
      #expect(results[2].contains("you have not read"), "\(results)")
      #expect(partly.folder.text("a.txt")?.hasSuffix("three\nfour\n") == true)
    }
    let (read, results) = try day(
      [
        (read("a.txt", ["end_line": 3]), nil), (edit("two", "2"), nil), (read("a.txt", ["start_line": 4]), nil),
        (write("1\n"), nil),
      ], text: text)
    #expect(read.folder.text("a.txt") == "1\n", "\(results)")
  }

  @Test(arguments: [true, false]) func `is known after it was put back as far as it was before`(isWhole: Bool) throws {
    let bench = try AgentBench(
      arguments: ["--allow", "all"],
      model: AgentModel([
        .init(read("a.txt", isWhole ? [:] : ["end_line": 1])), .init(edit("one", "1")), .init(.text("done")),
        .init(write("new\n")), .init(.text("done")),
      ]))
    try bench.folder.write("a.txt", "one\ntwo\n")
    _ = try bench.run("edit")
    #expect(bench.folder.text("a.txt") == "1\ntwo\n")
    _ = try bench.ask("session/rewind", ["exchanges": 0, "files": true])
    #expect(bench.folder.text("a.txt") == "one\ntwo\n")
    _ = try bench.run("write")
    #expect(bench.folder.text("a.txt") == (isWhole ? "new\n" : "one\ntwo\n"))
  }

  @Test(arguments: [false, true]) func `is what a person agreed to, and no later state`(changes: Bool) throws {
    for block in [write("one\nTWO\n"), edit("two", "TWO")] {
      let bench = try AgentBench(
        capabilities: ["permission": true], model: AgentModel([.init(block), .init(.text("done"))]))
      try bench.folder.write("a.txt", "one\ntwo\n")
      let (messages, _) = try bench.run("go") { _, _ in
        if changes { try bench.folder.write("a.txt", "one\ntwo\nMY OWN WORK\n") }
        return option("allowOnce")
      }
      #expect(messages.params(of: "permission/request").first?["toolCall"]?["diff"]?.string?.contains("+TWO") == true)
      #expect(bench.folder.text("a.txt") == (changes ? "one\ntwo\nMY OWN WORK\n" : "one\nTWO\n"))
      #expect(bench.model.questions[1].resultTexts.joined().contains("has changed since the person") == changes)
    }
  }

  @Test func `keeps its encoding and line ends when all of it is written anew`() throws {
    let (bench, results) = try day(
      [(read(), nil), (write("one\nzwei\nthree"), nil)], text: "\u{FEFF}one\r\ntwo\r\nthree")
    #expect(bench.folder.text("a.txt") == "\u{FEFF}one\r\nzwei\r\nthree")
    #expect(results[1].contains("byte order mark") && results[1].contains("CR LF"))
  }
}
