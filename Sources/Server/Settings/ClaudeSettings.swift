internal import Protocol

/// What a file of Claude Code's settings forbids and wants asked; all else of it is named and left alone.
struct ClaudeSettings {
  /// Its deny and ask rules, as ours.
  private(set) var rules = RuleSet.none
  /// What is not taken, a sentence.
  private(set) var notices: [String] = []

  /// Members that are nobody's business here: they say nothing of what may be done.
  private static let silent: Set = ["$schema"]

  /// Reads the bytes of the file at that path.
  init(_ bytes: [UInt8], of path: String, by rule: ClaudeRule) {
    guard let object = (try? JSON.parse(file: bytes))?.object else {
      notices = ["\(path) is not used: it holds no object of JSON"]
      return
    }
    var left = object.map(\.key).filter { $0 != "permissions" && !Self.silent.contains($0) }
    let permissions = object["permissions"]?.object ?? JSONObject()
    left += permissions.map(\.key).filter { $0 != "deny" && $0 != "ask" }.map { "permissions.\($0)" }
    var (deny, ask, strange) = ([PermissionRule](), [PermissionRule](), [String]())
    if let other = object["permissions"], other != .null, other.object == nil {
      strange.append("permissions is \(other.kindName)")
    }
    for (name, severe) in [("deny", true), ("ask", false)] {
      guard let value = permissions[name], value != .null else { continue }
      guard let list = value.array else {
        strange.append("permissions.\(name) is \(value.kindName)")
        continue
      }
      for element in list {
        let text = element.string ?? element.text
        switch rule.meaning(of: text) {
        case .rules(let rules): if severe { deny += rules } else { ask += rules }
        case .alsoAsk(let rules, let asked):
          if severe { deny += rules } else { ask += rules }
          ask += asked
        case .unsupported(let why): strange.append("\(text) (\(why))")
        }
      }
    }
    let most = PermissionLimits.rulesMax
    if deny.count > most || ask.count > most { strange.append("more than \(most) rules of a kind") }
    rules = (try? RuleSet(ask: Array(ask.prefix(most)), deny: Array(deny.prefix(most)))) ?? .none
    if !left.isEmpty {
      notices.append(
        VisibleText.line(
          "of \(path) the deny and ask rules act; not used here: \(left.joined(separator: ", "))",
          most: SettingsLimits.shownMax * 2))
    }
    for text in strange.prefix(SettingsLimits.noticesMax) {
      notices.append(
        VisibleText.line("\(path): this rule does not act here: \(text)", most: SettingsLimits.shownMax * 2))
    }
    if strange.count > SettingsLimits.noticesMax {
      notices.append("\(path): \(strange.count - SettingsLimits.noticesMax) more rules do not act here")
    }
  }
}
