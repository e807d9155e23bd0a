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
    /// Tell what a prompt would do, and why.
    case doctor
    /// Talk at a terminal.
    case chat
    /// Look at stored sessions.
    case sessions(SessionsCommand)
    case help
    case version
    /// Print something that is made of the table of options.
    case generate(GeneratedText)
  }

  /// A command line that makes no sense: what is wrong and what to do.
  package struct UsageError: Error, Equatable {
    /// For a person.
    package var message: String
  }

  /// An option as it was given.
  package struct Given: Sendable, Equatable {
    /// Its name in the table.
    package var name: String
    /// Its value; `nil` where it takes none, or where the value may say too much to be shown.
    package var shown: String?
  }

  /// What to do.
  package var mode = Mode.unsaid
  /// The options that were given, in their order.
  package var given: [Given] = []
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
  /// Whether to print each event as a line of JSON, and then the result.
  package var events = false
  /// Where the last answer is written.
  package var outputLast: String?
  /// What is attached to the prompt, in its order.
  package var attached: [Attachment] = []
  /// The file of the schema that the answer must follow; `-` for stdin.
  package var outputSchema: String?
  /// How long the work may take; `nil` for as long as it likes.
  package var timeoutMs: Int?
  /// The folder to work in, in place of the one that the program was started in.
  package var folder: String?
  /// More folders to work in.
  package var addedFolders: [String] = []
  /// Whether the doctor proves that credentials are good, by a call.
  package var verify = false
  /// Whether a question reads what is piped into it.
  package var readsStdin = true
  /// How long a pipe that nobody announced has for its first byte; 0 for ever.
  package var stdinMs = ServerLimits.pipedFirstByteMs
  /// Where to tell of every call to a model.
  package var audit: String?
  /// What happens unasked in sessions that do not say.
  package var permissionMode: PermissionMode?
  /// What the kernel keeps from the rest of the machine, whatever the environment says.
  package var sandbox: SandboxMode?
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
    // What stands behind `--` is never a command.
    var commandWords: Int?
    while let argument = rest.popFirst() {
      if argument == "--" {
        commandWords = words.count
        words += rest
        break
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        words.append(argument)
        // What follows a method is its params, whatever they look like.
        if words.first == CommandWord.call.rawValue, words.count == 2, let params = rest.first, !params.hasPrefix("--")
        {
          words.append(params)
          rest.removeFirst()
        }
        continue
      }
      try take(argument, &rest)
    }
    try choose(words, commandWords: commandWords ?? words.count, isProse: commandWords != nil)
    try ContradictingOptions(options: self).check()
  }

  private mutating func take(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = OptionTable.named(parts[0]) else {
      let meant = NearMiss.of(parts[0], among: OptionTable.all.map(\.name)).map { "; did you mean \($0)?" } ?? ""
      throw UsageError(message: "unknown option \(parts[0])\(meant)")
    }
    guard option.shape != .none else {
      guard parts.count == 1 else { throw UsageError(message: "\(option.name) takes no value") }
      given.append(Given(name: option.name))
      return try option.take(&self, "")
    }
    // A value that looks like an option is hardly ever meant, and what is meant would be passed over in silence.
    if parts.count == 1, let next = rest.first, next.hasPrefix("--") || OptionTable.named(next) != nil {
      throw UsageError(message: "\(option.name) needs a value; if '\(next)' is meant, write \(option.name)=\(next)")
    }
    guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
      throw UsageError(message: "\(option.name) needs a value")
    }
    given.append(Given(name: option.name, shown: option.shape.isShown ? value : nil))
    try option.take(&self, value)
  }

  /// Finds out what the words are: a command, or a prompt.
  private mutating func choose(_ words: [String], commandWords: Int, isProse: Bool) throws(UsageError) {
    guard mode == .unsaid else {
      guard mode == .serve, let word = words.first else { return }
      throw UsageError(message: "--stdio serves; it takes no prompt ('\(word)')")
    }
    if !isProse, let meant = CommandWord.mistaken(words) { throw UsageError(message: meant) }
    switch commandWords > 0 ? words.first.flatMap(CommandWord.init) : nil {
    case .call?:
      guard words.count == 2 || words.count == 3 else {
        throw UsageError(message: "call needs a method and takes one argument of params: wyn360 call METHOD [PARAMS]")
      }
      mode = .call(method: words[1], params: words.count == 3 ? words[2] : nil)
    case .sessions?:
      if let command = try SessionsCommand(words) { mode = .sessions(command) } else { ask(words) }
    case .doctor?:
      guard words.count == 1 else {
        let prompt = words.joined(separator: " ")
        throw UsageError(message: "doctor takes no words (a prompt of these words: wyn360 -- \(prompt))")
      }
      mode = .doctor
    case .chat?:
      guard words.count == 1 else {
        let prompt = words.joined(separator: " ")
        throw UsageError(message: "chat takes no words (a prompt of these words: wyn360 -- \(prompt))")
      }
      mode = .chat
    case nil: if !words.isEmpty { ask(words) }
    }
  }

  private mutating func ask(_ words: [String]) {
    let prompt = words.filter { $0 != "-" }.joined(separator: " ")
    mode = .ask(prompt: prompt, readsInput: words.contains("-"))
  }
}
