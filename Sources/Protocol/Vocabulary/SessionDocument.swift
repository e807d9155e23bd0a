/// A session outside any process: what `session/export` gives and `session/import` takes.
package struct SessionDocument: Codable, Hashable, Sendable {
  /// What each document says that it is.
  package static let formatName = "wyn360.session"
  /// The newest version of the format that this program writes and reads.
  package static let versionNewest = 1

  /// Always ``formatName``.
  package var format: String
  /// The format's version.
  package var version: Int
  /// The session's id when it was exported.
  package var sessionId: String
  /// When it was made, in milliseconds since 1970.
  package var createdAt: Int
  /// How it was set up.
  package var options: SessionOptions
  /// All that was said.
  package var exchanges: [Exchange]
  /// The tokens it has used, exchanges since removed included.
  package var usage: Usage
  /// What it has cost.
  package var cost: Cost?
  /// The exchanges that summaries stand for, the oldest first.
  package var compacted: [Exchange]?
  /// What stands before the messages; absent before the first run.
  package var prefix: ConversationPrefix?

  /// A document of the newest version.
  package init(
    sessionId: String, createdAt: Int, options: SessionOptions, exchanges: [Exchange], usage: Usage, cost: Cost? = nil,
    compacted: [Exchange] = []
  ) {
    format = Self.formatName
    version = Self.versionNewest
    self.sessionId = sessionId
    self.createdAt = createdAt
    self.options = options
    self.exchanges = exchanges
    self.usage = usage
    self.cost = cost
    self.compacted = compacted.isEmpty ? nil : compacted
  }
}

/// How a session is set up; what is absent is the server's default.
package struct SessionOptions: Codable, Hashable, Sendable {
  /// A title for people, at most 200 characters.
  package var title: String?
  /// The directory the work is about; absolute.
  package var cwd: String?
  /// Other directories in which tools may work as in that one, absolute; all of them, each time.
  package var additionalDirectories: [String]?
  /// The model to ask.
  package var model: String?
  /// The model that answers a prompt when that one is overloaded, or refuses.
  package var fallbackModel: String?
  /// The provider to ask.
  package var provider: ProviderID?
  /// Instructions to the model.
  package var system: String?
  /// How many past exchanges the model gets to see before the oldest are hidden, half of them at once; all when absent.
  package var maxHistory: Int?
  /// The tokens of a request above which the conversation is summarized.
  ///
  /// When absent 160,000, but no more than 40 % of the model's window, and less where longer prompts cost more.
  package var compactAt: Int?
  /// The most tokens of one answer.
  package var maxTokens: Int?
  /// How the model should think first.
  package var thinking: Thinking?
  /// How hard the model should try.
  package var effort: Effort?
  /// The tools that the model is offered, by name; all when absent, none when empty.
  package var tools: [String]?
  /// Whether the model has the tool `delegate`, where no list of tools says so; not when absent.
  package var delegates: Bool?
  /// Searches of the web that the model's service makes for it, where it is not Bedrock; none when absent.
  package var webSearch: WebToolOptions?
  /// Pages that the model's service fetches for it, where it is not Bedrock; none when absent.
  package var webFetch: WebToolOptions?
  /// What happens unasked: `ask`, `acceptEdits`, `readOnly` or `bypass`.
  package var permissionMode: PermissionMode?
  /// What the kernel keeps from the rest of the machine, at least: `off`, `workspace` or `workspace,mcp`.
  package var sandbox: SandboxMode?
  /// What the session may use: `{usd, tokens, wallMs}`.
  package var budget: JSON?

  /// The defaults.
  package init() {}
}
