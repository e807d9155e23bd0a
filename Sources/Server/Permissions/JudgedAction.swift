/// An action with what is known of it.
struct JudgedAction {
  let action: PermissionAction
  let paths: [PermissionPath]
  /// The command as a shell would read it; `nil` when the action is no command.
  let line: ShellLine?
  /// The names from the root that what it is about has: as it is written, where links lead, and as other names of the same
  /// file (hard links).
  ///
  /// Rules that refuse or ask are held against all of them, and only for those they are looked up.
  let places: [[[UInt8]]]
  /// What the command reaches; `nil` when the action is no command, or no rule is about paths.
  let reach: CommandReach?

  init(_ action: PermissionAction, named: [String] = [], matching: RuleMatching) {
    self.action = action
    let setting = matching.setting
    let workspace = FileLookup.path(setting.workspace)
    let paths = action.paths.map { PermissionPath($0, workspace: workspace) }
    self.paths = paths
    let absolute = paths.map { $0.absolute(setting) }
    if case .execute(let command, _, _) = action {
      let line = ShellLine(command)
      self.line = line
      places = []
      let folder = absolute.first ?? []
      reach = matching.restrictsPaths ? CommandReach(line, in: folder, setting: setting, linked: matching.linked) : nil
    } else {
      line = nil
      reach = nil
      let written = named.map { PermissionPath($0, workspace: workspace).absolute(setting) }
      places = matching.restrictsPaths ? absolute + written + absolute.flatMap(matching.linked.others) : absolute
    }
  }

  /// The place on the network that it asks; `nil` when it asks none.
  var place: String? {
    if case .fetch(_, let place) = action { return place }
    return nil
  }

  /// Whether all of it is in the workspace, by its paths and by the tools' finding.
  var isInside: Bool { action.isFoundInside && paths.allSatisfy(\.isInside) }
}
