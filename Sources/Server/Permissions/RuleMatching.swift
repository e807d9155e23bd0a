internal import OperatingSystem
/// Holds rules against what a call does.
struct RuleMatching: Sendable {
  /// What a rule that refuses or asks says of a call.
  struct Finding {
    var rule: PermissionRule
    var match: CommandPattern.Match
    /// Why a command may be meant; `nil` when the rule says it all.
    var because: String?
  }

  let rules: RuleSet
  let setting: PathSetting
  /// Where links lead, and whether there is something at all.
  let links: LinkResolver
  /// The other names of files.
  let linked: LinkedFiles
  /// The patterns of rules that refuse or ask, from the root.
  private let placed: [PathPattern: [PlacedPattern]]
  /// How many names those have in all.
  private let nameCount: Int

  /// Whether a rule that refuses or asks is about paths.
  var restrictsPaths: Bool { !placed.isEmpty }

  init(rules: RuleSet, setting: PathSetting, links: LinkResolver) {
    self.rules = rules
    self.links = links
    self.setting = setting
    var placed: [PathPattern: [PlacedPattern]] = [:]
    for rule in rules.deny + rules.ask {
      if case .path(let pattern) = rule.scope { placed[pattern] = pattern.placed(in: setting) }
    }
    self.placed = placed
    nameCount = placed.values.joined().reduce(0) { $0 + $1.names.count + 1 }
    // What a rule outside the workspace names may have another name in it.
    let outside = placed.values.joined().map(\.beginning).filter { !$0.isEmpty && !$0.starts(with: setting.workspace) }
    let folders = Set(outside).union([setting.workspace] + setting.others).sorted { $0.count < $1.count }
    linked = LinkedFiles(below: folders, files: setting.files)
  }

  /// What a call does, with what is known of it.
  func judge(_ subject: PermissionSubject) -> [JudgedAction] {
    subject.actions.map { JudgedAction($0, named: subject.named, matching: self) }
  }

  /// The rule of a list that means the call most surely; `nil` when none means it that surely.
  func strictest(
    _ list: [PermissionRule], _ tool: String, _ judged: [JudgedAction], atLeast least: CommandPattern.Match
  ) -> Finding? {
    var found: Finding?
    for rule in list {
      let (match, because) = self.match(rule, tool, judged)
      if match >= least, match > found?.match ?? .no { found = Finding(rule: rule, match: match, because: because) }
      if match == .yes { break }
    }
    return found
  }

  /// Why a rule wants a person asked.
  func reasonToAsk(_ tool: String, _ judged: [JudgedAction]) -> String? {
    if let found = strictest(rules.ask, tool, judged, atLeast: .maybe) {
      return "the ask rule '\(found.rule.text)' wants it asked" + (found.because.map { ": \($0)" } ?? "")
    }
    if let found = strictest(rules.deny, tool, judged, atLeast: .maybe) {
      return "it may be what the deny rule '\(found.rule.text)' forbids" + (found.because.map { ": \($0)" } ?? "")
    }
    return nil
  }

  /// Whether a rule that refuses or asks means any of a call's actions.
  private func match(
    _ rule: PermissionRule, _ tool: String, _ judged: [JudgedAction]
  ) -> (CommandPattern.Match, because: String?) {
    switch rule.scope {
    case .anything: return (rule.tools.restricts(tool) ? .yes : .no, nil)
    case .command(let pattern):
      guard rule.tools.restricts(tool) else { return (.no, nil) }
      return (judged.compactMap(\.line).map { match(pattern, $0) }.max() ?? .no, nil)
    case .host(let pattern):
      guard rule.tools.restricts(tool) else { return (.no, nil) }
      return (judged.compactMap(\.place).contains(where: pattern.restricts) ? .yes : .no, nil)
    case .path(let pattern):
      var found: (CommandPattern.Match, because: String?) = (.no, nil)
      for one in judged {
        let next = match(rule, placed[pattern] ?? [], tool, one)
        if next.0 > found.0 { found = next }
      }
      return found
    }
  }

  private func match(
    _ rule: PermissionRule, _ patterns: [PlacedPattern], _ tool: String, _ one: JudgedAction
  ) -> (CommandPattern.Match, because: String?) {
    if let reach = one.reach { return match(rule, patterns, reach) }
    guard one.line == nil, rule.tools.restricts(tool, on: one.action) else { return (.no, nil) }
    var places = one.places
    var takesAlong = false
    switch one.action {
    case .clientTool:
      // What a client's tool does with its words is the client's to know; a rule by its name cannot be told apart.
      if rule.tools.isForeign { return (.maybe, "what '\(tool)' is used on is not known here") }
      let isNamed = places.contains { path in patterns.contains { stands(path, $0) >= .below } }
      return (isNamed ? .maybe : .no, "it names such a path")
    case .move:
      takesAlong = true
      // Where it goes is not read.
      if rule.tools.restrictsReading, !rule.tools.isAny, !rule.tools.restricts(tool) {
        places = Array(places.prefix(1))
      }
    case .delete: takesAlong = true
    default: break
    }
    var found = CommandPattern.Match.no
    for path in places {
      for pattern in patterns {
        switch stands(path, pattern) {
        case .same, .below: return (.yes, nil)
        // What goes or moves takes along what is below it.
        case .above: if takesAlong { found = .maybe }
        case .apart: break
        }
      }
    }
    return (found, nil)
  }

  private func stands(_ path: [[UInt8]], _ pattern: PlacedPattern) -> PathPattern.Relation {
    pattern.relation(to: path, foldsCase: setting.foldsCase)
  }

  /// Whether a command may reach what a rule is about: then a person is asked, as words may mean another thing.
  private func match(
    _ rule: PermissionRule, _ patterns: [PlacedPattern], _ reach: CommandReach
  ) -> (CommandPattern.Match, because: String?) {
    guard reach.nameCount * nameCount <= PermissionLimits.comparedMax else {
      return (.maybe, "the command is too long to be held against so many rules")
    }
    for pattern in patterns {
      if let words = reach.meets(pattern, changesAlone: rule.tools.restrictsChangesAlone) { return (.maybe, words) }
    }
    return reach.unjudged.map { (.maybe, "what the command reads and writes cannot be told: \($0)") } ?? (.no, nil)
  }

  private func match(_ pattern: CommandPattern, _ line: ShellLine) -> CommandPattern.Match {
    let sure = line.commands.map(pattern.match).max() ?? .no
    if sure != .no { return sure }
    let isSuspected = line.suspects.contains { pattern.match($0) != .no }
    return isSuspected || line.hidesCommands ? .maybe : .no
  }

  /// A rule that allows an action; of several that do so together, the first.
  func allowing(_ tool: String, _ one: JudgedAction) -> PermissionRule? {
    let about = rules.allow.filter { $0.tools.allows(tool) }
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
        return pattern.relation(to: path, in: setting) == .same
      }
      guard let rule else { return nil }
      found = found ?? rule
    }
    return found
  }
}
