package import Protocol

/// What a person, or a project, wants of the program: all that a file of settings can say, and what else says the same.
package struct Settings: Hashable, Sendable {
  /// The model of sessions that name none.
  package var model: String?
  /// The model that answers when that one is overloaded, or refuses.
  package var fallbackModel: String?
  /// How hard models should try.
  package var effort: Effort?
  /// Who answers.
  package var provider: ProviderID?
  /// The AWS region, a list of them, or `auto`.
  package var region: String?
  /// A command that prints the key of the Anthropic API.
  package var apiKeyHelper: String?
  /// A command that renews credentials of AWS, such as `aws sso login`.
  package var awsAuthRefresh: String?
  /// What is allowed, asked about and forbidden.
  package var rules = RuleSet.none
  /// What happens unasked.
  package var mode: PermissionMode?
  /// MCP servers by name, as they are written.
  package var mcpServers = JSONObject()
  /// The tools that models are offered; `nil` for all.
  package var offeredTools: [String]?
  /// The tools that they are not offered.
  package var withheldTools: [String] = []
  /// The folder in which sessions are kept.
  package var sessions: String?
  /// How long.
  package var sessionsKeep: String?
  /// How many bytes of them.
  package var sessionsMax: String?
  /// Commands that are run at a run's joints.
  package var hooks: [HookEvent: [HookGroup]] = [:]
  /// What runs may cost in a day, in picodollars.
  package var perDay: Int?
  /// Whether what a person answers "always" is kept beyond the session.
  package var keepAnswers: Bool?

  /// Nothing is wanted.
  package init() {}
}

/// What says something, and where: the flag before the environment, that before the project's file, that before the
/// person's own.
package struct SettingsLayer: Hashable, Sendable {
  /// Who says it.
  package var source: ConfigGet.Source
  /// The file, or the names of the variables.
  package var path: String?
  package var settings: Settings

  /// A layer.
  package init(_ source: ConfigGet.Source, path: String? = nil, _ settings: Settings) {
    (self.source, self.path, self.settings) = (source, path, settings)
  }
}
