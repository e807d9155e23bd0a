import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A person at a terminal` {
  private static func calls(_ commands: String...) throws -> AgentModel {
    let turns = commands.map { AgentModel.Turn(.call("execute_command", ["command": .string($0)])) }
    return try AgentModel(turns + [.init(.text("done"))])
  }

  private static func variables(_ model: AgentModel) -> [String: String] {
    model.environment().merging(["PATH": "/usr/local/bin:/usr/bin:/bin"]) { one, _ in one }
  }

  private func terminal(_ model: AgentModel, _ folder: TemporaryFolder, _ arguments: [String] = []) throws
    -> TestTerminal
  {
    try TestTerminal(arguments + ["go"], environment: Self.variables(model), folder: folder.path)
  }

  @Test func `is asked before a command runs, as often as the answer is none`() throws {
    let (model, folder) = (try Self.calls("touch one", "touch two", "touch three"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.wait(for: "Run touch one")
    try terminal.wait(for: "Allow? [y/a/n/never/?] ")
    #expect(folder.names == [])
    try terminal.type("")
    try terminal.wait(for: "Allow? [y/a/n/never/?] ")
    try terminal.type("?")
    try terminal.wait(for: "Always allow execute_command(touch one)")
    try terminal.wait(for: "Allow? [y/a/n/never/?] ")
    #expect(folder.names == [])
    try terminal.type("y")
    try terminal.wait(for: "Run touch two")
    try terminal.wait(for: "Allow? ")
    #expect(folder.names == ["one"])
    try terminal.type("n")
    try terminal.wait(for: "Run touch three")
    try terminal.wait(for: "Allow? ")
    try terminal.type("yes")
    let (answer, status) = try terminal.end()
    #expect(answer == "done\n")
    #expect(status == 0)
    #expect(folder.names == ["one", "three"])
    #expect(model.questions[2].resultTexts.first?.hasPrefix("The person refused this.") == true)
  }

  @Test func `is asked once where the answer is always`() throws {
    let (model, folder) = (try Self.calls("mkdir x", "mkdir x", "mkdir x"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.wait(for: "Allow? ")
    try terminal.type("a")
    #expect(try terminal.end().answer == "done\n")
    #expect(model.questions.count == 4)
    #expect(model.questions[2].resultTexts.first?.contains("exist") == true)
  }

  @Test func `is not asked in readOnly, nor for what a flag allows`() throws {
    for arguments in [["--permission-mode", "readOnly"], ["--allow", "commands"]] {
      let (model, folder) = (try Self.calls("touch one"), try TemporaryFolder())
      let terminal = try terminal(model, folder, arguments)
      #expect(try terminal.end().answer == "done\n")
      #expect(folder.names == (arguments[0] == "--allow" ? ["one"] : []))
    }
  }

  @Test func `cannot be deceived by what a command looks like`() throws {
    let (model, folder) = (try Self.calls("touch a\u{1B}[2K\rls \u{202E}"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.wait(for: #"touch a\u{1B}[2K\u{D}ls \u{202E}"#)
    try terminal.wait(for: "Allow? ")
    try terminal.type("n")
    #expect(try terminal.end().answer == "done\n")
    #expect(folder.names == [])
  }

  @Test func `is told what an answer is that is none, and sees what is folded before it is allowed`() throws {
    let folder = try TemporaryFolder()
    let content = (1...9_000).map { "line \($0)" }.joined(separator: "\n")
    let model = try AgentModel([
      .init(.call("write_file", ["path": "long", "content": .string(content)])), .init(.text("done")),
    ])
    let terminal = try terminal(model, folder)
    let first = try terminal.wait(for: "Allow? [y/a/n/never/v/?] ")
    #expect(first.contains("more rows: v shows all") && !first.contains("+line 9000"))
    try terminal.type("y")
    try terminal.wait(for: "there is more than is shown: type v first")
    try terminal.wait(for: "Allow? [y/a/n/never/v/?] ")
    #expect(folder.names == [])
    try terminal.type("yup")
    try terminal.wait(for: "'yup' is no answer here; type one of y, a, n, never, v, ?")
    try terminal.wait(for: "Allow? [y/a/n/never/v/?] ")
    try terminal.type("v")
    try terminal.wait(for: "| +line 9000")
    try terminal.wait(for: "Allow? [y/a/n/never/v/?] ")
    try terminal.type("y")
    #expect(try terminal.end().answer == "done\n")
    #expect(folder.text("long") == content)
  }

  @Test func `does not answer what is not shown yet`() throws {
    let (model, folder) = (try Self.calls("touch one", "touch two"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.type("y\ny\ny")
    try terminal.wait(for: "Run touch one")
    try terminal.wait(for: "Allow? ")
    #expect(folder.names == [])
    try terminal.type("y\ny\ny")
    try terminal.wait(for: "Run touch two")
    try terminal.wait(for: "Allow? ")
    #expect(folder.names == ["one"])
    try terminal.type("n")
    #expect(try terminal.end().answer == "done\n")
    #expect(folder.names == ["one"])
  }

  private static let newSession = URL(fileURLWithPath: "/usr/bin/setsid")

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: newSession.path), "needs setsid, which opens a session"))
  func `is asked at the terminal though the prompt is piped`() throws {
    let (model, folder) = (try Self.calls("touch one"), try TemporaryFolder())
    var variables = Self.variables(model)
    variables["PROGRAM"] = try ServerProcess.executable().path
    let terminal = try TestTerminal(
      ["-c", "-w", "/bin/sh", "-c", #"echo the diff | "$PROGRAM" review"#], environment: variables, folder: folder.path,
      showsAnswer: true, program: Self.newSession)
    try terminal.wait(for: "Run touch one")
    try terminal.wait(for: "Allow? ")
    #expect(folder.names == [])
    try terminal.type("y")
    let (shown, status) = try terminal.end()
    #expect(shown == "y\r\n• Run touch one\r\ndone\r\n")
    #expect(status == 0)
    #expect(folder.names == ["one"])
    let asked = model.questions.first?.body.text
    #expect(asked?.contains(#"review\n\nthe diff\n"#) == true)
  }
}
