import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A session with more folders than one` {
  @Test func `works in all of them, and its model is told; a call is told from its beginning`() throws {
    let (other, third) = (try TemporaryFolder(), try TemporaryFolder())
    try other.write("o.txt", "here\n")
    try third.write("t.txt", "there\n")
    try other.write("sub/x.txt", "needle\n")
    func read(_ path: String) -> AgentModel.Turn { .init(.call("read_file", ["path": .string(path)])) }
    let bench = try AgentBench(
      options: ["additionalDirectories": [.string(other.path), "/nonexistent/folder"]],
      model: AgentModel([
        read(other.path + "/o.txt"), .init(.call("search_files", ["pattern": "needle", "path": .string(other.path)])),
        read(third.path + "/t.txt"), .init(.text("done")), read(other.path + "/o.txt"), .init(.text("done")),
      ]))
    let (messages, _) = try bench.run("look")
    let kinds = messages.events().compactMap { $0["type"]?.string }.filter { $0.hasPrefix("tool") }
    #expect(
      kinds.prefix(6) == ["toolCallBegin", "toolInputDelta", "toolInputDelta", "toolCall", "toolStart", "toolResult"])
    // Nobody can be asked here: what would be asked about is refused.
    #expect(messages.events("toolResult").map { $0["isError"] } == [false, false, true])
    #expect(messages.events("toolStart").map { $0["name"] } == ["read_file", "search_files"])
    #expect(messages.events("notice").contains { $0["text"]?.string?.contains("/nonexistent/folder") == true })
    #expect(bench.model.questions[0].body["system"]?.text.contains(other.path) == true)
    #expect(bench.model.questions[2].resultTexts.joined().contains("needle"))
    let info = try bench.ask("session/setOptions", ["options": ["additionalDirectories": []]])
    #expect(info["additionalDirectories"] == nil)
    let (later, _) = try bench.run("again")
    #expect(later.events("toolResult").map { $0["isError"] } == [true])
    #expect(bench.model.questions[4].told.contains("no other folders"))
    #expect(bench.model.flaws == [])
  }

  @Test func `keeps each of them, and what they are in`() throws {
    let above = try TemporaryFolder()
    for name in ["one/a.txt", "two/b.txt"] { try above.write(name, "here\n") }
    let (one, two) = (above.path + "/one", above.path + "/two")
    let doings = [one, above.path, two].flatMap { path -> [AgentModel.Turn] in
      [
        .init(.call("delete_file", ["path": .string(path), "recursive": true])),
        .init(.call("move_file", ["source": .string(path), "destination": .string(two + "/x")])),
        .init(
          .call("move_file", ["source": .string(one + "/a.txt"), "destination": .string(path), "overwrite": true])),
      ]
    }
    let end = AgentModel.Turn(.call("delete_file", ["path": .string(two + "/b.txt")]))
    let editor = try OfferingEditor(
      doings + [end, .init(.text("done"))], capabilities: nil, mode: "bypass", cwd: two, others: [one])
    _ = try editor.prompt()
    for number in 1...doings.count {
      #expect(editor.told(number).contains("A folder of the session's, or what holds one, cannot be"), "\(number)")
    }
    #expect(editor.told(doings.count + 1).contains("Deleted"))
    #expect(above.text("one/a.txt") == "here\n")
  }

  @Test func `follows no link out of them`() throws {
    let (other, third) = (try TemporaryFolder(), try TemporaryFolder())
    try third.write("t.txt", "there\n")
    try FileManager.default.createSymbolicLink(
      atPath: other.path + "/away", withDestinationPath: third.path)
    let bench = try AgentBench(
      options: ["additionalDirectories": [.string(other.path)]],
      model: AgentModel([
        .init(.call("read_file", ["path": .string(other.path + "/away/t.txt")])), .init(.text("done")),
      ]))
    #expect(try bench.run("look").messages.events("toolResult").map { $0["isError"] } == [true])
  }
}
