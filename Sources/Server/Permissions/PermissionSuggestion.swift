internal import Protocol

/// The rules that "always" adds: never wider than what was asked, but for the arguments of commands that look.
enum PermissionSuggestion {
  /// The rules for what is open; `nil` when no rule would be narrow enough, or there would be too many.
  static func rules(_ tool: String, _ open: [JudgedAction]) -> [PermissionRule]? {
    var found: [PermissionRule] = []
    for one in open {
      guard let rules = rules(tool, one) else { return nil }
      for rule in rules where !found.contains(rule) { found.append(rule) }
    }
    return (1...PermissionLimits.rulesOfOneAnswerMax).contains(found.count) ? found : nil
  }

  private static func rules(_ tool: String, _ one: JudgedAction) -> [PermissionRule]? {
    guard let line = one.line else {
      switch one.action {
      case .startServer, .trustSettings: return nil
      case .clientTool, .serverTool, .lookAtWeb, .model: return (try? PermissionRule(tool)).map { [$0] }
      default: break
      }
      if let place = one.place { return (try? PermissionRule("\(tool)(\(place))")).map { [$0] } }
      // No rule helps where the tools know of a link that leads outside.
      guard one.action.isFoundInside || one.paths.contains(where: { !$0.isInside }) else { return nil }
      let rules = one.paths.map { PermissionRule.exactly(tool, $0) }
      return rules.contains(nil) ? nil : rules.compactMap(\.self)
    }
    guard one.isInside, tool == PermissionRule.commandTool, let places = one.words,
      places.permit(inputs: line.inputs), case .commands(let commands) = line.judgement
    else { return nil }
    var found: [PermissionRule] = []
    for command in commands where !command.isHarmless {
      guard let rule = rule(tool, command, at: places) else { return nil }
      found.append(rule)
    }
    return found
  }

  /// The narrowest useful rule for a command: its first words where others behind them only look, else all its words.
  private static func rule(_ tool: String, _ command: ShellCommand, at places: WordPlaces) -> PermissionRule? {
    if let count = LookingCommands.wordCount(of: command),
      CommandHazards.permit(command, beyond: count, at: places)
    {
      return rule(tool, command.words.prefix(count).compactMap(\.literal), isPrefix: true)
    }
    let all = command.words.compactMap(\.literal)
    return all.count == command.words.count ? rule(tool, all, isPrefix: false) : nil
  }

  private static func rule(_ tool: String, _ words: [[UInt8]], isPrefix: Bool) -> PermissionRule? {
    guard !words.contains(where: { $0.contains { $0 < 0x20 } }) else { return nil }
    let rule = try? PermissionRule("\(tool)(\(CommandPattern.text(words, isPrefix: isPrefix)))")
    // What is shown must be what was meant.
    guard case .command(let pattern)? = rule?.scope, pattern.words == words, pattern.isPrefix == isPrefix else {
      return nil
    }
    return rule
  }
}
