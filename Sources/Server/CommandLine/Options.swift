package import OperatingSystem
package import Protocol

/// What the command line asks for.
package struct Options: Sendable, Equatable {
  /// What to do.
  package enum Mode: Sendable, Equatable {
    /// Nothing was said: serve a pipe, explain oneself to a terminal.
    case unsaid
    case serve
    /// Ask once; with `readsInput` what stdin holds is added.
    case ask(prompt: String, readsInput: Bool)
    /// Call one method; params of `-` come from stdin.
    case call(method: String, params: String?)
    /// Look at stored sessions.
    case sessions(SessionsCommand)
    case help
    case version
  }

  /// A command line that makes no sense: what is wrong and what to do.
  package struct UsageError: Error, Equatable {
    /// For a person.
    package var message: String
  }

  /// What to do.
  package var mode = Mode.unsaid
  /// How messages are told apart.
  package var framing = FramingStyle.auto
  /// How long the end of input may wait for answers.
  package var drainMs = ServerLimits.drainMs
  /// How much to say on stderr.
  package var log = Log.Level.off
  /// Where to write exchanges.
  package var record: String?
  /// Where to answer from.
  package var replay: String?
  /// How fast to replay; 1 is as recorded.
  package var replaySpeed: Double?
  /// Whether to print the whole result.
  package var json = false
  /// Whether a question reads what is piped into it.
  package var readsStdin = true
  /// How long a pipe that nobody announced has for its first byte; 0 for ever.
  package var stdinMs = ServerLimits.pipedFirstByteMs
  /// Where to tell of every call to a model.
  package var audit: String?
  /// What happens unasked in sessions that do not say.
  package var permissionMode: PermissionMode?
  /// What the agent may do unasked beside reading.
  package var allow: PermissionGrant?
  /// Rules that hold beside all others.
  package var rules = RuleSet.none
  /// The tools that models are offered; `nil` for all.
  package var tools: [String]?
  /// What a run may use.
  package var budget: JSON?
  /// The AWS region, a list of them, or `auto`.
  package var region: String?
  /// The shell command that renews AWS credentials.
  package var awsAuthRefresh: String?
  /// The shell command that prints a key of the Anthropic API.
  package var apiKeyHelper: String?
  /// The provider, whatever the environment says.
  package var provider: ProviderID?
  /// The model to ask.
  package var model: String?
  /// The model that answers when that one is overloaded, or refuses.
  package var fallbackModel: String?
  /// Instructions to the model.
  package var system: String?
  /// The most tokens of one answer.
  package var maxTokens: Int?
  /// The most times the model is asked.
  package var maxTurns: Int?
  /// How the model should think first.
  package var thinking: Thinking?
  /// How hard the model should try.
  package var effort: Effort?
  /// The folder in which sessions are kept.
  package var sessions: String?
  /// How long, and how much of them.
  package var storeRules = StoreRules()
  /// The stored session that is asked; it is made where there is none.
  package var session: String?
  /// Whether the folder's last session is asked.
  package var continuesLast = false
  /// How long calls to models may take.
  package var timeouts = TimeoutOptions()

  /// Reads the arguments after the program's name.
  package init(_ arguments: [String]) throws(UsageError) {
    var words: [String] = []
    var rest = arguments[...]
    var isServer = false
    var isProse = false
    while let argument = rest.popFirst() {
      if argument == "--" {
        isProse = true
        words += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        words.append(argument)
        // What follows a method is its params, whatever they look like.
        if words.first == "call", words.count == 2, let params = rest.first, !params.hasPrefix("--") {
          words.append(params)
          rest.removeFirst()
        }
        continue
      }
      if argument == "--stdio" { isServer = true } else { try take(argument, &rest) }
    }
    do { try timeouts.check { Option.timeouts[$0]?.rawValue ?? $0 } } catch {
      throw UsageError(message: error.message)
    }
    guard record == nil || replay == nil else {
      throw UsageError(message: "--record writes what a service answers, and --replay asks none; give one of them")
    }
    if !isProse, !isServer, mode == .unsaid, let meant = MistakenWord.meaning(of: words) {
      throw UsageError(message: meant)
    }
    try choose(words, isServer: isServer, isProse: isProse)
    guard session == nil || !continuesLast else {
      throw UsageError(message: "--session names a session, and --continue takes the last one; give one of them")
    }
    if session != nil || continuesLast {
      guard case .ask = mode else { throw UsageError(message: "--session and --continue go with a prompt") }
    }
    if case .ask(_, readsInput: true) = mode, !readsStdin {
      throw UsageError(message: "- reads stdin, and --no-stdin does not; give one of them")
    }
  }

  private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = Option(rawValue: parts[0]) ?? Option.short[parts[0]] else {
      let meant = NearMiss.of(parts[0], among: Option.allCases.map(\.rawValue)).map { "; did you mean \($0)?" } ?? ""
      throw UsageError(message: "unknown option \(parts[0])\(meant)")
    }
    guard option.wantsValue else {
      guard parts.count == 1 else { throw UsageError(message: "\(option.rawValue) takes no value") }
      return flag(option)
    }
    guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
      throw UsageError(message: "\(option.rawValue) needs a value")
    }
    try set(option, to: value)
  }

  private mutating func flag(_ option: Option) {
    switch option {
    case .json: json = true
    case .noStdin: readsStdin = false
    case .help: mode = .help
    case .version: mode = .version
    case .anthropic: provider = .anthropic
    case .bedrock: provider = .bedrock
    case .continueLast: continuesLast = true
    default: break
    }
  }

  private mutating func set(_ option: Option, to value: String) throws(UsageError) {
    switch option {
    case .framing: framing = try Self.choice(value, option)
    case .log: log = try Self.choice(value, option)
    case .drainTimeout: drainMs = try Self.number(value, option) * 1_000
    case .stdinTimeout: stdinMs = try Self.number(value, option, from: 0) * 1_000
    case .record: record = value
    case .replay: replay = value
    case .replaySpeed:
      guard let speed = Double(value), speed >= 0, speed.isFinite else {
        throw UsageError(message: "\(option.rawValue) needs a number from 0 (at once) up; 1 is as recorded")
      }
      replaySpeed = speed
    case .audit: audit = value
    case .permissionMode: permissionMode = try Self.choice(value, option)
    case .allow: allow = try Self.choice(value, option)
    case .rule: rules = rules.joined(with: try Self.rule(value))
    case .tools: tools = value.split(separator: ",").map(String.init)
    case .budget:
      guard let number = try? JSON.parse(value), case .number = number else {
        throw UsageError(message: "\(option.rawValue) needs a number of US dollars; '\(value)' is none")
      }
      budget = ["usd": number]
    case .region: region = value
    case .awsAuthRefresh: awsAuthRefresh = value
    case .apiKeyHelper: apiKeyHelper = value
    case .sessions: sessions = value
    case .sessionsKeep:
      storeRules.keepMs = try Self.checked { () throws(Failure) in try StoreRules.keepMs(value, option.rawValue) }
    case .sessionsMax:
      storeRules.bytesMax = try Self.checked { () throws(Failure) in try StoreRules.bytes(value, option.rawValue) }
    case .session: session = try Self.checked { () throws(Failure) in try Check.clientID(value, option.rawValue) }
    case .model: model = value
    case .fallbackModel: fallbackModel = value
    case .system: system = value
    case .maxTokens: maxTokens = try Self.number(value, option)
    case .maxTurns: maxTurns = try Self.number(value, option)
    case .thinking: thinking = Thinking(type: .enabled, budgetTokens: try Self.number(value, option))
    case .effort: effort = try Self.choice(value, option)
    case .stallNotice: timeouts.stallNoticeMs = try Self.number(value, option, from: 0)
    case .idleTimeout: timeouts.idleMs = try Self.number(value, option)
    case .contentTimeout: timeouts.contentMs = try Self.number(value, option)
    case .callTimeout: timeouts.callMs = try Self.number(value, option)
    case .retries: timeouts.retries = try Self.number(value, option, from: 0)
    case .json, .noStdin, .help, .version, .anthropic, .bedrock, .stdio, .continueLast: break
    }
  }

  private mutating func choose(_ words: [String], isServer: Bool, isProse: Bool) throws(UsageError) {
    guard mode == .unsaid else { return }
    if isServer {
      guard words.isEmpty else { throw UsageError(message: "--stdio serves; it takes no prompt ('\(words[0])')") }
      mode = .serve
    } else if words.first == "call" {
      guard words.count == 2 || words.count == 3 else {
        throw UsageError(message: "call needs a method and takes one argument of params: wyn360 call METHOD [PARAMS]")
      }
      mode = .call(method: words[1], params: words.count == 3 ? words[2] : nil)
    } else if !isProse, let command = try SessionsCommand(words) {
      mode = .sessions(command)
    } else if !words.isEmpty {
      let prompt = words.filter { $0 != "-" }.joined(separator: " ")
      mode = .ask(prompt: prompt, readsInput: words.contains("-"))
    }
  }

  /// `allow:RULE`, `ask:RULE` or `deny:RULE`.
  private static func rule(_ value: String) throws(UsageError) -> RuleSet {
    let parts = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, ["allow", "ask", "deny"].contains(parts[0]) else {
      throw UsageError(
        message:
          "\(Option.rule.rawValue) begins with allow:, ask: or deny:, as in 'allow:execute_command(git status:*)'")
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
      throw UsageError(message: "\(Option.rule.rawValue): \(error.description)")
    }
  }

  private static func checked<Value>(_ check: () throws(Failure) -> Value) throws(UsageError) -> Value {
    do throws(Failure) { return try check() } catch { throw UsageError(message: error.message) }
  }

  private static func choice<Value: CaseIterable & RawRepresentable<String>>(_ value: String, _ option: Option)
    throws(UsageError) -> Value
  {
    guard let choice = Value(rawValue: value) else {
      let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError(message: "\(option.rawValue) is one of \(known); '\(value)' is not")
    }
    return choice
  }

  private static func number(_ value: String, _ option: Option, from least: Int = 1) throws(UsageError) -> Int {
    guard let number = Int(value), (least...1_000_000_000).contains(number) else {
      throw UsageError(message: "\(option.rawValue) needs a whole number from \(least) up; '\(value)' is none")
    }
    return number
  }
}

/// The options by name.
private enum Option: String, CaseIterable {
  case stdio = "--stdio"
  case framing = "--framing"
  case drainTimeout = "--drain-timeout"
  case log = "--log"
  case record = "--record"
  case replay = "--replay"
  case replaySpeed = "--replay-speed"
  case json = "--json"
  case noStdin = "--no-stdin"
  case stdinTimeout = "--stdin-timeout"
  case audit = "--audit"
  case allow = "--allow"
  case rule = "--rule"
  case permissionMode = "--permission-mode"
  case tools = "--tools"
  case budget = "--budget"
  case anthropic = "--anthropic"
  case bedrock = "--bedrock"
  case region = "--region"
  case awsAuthRefresh = "--aws-auth-refresh"
  case apiKeyHelper = "--api-key-helper"
  case sessions = "--sessions"
  case sessionsKeep = "--sessions-keep"
  case sessionsMax = "--sessions-max"
  case session = "--session"
  case continueLast = "--continue"
  case model = "--model"
  case fallbackModel = "--fallback-model"
  case system = "--system"
  case maxTokens = "--max-tokens"
  case maxTurns = "--max-turns"
  case thinking = "--thinking"
  case effort = "--effort"
  case stallNotice = "--stall-notice-ms"
  case idleTimeout = "--idle-timeout-ms"
  case contentTimeout = "--content-timeout-ms"
  case callTimeout = "--call-timeout-ms"
  case retries = "--retries"
  case help = "--help"
  case version = "--version"

  /// The options of timeouts, by what the protocol calls each.
  static let timeouts: [String: Option] = [
    "stallNoticeMs": .stallNotice, "idleMs": .idleTimeout, "contentMs": .contentTimeout, "callMs": .callTimeout,
    "retries": .retries,
  ]
  static let short: [String: Option] = ["-h": .help, "-V": .version, "-m": .model]

  var wantsValue: Bool {
    switch self {
    case .stdio, .json, .noStdin, .anthropic, .bedrock, .continueLast, .help, .version: false
    default: true
    }
  }
}
