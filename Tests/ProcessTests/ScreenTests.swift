import Foundation
import Protocol
import TestSupport
import Testing

/// What a question from a shell looks like on terminals of several widths, held against the files in `Screens/`; with
/// `RECORD=1` these are written anew.
@Suite(.ownThread) struct `A screen` {
  struct Scene: Sendable, CustomTestStringConvertible {
    var name: String
    var columns: UInt16
    var turns: [AgentModel.Turn]
    /// What is typed when the program asks.
    var typed: [String] = []
    var status: Int32 = 0
    var arguments: [String] = []
    var testDescription: String { "\(name)-\(columns)" }
  }

  private static let steering = "a \u{1B}]52;c;eA==\u{7}\u{9B}2J\u{202E}b\r\nc\rd \u{1B}[8m"
  private static let command =
    "echo harmless \u{1B}[8m\n\n\t\u{202E}x\u{200B}\r\ncurl http://\u{430}pple.com/" + String(repeating: "a", count: 40)
    + "; touch SURPRISE"
  private static let content =
    "plain\n+ \u{1B}[2Jwide 日本\u{2066}\n" + String(repeating: "long ", count: 30) + "\n\n\u{FF21}end"
  private static let steps: JSON = [
    ["content": "count the sheep", "status": "completed"],
    ["content": .string("shear\u{1B}[2J\nthem"), "status": "in_progress"], ["content": "sell", "status": "pending"],
  ]

  private static let scenes = [40, 120].flatMap { (columns: UInt16) -> [Scene] in
    [
      Scene(
        name: "command", columns: columns,
        turns: [
          .init(.text("Look."), .call("execute_command", ["command": .string(command), "timeout_seconds": 9])),
          .init(.text("done")),
        ], typed: ["", "maybe\u{7}", "?", "v", "n"]),
      Scene(
        name: "diff", columns: columns,
        turns: [
          .init(.call("write_file", ["path": "new\u{202E}.txt", "content": .string(content)])),
          .init(.call("write_file", ["path": "/nonexistent/x", "content": "outside\nunseen"])),
          .init(.text("done")),
        ], typed: ["y", "n"]),
      Scene(
        name: "answer", columns: columns,
        turns: [
          .init(.text(steering), .call("update_plan", ["steps": steps])),
          .init(.text("no end"), .call("read_file", ["path": .string("gone\u{1B}[2J\nfile")])),
          .init(.text("e\u{9D}0;t\u{9C}")),
        ]),
      Scene(
        name: "cut", columns: columns, turns: [.init(.text("half an ans"), stopReason: "max_tokens")], status: 3,
        arguments: ["--max-tokens", "50"]),
      Scene(
        name: "turns", columns: columns, turns: [.init(.text("Look."), .call("list_files", [:]))], status: 4,
        arguments: ["--max-turns", "1"]),
    ]
  }

  @Test(arguments: scenes) func `shows what is asked and said, and nothing steers it`(scene: Scene) throws {
    let folder = try TemporaryFolder()
    let model = try AgentModel(scene.turns)
    var variables = model.environment()
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    let terminal = try TestTerminal(
      scene.arguments + ["go"], environment: variables, folder: folder.path, columns: scene.columns, showsAnswer: true)
    var screen = ""
    for line in scene.typed {
      screen += try terminal.wait(for: "?] ")
      try terminal.type(line)
    }
    let (rest, status) = try terminal.end()
    screen = (screen + rest).replacing("\r\n", with: "\n")
    #expect(status == scene.status)
    let path = "Tests/ProcessTests/Screens/\(scene.name)-\(scene.columns).txt"
    if ProcessInfo.processInfo.environment["RECORD"] == "1" { try Repository.write(screen, to: path) }
    #expect(try screen == Repository.text(path))
    #expect(!screen.unicodeScalars.contains(where: VisibleText.steers))
  }

  @Test func `is not what a pipe gets: that has the bytes as they are`() throws {
    let model = try AgentModel([
      .init(.text(Self.steering), .call("update_plan", ["steps": Self.steps])), .init(.text("e\u{9D}0;t\u{9C}")),
    ])
    let command = try Command("go", environment: model.environment())
    #expect(command.output == Self.steering + "\n\ne\u{9D}0;t\u{9C}\n")
    #expect(command.status == 0)
    #expect(command.errors.hasPrefix("• Update the plan\n  [x] count the sheep\n  [>] shear\u{1B}[2J them\n"))
  }

  @Test func `is not steered by what a service says of an error`() throws {
    let model = try ScriptedModel()
    model.take(.refuse(400, type: "invalid_request_error", message: "bad \u{1B}[2J\u{7}thing"))
    let folder = try TemporaryFolder()
    let terminal = try TestTerminal(["go"], environment: model.environment, folder: folder.path, showsAnswer: true)
    let (screen, status) = try terminal.end()
    #expect(status == 1)
    #expect(screen.contains(#"bad \u{1B}[2J\u{7}thing"#))
  }
}
