import Foundation
import Protocol
import Providers
import Server
import Testing

@Suite struct `read_file` {
  @Test func `numbers the lines and says which come`() async throws {
    let bench = try ToolBench()
    try bench.make("a.txt", "one\ntwo\nthree")
    try bench.make("sub/file")
    #expect(try await bench.run("read_file", ["path": "a.txt"]).text == "1\tone\n2\ttwo\n3\tthree\n")
    #expect(
      try await bench.run("read_file", ["path": "./sub/../a.txt", "start_line": 2, "end_line": 2]).text
        == "2\ttwo\n[lines 2 to 2 of 3]")
    #expect(await bench.refusal("read_file", ["path": "a.txt", "start_line": 4])?.kind == .invalidInput)
    #expect(await bench.refusal("read_file", ["path": "a.txt", "start_line": 3, "end_line": 2])?.kind == .invalidInput)
    try bench.make("empty", "")
    #expect(try await bench.run("read_file", ["path": "empty"]).text == "(the file is empty)")
  }

  @Test func `goes on where it stopped`() async throws {
    let bench = try ToolBench()
    try bench.make("long", (1...5_000).map { "line \($0)\n" }.joined())
    let first = try await bench.run("read_file", ["path": "long"]).text
    #expect(first.hasSuffix("2000\tline 2000\n[lines 1 to 2000 of 5000; go on with start_line 2001]"))
    let last = try await bench.run("read_file", ["path": "long", "start_line": 4_001]).text
    #expect(last.hasPrefix("4001\tline 4001\n") && last.hasSuffix("5000\tline 5000\n[lines 4001 to 5000 of 5000]"))
    try bench.make("wide", String(repeating: "ä", count: 3_000) + "\n" + String(repeating: "y", count: 200_000))
    let wide = try await bench.run("read_file", ["path": "wide"]).text
    #expect(wide.contains("1\t" + String(repeating: "ä", count: 1_000) + "[… 4000 more bytes]\n"))
    #expect(wide.utf8.count < 10_000)
  }

  @Test(arguments: [
    (TextEncoding.utf8, "é漢🙂\nz\n"), (.utf8WithMark, "é漢🙂\nz\n"), (.utf16LittleEndian, "é漢🙂\nz\n"),
    (.utf16BigEndian, "é漢🙂\nz\n"), (.windows1252, "caf\u{e9}\nz\n"),
  ]) func `reads what is written in other encodings`(encoding: TextEncoding, text: String) async throws {
    let bench = try ToolBench()
    let bytes = try #require(encoding.encode(Array(text.utf8)))
    try bench.make("file", bytes)
    let shown = try await bench.run("read_file", ["path": "file"]).text
    #expect(shown.hasPrefix("1\t\(text.prefix { $0 != "\n" })\n2\tz\n"))
    #expect(shown.contains(encoding.rawValue) == (encoding != .utf8))
    let decoded = try #require(TextEncoding.decode(bytes))
    #expect(decoded.encoding == encoding && decoded.encoding.encode(decoded.text) == bytes)
  }

  @Test(
    arguments: [
      [0x7F, 0x45, 0x4C, 0x46, 0], [0xFF, 0xFE, 0x41], [0xFF, 0xFE, 0x00, 0xD8], [0x41, 0x00], [0x80, 0x01, 0x02],
      [0xEF, 0xBB, 0xBF, 0xC3],
    ] as [[UInt8]]) func `takes what is no text for binary`(bytes: [UInt8]) async throws
  {
    let bench = try ToolBench()
    try bench.make("file", bytes)
    let refusal = await bench.refusal("read_file", ["path": "file"])
    #expect(refusal?.kind == .refused && refusal?.message.contains("binary") == true)
  }

  @Test func `shows a PDF as a document, and none that the API would refuse`() async throws {
    let bench = try ToolBench()
    try bench.make("paper.txt", "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF\n")
    let block = try #require(try await bench.run("read_file", ["path": "paper.txt"]).content.first)
    #expect(block["type"] == "document" && block["title"] == "paper.txt")
    #expect(block["source"]?["media_type"] == "application/pdf")
    #expect(block["source"]?["data"]?.string?.hasPrefix("JVBERi0xLjcK") == true)
    try bench.make("secret.pdf", "%PDF-1.7\n" + String(repeating: "x", count: 9_000) + "trailer <</Encrypt 5 0 R>>")
    #expect(await bench.refusal("read_file", ["path": "secret.pdf"])?.message.contains("encrypted") == true)
  }

  @Test func `shows the cells of a notebook without its pictures`() async throws {
    let bench = try ToolBench()
    let notebook = """
      {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        {"cell_type": "markdown", "source": ["# Title\\n", "Words"]},
        {"cell_type": "code", "execution_count": 3, "source": "plot(x)", "outputs": [
          {"output_type": "stream", "name": "stdout", "text": ["one\\n", "two\\n"]},
          {"output_type": "display_data", "data": {"image/png": "\(String(repeating: "A", count: 5_000))", "text/plain": "<Figure>"}},
          {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}]},
        {"cell_type": "raw", "source": []}]}
      """
    try bench.make("a.ipynb", notebook)
    let lines = try await bench.run("read_file", ["path": "a.ipynb"]).text.split(separator: "\n").map {
      String($0.drop { $0 != "\t" }.dropFirst())
    }
    #expect(
      lines == [
        "[cell 1, markdown]", "# Title", "Words", "", "[cell 2, code, run 3]", "plot(x)", "[printed]", "one", "two",
        "[result]", "<Figure>", "[image/png left out]", "[error]", "KeyError: 'x'", "", "[cell 3, raw]",
      ])
    #expect(
      try await bench.run("read_file", ["path": "a.ipynb", "start_line": 5, "end_line": 6]).text.contains("plot(x)"))
    // What only is called so is a text like others.
    try bench.make("b.ipynb", "{\"cells\": 1}")
    #expect(try await bench.run("read_file", ["path": "b.ipynb"]).text == "1\t{\"cells\": 1}\n")
  }

  @Test func `shows images by what they are, and none that the API would refuse`() async throws {
    let bench = try ToolBench()
    func png(_ width: UInt8, _ high: UInt8 = 0) -> [UInt8] {
      [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, high, width, 0, 0, 0,
        1,
      ]
    }
    let images: [(String, [UInt8])] = [
      ("image/png", png(9)), ("image/gif", Array("GIF89a".utf8) + [1, 0, 2, 0]),
      ("image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 1, 0xFF, 0xC0, 0, 11, 8, 0, 5, 0, 6]),
      ("image/webp", Array("RIFF....WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 5, 0, 0]),
      ("image/webp", Array("RIFF....WEBPVP8L".utf8) + [1, 0, 0, 0, 0x2F, 4, 0, 0, 0]),
      ("image/webp", Array("RIFF....WEBPVP8 ".utf8) + [1, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 3, 0, 4, 0]),
    ]
    for (type, bytes) in images {
      try bench.make("picture.txt", bytes)
      let block = try #require(try await bench.run("read_file", ["path": "picture.txt"]).content.first)
      #expect(block["type"] == "image" && block["source"]?["media_type"] == .string(type))
      #expect(Data(base64Encoded: block["source"]?["data"]?.string ?? "") == Data(bytes))
    }
    try bench.make("wide.png", png(0, 0x20))
    #expect(await bench.refusal("read_file", ["path": "wide.png"])?.message.contains("8192") == true)
    try bench.make("cut.png", Array(png(9).prefix(20)))
    #expect(await bench.refusal("read_file", ["path": "cut.png"])?.message.contains("not a whole one") == true)
    try bench.make("big.png", png(9) + [UInt8](repeating: 0, count: 8_000_000))
    #expect(await bench.refusal("read_file", ["path": "big.png"])?.message.contains("smaller") == true)
  }

  @Test func `says what a path is when it is no file`() async throws {
    let bench = try ToolBench()
    try bench.make("folder/file")
    #expect(await bench.refusal("read_file", ["path": "folder"])?.message.contains("list_files") == true)
    #expect(await bench.refusal("read_file", ["path": "."])?.message.contains("folder") == true)
    #expect(await bench.refusal("read_file", ["path": "no/such"])?.kind == .notFound)
    #expect(await bench.refusal("read_file", ["path": "folder/file/below"]) != nil)
    #expect(await bench.refusal("read_file", ["path": ""])?.kind == .invalidInput)
    #expect(await bench.refusal("read_file", ["path": "a\u{0}b"])?.kind == .invalidInput)
    #expect(
      await bench.refusal("read_file", ["path": .string(String(repeating: "a/", count: 3_000))])?.kind == .invalidInput)
    #expect(await bench.refusal("read_file", ["path": "none/../folder/file"])?.message.contains("..") == true)
  }
}

@Suite struct `write_file and its kin` {
  @Test func `a file is written whole, with its folders, its mode kept and a diff`() async throws {
    let bench = try ToolBench()
    let made = try await bench.run("write_file", ["path": "a/b/c.txt", "content": "one\n"])
    #expect(try bench.text("a/b/c.txt") == "one\n")
    #expect(made.diff == "--- /dev/null\n+++ b/a/b/c.txt\n@@ -0,0 +1 @@\n+one\n")
    let path = bench.folder.appending(path: "a/b/c.txt").path
    try FileManager.default.setAttributes([.posixPermissions: 0o751], ofItemAtPath: path)
    let changed = try await bench.run("write_file", ["path": "a/b/c.txt", "content": "two"])
    #expect(changed.diff?.hasSuffix("@@ -1 +1 @@\n-one\n+two\n\\ No newline at end of file\n") == true)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o751)
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.appending(path: "a/b").path) == ["c.txt"])
    #expect(await bench.refusal("write_file", ["path": "a/b", "content": ""])?.message.contains("folder") == true)
    #expect(await bench.refusal("write_file", ["path": "a/", "content": ""])?.kind == .invalidInput)
    #expect(await bench.refusal("write_file", ["path": "a/b/c.txt/d", "content": ""]) != nil)
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
    #expect(
      await bench.refusal("write_file", ["path": "a/b/c.txt", "content": "x"])?.message.contains("read-only") == true)
  }

  @Test func `another name of a file shows the change, and it is told`() async throws {
    let bench = try ToolBench()
    let other = try bench.make(bench.outside.appending(path: "kept").path, "kept")
    try FileManager.default.linkItem(at: other, to: bench.folder.appending(path: "name"))
    let outcome = try await bench.run("write_file", ["path": "name", "content": "a longer one"])
    #expect(outcome.text.contains("2 names"))
    _ = try await bench.run("edit_file", ["path": "name", "edits": [["old_text": "a longer", "new_text": "a"]]])
    #expect(try bench.text("name") == "a one" && bench.text(other.path) == "a one")
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path) == ["name"])
  }

  @Test func `files and folders move, and nothing is lost on the way`() async throws {
    let bench = try ToolBench()
    try bench.make("a", "A")
    try bench.make("b", "B")
    try bench.make("folder/c", "C")
    #expect(
      await bench.refusal("move_file", ["source": "a", "destination": "b"])?.message.contains("overwrite") == true)
    #expect(
      await bench.refusal("move_file", ["source": "a", "destination": "folder"])?.message.contains("full") == true)
    #expect(
      await bench.refusal("move_file", ["source": "folder", "destination": "folder/in/it"])?.kind == .invalidInput)
    #expect(await bench.refusal("move_file", ["source": "none", "destination": "x"])?.kind == .notFound)
    #expect(await bench.refusal("move_file", ["source": ".", "destination": "x"])?.kind == .refused)
    _ = try await bench.run("move_file", ["source": "a", "destination": "new/place/a"])
    _ = try await bench.run("move_file", ["source": "new/place/a", "destination": "b", "overwrite": true])
    _ = try await bench.run("move_file", ["source": "folder", "destination": "new/folder"])
    #expect(try bench.text("b") == "A" && bench.text("new/folder/c") == "C")
    #expect(!bench.exists("a") && !bench.exists("folder"))
  }

  @Test func `a folder is deleted only when that is meant`() async throws {
    let bench = try ToolBench()
    try bench.make("folder/deep/a")
    try bench.make("b")
    #expect(await bench.refusal("delete_file", ["path": "folder"])?.message.contains("recursive") == true)
    #expect(await bench.refusal("delete_file", ["path": "."])?.kind == .refused)
    #expect(await bench.refusal("delete_file", ["path": "none"])?.kind == .notFound)
    #expect(try await bench.run("delete_file", ["path": "b"]).diff?.contains("+++ /dev/null") == true)
    _ = try await bench.run("delete_file", ["path": "folder", "recursive": true])
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path) == [])
    for number in 0...1_000 { try bench.make("many/\(number)") }
    #expect(
      await bench.refusal("delete_file", ["path": "many", "recursive": true])?.message.contains("nothing") == true)
    #expect(bench.exists("many/0"))
  }

  @Test func `a folder is made with those it is in`() async throws {
    let bench = try ToolBench()
    _ = try await bench.run("create_directory", ["path": "x/y/z"])
    #expect(bench.exists("x/y/z"))
    #expect(try await bench.run("create_directory", ["path": "x/y"]).text.contains("already"))
    try bench.make("file")
    #expect(await bench.refusal("create_directory", ["path": "file"])?.message.contains("not a folder") == true)
    #expect(await bench.refusal("create_directory", ["path": "file/below"]) != nil)
  }
}

@Suite struct `edit_file` {
  private func edit(_ bench: ToolBench, _ edits: [JSON]) async throws(ToolError) -> ToolOutcome {
    try await bench.run("edit_file", ["path": "f", "edits": .array(edits)])
  }

  @Test func `makes all edits or none`() async throws {
    let bench = try ToolBench()
    try bench.make("f", "a\nb\nc\na\n")
    let outcome = try await edit(
      bench,
      [
        ["old_text": "b\n", "new_text": "B\n"], ["old_text": "B\nc", "new_text": "d"],
        ["old_text": "a", "new_text": "x", "replace_all": true],
      ])
    #expect(try bench.text("f") == "x\nd\nx\n")
    #expect(outcome.diff?.contains("-b\n-c\n-a\n+x\n+d\n+x\n") == true || outcome.diff?.contains("+d") == true)
    await #expect(throws: ToolError.self) {
      try await edit(bench, [["old_text": "d", "new_text": "e"], ["old_text": "nowhere", "new_text": ""]])
    }
    #expect(try bench.text("f") == "x\nd\nx\n")
  }

  @Test func `refuses what is not there once, and says where it is`() async throws {
    let bench = try ToolBench()
    try bench.make("f", "let a = 1\n  let b = 2\nlet a = 1\n")
    let twice = await bench.refusal("edit_file", ["path": "f", "edits": [["old_text": "let a", "new_text": ""]]])
    #expect(twice?.message.contains("2 times, at lines 1, 3") == true)
    let spaced = await bench.refusal(
      "edit_file", ["path": "f", "edits": [["old_text": "\tlet b = 2", "new_text": ""]]])
    #expect(spaced?.message.contains("at line 2") == true)
    let same = await bench.refusal("edit_file", ["path": "f", "edits": [["old_text": "b", "new_text": "b"]]])
    #expect(same?.message.contains("change nothing") == true)
    let empty = await bench.refusal("edit_file", ["path": "f", "edits": [["old_text": "", "new_text": "b"]]])
    #expect(empty?.kind == .invalidInput)
    #expect(await bench.refusal("edit_file", ["path": "f", "edits": []])?.kind == .invalidInput)
  }

  @Test func `keeps line ends`() async throws {
    let bench = try ToolBench()
    try bench.make("f", "one\r\ntwo\r\nthree\r\n")
    _ = try await edit(
      bench, [["old_text": "one\ntwo", "new_text": "1\n2"], ["old_text": "three", "new_text": "3\n4"]])
    #expect(try bench.bytes("f") == Array("1\r\n2\r\n3\r\n4\r\n".utf8))
    // In a file of both kinds each line keeps the end it had.
    try bench.make("f", "a\nb\r\nc\nd\n")
    _ = try await edit(bench, [["old_text": "b\nc", "new_text": "x\ny"]])
    #expect(try bench.bytes("f") == Array("a\nx\r\ny\nd\n".utf8))
  }

  @Test func `keeps the encoding, or refuses`() async throws {
    let bench = try ToolBench()
    for encoding in [TextEncoding.utf16LittleEndian, .utf16BigEndian, .utf8WithMark, .windows1252] {
      try bench.make("f", try #require(encoding.encode(Array("caf\u{e9} one\n".utf8))))
      _ = try await edit(bench, [["old_text": "\u{e9} one", "new_text": "\u{e9} two"]])
      #expect(try bench.bytes("f") == encoding.encode(Array("caf\u{e9} two\n".utf8)))
    }
    await #expect(throws: ToolError.self) { try await edit(bench, [["old_text": "two", "new_text": "漢"]]) }
    // To a person both are "é"; they are different bytes, and only the same bytes are replaced.
    try bench.make("f", "caf\u{e9}")
    await #expect(throws: ToolError.self) { try await edit(bench, [["old_text": "cafe\u{301}", "new_text": "x"]]) }
  }
}
