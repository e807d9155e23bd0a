import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

/// A workspace with files that rules deny, a home and a folder outside, as `Scripts/evasions/run.py` has them.
struct DeniedFiles {
  let folder: TemporaryFolder
  /// The folders, without links on the way to them.
  let path: String

  /// The rules that deny them.
  var rules: [String] { ["*(**/.env)", "*(secrets/**)", "*(~/.ssh/**)", "*(/\(path)/out/shadow)"] }

  init() throws {
    folder = try TemporaryFolder()
    path = LinkResolver.system.resolve(folder.path) ?? folder.path
    for name in [
      "ws/.env", "ws/src/.env", "ws/secrets/key.pem", "ws/secrets/deep/id", "home/.ssh/id_rsa", "out/shadow",
    ] {
      try folder.write(name, "SECRET=CANARY-4711\n")
    }
    for name in [
      "ok.txt", "README.md", "src/a.c", "src/a.h", "docs/notes.txt", "docs/more.txt", ".env.example", "package.json",
      "list.txt", "list0.txt", "script.sh", "prog.py", "evil.mk", "ok.tar", "evil.sed",
      "evil.awk", "sums.txt", "plain.mk",
    ] { try folder.write("ws/" + name, "plain words\n") }
    try folder.write("home/hello.txt", "hello\n")
    try folder.write("out/free", "free\n")
    let files = FileManager.default
    for (name, target) in [
      ("link.txt", ".env"), ("chain.txt", "link.txt"), ("linkdir", "secrets"), ("outlink", "\(path)/out/shadow"),
      ("homelink", "\(path)/home/.ssh"),
    ] { try files.createSymbolicLink(atPath: "\(path)/ws/\(name)", withDestinationPath: target) }
    try files.linkItem(atPath: "\(path)/ws/secrets/key.pem", toPath: "\(path)/ws/hard.txt")
  }

  /// What decides by rules in that workspace.
  func policy(deny: [String] = [], ask: [String] = []) throws -> PermissionPolicy {
    PermissionPolicy(
      workspace: path + "/ws", mode: .bypass, rules: try ServerTests.rules(ask: ask, deny: deny), grant: .all,
      foldsCase: false, home: path + "/home", files: .system)
  }
}

@Suite struct `Shell lines beside rules for paths` {
  /// The lines, each with what a real shell does with it.
  private static let lines: [(mark: Character, text: String)] = {
    let text = (try? Repository.text("Scripts/evasions/lines.txt")) ?? ""
    return text.split(separator: "\n").compactMap { line in
      guard let mark = line.first, "!?.".contains(mark), line.dropFirst().first == " " else { return nil }
      return (mark, String(line.dropFirst(2)))
    }
  }()

  @Test func `are asked about when they reach a file that is denied, and run when they do not`() throws {
    let files = try DeniedFiles()
    let policy = try files.policy(deny: files.rules)
    var wrong: [String] = []
    for (number, (mark, text)) in Self.lines.enumerated() {
      let line = text.replacing("⏎", with: "\n").replacing("WS", with: files.path + "/ws")
        .replacing("OUT", with: files.path + "/out")
      let decision = policy.decide(.run(line), canAsk: true)
      let isFree = word(decision) == "allowed"
      if number % 20 == 0 {
        #expect(word(policy.decide(.run(line), canAsk: false)) == (isFree ? "allowed" : "refused"))
      }
      if isFree != (mark == ".") {
        var why = ""
        if case .ask(let prompt) = decision { why = prompt.why }
        wrong.append("\(mark) \(text)   \(why)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    #expect(Self.lines.count >= 1_000)
  }

  /// `Scripts/evasions/run.py` runs them all, in two shells, and sees what they open; here a share shows that none of what is
  /// free says what is denied.
  @Test(.ownThread, .hangGuard) func `show nothing that is denied when they run unasked`() throws {
    let files = try DeniedFiles()
    let free = Self.lines.filter { $0.mark == "." }.map(\.text).filter { text in
      !["git", "npm", "docker", "curl", "make", "swift", "cargo", "go ", "node", "pip", "gcc"].contains {
        text.contains($0)
      }
    }
    let chosen = free.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
    #expect(chosen.count > 30)
    for text in chosen {
      let line = text.replacing("⏎", with: "\n").replacing("WS", with: files.path + "/ws")
        .replacing("OUT", with: files.path + "/out")
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", line]
      process.currentDirectoryURL = URL(filePath: files.path + "/ws")
      process.environment = ["PATH": "/usr/bin:/bin", "HOME": files.path + "/home", "PWD": files.path + "/ws"]
      process.standardInput = FileHandle.nullDevice
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(!output.contains("CANARY"), "\(text)")
    }
    #expect(files.folder.text("ws/.env") == "SECRET=CANARY-4711\n")
  }
}
