import Foundation
import Protocol
import TestSupport
import Testing

/// Instructions that lie below the workspace hold from the moment on that a tool works there.
@Suite(.ownThread) struct `What a folder below the workspace says` {
  private static func read(_ path: String) -> AgentModel.Turn { .init(.call("read_file", ["path": .string(path)])) }

  /// How often a request tells a text.
  private func count(_ text: String, in bench: AgentBench, _ question: Int) -> Int {
    bench.model.questions[question].body.text.components(separatedBy: text).count - 1
  }

  @Test func `is told once, when a file in it was read, and again when it has changed`() throws {
    let done = AgentModel.Turn(.text("done"))
    let bench = try AgentBench(
      model: AgentModel([
        Self.read("top.txt"), Self.read("a/b/x.txt"), Self.read("a/b/y.txt"), done, Self.read("a/b/x.txt"), done, done,
      ]))
    for name in ["top.txt", "a/b/x.txt", "a/b/y.txt", "c/z.txt"] { try bench.folder.write(name, "text\n") }
    try bench.folder.write("a/CLAUDE.md", "WORDS-OF-A and @more.md")
    try bench.folder.write("a/more.md", "IMPORTED-BY-A")
    try bench.folder.write("a/b/AGENTS.md", "WORDS-OF-B")
    try bench.folder.write("c/AGENTS.md", "WORDS-OF-C")
    _ = try bench.run("look")
    for words in ["WORDS-OF-A", "IMPORTED-BY-A", "WORDS-OF-B"] {
      #expect((0...3).map { count(words, in: bench, $0) } == [0, 0, 1, 1], "\(words)")
    }
    _ = try bench.run("again")
    #expect(count("WORDS-OF-B", in: bench, 5) == 1)
    try bench.folder.write("a/b/AGENTS.md", "OTHER-WORDS-OF-B")
    try FileManager.default.removeItem(atPath: bench.folder.path + "/a/CLAUDE.md")
    _ = try bench.run("and now")
    #expect(count("OTHER-WORDS-OF-B", in: bench, 6) == 1)
    #expect(count("a no longer holds", in: bench, 6) == 1)
    #expect(count("WORDS-OF-C", in: bench, 6) == 0)
    #expect(bench.model.flaws == [])
  }

  @Test func `is not told where a rule forbids to read it, and that is said`() throws {
    let bench = try AgentBench(model: AgentModel([Self.read("a/x.txt"), .init(.text("done"))]))
    try bench.folder.write("a/x.txt", "text\n")
    try bench.folder.write("a/CLAUDE.md", "WORDS-OF-A")
    _ = try bench.ask("permission/rules", ["rules": ["deny": ["read_file(a/CLAUDE.md)"]]])
    let (messages, result) = try bench.run("look")
    #expect(count("WORDS-OF-A", in: bench, 1) == 0)
    #expect(messages.events("notice").last?["text"] == result["notices"]?.array?.last)
    #expect(messages.events("notice").contains { $0["text"]?.string?.contains("a/CLAUDE.md is not read") == true })
  }

  @Test func `comes with the beginning of a conversation that begins anew`() throws {
    let done = AgentModel.Turn(.text("done"))
    let bench = try AgentBench(model: AgentModel([Self.read("a/x.txt"), done, done]))
    try bench.folder.write("a/x.txt", "text\n")
    try bench.folder.write("a/CLAUDE.md", "WORDS-OF-A")
    _ = try bench.run("look")
    _ = try bench.ask("session/setOptions", ["options": ["system": "Be brief."]])
    _ = try bench.run("again")
    #expect(bench.model.questions[2].system.contains("WORDS-OF-A"))
    #expect(bench.model.flaws == [])
  }
}
