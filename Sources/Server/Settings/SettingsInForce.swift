package import Protocol

/// What holds in a folder, of all that files of settings say.
package struct SettingsInForce: Hashable, Sendable {
  /// What acts: the project's file before the person's own.
  package internal(set) var layers: [SettingsLayer] = []
  /// Rules of all files, and of answers that were kept.
  package internal(set) var rules = RuleSet.none
  /// What a project's file would widen, and does not yet.
  package internal(set) var pending: [ConfigGet.Pending] = []
  /// What is wrong with the files, a sentence each.
  package internal(set) var notices: [String] = []
  /// The files that were looked for.
  package internal(set) var files: [ConfigGet.File] = []
  /// The servers of projects that the person has agreed to, and refused, for good.
  package internal(set) var servers: [String: Bool] = [:]

  /// Nothing is set.
  package init() {}

  private func first<Value>(_ place: KeyPath<Settings, Value?>) -> Value? {
    layers.lazy.compactMap { $0.settings[keyPath: place] }.first
  }

  /// The model of sessions that name none.
  package var model: String? { first(\.model) }
  /// The model that stands in for it.
  package var fallbackModel: String? { first(\.fallbackModel) }
  /// How hard models should try.
  package var effort: Effort? { first(\.effort) }
  /// Who answers.
  package var provider: ProviderID? { first(\.provider) }
  /// The AWS region.
  package var region: String? { first(\.region) }
  /// The command that prints the key of the Anthropic API.
  package var apiKeyHelper: String? { first(\.apiKeyHelper) }
  /// The command that renews credentials of AWS.
  package var awsAuthRefresh: String? { first(\.awsAuthRefresh) }
  /// What happens unasked.
  package var mode: PermissionMode? { first(\.mode) }
  /// The folder in which sessions are kept.
  package var sessions: String? { first(\.sessions) }
  /// How long.
  package var sessionsKeep: String? { first(\.sessionsKeep) }
  /// How many bytes of them.
  package var sessionsMax: String? { first(\.sessionsMax) }
  /// What all runs may cost in a day, in picodollars: the lowest that is named.
  package var perDay: Int? { layers.compactMap(\.settings.perDay).min() }
  /// The commands of an event, of all files that may have some run.
  package func hooks(_ event: HookEvent) -> [HookGroup] { layers.flatMap { $0.settings.hooks[event] ?? [] } }
  /// Whether answers that are to hold always are kept.
  package var keepAnswers: Bool { first(\.keepAnswers) ?? false }

  /// Whether models are offered a tool, which a list `names`.
  package func offers(_ tool: String, names: (_ list: [String]) -> Bool) -> Bool {
    layers.allSatisfy { layer in
      (layer.settings.offeredTools.map(names) ?? true) && !names(layer.settings.withheldTools)
    }
  }

  /// Who says a member first; `nil` for nobody.
  package func source(of name: String) -> SettingsLayer? {
    guard !layers.isEmpty, let member = SettingsMember.named(name) else { return nil }
    return layers.first { member.give($0.settings) != nil }
  }
}

// MARK: - Told

extension SettingsInForce {
  /// Each value with who says it: `before` is said by others, the first first, `after` holds where nobody says anything.
  package func values(before: [SettingsLayer], after: Settings) -> [ConfigGet.Value] {
    var values: [ConfigGet.Value] = []
    for member in SettingsMember.all {
      let said = (before + layers).filter { member.give($0.settings) != nil }
      let shown = said.isEmpty ? [SettingsLayer(.default, after)] : member.isJoined ? said : [said[0]]
      for layer in shown {
        guard let value = member.give(layer.settings) else { continue }
        let isFile = [.projectFile, .userFile, .claudeFile, .kept].contains(layer.source)
        let by: String? =
          switch layer.source {
          case .flag: member.option(value)
          case .environment: member.variable
          default: nil
          }
        values.append(
          ConfigGet.Value(
            name: member.name, value: value, source: layer.source, path: isFile ? layer.path : nil, by: by))
      }
    }
    return values
  }
}

extension SettingsMember {
  /// The option of the command line that says the same.
  fileprivate func option(_ value: JSON) -> String? {
    switch name {
    case "provider": value.string.map { "--\($0)" }
    case "permissions.mode": "--permission-mode"
    case "permissions.allow", "permissions.ask", "permissions.deny": "--rule"
    case "tools.offered": "--tools"
    default: "--" + name.flatMap { $0.isUppercase ? "-\($0.lowercased())" : String($0) }
    }
  }

  /// The variable that says the same.
  fileprivate var variable: String? {
    switch name {
    case "model": "ANTHROPIC_MODEL"
    case "provider": "CLAUDE_CODE_USE_BEDROCK"
    case "region": "AWS_REGION"
    case "sessions": "WYN360_SESSIONS"
    default: nil
    }
  }
}
