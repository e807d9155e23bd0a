internal import Protocol

/// What a person has said to hold beyond a session, as a file of theirs keeps it.
struct KeptAnswers: Codable, Hashable, Sendable {
  /// The content of a project's file that is trusted.
  struct Trusted: Codable, Hashable, Sendable {
    var path: String
    var hash: String
  }

  /// What was said of a project's MCP server.
  struct Server: Codable, Hashable, Sendable {
    var fingerprint: String
    var mayStart: Bool
  }

  /// Rules of a folder.
  struct Rules: Codable, Hashable, Sendable {
    var folder: String
    var allow: [String]
    var deny: [String]
  }

  var version = 1
  var trusted: [Trusted] = []
  var servers: [Server] = []
  var rules: [Rules] = []

  init() {}

  /// Reads the file's bytes; `nil` where they are none of its.
  init?(_ bytes: [UInt8]) {
    guard let kept = try? JSON.parse(bytes).decode(KeptAnswers.self), kept.version == 1 else { return nil }
    self = kept
  }

  /// The file's bytes.
  var bytes: [UInt8] { Array(((try? JSON(encoding: self))?.text ?? "{}").utf8) + [UInt8(ascii: "\n")] }

  /// The rules of a folder; one that makes no sense is none.
  func rules(of folder: String) -> RuleSet {
    func made(_ texts: [String]) -> [PermissionRule] { texts.compactMap { try? PermissionRule($0) } }
    return rules.filter { $0.folder == folder }.reduce(.none) { all, one in
      all.joined(with: (try? RuleSet(allow: made(one.allow), deny: made(one.deny))) ?? .none)
    }
  }

  mutating func trust(_ path: String, _ hash: String) {
    trusted.removeAll { $0.path == path }
    trusted = (trusted + [Trusted(path: path, hash: hash)]).suffix(SettingsLimits.keptMax)
  }

  mutating func answer(_ fingerprint: String, _ mayStart: Bool) {
    servers.removeAll { $0.fingerprint == fingerprint }
    servers = (servers + [Server(fingerprint: fingerprint, mayStart: mayStart)]).suffix(SettingsLimits.keptMax)
  }

  mutating func add(_ new: RuleSet, of folder: String) {
    var all = rules.first { $0.folder == folder } ?? Rules(folder: folder, allow: [], deny: [])
    func joined(_ old: [String], _ new: [PermissionRule]) -> [String] {
      let added = new.map(\.text)
      return (old.filter { !added.contains($0) } + added).suffix(PermissionLimits.rulesMax)
    }
    all.allow = joined(all.allow, new.allow)
    all.deny = joined(all.deny, new.deny)
    rules.removeAll { $0.folder == folder }
    rules = (rules + [all]).suffix(SettingsLimits.keptMax)
  }
}
