/// Holds rules against what a call does.
struct RuleMatching {
  let rules: RuleSet
  /// The folder that the paths of rules begin in.
  let workspace: String
  /// Whether rules that refuse or ask take `A` and `a` for one name.
  let foldsCase: Bool

  /// The rule of a list that means the call most surely; `nil` when none means it that surely.
  func strictest(
    _ list: [PermissionRule], _ tool: String, _ judged: [JudgedAction], atLeast least: CommandPattern.Match
  ) -> (PermissionRule, CommandPattern.Match)? {
    var found: (PermissionRule, CommandPattern.Match)?
    for rule in list where rule.isAbout(tool) {
      let match = self.match(rule, judged)
      if match >= least, match > found?.1 ?? .no { found = (rule, match) }
      if match == .yes { break }
    }
    return found
  }

  /// Why a rule wants a person asked.
  func reasonToAsk(_ tool: String, _ judged: [JudgedAction]) -> String? {
    if let (rule, _) = strictest(rules.ask, tool, judged, atLeast: .maybe) {
      return "the ask rule '\(rule.text)' wants it asked"
    }
    if let (rule, _) = strictest(rules.deny, tool, judged, atLeast: .maybe) {
      return "it may be what the deny rule '\(rule.text)' forbids"
    }
    return nil
  }

  /// Whether a rule that refuses or asks means any of a call's actions.
  private func match(_ rule: PermissionRule, _ judged: [JudgedAction]) -> CommandPattern.Match {
    switch rule.scope {
    case .anything: .yes
    case .path(let pattern): judged.map { match(pattern, $0) }.max() ?? .no
    case .command(let pattern): judged.compactMap(\.line).map { match(pattern, $0) }.max() ?? .no
    case .host(let pattern): judged.compactMap(\.place).contains(where: pattern.matches) ? .yes : .no
    }
  }

  private func match(_ pattern: PathPattern, _ one: JudgedAction) -> CommandPattern.Match {
    if one.line != nil { return .no }
    // What goes or moves takes along what is below it.
    let takesAlong: Bool
    switch one.action {
    case .delete, .move: takesAlong = true
    default: takesAlong = false
    }
    return one.paths.map { path -> CommandPattern.Match in
      switch pattern.relation(to: path, workspace: workspace, foldsCase: foldsCase) {
      case .same, .below: .yes
      case .above: takesAlong ? .maybe : .no
      case .apart: .no
      }
    }.max() ?? .no
  }

  private func match(_ pattern: CommandPattern, _ line: ShellLine) -> CommandPattern.Match {
    let sure = line.commands.map(pattern.match).max() ?? .no
    if sure != .no { return sure }
    let isSuspected = line.suspects.contains { pattern.match($0) != .no }
    return isSuspected || line.hidesCommands ? .maybe : .no
  }

  /// A rule that allows an action; of several that do so together, the first.
  func allowing(_ tool: String, _ one: JudgedAction) -> PermissionRule? {
    let about = rules.allow.filter { $0.isAbout(tool) }
    // The tools know better when they say that a path leads outside.
    guard one.action.isFoundInside || one.paths.contains(where: { !$0.isInside }) else { return nil }
    // A rule for all that a tool does speaks neither of secrets nor of what others run.
    if one.isInside, one.secret == nil, !one.changesAutoruns,
      let rule = about.first(where: { $0.scope == .anything })
    {
      return rule
    }
    if let place = one.place {
      return about.first { rule in
        guard case .host(let pattern) = rule.scope else { return false }
        return pattern.matches(place)
      }
    }
    guard let line = one.line else { return allowing(about, one.paths) }
    guard one.isInside, let words = one.words, words.permit(inputs: line.inputs),
      case .commands(let commands) = line.judgement
    else { return nil }
    var found: PermissionRule?
    for command in commands where !command.isHarmless {
      let rule = about.first { rule in
        guard case .command(let pattern) = rule.scope else { return false }
        return pattern.covers(command)
          && (!pattern.isPrefix || CommandHazards.permit(command, beyond: pattern.words.count, at: words))
      }
      guard let rule else { return nil }
      found = found ?? rule
    }
    return found
  }

  private func allowing(_ rules: [PermissionRule], _ paths: [PermissionPath]) -> PermissionRule? {
    var found: PermissionRule?
    for path in paths {
      let rule = rules.first { rule in
        guard case .path(let pattern) = rule.scope else { return false }
        return pattern.relation(to: path, workspace: workspace) == .same
      }
      guard let rule else { return nil }
      found = found ?? rule
    }
    return found
  }
}
