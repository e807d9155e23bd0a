internal import Protocol

/// The rules that "always" adds: never wider than what was asked, but for the arguments of a few commands.
enum PermissionSuggestion {
  /// Programs that have a language of commands of their own: their first two words say what is done.
  private static let families: Set = [
    "git", "swift", "npm", "pnpm", "yarn", "cargo", "go", "dotnet", "gh", "brew", "pip", "pip3", "bundle", "mix", "zig",
  ]

  /// Second words behind which anything may be run or set.
  private static let open: Set = [
    "run", "exec", "x", "dlx", "config", "eval", "shell", "sh", "api", "alias", "submodule", "bisect", "filter-branch",
    "create", "init", "extension", "generate", "tool", "package", "repl", "difftool", "mergetool", "web--browse",
    "rebase",
    "clean", "rm", "remove", "delete", "push", "reset", "node", "explore", "install", "publish", "env",
  ]

  /// Programs that only look or say, whatever their arguments.
  private static let reading: Set = [
    "ls", "cat", "pwd", "echo", "printf", "head", "tail", "wc", "grep", "stat", "du", "df", "basename", "dirname",
    "cut",
    "tr", "nl", "uname", "whoami", "id", "which", "cmp", "comm",
  ]

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
      if one.action == .clientTool || one.action == .lookAtWeb { return (try? PermissionRule(tool)).map { [$0] } }
      if let place = one.place { return (try? PermissionRule("\(tool)(\(place))")).map { [$0] } }
      // No rule helps where the tools know of a link that leads outside.
      guard one.action.isFoundInside || one.paths.contains(where: { !$0.isInside }) else { return nil }
      let rules = one.paths.map { PermissionRule.exactly(tool, $0) }
      return rules.contains(nil) ? nil : rules.compactMap(\.self)
    }
    guard one.isInside, tool == PermissionRule.commandTool, case .commands(let commands) = line.judgement else {
      return nil
    }
    var found: [PermissionRule] = []
    for command in commands where !command.isHarmless {
      guard let rule = rule(tool, command) else { return nil }
      found.append(rule)
    }
    return found
  }

  /// The narrowest useful rule for a command.
  private static func rule(_ tool: String, _ command: ShellCommand) -> PermissionRule? {
    let words = command.words.prefix(2).compactMap { $0.literal }
    guard let program = words.first else { return nil }
    let name = String(decoding: program, as: UTF8.self)
    if reading.contains(name) { return rule(tool, [program], isPrefix: true) }
    if families.contains(name), words.count == 2, isPlain(words[1]),
      !open.contains(String(decoding: words[1], as: UTF8.self))
    {
      return rule(tool, words, isPrefix: true)
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

  /// A word such as `status`: no option, no path, no number.
  private static func isPlain(_ word: [UInt8]) -> Bool {
    word.first.map(Byte.isLetter) ?? false && word.allSatisfy { Byte.isLetter($0) || $0 == UInt8(ascii: "-") }
  }
}
