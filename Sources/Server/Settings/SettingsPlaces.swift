internal import Protocol

/// Where files of settings are.
package struct SettingsPlaces: Hashable, Sendable {
  /// The person's own folder of settings, by the rules of XDG; `nil` where there is no home either.
  let folder: String?
  /// The person's home.
  let home: String?

  /// The variable that forbids all files of ours.
  package static let forbidding = "WYN360_NO_STATE"

  /// The places of an environment.
  package init(_ variables: [String: String]) {
    let home = variables["HOME"].flatMap { $0.hasPrefix("/") && !$0.utf8.contains(0) ? $0 : nil }
    let given = variables["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") && !$0.utf8.contains(0) ? $0 : nil }
    self.home = home
    folder = (given ?? home.map { "\($0)/.config" }).flatMap { FolderPath($0)?.appending("wyn360").description }
  }

  /// The person's settings.
  var own: String? { folder.map { "\($0)/settings.json" } }
  /// What keeps what the person has answered.
  var state: String? { folder.map { "\($0)/state.json" } }
  /// Claude Code's, of the person.
  var claude: String? { home.map { "\($0)/.claude/settings.json" } }

  /// A project's, below its folder.
  static let project = ".wyn360/settings.json"
  /// Claude Code's, of a project.
  static let claudeOfProject = [".claude/settings.json", ".claude/settings.local.json"]
}
