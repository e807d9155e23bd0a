import Foundation
import Protocol
import Server
import Testing

@Suite struct `A path is found` {
  private let bench: ToolBench
  private let workspace: Workspace

  init() throws {
    bench = try ToolBench()
    workspace = try Workspace(path: bench.folder.path, home: bench.outside.path)
    for name in ["a.txt", "~/n.txt", "$LIB/x", "routes/$id.tsx", "~$draft.docx", "50%/x"] { try bench.make(name) }
  }

  @Test func `where a shell or an editor would find it`() throws {
    let (inside, home) = (bench.folder.path, bench.outside.path)
    for (written, place) in [
      ("~", home), ("~/notes.txt", home + "/notes.txt"), ("$HOME/a b", home + "/a b"), ("${HOME}", home),
      ("%USERPROFILE%\\a\\b", home + "/a/b"), ("%USERPROFILE%/a", home + "/a"),
      ("file:///tmp%20x/%C3%A9?q#L1", "/tmp x/\u{e9}"), ("file://localhost\(inside)/a.txt", inside + "/a.txt"),
      ("FILE:/etc/hosts", "/etc/hosts"), ("./~/n.txt", inside + "/~/n.txt"), ("a.txt", inside + "/a.txt"),
      ("$LIB/x", inside + "/$LIB/x"), ("routes/$id.tsx", inside + "/routes/$id.tsx"), ("$id.ts", inside + "/$id.ts"),
      ("~$draft.docx", inside + "/~$draft.docx"), ("~backup.txt", inside + "/~backup.txt"),
      ("50%/x", inside + "/50%/x"),
      ("./$HOME/x", inside + "/$HOME/x"), ("a:b", inside + "/a:b"), ("std::vector.h", inside + "/std::vector.h"),
    ] {
      #expect(try workspace.resolve(written).absolute == place, "\(written)")
    }
  }

  @Test(arguments: [
    "~root/x", "~+", "$TMPDIR/x", "${PWD}/x", "%TEMP%/x", "https://host/x", "vscode-remote://ssh/x", "C:\\Users\\x",
    "c:/x", "file://host/x", "file:x", "file:///a%2Fb", "file:///a%zz", "file:///a%00", "new/~/x", "$HOMES/x",
  ]) func `or it is said what to write`(written: String) async throws {
    for (tool, input) in [
      ("write_file", ["path": .string(written), "content": "x"]), ("create_directory", ["path": .string(written)]),
      ("execute_command", ["command": "pwd", "working_folder": .string(written)]),
    ] as [(String, JSON)] {
      let refusal = await bench.refusal(tool, input)
      #expect(refusal?.kind == .invalidInput && refusal?.message.contains("./") == true, "\(tool)")
    }
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)).count == 6)
  }

  @Test func `and a pattern is none`() async throws {
    for pattern in ["~/*.txt", "$HOME/**", "file:///tmp/*"] {
      #expect(await bench.refusal("find_files", ["pattern": .string(pattern)])?.message.contains("path") == true)
    }
    #expect(try await bench.run("find_files", ["pattern": "~$*"]).text == "~$draft.docx")
  }

  @Test func `by what a person sees of its name, where that is one`() async throws {
    for (name, written) in [
      ("Screenshot 5.04.01\u{202F}PM.txt", "Screenshot 5.04.01 PM.txt"), ("cafe\u{301}.txt", "caf\u{e9}.txt"),
      ("it\u{2019}s.txt", "it's.txt"), ("a\u{A0}folder/\u{201C}x\u{201D}", "a folder/\"x\""),
    ] {
      try bench.make(name, "seen \(written)\n")
      let shown = try await bench.run("read_file", ["path": .string(written)]).text
      #expect(shown.contains("seen \(written)") && shown.contains("looks the same"))
    }
    _ = try await bench.run(
      "edit_file", ["path": "it's.txt", "edits": [["old_text": "seen", "new_text": "found"]]])
    #expect(try bench.text("it\u{2019}s.txt").hasPrefix("found"))
    // What is there as it was written comes first, and of two nobody knows which is meant.
    try bench.make("it's.txt", "exact\n")
    #expect(try await bench.run("read_file", ["path": "it's.txt"]).text == "1\texact\n")
    try bench.make("b\u{A0}c")
    try bench.make("b\u{2009}c")
    #expect(await bench.refusal("read_file", ["path": "b c"])?.kind == .notFound)
  }
}
