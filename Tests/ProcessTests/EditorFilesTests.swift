import Foundation
import Protocol
import TestSupport
import Testing

private let both: JSON = ["fs": ["readTextFile": true, "writeTextFile": true]]

private func read(_ name: String) -> AgentModel.Turn { .init(.call("read_file", ["path": .string(name)])) }
private func edit(_ name: String, _ old: String, _ new: String) -> AgentModel.Turn {
  .init(
    .call(
      "edit_file", ["path": .string(name), "edits": [["old_text": .string(old), "new_text": .string(new)]]]))
}
private func write(_ name: String, _ text: String) -> AgentModel.Turn {
  .init(.call("write_file", ["path": .string(name), "content": .string(text)]))
}
private let done = AgentModel.Turn(.text("done"))

@Suite(.ownThread) struct `An editor's buffers` {
  @Test func `are read and edited, after the change was shown, and the disk is untouched`() throws {
    let editor = try OfferingEditor(
      [read("a.txt"), edit("a.txt", "unsaved", "edited"), read("a.txt"), write("a.txt", "whole\n"), done],
      capabilities: both)
    try editor.folder.write("a.txt", "one\n")
    editor.buffers["a.txt"] = "one\nunsaved\n"
    let turn = try editor.prompt()
    #expect(turn.stopReason == "end_turn")
    #expect(editor.told(1).contains("2\tunsaved\n[this is what the person's editor holds; it is not saved]"))
    let change = try #require(
      turn.params(of: "session/request_permission").first?["toolCall"]?["content"]?.array?.first)
    #expect(change["oldText"] == "one\nunsaved\n")
    #expect(change["newText"] == "one\nedited\n")
    let shown = turn.asked.firstIndex { $0.method == "session/request_permission" } ?? .max
    #expect(shown < turn.asked.firstIndex { $0.method == "fs/write_text_file" } ?? .min)
    #expect(editor.told(2).contains("Edited 'a.txt' in 1 place; it is in the editor and not saved yet"))
    #expect(editor.told(3).contains("2\tedited"))
    #expect(editor.told(4).contains("Wrote 'a.txt'"))
    #expect(editor.buffers["a.txt"] == "whole\n")
    #expect(editor.folder.text("a.txt") == "one\n")
    #expect(editor.model.flaws == [])
  }

  @Test func `that the person goes on typing in are not written over`() throws {
    let editor = try OfferingEditor(
      [read("a.txt"), write("a.txt", "mine"), read("a.txt"), write("a.txt", "mine"), done], capabilities: both)
    editor.buffers["a.txt"] = "one"
    try editor.folder.write("a.txt", "zero")
    var asked = 0
    _ = try editor.prompt { method, _ in
      guard method == "session/request_permission" else { return nil }
      asked += 1
      // In the first, while they look at the diff; in the second nobody types.
      if asked == 1 { editor.buffers["a.txt"] = "one and more" }
      return nil
    }
    #expect(editor.told(2).contains("has changed since the person was shown"))
    #expect(editor.told(4).contains("Wrote"))
    #expect(editor.buffers["a.txt"] == "mine")
    let unasked = try OfferingEditor([read("a.txt"), write("a.txt", "mine"), done], capabilities: both, mode: "bypass")
    unasked.buffers["a.txt"] = "one"
    var reads = 0
    _ = try unasked.prompt { method, _ in
      if method == "fs/read_text_file" { reads += 1 }
      if reads == 2 { unasked.buffers["a.txt"] = "typed" }
      return nil
    }
    #expect(unasked.told(2).contains("has changed since you last read"))
    #expect(unasked.buffers["a.txt"] == "typed")
  }

  @Test(arguments: [-32603, -32002, -32601, -32001, -32800]) func `that do not have a file leave it to the disk`(
    code: Int
  ) throws {
    let editor = try OfferingEditor(
      [read("a.txt"), edit("a.txt", "one", "two"), write("new.txt", "new"), done], capabilities: both, mode: "bypass")
    try editor.folder.write("a.txt", "one\n")
    let turn = try editor.prompt { _, _ in .error(code) }
    #expect(editor.told(1) == "1\tone\n")
    #expect(editor.folder.text("a.txt") == "two\n")
    let written = turn.params(of: "fs/write_text_file").compactMap { $0["path"]?.string }
    #expect(written == [editor.folder.path + "/new.txt"])
    #expect(editor.folder.text("new.txt") == "new")
    #expect(turn.stopReason == "end_turn")
  }

  @Test func `that are saved are read as the disk is, and still take the changes`() throws {
    let editor = try OfferingEditor(
      [read("a.txt"), edit("a.txt", "two", "2"), read("a.txt"), write("a.txt", "x\ny\n"), done], capabilities: both,
      mode: "bypass")
    try editor.folder.write("a.txt", "\u{FEFF}one\r\ntwo\r\n")
    // As an editor has it that keeps how lines end to itself.
    editor.buffers["a.txt"] = "one\ntwo"
    let turn = try editor.prompt()
    #expect(!editor.told(1).contains("not saved"))
    #expect(turn.params(of: "fs/write_text_file").first?["content"] == "one\n2")
    #expect(editor.told(2).contains("Edited"))
    #expect(!editor.told(2).contains("changed the text"))
    #expect(editor.told(3).contains("2\t2"))
    #expect(editor.buffers["a.txt"]?.contains("\r") == false)
    #expect(editor.buffers["a.txt"]?.hasPrefix("x") == true)
    #expect(editor.folder.text("a.txt")?.contains("two") == true)
  }

  @Test func `take new files, and what they make of a text is what counts`() throws {
    let editor = try OfferingEditor(
      [write("in/new.txt", "a  b\n"), write("in/new.txt", "c"), read("in/new.txt"), write("in/new.txt", "c"), done],
      capabilities: both, mode: "bypass")
    editor.formats = { $0.replacingOccurrences(of: "  ", with: " ") }
    _ = try editor.prompt()
    #expect(editor.told(1).contains("the editor changed the text as it took it"))
    #expect(editor.told(2).contains("have not read 1 lines"))
    #expect(editor.told(4).contains("Wrote"))
    #expect(editor.buffers["in/new.txt"] == "c")
    #expect(editor.folder.text("in/new.txt") == nil)
  }

  @Test func `that refuse a change keep it from the disk, too`() throws {
    let editor = try OfferingEditor([edit("a.txt", "one", "two"), done], capabilities: both, mode: "bypass")
    try editor.folder.write("a.txt", "one")
    editor.buffers["a.txt"] = "one"
    _ = try editor.prompt { method, _ in method == "fs/write_text_file" ? .error(-32603) : nil }
    #expect(editor.told(1).contains("The editor does not take a change of 'a.txt': not here"))
    #expect(editor.folder.text("a.txt") == "one")
  }

  @Test func `that may only be read keep what is not saved`() throws {
    let editor = try OfferingEditor(
      [edit("a.txt", "one", "two"), edit("b.txt", "one", "two"), done],
      capabilities: ["fs": ["readTextFile": true, "writeTextFile": false]], mode: "bypass")
    for name in ["a.txt", "b.txt"] { try editor.folder.write(name, "one") }
    (editor.buffers["a.txt"], editor.buffers["b.txt"]) = ("one unsaved", "one")
    let turn = try editor.prompt()
    #expect(editor.told(1).contains("ask the person to save it"))
    #expect(editor.folder.text("a.txt") == "one")
    #expect(editor.folder.text("b.txt") == "two")
    #expect(turn.params(of: "fs/write_text_file").isEmpty)
  }

  @Test(arguments: [nil, ["fs": [:]], ["fs": []], ["fs": ["readTextFile": "true", "writeTextFile": 1]]] as [JSON?])
  func `are nobody's business without an offer`(capabilities: JSON?) throws {
    let editor = try OfferingEditor([read("a.txt"), write("a.txt", "two"), done], capabilities: capabilities)
    try editor.folder.write("a.txt", "one")
    editor.buffers["a.txt"] = "unsaved"
    let turn = try editor.prompt()
    #expect(turn.asked.map(\.method) == ["session/request_permission"])
    #expect(editor.folder.text("a.txt") == "two")
  }

  @Test func `are not asked for what they do not hold as text, nor for what is elsewhere`() throws {
    let elsewhere = try TemporaryFolder()
    try elsewhere.write("x.txt", "x")
    let names = ["a.bin", "a.png", "a.pdf", "a.ipynb", "a.latin"]
    let editor = try OfferingEditor(
      names.map(read) + [read(elsewhere.path + "/x.txt"), edit("a.latin", "caf", "taf"), done], capabilities: both,
      mode: "bypass")
    let contents: [[UInt8]] = [
      [0, 1, 2], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0], Array("%PDF-1.7".utf8),
      Array(#"{"cells": []}"#.utf8), [0x63, 0x61, 0x66, 0xE9, 0x20, 0x6E, 0x6F, 0x6E],
    ]
    for (name, bytes) in zip(names, contents) {
      try Data(bytes).write(to: URL(fileURLWithPath: editor.folder.path + "/" + name))
    }
    let turn = try editor.prompt()
    #expect(turn.stopReason == "end_turn")
    #expect(turn.asked.map(\.method) == [])
    #expect(editor.told(names.count + 2).contains("Edited"))
  }

  @Test(
    arguments: [
      .result(.null), .result([:]), .result(["content": 5]), .text(#","result":{"content":"unsa"#),
      .text(#","result":{"content":"\uZZZZ"}}"#),
    ] as [OfferingEditor.Answer])
  func `of which what comes says nothing may be anything: nothing is changed`(answer: OfferingEditor.Answer) throws {
    let editor = try OfferingEditor(
      [
        read("a.txt"), edit("a.txt", "one", "two"), .init(.call("delete_file", ["path": "a.txt"])),
        edit("a.txt", "one", "two"), edit("b.txt", "one", "two"), done,
      ], capabilities: both, mode: "bypass")
    for name in ["a.txt", "b.txt"] { try editor.folder.write(name, "one\n") }
    let turn = try editor.prompt { method, params in
      params["path"]?.string?.hasSuffix("/a.txt") == true && method == "fs/read_text_file" ? answer : nil
    }
    #expect(editor.told(1).contains("1\tone\n"))
    #expect(editor.told(1).contains("[the editor did not say what it holds of 'a.txt' ("))
    #expect(editor.told(1).contains("this is on disk"))
    for number in 2...4 { #expect(editor.told(number).contains("so nothing was done; try again")) }
    // What is wrong with one file's answer is nothing against another's.
    #expect(editor.told(5).contains("Edited"))
    #expect(editor.folder.text("a.txt") == "one\n")
    #expect(turn.params(of: "fs/write_text_file").isEmpty)
  }

  @Test func `that were open to questions at the same time have been silent once`() throws {
    let clock = ManualClock()
    let editor = try OfferingEditor(
      [
        .init(.call("read_file", ["path": "a.txt"]), .call("read_file", ["path": "b.txt"])), read("a.txt"),
        done,
      ], capabilities: both, mode: "bypass", time: clock.source)
    for name in ["a.txt", "b.txt"] {
      try editor.folder.write(name, "one\n")
      editor.buffers[name] = "unsaved\n"
    }
    var asked = 0
    _ = try editor.prompt { method, _ in
      asked += 1
      guard asked <= 2 else { return nil }
      if asked == 2 { clock.passWhenSlept(10_000, times: 2) }
      return .silence
    }
    #expect(editor.told(1).contains("the editor did not say within 10 s"))
    #expect(editor.told(2).contains("1\tunsaved"))
  }

  @Test func `that never answer hold nothing up for long, and are left alone for a while`() throws {
    let clock = ManualClock()
    let editor = try OfferingEditor(
      [
        read("a.txt"), edit("a.txt", "one", "two"), edit("a.txt", "one", "two"), read("a.txt"),
        .init(.call("move_file", ["source": "a.txt", "destination": "b.txt"])), write("new.txt", "new"), done,
        read("a.txt"), edit("a.txt", "unsaved", "two"), done,
      ], capabilities: both,
      mode: "bypass", time: clock.source)
    try editor.folder.write("a.txt", "one\n")
    var asked = 0
    let turn = try editor.prompt { method, _ in
      asked += 1
      clock.passWhenSlept(10_000, times: asked)
      return .silence
    }
    #expect(editor.told(1).contains("1\tone\n"))
    #expect(editor.told(1).contains("the editor did not say within 10 s what it holds of 'a.txt'; this is on disk"))
    #expect(editor.told(2).contains("so nothing was done; try again"))
    let resting = "he editor does not answer, and may hold unsaved text of 'a.txt'"
    for number in [3, 5] { #expect(editor.told(number).contains(resting + ", so nothing was done")) }
    #expect(editor.told(4).contains("1\tone\n"))
    #expect(editor.told(4).contains(resting + "; this is on disk"))
    #expect(editor.told(6).contains("it is on disk, as the editor does not answer"))
    #expect(editor.folder.text("new.txt") == "new")
    #expect(turn.params(of: "fs/read_text_file").count == 2)
    // Questions that nobody waits for are taken back.
    #expect(turn.params(of: "$/cancel_request").count == 2)
    #expect(editor.folder.text("a.txt") == "one\n")
    // One that hung once is used again.
    clock.pass(60_000)
    editor.buffers["a.txt"] = "unsaved\n"
    _ = try editor.prompt()
    #expect(editor.told(8).contains("1\tunsaved"))
    #expect(editor.told(9).contains("Edited"))
    #expect(editor.buffers["a.txt"] == "two\n")
    #expect(editor.folder.text("a.txt") == "one\n")
  }

  @Test func `that do not say whether they took a change leave it open, and that is told`() throws {
    let clock = ManualClock()
    let editor = try OfferingEditor(
      [done, edit("a.txt", "one", "two"), done], capabilities: both, mode: "bypass", time: clock.source)
    try editor.folder.write("a.txt", "one")
    editor.buffers["a.txt"] = "one"
    _ = try editor.prompt()
    _ = try editor.prompt { method, _ in
      guard method == "fs/write_text_file" else { return nil }
      clock.passWhenSlept(60_000)
      return .silence
    }
    #expect(editor.told(2).contains("did not say within 60 s whether it took the change of 'a.txt'; read it to see."))
    #expect(editor.folder.text("a.txt") == "one")
    let info = try editor.call("_session/rewind", ["sessionId": editor.session, "exchanges": 1, "files": true])
    let kept = info["result"]?["files"]?["kept"]?.array?.compactMap(\.string) ?? []
    #expect(kept.count == 1)
    #expect(kept.first?.hasPrefix("a.txt: the editor did not say whether it took a change of it") == true)
  }

  @Test func `that are saved do not stand in the way of deleting and moving, and others do`() throws {
    func delete(_ path: String) -> AgentModel.Turn {
      .init(.call("delete_file", ["path": .string(path), "recursive": true]))
    }
    func move(_ source: String, _ destination: String) -> AgentModel.Turn {
      .init(
        .call(
          "move_file", ["source": .string(source), "destination": .string(destination), "overwrite": true]))
    }
    let refused = [
      read("u.txt"), delete("u.txt"), delete("in"), move("u.txt", "x.txt"), move("in", "out"), move("s.txt", "u.txt"),
      move("s.txt", "new.txt"), edit("a.txt", "one", "two"), delete("a.txt"),
    ]
    let editor = try OfferingEditor(
      refused + [delete("s.txt"), move("c.txt", "d.txt"), move("empty", "full"), done], capabilities: both,
      mode: "bypass")
    for name in ["a.txt", "s.txt", "c.txt", "d.txt", "u.txt", "in/deep/u.txt", "empty/e.txt"] {
      try editor.folder.write(name, "one\n")
      editor.buffers[name] = "one"
    }
    for name in ["u.txt", "in/deep/u.txt", "new.txt"] { editor.buffers[name] = "unsaved" }
    _ = try editor.prompt()
    for number in [2, 3, 4, 5, 6, 7, 9] {
      #expect(editor.told(number).contains("not saved, so nothing was done; ask the person to save it"), "\(number)")
    }
    #expect(editor.told(10).contains("Deleted 's.txt'"))
    #expect(editor.told(11).contains("Moved 'c.txt' to 'd.txt'"))
    #expect(editor.told(12).contains("Moved 'empty' to 'full'"))
    #expect(editor.folder.names == ["a.txt", "d.txt", "full", "in", "u.txt"])
    #expect(editor.folder.text("in/deep/u.txt") == "one\n")
  }

  @Test func `are called by the folder's name as the editor has it, through links`() throws {
    let real = try TemporaryFolder()
    let editor = try OfferingEditor([done], capabilities: both)
    let link = editor.folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real.path)
    try real.write("a.txt", "one")
    let linked = try OfferingEditor([read("a.txt"), done], capabilities: both, cwd: link)
    let turn = try linked.prompt()
    #expect(turn.params(of: "fs/read_text_file").map { $0["path"]?.string } == [link + "/a.txt"])
  }

  @Test func `that do not answer do not keep a prompt from being cancelled`() throws {
    let editor = try OfferingEditor([read("a.txt"), done], capabilities: both)
    try editor.folder.write("a.txt", "one\n")
    let turn = try editor.prompt { _, _ in
      try editor.cancel()
      return .silence
    }
    #expect(turn.stopReason == "cancelled")
    #expect(turn.params(of: "$/cancel_request").count == 1)
  }

  @Test func `are put back as they were, where they still hold what was made`() throws {
    let editor = try OfferingEditor(
      [
        done,
        .init(
          .call("edit_file", ["path": "a.txt", "edits": [["old_text": "one", "new_text": "two"]]]),
          .call("edit_file", ["path": "b.txt", "edits": [["old_text": "one", "new_text": "two"]]]),
          .call("write_file", ["path": "new.txt", "content": "x"])), done,
      ], capabilities: both, mode: "bypass")
    for name in ["a.txt", "b.txt"] {
      try editor.folder.write(name, "zero")
      editor.buffers[name] = "one unsaved"
    }
    _ = try editor.prompt()
    _ = try editor.prompt()
    #expect(editor.buffers == ["a.txt": "two unsaved", "b.txt": "two unsaved", "new.txt": "x"])
    editor.buffers["b.txt"] = "typed"
    let info = try editor.call("_session/rewind", ["sessionId": editor.session, "exchanges": 1, "files": true])
    #expect(editor.buffers == ["a.txt": "one unsaved", "b.txt": "typed", "new.txt": "x"])
    #expect(info["result"]?["files"]?["restored"] == ["a.txt"])
    let kept = info["result"]?["files"]?["kept"]?.array?.compactMap(\.string) ?? []
    #expect(kept.count == 2)
    #expect(kept.contains { $0.hasPrefix("new.txt: it is in the editor alone") })
    #expect(kept.contains { $0.hasPrefix("b.txt: it was changed by someone else") })
    #expect(editor.folder.text("a.txt") == "zero")
  }
}
