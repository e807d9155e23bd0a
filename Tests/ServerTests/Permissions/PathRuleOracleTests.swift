import Foundation
import Protocol
import Server
import TestSupport
import Testing

/// What bash finds for a pattern among real files, against what a rule with that pattern denies.
@Suite struct `Rules for paths beside real files` {
  private static let files = [
    ".env", ".env.local", "a", "a.c", "ab", "b.c", "é", "a b", "x(1)", "src/a.c", "src/b.h", "src/.env", "src/deep/a.c",
    "src/deep/er/.env", "secrets/key.pem", "secrets/deep/id", "docs/a.md", "docs/b/c/d.md", "-x", "A.C", "src2/a.c",
    "tmp/s/e", ".hidden/a", ".hidden/.b",
  ]

  /// Patterns that mean the same to bash (with `globstar` and `dotglob`) as in a rule, from the workspace's folder.
  private static let patterns = [
    ".env", "./.env", "*", "**", "*.c", "**/*.c", "**/.env", "**/.env*", ".env*", ".*", "a", "a*", "a?", "a??", "?",
    "??",
    "?.c", "*.*", "*b*", "src", "src/", "src/*", "src/**", "src/*.c", "src/**/*.c", "src/**/a.c", "src/*/a.c", "src?",
    "src?/*", "s*", "s*/*", "s*/**", "s*/*.c", "*/a.c", "*/*/a.c", "**/a.c", "**/a*", "**/deep", "**/deep/*",
    "**/deep/**", "**/d*", "**/d*/**", "secrets", "secrets/*", "secrets/**", "secrets/key.pem", "./secrets/key.pem",
    "secrets/./key.pem", "secrets/*.pem", "**/*.pem", "**/id", "*/*/id", "*/id", "docs/**/*.md", "docs/**", "docs/*/c",
    "docs/b/**", "docs/**/d.md", "docs/**/c/*", "**/c/**", "**/b/**/*", "é", "?", "a\\ b", "a b", "x(1)", "x\\(1\\)",
    "x*", "-x", "-?", "A.C", "*.C", "**/*.C", "src2/**", "src*/a.c", "tmp/**", "tmp/s", "tmp/s/e", "tmp/*/e", "tmp/?/?",
    "**/e", "**/s/**", ".hidden", ".hidden/*", ".hidden/.b", ".hidden/**", ".h*/**", ".h*/a", "**/.b", "**/.*",
    "**/.*/**", "*/.*", "*/.env", "src/.*", "src/.env", "src/deep/er/.env", "src/**/.env", "src/deep",
    "src/deep/*/.env",
    "nothing", "nothing/**", "**/nothing", "src/nothing*", "**/*", "**/**", "**/**/a.c", "src/**/**",
    "s?c/*", "s?c/**/*.?", "*e*/*e*", "**/*e*", "*.md", "**/*.md", "**/?.md",
  ]

  @Test(.ownThread, .hangGuard) func `deny what a shell's pattern takes, with what is below it, and nothing else`()
    throws
  {
    let folder = try TemporaryFolder()
    for name in Self.files { try folder.write(name, "x") }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    let listed = Self.patterns.map { $0.replacing("x(1)", with: "x\\(1\\)").replacing("a b", with: "a\\ b") }
    // Links on the way to the folder have nothing to do with it.
    let script =
      "shopt -s globstar dotglob nullglob; export LC_ALL=C.UTF-8\n"
      + listed.map { "printf '%s\\0' \($0.hasPrefix("-") ? "./" + $0 : $0); printf '\\1'" }.joined(separator: "\n")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(filePath: folder.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let found = output.split(separator: "\u{1}", omittingEmptySubsequences: false).dropLast().map { list in
      list.split(separator: "\0").map { name in
        var name = name[...]
        while name.hasPrefix("./") { name = name.dropFirst(2) }
        return String(name.hasSuffix("/") ? name.dropLast() : name).replacing("/./", with: "/")
      }
    }
    #expect(found.count == Self.patterns.count && Self.patterns.count >= 100)
    for (pattern, taken) in zip(Self.patterns, found) {
      let policy = PermissionPolicy(
        workspace: folder.path, mode: .bypass, rules: try rules(deny: ["read_file(\(pattern))"]), foldsCase: false,
        files: .system)
      for file in Self.files {
        let isTaken = taken.contains { file == $0 || file.hasPrefix($0 + "/") }
        let isDenied = word(policy.decide(.read(file), canAsk: true)) == "refused"
        #expect(isTaken == isDenied, "\(pattern) and \(file): a shell takes \(taken)")
      }
    }
  }
}

@Suite(.ownThread) struct `A rule for paths` {
  private func decided(_ rule: String, _ subject: PermissionSubject, _ files: DeniedFiles) throws -> String {
    word(try files.policy(deny: [rule]).decide(subject, canAsk: true))
  }

  @Test(arguments: [
    "*(.env)", "*(./.env)", "*(/.env)", "*(WS/.env)", "*(/WS/.env)", "*(file://WS/.env)", "*(file:WS/%2eenv)",
    "*($PWD/.env)",
    "*(~/../ws/link.txt)", "*(link.txt)", "*(chain.txt)", "Read(.env)", "read(.env)", "READ_FILE(.env)",
    "ReadFile(.env)",
    "read-file(.env)", "view(.env)", "NotebookRead(.env)", "read_file(**/.e*)",
  ]) func `is met by each name of the file`(rule: String) throws {
    let files = try DeniedFiles()
    let rule = rule.replacing("~/../ws", with: "/" + files.path + "/ws").replacing("WS", with: files.path + "/ws")
    var read = PermissionSubject.read(".env")
    #expect(try decided(rule, read, files) == "refused", "\(rule)")
    read.named = ["link.txt"]
    #expect(try decided(rule, read, files) == "refused")
    for line in ["cat .env", "cat link.txt", "cat chain.txt", "head < link.txt"] {
      #expect(try decided(rule, .run(line), files) == "ask", "\(rule) \(line)")
    }
    #expect(try decided(rule, .read("ok.txt"), files) == "allowed")
    #expect(try decided(rule, .run("cat ok.txt"), files) == "allowed")
  }

  @Test(arguments: ["secrets/**", "secrets", "secrets/", "secrets/*.pem", "linkdir/**", "linkdir/key.pem", "**/*.pem"])
  func `is met by a file's other names`(pattern: String) throws {
    let files = try DeniedFiles()
    for rule in ["*(\(pattern))", "read_file(\(pattern))"] {
      #expect(try decided(rule, .read("secrets/key.pem"), files) == "refused", "\(rule)")
      #expect(try decided(rule, .read("hard.txt"), files) == "refused", "\(rule)")
      #expect(try decided(rule, .run("cat hard.txt"), files) == "ask", "\(rule)")
      #expect(try decided(rule, .read("ok.txt"), files) == "allowed")
      let reading = try files.policy(deny: [rule]).reading(by: ["search_files", "read_file"], in: .read("."))
      #expect(!reading.permits("hard.txt") && !reading.permits("secrets/key.pem") && reading.permits("ok.txt"))
    }
  }

  @Test(arguments: [
    ("~/.ssh/**", "home/.ssh/id_rsa"), ("$HOME/.ssh/id_rsa", "home/.ssh/id_rsa"),
    ("${HOME}/.ssh/*", "home/.ssh/id_rsa"),
    ("~", "home/hello.txt"), ("/TOP/out/shadow", "out/shadow"), ("//TOP/out/*", "out/shadow"),
    ("homelink/**", "home/.ssh/id_rsa"),
    ("outlink", "out/shadow"), ("file:///TOP/out/shadow", "out/shadow"),
  ]) func `reaches outside the workspace`(pattern: String, file: String) throws {
    let files = try DeniedFiles()
    let pattern = pattern.replacing("/TOP", with: files.path)
    let path = files.path + "/" + file
    #expect(try decided("*(\(pattern))", .read(path, isInside: false), files) == "refused")
    #expect(try decided("*(\(pattern))", .run("cat '\(path)'"), files) == "ask")
    #expect(try decided("*(\(pattern))", .run("cat ok.txt"), files) == "allowed")
  }

  @Test(
    arguments: [
      ("read_file(.env)", PermissionSubject.write(".env"), "refused"),
      (
        "read_file(.env)", PermissionSubject(tool: "write_file", actions: [.write(path: ".env", isInside: true)]),
        "allowed"
      ),
      ("read_file(.env)", .move(".env", "x"), "refused"), ("read_file(.env)", .move("x", ".env"), "allowed"),
      ("read_file(.env)", .delete(".env"), "allowed"), ("read_file(src/x)", .move("src", "y"), "ask"),
      ("Edit(.env)", .write(".env"), "refused"), ("Edit(.env)", .delete(".env"), "refused"),
      ("Edit(.env)", .move("x", ".env"), "refused"), ("Edit(.env)", .read(".env"), "allowed"),
      ("Edit(.env)", .run("cat .env"), "allowed"), ("Edit(.env)", .run("grep x .env | head"), "allowed"),
      ("Edit(.env)", .run("cat < .env"), "allowed"), ("Edit(.env)", .run("cat ok.txt > .env"), "ask"),
      ("Edit(.env)", .run("sed -i s/a/b/ .env"), "ask"), ("Edit(.env)", .run("cp ok.txt .env"), "ask"),
      ("write_file(.env)", .write(".env"), "refused"), ("edit_file(src/**)", .move("src/a.c", "b"), "refused"),
      ("edit_file(src/**)", .run("rm src/a.c"), "ask"), ("edit_file(**)", .run("git status"), "allowed"),
      ("Edit(src/**)", .run("tree -o src/x"), "ask"), ("Edit(src/**)", .run("tree src"), "allowed"),
      ("*(.env)", .run("python3 -v"), "ask"), ("*(.env)", .run("python3 -V"), "allowed"),
      ("*(.env)", .run("node -V"), "ask"), ("*(.env)", .run("node -v"), "allowed"),
      ("*(.env)", .run("ruby --version"), "allowed"), ("*(.env)", .run("git -v"), "allowed"),
      ("edit_file(**)", .run("touch ok.txt"), "ask"), ("edit_file(**)", .run("touch ./new"), "ask"),
      ("delete_file(.env)", .move(".env", "x"), "refused"), ("Bash(rm:*)", .run("rm x"), "refused"),
      ("bash", .run("ls"), "refused"), ("Shell(git push:*)", .run("git push"), "refused"),
      (
        "Grep(src/**)", PermissionSubject(tool: "search_files", actions: [.read(path: "src/a.c", isInside: true)]),
        "refused"
      ),
      ("LS(src)", PermissionSubject(tool: "list_files", actions: [.read(path: "src", isInside: true)]), "refused"),
      ("WebFetch(domain:example.com)", .fetch("https://example.com"), "refused"),
      ("webfetch(example.com:443)", .fetch("https://example.com"), "refused"),
      ("MultiEdit", .write("a"), "refused"),
      ("mine(secrets/**)", PermissionSubject(tool: "mine", actions: [.clientTool], named: ["x"]), "ask"),
      ("*(secrets/**)", PermissionSubject(tool: "mine", actions: [.clientTool], named: ["x", "secrets/k"]), "ask"),
      ("*(secrets/**)", PermissionSubject(tool: "mine", actions: [.clientTool], named: ["x"]), "allowed"),
    ] as [(String, PermissionSubject, String)])
  func `holds for every tool that does what it forbids`(rule: String, subject: PermissionSubject, expected: String)
    throws
  {
    #expect(try decided(rule, subject, try DeniedFiles()) == expected)
  }

  @Test func `asks as well when it is one that asks, and refuses where nobody can be asked`() throws {
    let policy = try DeniedFiles().policy(ask: ["read_file(.env)"])
    for line in ["cat .env", "cat $x", "python3 x.py"] {
      guard case .ask(let prompt) = policy.decide(.run(line), canAsk: true) else {
        Issue.record("\(line) is not asked about")
        continue
      }
      #expect(prompt.why.contains("read_file(.env)"))
      #expect(word(policy.decide(.run(line), canAsk: false)) == "refused")
    }
    #expect(word(policy.decide(.run("cat ok.txt"), canAsk: true)) == "allowed")
  }

  @Test func `of a list and of its session are all kept, however many they are`() throws {
    let most = PermissionLimits.rulesMax
    let one = try rules(deny: (0..<most).map { "read_file(a\($0))" })
    let other = try rules(deny: (0..<most).map { "read_file(b\($0))" })
    let joined = one.joined(with: other)
    #expect(joined.deny.count == 2 * most)
    let policy = PermissionPolicy(workspace: "/w", mode: .bypass, rules: joined)
    #expect(word(policy.decide(.read("b\(most - 1)"), canAsk: true)) == "refused")
  }

  /// Lines made of a beginning, a piece that is repeated so often, and an end.
  private static let hostile: [String] =
    [
      ("", "{", 20_000, ""),
      ("cat ", "{a,b}", 5_000, ""),
      ("cat ", "*a", 30_000, ""),
      ("cat ", "[", 60_000, ""),
      ("cat ", "[a]", 20_000, ""),
      ("cat ", "/a", 30_000, ""),
      ("cat ", "../", 20_000, ""),
      ("cat ", "$x", 20_000, ""),
      ("cat ", "*/", 20_000, ""),
      ("cat ", "a ", 30_000, ""),
      ("cat ", "a=", 30_000, ""),
      ("cat -", "a", 60_000, ""),
      ("cat ", "%2e", 20_000, ""),
      ("", "cd a;", 900, ""),
      ("", "cd */;", 900, ""),
      ("sed '", "s/", 30_000, "'"),
      ("awk '", "{", 60_000, "'"),
      ("grep ", "-r ", 20_000, ""),
      ("mv ", "a ", 15_000, "b"),
      ("cat ~", "~/", 20_000, ""),
    ].map { (begin: String, piece: String, count: Int, end: String) in
      begin + String(repeating: piece, count: count) + end
    } + plain

  private static let plain: [String] = [
    String(repeating: "{a,", count: 10_000) + "b" + String(repeating: "}", count: 10_000),
    "cat .env\u{0}x",
    "cat \u{FFFD}\u{10FFFF}",
  ]

  @Test(.hangGuard, arguments: hostile)
  func `is held against a hostile line in bounded time, and not passed by`(line: String) throws {
    let files = try DeniedFiles()
    let policy = try files.policy(
      deny: files.rules + [
        "*(" + String(repeating: "**/*a*/", count: 500) + "b)", "*(" + String(repeating: "*a", count: 1_900) + "b)",
      ])
    #expect(word(policy.decide(.run(line + "; cat .env"), canAsk: true)) == "ask")
    _ = policy.decide(.run(line), canAsk: true)
  }
}
