import Foundation
import Protocol
import Server
import TestSupport
import Testing

/// What an editor shows of a change before a person allows it: every line of it.
@Suite(.ownThread) struct `A change that an editor is asked about` {
  /// The question about writing that text, and what is told of the call when it is done.
  private func asked(_ old: String?, _ new: String, in editor: ACPEditor) throws -> (question: JSON, done: JSON) {
    if let old { try editor.folder.write("f.txt", old) }
    let turn = try editor.prompt("write", choosing: "allow_once")
    #expect(editor.folder.text("f.txt")?.utf8.elementsEqual(new.utf8) == true)
    let done = try #require(turn.updates.kind("tool_call_update").last)
    return (try #require(turn.asked.first?["toolCall"]), done)
  }

  private func editor(writing new: String) throws -> ACPEditor {
    try ACPEditor([
      // A file that is there is read before it is written.
      .init(.call("read_file", ["path": "f.txt"])),
      .init(.call("write_file", ["path": "f.txt", "content": .string(new)])), .init(.text("done")),
    ])
  }

  @Test(arguments: ["\n", "\r\n"]) func `has its lines apart, whatever they begin and end with`(end: String) throws {
    let starts = [
      "", "\u{301}", "\u{FE0F}", "\u{200D}", "\u{20E3}", "\u{1F3FD}", "\u{93F}", "\\", "@@ -", "+", "-", " ",
    ]
    let old = (["first"] + starts.map { "\($0)old" } + ["last"]).map { $0 + end }.joined()
    let new = (["first"] + starts.map { "\($0)new" } + ["last"]).map { $0 + end }.joined()
    let (question, done) = try asked(old, new, in: try editor(writing: new))
    for content in [question["content"], done["content"]] {
      #expect(content?.array?.count == 1)
      #expect(content?.array?.first?["type"] == "diff")
      #expect(content?.array?.first?["oldText"]?.string?.utf8.elementsEqual(old.utf8) == true)
      #expect(content?.array?.first?["newText"]?.string?.utf8.elementsEqual(new.utf8) == true)
    }
  }

  @Test(arguments: ["\n", "\r\n"]) func `says it where it is shown in part`(end: String) throws {
    let lines = (0..<20).map { "line \($0)\(end)" }
    let new = (["begin\(end)"] + lines + [String(repeating: "x", count: 300_000), "the end"]).joined()
    let (question, done) = try asked(lines.joined(), new, in: try editor(writing: new))
    #expect(question["rawInput"]?["content"]?.string == new)
    for content in [question["content"]?.array ?? [], done["content"]?.array ?? []] {
      #expect(content.map { $0["type"] } == ["diff", "content"])
      #expect(content.first?["newText"]?.string == (["begin\(end)"] + lines.prefix(3)).joined())
      #expect(content.last?["content"]?["text"] == "(the rest of the diff is left out: it has more than 262144 bytes)")
    }
  }
}
