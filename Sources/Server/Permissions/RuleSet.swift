/// The rules of a session or a configuration: what is allowed, asked and refused whatever the mode.
///
/// Of several that speak of a call the strictest counts: deny before ask before allow.
package struct RuleSet: Hashable, Sendable {
  /// What happens unasked.
  package private(set) var allow: [PermissionRule]
  /// What is asked, even in the mode bypass.
  package private(set) var ask: [PermissionRule]
  /// What never happens.
  package private(set) var deny: [PermissionRule]

  /// Rules.
  ///
  /// - Throws: ``PermissionRule/Problem`` when a list is too long, or allows what only a mode can.
  package init(
    allow: [PermissionRule] = [], ask: [PermissionRule] = [], deny: [PermissionRule] = []
  ) throws(PermissionRule.Problem) {
    self.allow = Self.distinct(allow)
    self.ask = Self.distinct(ask)
    self.deny = Self.distinct(deny)
    for (name, list) in [("allow", self.allow), ("ask", self.ask), ("deny", self.deny)] {
      guard list.count <= PermissionLimits.rulesMax else {
        throw PermissionRule.Problem("\(name) has \(list.count) rules; at most \(PermissionLimits.rulesMax) are kept")
      }
    }
  }

  /// No rules.
  package static let none = RuleSet()

  private init() { (allow, ask, deny) = ([], [], []) }

  /// These rules and others; each list is as long as both are.
  package func joined(with other: RuleSet) -> RuleSet {
    var joined = self
    joined.allow = Self.distinct(allow + other.allow)
    joined.ask = Self.distinct(ask + other.ask)
    joined.deny = Self.distinct(deny + other.deny)
    return joined
  }

  /// Adds what an "always" agreed to.
  package mutating func add(allowing rules: [PermissionRule]) throws(PermissionRule.Problem) {
    self = try RuleSet(allow: allow + rules, ask: ask, deny: deny)
  }

  /// Adds what a "never" agreed to.
  package mutating func add(denying rules: [PermissionRule]) throws(PermissionRule.Problem) {
    self = try RuleSet(allow: allow, ask: ask, deny: deny + rules)
  }

  private static func distinct(_ rules: [PermissionRule]) -> [PermissionRule] {
    var seen: Set<PermissionRule> = []
    return rules.filter { seen.insert($0).inserted }
  }
}

extension RuleSet: Codable {
  private enum CodingKeys: String, CodingKey {
    case allow
    case ask
    case deny
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func list(_ key: CodingKeys) throws -> [PermissionRule] {
      try container.decodeIfPresent([PermissionRule].self, forKey: key) ?? []
    }
    do {
      self = try RuleSet(allow: list(.allow), ask: list(.ask), deny: list(.deny))
    } catch let problem as PermissionRule.Problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem.description))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(allow, forKey: .allow)
    try container.encode(ask, forKey: .ask)
    try container.encode(deny, forKey: .deny)
  }
}
