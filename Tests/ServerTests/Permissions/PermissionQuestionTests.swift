import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite(.hangGuard) struct `A permission question` {
  private static let prompt = PermissionPrompt(
    why: "it runs a command", options: [PermissionOption(once: .allowOnce), PermissionOption(once: .rejectOnce)])

  private let clock = ManualClock()

  private func question(deadlineMs: Int = 5_000) -> PermissionQuestion {
    PermissionQuestion(id: "q1", title: "Run ls", prompt: Self.prompt, deadlineMs: deadlineMs, time: clock.source)
  }

  @Test func `is answered once`() async {
    let question = question()
    async let outcome = question.outcome()
    #expect(question.answer("maybe") == .unknownOption)
    #expect(question.answer("allowAlways") == .unknownOption)
    #expect(question.settled == nil)
    #expect(question.answer("allowOnce", updatedInput: ["command": "ls"]) == .accepted)
    let answered = PermissionQuestion.Outcome.answered(
      PermissionOption(once: .allowOnce), updatedInput: ["command": "ls"])
    #expect(question.answer("rejectOnce") == .late(answered))
    #expect(question.answer("maybe") == .late(answered))
    #expect(!question.makeMoot())
    #expect(!question.cancel())
    #expect(await outcome == answered)
    #expect(await question.outcome() == answered)
    #expect(answered.allows == true)
  }

  @Test func `forgets an edited input with an answer that refuses`() async {
    let question = question()
    question.answer("rejectOnce", updatedInput: [:])
    let outcome = await question.outcome()
    #expect(outcome == .answered(PermissionOption(once: .rejectOnce), updatedInput: nil))
    #expect(outcome.allows == false)
  }

  @Test func `expires at its deadline, and then refuses`() async throws {
    let question = question()
    #expect(question.expiresAt == ManualClock.start + 5_000)
    clock.pass(2_000)
    async let outcome = question.outcome()
    try await clock.sleeper()
    #expect(clock.sleeps == [3_000])
    clock.pass(3_000)
    let expired = await outcome
    #expect(expired == .expired(PermissionOption(once: .rejectOnce)))
    #expect(expired.allows == false)
    #expect(question.answer("allowOnce") == .late(expired))
  }

  @Test func `waits no longer than a limit`() {
    #expect(question(deadlineMs: .max).deadlineMs == PermissionLimits.questionMsMax)
    #expect(question(deadlineMs: -1).deadlineMs == 0)
  }

  @Test func `ends when it is moot, for all who wait`() async throws {
    let question = question()
    async let one = question.outcome()
    async let other = question.outcome()
    try await clock.sleeper()
    #expect(question.makeMoot())
    #expect(await one == .moot)
    #expect(await other == .moot)
    #expect(await one.allows == nil)
  }

  @Test func `ends with the task that waits`() async throws {
    let question = question()
    let task = Task { await question.outcome() }
    try await clock.sleeper()
    task.cancel()
    #expect(await task.value == .cancelled)
    #expect(question.answer("allowOnce") == .late(.cancelled))
    let late = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return await self.question().outcome()
    }
    #expect(await late.value == .cancelled)
  }

  @Test func `has one outcome, whoever hurries`() async {
    for _ in 0..<200 {
      let question = question()
      let wins = await withTaskGroup(of: Bool.self) { group in
        group.addTask { question.answer("allowOnce") == .accepted }
        group.addTask { question.answer("rejectOnce") == .accepted }
        group.addTask { question.makeMoot() }
        group.addTask { question.cancel() }
        group.addTask {
          _ = await question.outcome()
          return false
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(wins == 1)
    }
  }
}

@Suite struct `A question on a terminal` {
  private func prompt(_ command: String) throws -> PermissionPrompt {
    let decision = PermissionPolicy(workspace: "/w").decide(.run(command), canAsk: true)
    guard case .ask(let prompt) = decision else { throw CancellationError() }
    return prompt
  }

  private func question(_ command: String, title: String? = nil, _ more: JSONObject = [:]) throws -> TerminalQuestion {
    var input = more
    input["command"] = .string(command)
    let call = ToolCallInfo(
      toolCallId: "t", name: "execute_command", title: title ?? "Run \(command)", input: .object(input))
    return TerminalQuestion(call, try prompt(command), columns: 80)
  }

  @Test func `shows what its title says only as a part of something else`() throws {
    let within = try question("rm -rf src/*", ["working_folder": "src"]).beginning
    #expect(within.contains("| working_folder: src\n") && !within.contains("| command:"))
    let beside = try question("rm -rf src/*", title: "Run rm -rf src/* in lib", ["working_folder": "lib"]).beginning
    #expect(!beside.contains("working_folder"))
  }

  @Test func `shows every line of a change, whatever it ends and begins with, or all that is given where it is cut`()
    throws
  {
    func shown(_ old: String?, _ new: String) throws -> String {
      let diff = UnifiedDiff.text(path: "f", old: old.map { Array($0.utf8) }, new: Array(new.utf8))
      var call = ToolCallInfo(
        toolCallId: "t", name: "write_file", title: "Write f", input: ["path": "f", "content": .string(new)])
      call.diff = diff
      var question = TerminalQuestion(call, try prompt("x"), columns: 80)
      return question.all()
    }
    for start in ["", "\u{301}", "\u{FE0F}", "\u{200D}", "\u{20E3}"] {
      for end in ["\n", "\r\n"] {
        let rows = try shown("a\(end)\(start)old\(end)b\(end)", "a\(end)\(start)new\(end)b\(end)").split(
          separator: "\n")
        let removed = try #require(rows.first { $0.contains("old") })
        let added = try #require(rows.first { $0.contains("new") })
        #expect(removed.unicodeScalars.starts(with: "        | -".unicodeScalars))
        #expect(added.unicodeScalars.starts(with: "        | +".unicodeScalars))
      }
    }
    // The last line that is shown ends in both ways before the mark.
    for end in ["\n", "\r\n"] {
      let lines = (0..<20).map { "line \($0)\(end)" }
      let new = ["first\(end)"] + lines + [String(repeating: "x", count: 300_000) + end, "the end\(end)"]
      let all = try shown(lines.joined(), new.joined())
      #expect(all.contains("the end") && !all.contains("left out"))
    }
  }

  @Test func `says what, why, and which answers there are`() throws {
    let question = try question("git status -s")
    #expect(
      question.beginning + question.asking
        == "wyn360: execute_command: Run git status -s\n        it runs a command. Allow? [y/a/n/never/?] ")
    #expect(
      question.help == """
                y  Allow once
                a  Always allow execute_command(git status:*)
                n  Refuse
                never  Never allow execute_command(git status:*)
                k  the same as a, kept for the next time the program is started
                ?  this list

        """)
  }

  @Test(
    arguments: [
      ("y", PermissionOption.Kind.allowOnce), ("Y\n", .allowOnce), (" yes \r\n", .allowOnce), ("n", .rejectOnce),
      ("No", .rejectOnce),
      ("a", .allowAlways), ("ALWAYS", .allowAlways), ("never", .rejectAlways), (nil, .rejectOnce),
    ] as [(String?, PermissionOption.Kind)])
  func `takes an answer`(line: String?, kind: PermissionOption.Kind) throws {
    guard case .choice(let option) = try question("git status").read(line) else { throw CancellationError() }
    #expect(option.kind == kind)
  }

  @Test(arguments: [("a", false), ("always", false), ("k", true), (" KEEP\n", true), ("never", false), ("n", false)])
  func `takes one to be kept from whoever says so`(line: String, isKept: Bool) throws {
    guard case .choice(let option) = try question("git status").read(line) else { throw CancellationError() }
    #expect(option.isKept == isKept && (!isKept || option.kind == .allowAlways))
  }

  @Test(arguments: [
    "", "\n", "kk", "yy", "ye", "j", "1", "y\u{301}", "у", "y; n", "allow", String(repeating: " ", count: 100) + "y",
  ])
  func `guesses nothing`(line: String) throws {
    #expect(try question("git status").read(line) == .unclear)
  }

  @Test func `takes no answer that was not offered`() throws {
    let question = try question("$x")
    #expect(question.read("a") == .unclear)
    #expect(question.read("k") == .unclear && !question.help.contains("k  "))
    #expect(question.read("never") == .unclear)
    #expect(question.read("?") == .help)
  }

  @Test(arguments: [
    ("a\nb\tc", "a\\nb\\tc"), ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"), ("a\rb", "a\\u{D}b"), ("a\u{202E}b", "a\\u{202E}b"),
    ("a\u{9B}b", "a\\u{9B}b"), ("é日本", "é日本"),
    ("a\u{200B}\u{FEFF}", "a\\u{200B}\\u{FEFF}"),
  ]) func `shows nothing that steers the terminal or hides`(text: String, shown: String) {
    #expect(TerminalQuestion.shown(text) == shown)
  }

  @Test func `shows only the beginning of what is long`() {
    let shown = TerminalQuestion.shown(String(repeating: "a", count: PermissionLimits.shownMax + 7))
    #expect(shown.hasSuffix("a… (7 more)"))
  }
}
