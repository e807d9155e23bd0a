import Foundation
import OperatingSystem
import Protocol
import Providers
import Server
import Testing

@Suite struct `What a file is tied to` {
  private func change(_ bench: ToolBench, _ path: String = "f") async throws(ToolError) -> ToolOutcome {
    try await bench.run("edit_file", ["path": .string(path), "edits": [["old_text": "one", "new_text": "twelve"]]])
  }

  /// Not every system has such attributes, or what sets them.
  private static let keepsAttributes: Bool = {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let line = "import os,tempfile; os.setxattr(tempfile.NamedTemporaryFile().name, 'user.note', b'x')"
    python.arguments = ["python3", "-c", line]
    (python.standardOutput, python.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? python.run()) != nil else { return false }
    python.waitUntilExit()
    return python.terminationStatus == 0
  }()

  @Test(.enabled(if: keepsAttributes, "files keep no attributes of others here, or python3 is not installed"))
  func `stays with it: attributes of others, too`() async throws {
    let bench = try ToolBench()
    try bench.make("f", "one\n")
    func python(_ line: String) async throws -> ToolOutcome {
      try await bench.command("python3 -c \"import os; \(line)\"")
    }
    #expect(try await !python("os.setxattr('f', 'user.note', b'keep')").isError)
    _ = try await change(bench)
    #expect(try await python("print(os.getxattr('f', 'user.note'), end='')").text == "b'keep'")
    #expect(try bench.text("f") == "twelve\n")
  }

  @Test func `is written through: a link, and a link to a link`() async throws {
    let bench = try ToolBench()
    try bench.make("real/f", "one\n")
    try bench.link("a", to: "real/f")
    try bench.link("b", to: "a")
    _ = try await change(bench, "b")
    #expect(try bench.text("real/f") == "twelve\n")
    for (name, target) in [("a", "real/f"), ("b", "a")] {
      let path = bench.folder.appending(path: name).path
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == target)
    }
  }

  @Test func `is put back by going back, for another name of it, too`() async throws {
    let bench = try ToolBench()
    let file = try bench.make("f", "one\n")
    try FileManager.default.linkItem(at: file, to: bench.folder.appending(path: "g"))
    let mark = bench.journal.mark
    _ = try await change(bench)
    #expect(try bench.text("g") == "twelve\n")
    #expect(bench.journal.undo(to: mark, in: bench.workspace).restored == ["f"])
    #expect(try bench.text("g") == "one\n" && bench.text("f") == "one\n")
  }

  @Test func `a copy that a killed write left is not written over`() async throws {
    let bench = try ToolBench()
    let file = try bench.make("f", "one\n")
    try bench.make("f.wyn360-kept", "of old\n")
    try bench.make(".wyn360-0.tmp", "of old\n")
    _ = try await change(bench)
    try FileManager.default.linkItem(at: file, to: bench.folder.appending(path: "g"))
    _ = try await bench.run("write_file", ["path": "f", "content": "all new\n"])
    #expect(try bench.text("g") == "all new\n" && bench.text("f.wyn360-kept") == "of old\n")
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)) == [
        "f", "g", "f.wyn360-kept", ".wyn360-0.tmp",
      ])
  }
}

@Suite struct `Going back` {
  @Test func `names what is not kept any more, and what never was`() async throws {
    let bench = try ToolBench(journalBytesMax: 20_000)
    try bench.make("small", "x\n")
    let large = try bench.make("large", String(repeating: "y", count: 30_000))
    let mark = bench.journal.mark
    _ = try await bench.run("write_file", ["path": "small", "content": "1\n"])
    _ = try await bench.run("delete_file", ["path": "large"])
    let undone = bench.journal.undo(to: mark, in: bench.workspace)
    #expect(undone.forgotten == 2 && undone.restored == [])
    #expect(undone.kept.map { $0.prefix { $0 != ":" } } == ["large", "small"])
    #expect(!FileManager.default.fileExists(atPath: large.path))
    #expect(bench.journal.undo(to: mark, in: bench.workspace).kept == [])
  }
}

@Suite struct `Line ends in a file` {
  private func edited(_ text: String, _ old: String, _ new: String, all: Bool = false) async throws -> String? {
    let bench = try ToolBench()
    try bench.make("f", text)
    let edit: JSON = ["old_text": .string(old), "new_text": .string(new), "replace_all": .bool(all)]
    do throws(ToolError) { _ = try await bench.run("edit_file", ["path": "f", "edits": [edit]]) } catch {
      #expect(try bench.text("f") == text)
      return nil
    }
    return try bench.text("f")
  }

  @Test func `stay as they are where a line stays, and are a neighbour's where one is new`() async throws {
    let cases: [(String, String, String, Bool, String?)] = [
      ("one\r\ntwo\r\nthree\nfour\r\n", "two\nthree\nfour", "2\n3\n4", false, "one\r\n2\r\n3\n4\r\n"),
      ("x\r\ny\nx\ny\nz\n", "x\ny", "q", false, nil), ("x\r\ny\nx\ny\nz\n", "x\ny", "q", true, "q\nq\nz\n"),
      ("x\r\ny\nz\n", "y", "q", false, "x\r\nq\nz\n"), ("a\nb\nc\r\n", "a\nb", "A\nnew\nB", false, "A\nnew\nB\nc\r\n"),
      ("a\nb\r\nc\r\n", "b", "x\ny\nz", false, "a\nx\r\ny\r\nz\r\nc\r\n"),
      ("a\rb\rc", "a\nb", "1\n2\n3", false, "1\r2\r3\rc"),
      ("a\r\nb\nc", "b\nc", "b\nnew\nc", false, "a\r\nb\nnew\nc"), ("a\r\nb", "a\r\nb", "a\nb", false, "a\nb"),
      ("a\nb", "a\r\nb", "c\r\nd", false, "c\nd"), ("a\r\nb\r\n", "\nb\n", "\n", false, "a\r\n"),
      ("a\nb\n", "b\n", "", false, "a\n"), ("a\n", "a", "b\r\nc", false, "b\r\nc\n"),
    ]
    for (text, old, new, all, wanted) in cases {
      let found = try await edited(text, old, new, all: all)
      #expect(found.map { Array($0.utf8) } == wanted.map { Array($0.utf8) }, "\(text.debugDescription), \(old), \(new)")
    }
  }

  @Test func `are shown as what they are`() async throws {
    let bench = try ToolBench()
    for (text, shown) in [
      ("a\rb\rc\r", "1\ta\n2\tb\n3\tc\n[its lines end with CR]"),
      ("a\r\nb\r\n", "1\ta\n2\tb\n[its lines end with CR LF]"),
      ("a\r\nb\nc\n", "1\ta\n2\tb\n3\tc\n[its lines end differently: 2 with LF, 1 with CR LF]"),
      ("a\nb", "1\ta\n2\tb\n"),
    ] {
      try bench.make("f", text)
      #expect(try await bench.run("read_file", ["path": "f"]).text == shown)
    }
  }

  @Test func `and all else that is not shown, stay in a file that is written anew`() async throws {
    let bench = try ToolBench()
    let cases: [([UInt8], String, [UInt8])] = [
      (Array("a\r\nb\nc\r\n".utf8), "a\nB\nnew\nc\n", Array("a\r\nB\nnew\nc\r\n".utf8)),
      (Array("a\r\nb".utf8), "x\nb\n", Array("x\r\nb".utf8)), (Array("a\nb\n".utf8), "x\nb", Array("x\nb\n".utf8)),
      (Array("a\nb".utf8), "a\nc\n", Array("a\nc\n".utf8)), (Array("a\r\n".utf8), "a\r\nb\nc", Array("a\r\nb\nc".utf8)),
      (
        Array("é 漢 x\n".utf8) + [0xFF, 0x0A] + Array("c\n".utf8), "é 漢 x\n\u{FFFD}\nd\n",
        Array("é 漢 x\n".utf8) + [0xFF, 0x0A] + Array("d\n".utf8)
      ),
      ([0xFF, 0xFE, 0x61, 0, 0x0A, 0], "b\n", [0xFF, 0xFE, 0x62, 0, 0x0A, 0]),
      ([0x7F, 0, 1], "é\n", Array("é\n".utf8)),
    ]
    for (old, content, wanted) in cases {
      try bench.make("f", old)
      _ = try await bench.run("write_file", ["path": "f", "content": .string(content)])
      #expect(try bench.bytes("f") == wanted)
    }
    // What the old encoding cannot write is not written in another one.
    try bench.make("f", Array("caf".utf8) + [0xE9])
    #expect(
      await bench.refusal("write_file", ["path": "f", "content": "漢"])?.message.contains("Windows-1252") == true)
    try bench.make("f", Array("é 漢 x\n".utf8) + [0xFF, 0x0A])
    #expect(
      await bench.refusal("write_file", ["path": "f", "content": "y\n\u{FFFD} new\n"])?.message.contains("line 2")
        == true)
  }

  @Test func `a replacement that would fill the memory is refused before it is made`() async throws {
    let bench = try ToolBench()
    try bench.make("f", String(repeating: "a", count: 200_000))
    let edit: JSON = ["old_text": "a", "new_text": .string(String(repeating: "b", count: 1_000)), "replace_all": true]
    #expect(await bench.refusal("edit_file", ["path": "f", "edits": [edit]])?.message.contains("more than") == true)
    #expect(try bench.bytes("f").count == 200_000)
  }
}
