import Protocol
import Foundation
import Server
import TestSupport
import Testing

/// What real shells run of lines that were put together by chance, against what was found in them.
@Suite struct `The shells of this machine` {
  /// The shells that there are; `/bin/sh` is one or another of them.
  private static let shells = ["/bin/sh", "/bin/dash", "/bin/bash"].filter {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static let pieces = [
    "p1", "p2", "p3 x", "p4 'y z'", "p5", " ", " ", " ", " ", "\n", ";", " ; ", "&&", "||", "|", " & ", "'", "\"", "\\",
    "`", "$(",
    ")", "(", "{ ", "; }", "$", "#", " # ", "!", "! ", "if ", "; then ", "; fi", "; else ", "case p2 in ", "p2) ", ";;",
    " esac", " *) ",
    "for i in a b; do ", "; done", " <<E\n", "\nE\n", " <<'E'\n", " <<-E\n\t", "\n\tE\n", " <<E; ", "${x:-", "}",
    "${x}", "$x", "\"$x\"", "$((", "))",
    "$((1+1))", "time ", "eval ", "sh -c ", "env ", "xargs ", "nohup ", "nice ", "command ", "exec ", "\\\n", "~", "*",
    "?", "{p1,p2}", "{}",
    "<(", ">(", "f() ", "function f ", "[[ ", " ]]", "[ ", " ]", "X=1 ", "X=", "X=(", "2>/dev/null ", ">/dev/null ",
    "2>&1 ", "<<<", "<<<p1 ", "$'", "$\"", "\\x70", "\\'",
    "\\\"", "\\\\", "\\`", "\\$", "-c ", "-n 1 ", "p", "1", "true", ": ", "set -e; ", "trap ", "\t", "in", "do ",
    "then ", "'p1 x'", "\"p1 y\"", "E", "é", "=", ",", "&>/dev/null ",
  ]

  /// A line of a few pieces, more often than not one that a shell takes.
  private static func line(_ random: inout RandomNumbers) -> String {
    let whole = [
      "p1", "p1 %", "p2 '%'", "p3 \"%\"", "%; %", "% && %", "% | %", "(%)", "{ %; }", "if %; then %; fi",
      "case p1 in p1) %;; *) %;; esac", "p1 $(%)", "p2 `%`",
      "\"p\"4 %", "p\\1 %", "p1 \"$(%)\"", "p1 <<E\n%\nE\n%", "p1 <<'E'\n%\nE\n%", "eval '%'", "sh -c '%'", "env %",
      "nice %", "! %", "for i in 1; do %; done", "%\n%", "% # %",
      "X=$(%)", "p1 \"`%`\"", "time %", "p1 '%' \"%\" \\%", "f() { %; }; f", "% 2>&1", "<<E p1\n%\nE\n", "% || %",
      "xargs %", "p1 ${x:-$(%)}", "sh <<E\n%\nE", "trap '%' EXIT", "command %",
    ]
    let plain = [
      "p1", "p2 'a  b'", "p3 \"c $d\"", "p4 \\$e f\\ g", "p5 é", "p1 -x", "p2 | p3", "p4 #p5", "p1;p2", "'p3'",
      "p\\4 \"\"",
      "p5 \"it's\"", "p1 'a\nb'", "p2 a\\\nb", "p3 {} +", "p4 \"\\\\\"", "p5 a=b", "p1 2>&1",
    ]
    func expanded(_ depth: Int) -> String {
      if depth == 0 || Int.random(in: 0..<6, using: &random) == 0 {
        if Bool.random(using: &random) { return plain.randomElement(using: &random) ?? "" }
        let count = Int.random(in: 1...(depth == 0 ? 2 : 4), using: &random)
        return (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      }
      let parts = (whole.randomElement(using: &random) ?? "").split(separator: "%", omittingEmptySubsequences: false)
      return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + expanded(depth - 1) + $1 }
    }
    var text = Array(expanded(Int.random(in: 1...3, using: &random)).unicodeScalars)
    // A few lines lose or gain something.
    if Int.random(in: 0..<4, using: &random) == 0, !text.isEmpty {
      let place = Int.random(in: 0..<text.count, using: &random)
      if Bool.random(using: &random) {
        text.remove(at: place)
      } else {
        text.insert(contentsOf: (pieces.randomElement(using: &random) ?? "").unicodeScalars, at: place)
      }
    }
    return String(String.UnicodeScalarView(text))
  }

  /// Runs each line in a shell, in which `p1` to `p5` are programs that write down how they were called.
  private static func run(_ lines: [String], in shell: String) throws -> [[[String]]] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for part in ["bin", "cwd"] {
      try FileManager.default.createDirectory(at: folder.appending(path: part), withIntermediateDirectories: true)
    }
    let program =
      "#!/bin/sh\no=\nfor a in \"${0##*/}\" \"$@\"; do o=\"$o$a\u{1F}\"; done\nprintf '%s\u{1E}' \"$o\" >>\"$LOG\"\n"
    for number in 1...5 {
      let path = folder.appending(path: "bin/p\(number)").path
      try program.write(toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
    for name in ["env", "xargs", "nohup", "nice"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "bin/\(name)").path, withDestinationPath: "/usr/bin/\(name)")
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "bin/sh").path, withDestinationPath: shell)
    for (number, line) in lines.enumerated() {
      try line.write(toFile: folder.appending(path: "line\(number)").path, atomically: false, encoding: .utf8)
    }
    // The lines are read by the driver, as a process for each would take longer than the shell.
    let driver = """
      cd "$1/cwd"; n=0; PATH="$1/bin"; HOME="$1/cwd"; export PATH HOME LOG
      while [ -f "../line$n" ]; do
        LOG="$1/log$n"; l=$(/bin/cat "../line$n"; echo x); "$2" -c "${l%x}" </dev/null >/dev/null 2>&1
        n=$((n + 1))
      done
      """
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", driver, "driver", folder.path, shell]
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return lines.indices.map { number in
      let text = (try? Data(contentsOf: folder.appending(path: "log\(number)"))) ?? Data()
      return String(decoding: text, as: UTF8.self).split(separator: "\u{1E}").map { call in
        call.split(separator: "\u{1F}", omittingEmptySubsequences: false).dropLast().map(String.init)
      }
    }
  }

  /// Whether a command may be that call; what is not known of it may be any words.
  private static func may(_ words: ArraySlice<ShellWord>, be call: ArraySlice<String>) -> Bool {
    guard let word = words.first else { return call.isEmpty }
    guard let literal = word.literal else {
      return (call.startIndex...call.endIndex).contains { may(words.dropFirst(), be: call[$0...]) }
    }
    guard let said = call.first, said.utf8.elementsEqual(literal) else { return false }
    return may(words.dropFirst(), be: call.dropFirst())
  }

  @Test(.ownThread, .enabled(if: !shells.isEmpty), .hangGuard, arguments: shells)
  func `run nothing that was not found`(shell: String) throws {
    var random = RandomNumbers(seed: 2_026)
    let lines = (0..<250).map { _ in Self.line(&random) }
    var judged = 0
    for (line, calls) in zip(lines, try Self.run(lines, in: shell)) {
      let found = ShellLine(line)
      guard !found.hidesCommands else { continue }
      judged += calls.count
      for call in calls {
        let isFound = found.commands.contains { Self.may($0.words[...], be: call[...]) }
        #expect(
          isFound, "\(shell) ran \(call) of \(line.debugDescription), in which there is \(found.commands.map(\.text))")
      }
    }
    #expect(judged > 60, "the lines run too little to say anything")
  }
}
