import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

/// What is left out is what git ignores; the oracle is git itself, where it is installed.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/git"))) struct `What git ignores` {
  /// A workspace in which git has begun a repository.
  private func repository(home: String = "/nonexistent") async throws -> ToolBench {
    let bench = try ToolBench(secrets: ["HOME": home])
    _ = try await git(bench, "git init -q .")
    return bench
  }

  @discardableResult
  private func git(_ bench: ToolBench, _ command: String) async throws -> String {
    let done = try await bench.command(
      "export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e; " + command)
    #expect(!done.isError, "\(done.text)")
    return done.text
  }

  /// What find_files, list_files and search_files name below a folder of a workspace, when they agree.
  private func named(_ toolbox: Toolbox, _ folder: URL, _ path: String = ".") async throws -> [String] {
    let workspace = try Workspace(path: folder.path)
    func text(_ tool: String, _ input: JSON) async throws -> [String] {
      try await toolbox.plan(tool, input, in: workspace).run(ToolContext()).text.split(separator: "\n").map(String.init)
        .filter { !$0.hasPrefix("(") }
    }
    let found = try await text("find_files", ["pattern": "**", "path": .string(path)]).filter { !$0.hasSuffix("/") }
    let searched = try await text("search_files", ["pattern": "^x$", "path": .string(path), "max_results": 1000])
    #expect(searched.map { String($0.prefix { $0 != ":" }) } == found.filter { !$0.hasSuffix(".gitignore") })
    let listed = try await text("list_files", ["path": .string(path), "depth": 10]).filter { !$0.hasSuffix("/") }
    #expect(listed.count == found.count)
    return found
  }

  @Test func `its rules are read as git reads them`() async throws {
    let bench = try await repository()
    let rules = """
      # a comment
      *.log
      !keep.log
      /top
      deep/only
      folder/
      **/anywhere/x
      a/**/z
      trail**
      \\#hash
      \\!bang
      with\\ space\\ \u{20}
      [ab]c.txt
      q?z
      end/**
      foo/*
      !foo/bar
      *.é
      no[
      [[:upper:]]x
      two\\\\\u{20}
      a//b
      in[/]it
      one**/two
      """
    try bench.make(".gitignore", rules)
    try bench.make("sub/.gitignore", "*.tmp\n!top\nlocal\r\n/only-here\n")
    try bench.make(".git/info/exclude", "excluded\n")
    let names = [
      "x.log", "keep.log", "top", "sub/top", "deep/only", "sub/deep/only", "folder/f", "sub/folder/g", "folder2",
      "anywhere/x", "p/anywhere/x", "a/z", "a/b/z", "a/b/c/z", "b/a/z", "trailing", "trail/x", "#hash", "!bang",
      "with space ", "ac.txt", "cc.txt", "qaz", "qéz", "q/z", "end/1", "end/2/3", "foo/1", "foo/bar/2", "foo/bar3",
      "x.é", "no[", "sub/y.tmp", "y.tmp", "sub/local", "local", "sub/only-here", "sub/p/only-here", "excluded",
      "sub/excluded", "sub/x.log", "sub/keep.log", "p/sub/keep.log", "Ax", "ax", "two\\", "a/b/b", "a/b/d", "in/it",
      "one/two", "oneX/two", "one/x/two", "onetwo",
    ]
    for name in names { try bench.make(name) }
    let git = try await git(bench, "git ls-files --others --exclude-standard -z | tr '\\0' '\\n' | LC_ALL=C sort")
    let expected = git.split(separator: "\n").map(String.init)
    let found = try await named(bench.toolbox, bench.folder)
    #expect(Set(found).symmetricDifference(expected) == [])
    #expect(found.count > 10 && found.count < names.count)
  }

  @Test func `is ignored wherever the session's folder lies, and by the person's own file`() async throws {
    let home = try TemporaryFolder()
    _ = try home.write("mine", "*.swp\n")
    _ = try home.write(".gitconfig", "[include]\n\tpath = more\n")
    _ = try home.write("more", "[Core]\n\tExcludesFile = \"~/mine\" ; what I never want\n")
    let bench = try await repository(home: home.path)
    try bench.make(".gitignore", "dist/\n*.log\n")
    try bench.make("packages/.gitignore", "!kept.log\n/app/only\n")
    for name in ["src", "dist/out", "x.log", "kept.log", "y.swp", "only", "lib/only"] {
      try bench.make("packages/app/\(name)")
    }
    let app = bench.folder.appending(path: "packages/app")
    #expect(try await named(bench.toolbox, app) == ["kept.log", "lib/only", "src"])
    #expect(try await named(bench.toolbox, bench.folder, "packages/app").count == 3)
    // A folder that is asked for by its name is looked at although it is ignored.
    #expect(try await named(bench.toolbox, app.appending(path: "dist")) == ["out"])
    #expect(try await named(bench.toolbox, app, "dist") == ["dist/out"])
    let none = try await bench.run("find_files", ["pattern": "*.swp"]).text
    #expect(none.hasPrefix("(no file fits '*.swp'; ") && none.contains("include_ignored shows them"))
  }

  @Test func `is not what git keeps track of`() async throws {
    for version in ["2", "4"] {
      let bench = try await repository()
      try bench.make(".gitignore", "*.log\nbuild/\nvendor\n")
      for name in [
        "a.log", "b.log", "build/kept", "build/made", "build/deep/kept", "vendor/v", "node_modules/m/kept",
        "node_modules/n",
      ] {
        try bench.make(name)
      }
      try await git(
        bench,
        "git add -f a.log build/kept build/deep/kept node_modules/m/kept && git update-index --index-version \(version)"
      )
      #expect(
        try await named(bench.toolbox, bench.folder) == [
          ".gitignore", "a.log", "build/deep/kept", "build/kept", "node_modules/m/kept",
        ])
    }
  }

  @Test func `is told apart by each repository: within, linked, and none`() async throws {
    let bench = try await repository()
    try bench.make(".gitignore", "*.log\nignored/\n")
    try bench.make(".git/info/exclude", "private\n")
    try await git(
      bench,
      "git add .gitignore && git commit -qm c && git worktree add -q ../outside/linked && git init -q within && git init -q ignored/other"
    )
    try bench.make("within/.git/info/exclude", "secret\n")
    for name in ["within/a.log", "within/secret", "within/private", "ignored/other/a", "a.log", "private"] {
      try bench.make(name)
    }
    #expect(try await named(bench.toolbox, bench.folder) == [".gitignore", "within/a.log", "within/private"])
    let linked = bench.outside.appending(path: "linked")
    for name in ["b.log", "private", "c"] { try bench.make("\(linked.path)/\(name)") }
    #expect(try await named(bench.toolbox, linked) == [".gitignore", "c"])
    // Outside of repositories nothing above the session's folder is read.
    try bench.make("\(bench.base.path)/.gitignore", "*\n")
    for name in ["plain/.gitignore", "plain/a.o", "plain/b", "plain/sub/b.o"] {
      try bench.make("\(bench.outside.path)/\(name)", "x\n")
    }
    try bench.make("\(bench.outside.path)/plain/.gitignore", "*.o\n")
    let plain = bench.outside.appending(path: "plain")
    #expect(try await named(bench.toolbox, plain) == [".gitignore", "b"])
    #expect(try await named(bench.toolbox, plain, "sub") == [])
  }

  @Test func `is read from whatever bytes stand in git's files`() async throws {
    let bench = try await repository()
    for name in ["a", "b/c", "b/cd", "d e", "é"] { try bench.make(name) }
    var random = RandomNumbers(seed: 6)
    for version in ["2", "3", "4"] {
      try await git(bench, "git add . && git update-index --index-version \(version)")
      let bytes = try bench.bytes(".git/index")
      let whole = GitIndex(bytes, hashLength: 20)
      #expect(whole.holds(Array("b/cd".utf8), isFolder: false) && whole.holds(Array("b".utf8), isFolder: true))
      #expect(!whole.holds(Array("b".utf8), isFolder: false) && !whole.holds(Array("b/".utf8), isFolder: false))
      for _ in 0..<200 {
        var broken = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
        for _ in 0..<3 where !broken.isEmpty {
          broken[Int.random(in: 0..<broken.count, using: &random)] =
            [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
        }
        _ = GitIndex(broken, hashLength: 20) { _ in bytes }.holds(Array("b".utf8), isFolder: true)
      }
    }
    let signs = Array("a/*?[]!\\-^: \r\n#".utf8)
    for _ in 0..<2_000 {
      func some() -> [UInt8] {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in signs.randomElement(using: &random) ?? 0 }
      }
      var rules = IgnoreRules(foldsCase: Bool.random(using: &random))
      rules.add(some(), base: 0)
      let path = some()
      _ = rules.ignores(path, name: (path.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1, isFolder: true)
    }
  }
}
