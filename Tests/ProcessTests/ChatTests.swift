import Foundation
import Protocol
import TestSupport
import Testing

/// A conversation at a real terminal; how it looks is held against the files in `Screens/` (`RECORD=1` writes them anew).
@Suite(.ownThread) struct `A chat` {
  private static let steering = "a \u{1B}]52;c;eA==\u{7}\u{9B}2J\u{202E}b\r\nc\rd \u{1B}[8m"
  private static let prompt = "\n> "

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func terminal(
    _ model: AgentModel, _ arguments: [String] = ["chat"], columns: UInt16 = 80, variables: [String: String] = [:]
  ) throws -> TestTerminal {
    var environment = model.environment().merging(variables) { $1 }
    environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    return try TestTerminal(
      arguments, environment: environment, folder: folder.path, columns: columns, showsAnswer: true)
  }

  @Test(arguments: [40, 120] as [UInt16], [nil, "dumb"] as [String?])
  func `looks like this, on any terminal`(columns: UInt16, kind: String?) throws {
    let command =
      "printf 'made\\n' >new.txt # \u{1B}[8m\n" + String(repeating: "# a comment that is long \u{202E}", count: 4)
    let model = try AgentModel([
      .init(.text(Self.steering)),
      .init(.text("I run it."), .call("execute_command", ["command": .string(command)])), .init(.text("It has run.")),
      .init(.call("read_file", ["path": "gone\u{1B}[2J"])), .init(.text("There is none.\n\nNone at all.\n")),
    ])
    let terminal = try terminal(
      model, columns: columns, variables: kind.map { ["TERM": $0, "NO_COLOR": "1"] } ?? ["TERM": "xterm-256color"])
    var screen = ""
    let steps = [
      (Self.prompt, "hello"), (Self.prompt, "run \u{1B}[2J it"), ("?] ", "maybe"), ("?] ", "y"), (Self.prompt, ""),
      (Self.prompt, "/cost"), (Self.prompt, "/effort low"), (Self.prompt, "/effort \u{7}much"),
      (Self.prompt, "/rewind"),
      (Self.prompt, "/nothing"), (Self.prompt, "/help"), (Self.prompt, "read it \\"), ("… ", "all"),
      (Self.prompt, "/quit"),
    ]
    for (expected, typed) in steps {
      screen += try terminal.wait(for: expected)
      try terminal.type(typed)
    }
    let (rest, status) = try terminal.end()
    screen = (screen + rest).replacing("\r\n", with: "\n")
    #expect(status == 0 && model.flaws == [])
    let path = "Tests/ProcessTests/Screens/chat-\(columns).txt"
    if ProcessInfo.processInfo.environment["RECORD"] == "1" { try Repository.write(screen, to: path) }
    #expect(try screen == Repository.text(path))
    #expect(!screen.unicodeScalars.contains(where: VisibleText.steers))
    #expect(folder.text("new.txt") == "made\n")
    #expect(model.questions.map(\.prompt).contains("read it \nall"))
  }

  @Test func `goes on with what was said, and with what was set`() throws {
    let model = try AgentModel { _ in .init(.text("Well.")) }
    let terminal = try terminal(model, ["--effort", "high"])
    for typed in [
      "first", "second\nof two lines\n/not/a/command", "/rewind", "/model haiku", "/effort low", "third", "/rewind 9",
      "fourth",
    ] {
      try terminal.wait(for: Self.prompt)
      try terminal.type(typed)
    }
    try terminal.wait(for: Self.prompt)
    try terminal.pressEnd()
    #expect(try terminal.end().status == 0)
    let asked = model.questions
    #expect(asked.map(\.prompt) == ["first", "second\nof two lines\n/not/a/command", "third", "fourth"])
    func users(_ number: Int) -> Int {
      asked[number].body["messages"]?.array?.count { $0["role"] == "user" } ?? 0
    }
    #expect([0, 1, 2, 3].map(users) == [1, 2, 2, 1])
    #expect(asked[0].model != asked[2].model && asked[2].model.contains("haiku"))
    #expect(asked[0].body["output_config"]?["effort"] == "high")
    #expect(model.flaws == [])
  }

  @Test func `goes on with a stored session`() throws {
    let model = try AgentModel { _ in .init(.text("Well.")) }
    let store = try TemporaryFolder()
    for (number, arguments) in [["--session", "one"], ["--continue"]].enumerated() {
      let terminal = try terminal(model, ["chat", "--sessions", store.path] + arguments)
      let beginning = try terminal.wait(for: Self.prompt)
      #expect(beginning.contains("answers, after 1 exchange;") == (number == 1))
      try terminal.type("prompt \(number)")
      try terminal.wait(for: Self.prompt)
      try terminal.type("/quit")
      #expect(try terminal.end().status == 0)
    }
    let messages = model.questions.last?.body["messages"]?.array ?? []
    #expect(messages.count { $0["role"] == "user" } == 2 && model.flaws == [])
  }

  @Test func `is interrupted once to stop what goes on, and twice to leave`() throws {
    let (asked, over) = (Latch(), Latch())
    let model = try AgentModel { question in
      guard question.prompt == "wait" else { return .init(.text("Well.")) }
      asked.open()
      over.waitBlocking()
      return .init(.text("late"))
    }
    defer { over.open() }
    let terminal = try terminal(model)
    try terminal.wait(for: Self.prompt)
    try terminal.type("wait")
    asked.waitBlocking()
    terminal.interrupt()
    #expect(try terminal.wait(for: Self.prompt).contains("• stopped"))
    try terminal.type("again")
    #expect(try terminal.wait(for: Self.prompt).contains("Well."))
    terminal.interrupt()
    try terminal.wait(for: "(once more leaves)\r\n> ")
    // What is typed in between takes it back.
    try terminal.type("again")
    try terminal.wait(for: Self.prompt)
    terminal.interrupt()
    try terminal.wait(for: "(once more leaves)\r\n> ")
    terminal.interrupt()
    #expect(try terminal.end().status == 130)
  }

  @Test func `leaves at once where it is interrupted twice while something goes on`() throws {
    let model = try AgentModel([
      .init(.call("execute_command", ["command": "trap '' TERM INT; echo $$ >pid; while :; do sleep 1; done"])),
      .init(.text("?")),
    ])
    let terminal = try terminal(model, ["--allow", "commands"])
    try terminal.wait(for: Self.prompt)
    try terminal.type("go")
    #expect(HangGuard.waitBlocking { (folder.text("pid") ?? "").hasSuffix("\n") })
    // Two that come at once may count as one.
    let hasLeft = HangGuard.waitBlocking {
      terminal.interrupt()
      return !terminal.isRunning
    }
    #expect(try hasLeft && terminal.end().status == 130)
    let id = try #require(Int32((folder.text("pid") ?? "").filter(\.isNumber)))
    #expect(HangGuard.waitBlocking { ProcessState.isGone(id) })
  }

  @Test func `begins without a word at a terminal, and nowhere else`() throws {
    let model = try AgentModel([])
    let terminal = try terminal(model, [])
    #expect(try terminal.wait(for: Self.prompt).contains("/help"))
    try terminal.pressEnd()
    #expect(try terminal.end().status == 0)
    let piped = try Command("chat", environment: model.environment())
    #expect(piped.status == 2 && piped.errors.contains("chat is for a terminal"))
    #expect(try Command("chat", "about", "cats", environment: model.environment()).status == 2)
    #expect(try Command("--json", "chat", environment: model.environment()).status == 2)
    let keyless = try TestTerminal(
      ["chat"], environment: ["ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"],
      folder: folder.path, showsAnswer: true)
    let (shown, status) = try keyless.end()
    #expect(status == 1 && shown.contains("ANTHROPIC_API_KEY"))
  }
}
