internal import OperatingSystem
internal import Protocol

/// The table of options: what is not in it does not exist.
package enum OptionTable {
  /// All of them, in the order of the help.
  package static let all = asking + scripts + sessions + permissions + answering + serving + offline + rest

  /// The one of that name, long or short.
  static func named(_ name: String) -> Option? { byName[name] }

  /// The options of timeouts, by what the protocol calls each.
  static let ofTimeout = [
    "stallNoticeMs": "--stall-notice-ms", "idleMs": "--idle-timeout-ms", "contentMs": "--content-timeout-ms",
    "callMs": "--call-timeout-ms", "retries": "--retries",
  ]

  private static let byName: [String: Option] = all.reduce(into: [:]) { names, option in
    names[option.name] = option
    if let short = option.short { names[short] = option }
  }
}

// MARK: - Asking

extension OptionTable {
  private static let asking: [Option] = [
    .text("--model", .asking, .value("NAME"), "the model; ANTHROPIC_MODEL, else \(ServerLimits.model)") {
      $0.model = $1
    }.or("-m").before("ANTHROPIC_MODEL"),
    .text(
      "--fallback-model", .asking, .value("NAME"),
      "the model that answers when that one is overloaded, or refuses (none)"
    ) { $0.fallbackModel = $1 },
    .text("--system", .asking, .hidden("TEXT"), "instructions to the model") { $0.system = $1 },
    .number("--max-tokens", .asking, "the most tokens of one answer (as many as the model writes well)") {
      $0.maxTokens = $1
    },
    .number("--max-turns", .asking, "the most times the model is asked (\(ServerLimits.maxTurns))") {
      $0.maxTurns = $1
    },
    .number("--thinking", .asking, "let the model think first, with N tokens at most") {
      $0.thinking = Thinking(type: .enabled, budgetTokens: $1)
    },
    .choice("--effort", .asking, "how hard the model should try") { (options, value: Effort) in options.effort = value
    },
    .path("--file", .asking, .file("PATH"), "attach a file, by its content: a text, a PDF or an image; again for more")
    {
      $0.attached.append(Attachment(.file, path: $1))
    }.only(.ask).addingUp,
    .path("--image", .asking, .file("PATH"), "attach an image: PNG, JPEG, GIF or WebP; again for more") {
      $0.attached.append(Attachment(.image, path: $1))
    }.only(.ask).addingUp,
    .path("--cwd", .asking, .folder("DIR"), "work in that folder; other paths are still from the one it was started in")
    {
      $0.folder = $1
    },
    .path("--add-dir", .asking, .folder("DIR"), "work in that folder, too; again for more") {
      $0.addedFolders.append($1)
    }.only([.ask, .chat]).addingUp,
    .flag("--no-stdin", .asking, "leave alone what stdin holds") { $0.readsStdin = false },
    .number(
      "--stdin-timeout", .asking, in: "S", from: 0,
      "how long a pipe may be silent at first (\(ServerLimits.pipedFirstByteMs / 1_000); 0 for ever)"
    ) { $0.stdinMs = $1 * 1_000 },
  ]

  private static let scripts: [Option] = [
    .flag("--json", .scripts, "print the whole result as one line of JSON, failures too") { $0.json = true }.only(
      OptionUse.all.subtracting(.chat)),
    .flag("--events", .scripts, "print each event as a line of JSON, then the result, as --json does") {
      $0.events = true
    }.only(.ask),
    .path(
      "--output-last", .scripts, .file("FILE"),
      "write the model's last words to a file, whole or not at all; what it held stays where there are none"
    ) { $0.outputLast = $1 }.only(.ask),
    .path(
      "--output-schema", .scripts, .file("FILE"),
      "have the answer be a JSON value by that JSON Schema, checked; stdout gets the value"
    ) { $0.outputSchema = $1 }.only(.ask),
    .number(
      "--timeout", .scripts, in: "S", "stop when it is not done by then, with status \(ExitStatus.timedOut.rawValue)"
    ) {
      $0.timeoutMs = $1 * 1_000
    }.only([.ask, .call, .doctor]),
  ]
}

// MARK: - Sessions that stay

extension OptionTable {
  private static let sessions: [Option] = [
    .path("--sessions", .sessions, .folder("DIR"), "keep each session in a file of that folder (none)") {
      $0.sessions = $1
    }.before("WYN360_SESSIONS"),
    Option("--session", .sessions, .value("NAME"), "go on with that stored session, or begin it") {
      options, value throws(Options.UsageError) in
      options.session = try checked { () throws(Failure) in try Check.clientID(value, "--session") }
    }.only([.ask, .chat]),
    .flag("--continue", .sessions, "go on with the last one of this folder") { $0.continuesLast = true }.only([
      .ask, .chat,
    ]),
    Option(
      "--sessions-keep", .sessions, .value("30d"),
      "let those go in which nothing was said for so long; h, d or w (never)"
    ) { options, value throws(Options.UsageError) in
      options.storeRules.keepMs = try checked { () throws(Failure) in try StoreRules.keepMs(value, "--sessions-keep") }
    },
    Option(
      "--sessions-max", .sessions, .value("1GB"), "let the oldest go when all have more bytes than that (never)"
    ) { options, value throws(Options.UsageError) in
      options.storeRules.bytesMax = try checked { () throws(Failure) in try StoreRules.bytes(value, "--sessions-max") }
    },
  ]

  private static func checked<Value>(_ check: () throws(Failure) -> Value) throws(Options.UsageError) -> Value {
    do throws(Failure) { return try check() } catch { throw Options.UsageError(message: error.message) }
  }
}

// MARK: - What it may do, and who answers

extension OptionTable {
  private static let permissions: [Option] = [
    .choice(
      "--allow", .permissions,
      "without being asked: change files in the workspace; also run commands; also delete, and everything outside. "
        + "Reading in the workspace is free"
    ) { (options, value: PermissionGrant) in options.allow = value },
    Option(
      "--rule", .permissions, .value("allow|ask|deny:RULE"),
      "one rule more, such as 'allow:execute_command(git status:*)' or 'deny:*(secrets/**)'"
    ) { options, value throws(Options.UsageError) in
      options.rules = options.rules.joined(with: try rule(value))
    }.addingUp,
    .choice("--permission-mode", .permissions, "what happens unasked; rules and --allow add to it (ask)") {
      (options, value: PermissionMode) in options.permissionMode = value
    },
    .choice(
      "--sandbox", .permissions,
      "have the kernel keep commands, or MCP servers too, from writing elsewhere and from the network (off; Linux)"
    ) { (options, value: SandboxMode) in options.sandbox = value }.before(SandboxDesk.variable),
    .text("--tools", .permissions, .value("A,B"), "offer only these tools; '' for none") {
      $0.tools = $1.split(separator: ",").map(String.init)
    },
    Option("--budget", .permissions, .value("USD"), "stop before a call would cost more than that in all") {
      options, value throws(Options.UsageError) in
      guard let number = try? JSON.parse(value), case .number = number else {
        throw Options.UsageError(message: "--budget needs a number of US dollars; '\(value)' is none")
      }
      options.budget = ["usd": number]
    },
  ]

  /// `allow:RULE`, `ask:RULE` or `deny:RULE`.
  private static func rule(_ value: String) throws(Options.UsageError) -> RuleSet {
    let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, ["allow", "ask", "deny"].contains(parts[0]) else {
      throw Options.UsageError(
        message: "--rule begins with allow:, ask: or deny:, as in 'allow:execute_command(git status:*)'")
    }
    do throws(PermissionRule.Problem) {
      let rule = try PermissionRule(parts[1])
      // A slip of the pen would never match.
      _ = try rule.unknownTool(among: [])
      switch parts[0] {
      case "allow": return try RuleSet(allow: [rule])
      case "ask": return try RuleSet(ask: [rule])
      default: return try RuleSet(deny: [rule])
      }
    } catch {
      throw Options.UsageError(message: "--rule: \(error.description)")
    }
  }

  private static let answering: [Option] = [
    .flag("--anthropic", .answering, "the Anthropic API, whatever CLAUDE_CODE_USE_BEDROCK says") {
      $0.provider = .anthropic
    }.before("CLAUDE_CODE_USE_BEDROCK"),
    .flag("--bedrock", .answering, "AWS Bedrock, whatever CLAUDE_CODE_USE_BEDROCK says") {
      $0.provider = .bedrock
    }.before("CLAUDE_CODE_USE_BEDROCK"),
    .text(
      "--region", .answering, .value("LIST|auto"),
      "the AWS region; several are asked in turn when one cannot answer, auto by nearness"
    ) { $0.region = $1 }.before("AWS_REGION"),
    .text("--api-key-helper", .answering, .hidden("CMD"), "a shell command that prints the Anthropic key") {
      $0.apiKeyHelper = $1
    },
    .text(
      "--aws-auth-refresh", .answering, .hidden("CMD"),
      "a shell command that renews AWS credentials, such as 'aws sso login'"
    ) { $0.awsAuthRefresh = $1 },
    .number(
      "--stall-notice-ms", .answering, from: 0,
      "say so when nothing has come for so long, and again after as long; 0 for never (60000)"
    ) { $0.timeouts.stallNoticeMs = $1 },
    .number(
      "--idle-timeout-ms", .answering, "give a call up when no byte comes for so long (300000; Bedrock 900000)"
    ) { $0.timeouts.idleMs = $1 },
    .number(
      "--content-timeout-ms", .answering,
      "give it up when the connection lives but the answer does not grow (1200000)"
    ) { $0.timeouts.contentMs = $1 },
    .number(
      "--call-timeout-ms", .answering, "give it up when it is not done by then, tries and waits included (never)"
    ) { $0.timeouts.callMs = $1 },
    .number("--retries", .answering, from: 0, "how often a call that failed is made again (2)") {
      $0.timeouts.retries = $1
    },
    .path(
      "--audit", .answering, .file("FILE"),
      "add a line for every call: model, tokens, cost, outcome; never what was said"
    ) { $0.audit = $1 },
  ]
}

// MARK: - Serving, and the rest

extension OptionTable {
  private static let serving: [Option] = [
    .flag("--stdio", .serving, "serve, whatever stdin is") { $0.mode = $0.mode == .unsaid ? .serve : $0.mode },
    .choice("--framing", .serving, "how messages are told apart; the first bytes decide") {
      (options, value: FramingStyle) in options.framing = value
    },
    .number(
      "--drain-timeout", .serving, in: "S",
      "how long the end of input may wait for answers (\(ServerLimits.drainMs / 1_000))"
    ) { $0.drainMs = $1 * 1_000 },
    .choice("--log", .serving, "lines on stderr (off); debug tells of every request, without secrets") {
      (options, value: Log.Level) in options.log = value
    },
  ]

  private static let offline: [Option] = [
    .path("--record", .offline, .file("FILE"), "write every exchange with the provider, without secrets") {
      $0.record = $1
    },
    .path("--replay", .offline, .file("FILE|demo"), "answer from such a file, or from the one built in") {
      $0.replay = $1
    },
    Option("--replay-speed", .offline, .value("N"), "0 at once, 1 as recorded") {
      options, value throws(Options.UsageError) in
      guard let speed = Double(value), speed >= 0, speed.isFinite else {
        throw Options.UsageError(message: "--replay-speed needs a number from 0 (at once) up; 1 is as recorded")
      }
      options.replaySpeed = speed
    },
  ]

  private static let rest: [Option] = [
    .flag("--verify", .rest, "with doctor: prove the credentials by one call") { $0.verify = true }.only(.doctor),
    .choice(
      "--generate", .rest,
      "print the manual page, what a shell completes words with, or the schema of files of settings"
    ) {
      (options, value: GeneratedText) in options.mode = .generate(value)
    },
    .flag("--help", .rest, "this") { $0.mode = .help }.or("-h"),
    .flag("--version", .rest, "the version") { $0.mode = .version }.or("-V"),
  ]
}
