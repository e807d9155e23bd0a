package import OperatingSystem
package import Protocol

/// Decides what happens to calls: allowed, asked or refused.
///
/// The order is: deny rules, ask rules, allow rules, what is granted (by `--allow` or the mode), and then the question.
/// Each action of a call is judged; the strictest finding is the call's.
///
/// Where a rule that refuses or asks might mean a command, but the line does not say it plainly, a person is asked even in
/// the mode bypass: a rule cannot be evaded by being unreadable.
package struct PermissionPolicy: Sendable {
  /// The workspace's folder, absolute and without links.
  package var workspace: String
  /// Other folders that count as the workspace, absolute and without links; paths in them are absolute.
  package var others: [String]
  package var mode: PermissionMode
  package var rules: RuleSet
  /// What the command line grants beside the mode.
  package var grant: PermissionGrant?
  /// Where links lead, and whether there is something at all.
  package var links: LinkResolver
  /// Whether the file system takes `A` and `a` for one name; then rules that refuse or ask do so too.
  package var foldsCase: Bool
  /// What `~` is, in rules and in commands; `nil` when it is not known.
  package var home: String?
  /// Where links lead, for rules that refuse or ask.
  package var files: FileLookup

  /// A policy.
  package init(
    workspace: String, others: [String] = [], mode: PermissionMode = .ask, rules: RuleSet = .none,
    grant: PermissionGrant? = nil,
    links: LinkResolver = .system, foldsCase: Bool = PermissionPolicy.systemFoldsCase, home: String? = nil,
    files: FileLookup = .none
  ) {
    self.workspace = workspace
    self.others = others
    self.mode = mode
    self.rules = rules
    self.grant = grant
    self.links = links
    self.foldsCase = foldsCase
    self.home = home
    self.files = files
  }

  /// Whether this system's file systems usually take `A` and `a` for one name.
  package static var systemFoldsCase: Bool { HostSystem.current == .macOS }

  private var setting: PathSetting {
    PathSetting(workspace: workspace, others: others, home: home, foldsCase: foldsCase, files: files)
  }

  /// The rules, ready to be held against what a call does.
  private var matching: RuleMatching {
    RuleMatching(rules: rules, setting: setting, links: links)
  }

  /// Decides what happens to a call.
  ///
  /// `canAsk` is whether there is anyone who could answer; in the mode readOnly nobody is asked all the same.
  package func decide(_ subject: PermissionSubject, canAsk: Bool) -> PermissionDecision {
    let matching = matching
    let judged = matching.judge(subject)
    if let rule = matching.strictest(rules.deny, subject.tool, judged, atLeast: .yes)?.rule {
      return .refused(
        PermissionRefusal(
          message: "Refused: a rule of the person's forbids to \(text(subject)). Do not try it another way.",
          notice: "refused: \(subject.tool) wants to \(text(subject)); the deny rule '\(rule.text)' forbids it"))
    }
    if let reason = matching.reasonToAsk(subject.tool, judged) {
      return ask(subject, judged, why: reason, canAsk: canAsk, offersAllow: false, needed: nil)
    }
    var permitted: [String] = []
    var open: [JudgedAction] = []
    let given = max(grant ?? .edits, mode.grant ?? .edits)
    let granted = grant == nil && mode.grant == nil ? nil : given
    for one in judged {
      let needed = need(of: one)
      if needed == nil { continue }
      // What runs because a file says so is agreed to each by itself: no rule and no mode spoke of that command.
      if one.action.isAgreedToByItself {
        open.append(one)
        continue
      }
      if let rule = matching.allowing(subject.tool, one) {
        permitted.append("the allow rule '\(rule.text)'")
      } else if let granted, let needed, needed <= granted {
        permitted.append(mode.grant == granted ? "the mode \(mode.rawValue)" : "--allow \(granted.rawValue)")
      } else {
        open.append(one)
      }
    }
    guard !open.isEmpty else { return .allowed(permitted.first ?? "it needs no permission") }
    let needed = open.compactMap(need(of:)).max()
    return ask(
      subject, open, why: why(open), canAsk: canAsk, offersAllow: true, needed: needed)
  }

  /// The judge of the files that a permitted call comes across on its way: what a rule forbids to read, or wants asked
  /// about, is left out, and of files that hold secrets nothing is shown.
  ///
  /// Rules for any of `tools` count. Ask rules that meant the call itself were answered when it was permitted, and so were
  /// the secrets that it named.
  package func reading(by tools: [String], in call: PermissionSubject) -> PermittedReading {
    let matching = matching
    let judged = matching.judge(call)
    let read = { @Sendable (path: String) in JudgedAction(.read(path: path, isInside: true), matching: matching) }
    let open = rules.ask.filter { matching.strictest([$0], call.tool, judged, atLeast: .maybe) == nil }
    let forbidding = rules.deny + open
    let showsSecrets = mode.grant == .all || grant == .all || judged.contains { $0.secret != nil }
    let judge = { @Sendable (path: String) -> Bool in
      let judged = [read(path)]
      return tools.allSatisfy { matching.strictest(forbidding, $0, judged, atLeast: .maybe) == nil }
    }
    let (workspace, setting) = (workspace, setting)
    let shows = { @Sendable (path: String) -> Bool in
      // By its name alone, as a search asks of every file.
      guard SecretFiles.isSecret(PermissionPath(path, workspace: workspace).absolute(setting)) else { return true }
      let one = read(path)
      return tools.contains { matching.allowing($0, one) != nil }
    }
    return PermittedReading(forbidding.isEmpty ? nil : judge, showing: showsSecrets ? nil : shows)
  }

  /// Whether an allow rule for a tool speaks of the place at a path, and not just of all that the tool is used on.
  package func isNamed(_ path: String, for tool: String) -> Bool {
    let place = PermissionPath(path, workspace: workspace)
    return rules.allow.contains { rule in
      guard rule.tools.allows(tool), case .path(let pattern) = rule.scope else { return false }
      return pattern.relation(to: place, in: setting) == .same
    }
  }

  /// The judge of hosts that are not on the public network: those that an allow rule names itself.
  package var privateHosts: PermittedReading {
    let patterns = rules.allow.filter { $0.tools.allows(PermissionRule.webTool) }.compactMap { rule in
      if case .host(let pattern) = rule.scope { return pattern }
      return nil
    }
    return PermittedReading { place in patterns.contains { $0.names(place) } }
  }

  /// What must be granted for an action; `nil` when it is free.
  private func need(of one: JudgedAction) -> PermissionGrant? {
    switch one.action {
    case .clientTool: return nil
    case .read: return one.isInside && one.secret == nil ? nil : .all
    // What a server says of itself is no reason to believe it.
    case .delete, .serverTool, .startServer, .trustSettings: return .all
    case .execute: return one.isInside && one.secret == nil ? .commands : .all
    case .fetch, .lookAtWeb: return .commands
    case .model(_, _, let isAskedFor): return isAskedFor && mode != .readOnly ? nil : .all
    case .write, .move:
      guard one.isInside, one.secret == nil else { return .all }
      return one.changesAutoruns ? .commands : .edits
    }
  }

  private func why(_ open: [JudgedAction]) -> String {
    let one = open.first { need(of: $0) == open.compactMap(need(of:)).max() }
    guard let one else { return "it is not permitted yet" }
    if !one.isInside { return "it is outside the workspace" }
    if let secret = one.secret {
      return "'\(VisibleText.line(secret, most: PermissionLimits.shownMax))' may hold secrets"
    }
    switch one.action {
    case .delete: return "it deletes"
    case .execute:
      if case .cannotBeJudged(let reason)? = one.line?.judgement {
        return "it runs a command that no rule can allow: \(reason)"
      }
      return "it runs a command"
    case .write, .move:
      return one.changesAutoruns ? "it changes what other programs run or follow by themselves" : "it changes files"
    case .fetch, .lookAtWeb: return "it reaches the network"
    case .model(_, let cost, _): return "it \(cost)"
    case .startServer(_, let file): return "\(VisibleText.line(file, most: PermissionLimits.shownMax)) names it"
    case .trustSettings(_, let file):
      return
        "\(VisibleText.line(file, most: PermissionLimits.shownMax)) came with the project, and you have not trusted it"
    case .serverTool(let server, let claim):
      let name = VisibleText.line(server, most: PermissionLimits.shownMax)
      return "the MCP server '\(name)' does it" + (claim.map { ", which says that \($0)" } ?? "")
    case .read, .clientTool: return "it is not permitted yet"
    }
  }

  /// What a call does, in a few words.
  private func text(_ subject: PermissionSubject) -> String {
    let text = subject.actions.map(\.text).joined(separator: " and ")
    return VisibleText.line(text.isEmpty ? "call \(subject.tool)" : text, most: PermissionLimits.shownMax)
  }

  private func ask(
    _ subject: PermissionSubject, _ open: [JudgedAction], why: String, canAsk: Bool, offersAllow: Bool,
    needed: PermissionGrant?
  ) -> PermissionDecision {
    // Of such a call all is open, and there is no rule for it.
    let startsServer = open.contains { $0.action.isAgreedToByItself }
    if canAsk, mode != .readOnly, startsServer {
      let trusts = open.contains { if case .trustSettings = $0.action { true } else { false } }
      return .ask(
        PermissionPrompt(why: why, options: trusts ? PermissionOption.trusting : PermissionOption.startingServer))
    }
    let always = PermissionSuggestion.rules(subject.tool, open)
    // A rule for models would be one for all of them.
    let offersAllow = offersAllow && !open.contains { if case .model = $0.action { true } else { false } }
    if canAsk, mode != .readOnly {
      var options = [PermissionOption(once: .allowOnce)]
      if offersAllow, let always { options.append(PermissionOption(always: .allowAlways, rules: always)) }
      options.append(PermissionOption(once: .rejectOnce))
      // A rule that refuses one command of several would refuse too much.
      if let always, always.count == 1 { options.append(PermissionOption(always: .rejectAlways, rules: always)) }
      return .ask(PermissionPrompt(why: why, options: options))
    }
    let cause = mode == .readOnly ? "the mode is readOnly" : "nobody can be asked"
    var notice = "refused: \(subject.tool) wants to \(text(subject)), \(why), and \(cause)"
    if let needed, !startsServer {
      notice += "; --allow \(needed.rawValue) allows it"
      if let always {
        notice += ", and so does " + always.map(\.option).joined(separator: " ")
      }
    }
    return .refused(
      PermissionRefusal(
        message:
          "Refused: the permission to \(text(subject)) is missing, and nobody can be asked for it here. Do not try "
          + "it another way; do what can be done without it, and say what is left.", notice: notice))
  }
}
