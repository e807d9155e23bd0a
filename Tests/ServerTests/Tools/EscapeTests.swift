import Foundation
import Protocol
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `Nothing outside the workspace is touched` {
  /// Ways out of the workspace, as paths.
  private static let ways = [
    "../outside/secret", "sub/../../outside/secret", "./../outside/secret", "BASE/outside/secret", "link/secret",
    "file-link", "chain/secret", "sub/up/outside/secret", "BASE/workspace/../outside/secret", "link/../secret-beside",
    "//BASE//outside//secret", "sub/./.././../outside/./secret", "BASE/workspace-twin/secret",
  ]

  private func bench() throws -> ToolBench {
    let bench = try ToolBench()
    for name in ["outside/secret", "secret-beside", "workspace-twin/secret"] {
      try bench.make(bench.base.appending(path: name).path, "SECRET")
    }
    try bench.make("sub/file")
    try bench.link("link", to: bench.outside.path)
    try bench.link("file-link", to: "../outside/secret")
    try bench.link("chain", to: "sub/../link2")
    try bench.link("link2", to: "link")
    try bench.link("sub/up", to: "../..")
    return bench
  }

  private func expectUntouched(_ bench: ToolBench) throws {
    for name in ["outside/secret", "secret-beside", "workspace-twin/secret"] {
      #expect(try bench.text(bench.base.appending(path: name).path) == "SECRET")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.outside.path) == ["secret"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: bench.base.path).sorted() == [
        "outside", "secret-beside", "workspace", "workspace-twin",
      ])
  }

  @Test(arguments: ways) func `by no way of writing a path`(way: String) async throws {
    let bench = try bench()
    let path = JSON.string(way.replacing("BASE", with: bench.base.path))
    let calls: [(String, JSON)] = [
      ("read_file", ["path": path]), ("write_file", ["path": path, "content": "x"]),
      ("edit_file", ["path": path, "edits": [["old_text": "SECRET", "new_text": "x"]]]),
      ("list_files", ["path": path]), ("find_files", ["pattern": "*", "path": path]),
      ("search_files", ["pattern": "SECRET", "path": path]), ("create_directory", ["path": path]),
      ("execute_command", ["command": "pwd", "working_folder": path]),
    ]
    for (tool, input) in calls {
      let plan = try bench.toolbox.plan(tool, input, in: bench.workspace)
      #expect(plan.effects.contains { !$0.isInside }, "\(tool)")
      let refusal = await bench.refusal(tool, input)
      #expect(refusal?.message.contains("outside the workspace") == true, "\(tool)")
      #expect(refusal?.message.contains("SECRET") == false)
    }
    try expectUntouched(bench)
  }

  @Test(arguments: ways.filter { $0 != "file-link" }) func `also not by moving and deleting`(way: String) async throws {
    let bench = try bench()
    let path = JSON.string(way.replacing("BASE", with: bench.base.path))
    for (tool, input) in [
      ("delete_file", ["path": path, "recursive": true]), ("move_file", ["source": path, "destination": "here"]),
      ("move_file", ["source": "sub/file", "destination": path, "overwrite": true]),
    ] as [(String, JSON)] {
      #expect(await bench.refusal(tool, input)?.message.contains("outside the workspace") == true, "\(tool)")
    }
    try expectUntouched(bench)
    #expect(bench.exists("sub/file"))
  }

  @Test func `a link is moved and deleted itself`() async throws {
    let bench = try bench()
    _ = try await bench.run("move_file", ["source": "link", "destination": "moved"])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: bench.folder.appending(path: "moved").path)
        == bench.outside.path)
    _ = try await bench.run("delete_file", ["path": "moved", "recursive": true])
    _ = try await bench.run("delete_file", ["path": "sub", "recursive": true])
    #expect(!bench.exists("moved") && !bench.exists("sub"))
    try expectUntouched(bench)
  }

  @Test func `walks go into no link`() async throws {
    let bench = try bench()
    #expect(try await bench.run("search_files", ["pattern": "SECRET"]).text == "(no line fits 'SECRET')")
    let found = try await bench.run("find_files", ["pattern": "**", "include_ignored": true]).text
    #expect(!found.contains("secret"))
    let listed = try await bench.run("list_files", ["depth": 10]).text.split(separator: "\n")
    #expect(listed.contains("link@") && !listed.contains { $0.contains("secret") })
  }

  @Test(arguments: [".git/hooks/pre-commit", "sub/.GIT/config", ".hg/hgrc", "way-in/hooks/x"])
  func `a version control system's files are its own`(path: String) async throws {
    let bench = try bench()
    try bench.make(".git/config", "[core]")
    try bench.link("way-in", to: ".git")
    let path = JSON.string(path)
    for (tool, input) in [
      ("write_file", ["path": path, "content": "x"]), ("create_directory", ["path": path]),
      ("edit_file", ["path": path, "edits": [["old_text": "core", "new_text": "x"]]]), ("delete_file", ["path": path]),
      ("move_file", ["source": "sub/file", "destination": path]), ("move_file", ["source": path, "destination": "x"]),
    ] as [(String, JSON)] {
      #expect(await bench.refusal(tool, input)?.message.contains("version control") == true, "\(tool)")
    }
    _ = try await bench.run("write_file", ["path": ".gitignore", "content": "x"])
    _ = try await bench.run("write_file", ["path": ".github/x.git/y", "content": "x"])
    #expect(try await bench.run("read_file", ["path": ".git/config"]).text == "1\t[core]\n")
  }

  @Test func `links within the workspace are followed, loops are not`() async throws {
    let bench = try bench()
    try bench.link("inside", to: "sub/file")
    try bench.link("absolute", to: bench.folder.path + "/sub")
    try bench.link("loop", to: "loop2")
    try bench.link("loop2", to: "loop")
    _ = try await bench.run("write_file", ["path": "inside", "content": "new\n"])
    #expect(try bench.text("sub/file") == "new\n")
    #expect(try await bench.run("read_file", ["path": "absolute/file"]).text == "1\tnew\n")
    #expect(await bench.refusal("read_file", ["path": "loop"])?.message.contains("symbolic links") == true)
  }

  @Test func `a permission opens exactly what was shown`() async throws {
    let bench = try bench()
    let plan = try bench.toolbox.plan("write_file", ["path": "link/secret", "content": "x"], in: bench.workspace)
    #expect(plan.effects.map(\.path?.absolute) == [bench.outside.appending(path: "secret").path])
    // Between the question and the answer the folder is exchanged for a link to somewhere else.
    let elsewhere = bench.base.appending(path: "elsewhere")
    try FileManager.default.moveItem(at: bench.outside, to: elsewhere)
    try FileManager.default.createSymbolicLink(at: bench.outside, withDestinationURL: elsewhere)
    await #expect(throws: ToolError.self) { try await plan.run(ToolContext()) }
    #expect(try bench.text(elsewhere.appending(path: "secret").path) == "SECRET")
    try FileManager.default.removeItem(at: bench.outside)
    try FileManager.default.moveItem(at: elsewhere, to: bench.outside)
    _ = try await plan.run(ToolContext())
    #expect(try bench.text(bench.outside.appending(path: "secret").path) == "x")
  }

  @Test func `a link put there after the check leads nowhere`() async throws {
    let bench = try bench()
    try bench.make("target/file", "mine")
    let calls: [(String, JSON)] = [
      ("read_file", ["path": "target/file"]), ("write_file", ["path": "target/secret", "content": "x"]),
      ("edit_file", ["path": "target/file", "edits": [["old_text": "mine", "new_text": "x"]]]),
      ("list_files", ["path": "target"]), ("search_files", ["pattern": "SECRET", "path": "target"]),
      ("delete_file", ["path": "target/file"]), ("move_file", ["source": "sub/file", "destination": "target/new"]),
      ("move_file", ["source": "target/file", "destination": "stolen"]), ("create_directory", ["path": "target/new"]),
      ("execute_command", ["command": "cat secret", "working_folder": "target"]),
    ]
    let plans = try calls.map { try bench.toolbox.plan($0.0, $0.1, in: bench.workspace) }
    let target = bench.folder.appending(path: "target")
    try FileManager.default.removeItem(at: target)
    try FileManager.default.createSymbolicLink(at: target, withDestinationURL: bench.outside)
    for (plan, call) in zip(plans, calls) {
      await #expect(throws: ToolError.self, "\(call.0)") { try await plan.run(ToolContext()) }
    }
    try expectUntouched(bench)
  }

  @Test func `a race does not help`() async throws {
    let bench = try bench()
    let target = bench.folder.appending(path: "target").path
    let parked = bench.folder.appending(path: "parked").path
    let way = bench.folder.appending(path: "way").path
    try bench.make("target/secret", "mine")
    try FileManager.default.createSymbolicLink(atPath: way, withDestinationPath: bench.outside.path)
    let isOver = Latch()
    let stopped = Latch()
    // Exchanges a folder and a link to the outside, as fast as it can, until the calls are made.
    Thread.detachNewThread {
      while !isOver.isOpen {
        unsafe rename(target, parked)
        unsafe rename(way, target)
        unsafe rename(target, way)
        unsafe rename(parked, target)
      }
      stopped.open()
    }
    var seen: Set<String> = []
    for number in 0..<1_500 {
      let path: JSON = "target/secret"
      switch number % 3 {
      case 0: _ = try? await bench.run("write_file", ["path": path, "content": "mine"])
      case 1: seen.insert((try? await bench.run("read_file", ["path": path]).text) ?? "")
      default: _ = try? await bench.run("delete_file", ["path": path])
      }
    }
    isOver.open()
    try await stopped.wait()
    #expect(!seen.contains { $0.contains("SECRET") })
    try expectUntouched(bench)
  }

  @Test(arguments: [
    "/proc/self/environ", "/proc/self/root/etc/hostname", "/proc/self/cwd/Package.swift", "/sys/kernel/uevent_seqnum",
    "/dev/zero", "/dev/tty", "/proc/self/fd/0", "/proc/kmsg",
  ]) func `what the kernel makes up stays unread`(path: String) async throws {
    let bench = try bench()
    #expect(
      await bench.refusal("read_file", ["path": .string(path)])?.message.contains("outside the workspace") == true)
    guard !path.contains("/root/"), !path.contains("/cwd/"), !path.contains("/fd/") else { return }
    #expect(await bench.refusal("read_file", ["path": .string(path)], allowsOutside: true)?.kind == .refused)
    _ = await bench.refusal("write_file", ["path": .string(path), "content": "x"], allowsOutside: true)
  }

  @Test func `FIFOs, devices and sockets are refused and nothing hangs`() async throws {
    let bench = try bench()
    let made = try await bench.command("mkfifo fifo && ls -l fifo")
    #expect(!made.isError)
    try bench.link("zero", to: "/dev/zero")
    for (tool, input) in [
      ("read_file", ["path": "fifo"]), ("write_file", ["path": "fifo", "content": "x"]),
      ("edit_file", ["path": "fifo", "edits": [["old_text": "a", "new_text": "b"]]]),
      ("search_files", ["pattern": "x", "path": "fifo"]),
    ] as [(String, JSON)] {
      #expect(await bench.refusal(tool, input)?.message.contains("FIFO") == true, "\(tool)")
    }
    #expect(await bench.refusal("read_file", ["path": "zero"])?.message.contains("outside the workspace") == true)
    #expect(try await bench.run("search_files", ["pattern": "x"]).text.contains("sub/file"))
    #expect(try await bench.run("list_files", [:]).text.contains("fifo="))
    _ = try await bench.run("delete_file", ["path": "fifo"])
    #expect(!bench.exists("fifo"))
  }

  @Test func `huge files are refused, growing ones too`() async throws {
    let bench = try bench()
    let huge = bench.folder.appending(path: "huge").path
    _ = FileManager.default.createFile(atPath: huge, contents: nil)
    let handle = try #require(FileHandle(forWritingAtPath: huge))
    try handle.truncate(atOffset: 1 << 40)
    try handle.close()
    #expect(await bench.refusal("read_file", ["path": "huge"])?.message.contains("1099511627776") == true)
    #expect(
      await bench.refusal("edit_file", ["path": "huge", "edits": [["old_text": "a", "new_text": "b"]]])?.kind
        == .refused)
    #expect(try await bench.run("search_files", ["pattern": "nothing"]).text == "(no line fits 'nothing')")
    let growing = try bench.make("growing", "start\n")
    let isOver = Latch()
    let stopped = Latch()
    Thread.detachNewThread {
      let handle = FileHandle(forWritingAtPath: growing.path)
      // More than is ever read, so that the test ends whatever the reader does.
      for _ in 0..<600 where !isOver.isOpen { try? handle?.write(contentsOf: Data(repeating: 97, count: 1 << 17)) }
      stopped.open()
    }
    for _ in 0..<20 { _ = try? await bench.run("read_file", ["path": "growing"]) }
    isOver.open()
    try await stopped.wait()
  }
}
