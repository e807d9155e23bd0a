/// An action with what is known of it.
struct JudgedAction {
  let action: PermissionAction
  let paths: [PermissionPath]
  /// The command as a shell would read it; `nil` when the action is no command.
  let line: ShellLine?

  init(_ action: PermissionAction, workspace: String) {
    self.action = action
    paths = action.paths.map { PermissionPath($0, workspace: workspace) }
    if case .execute(let command, _, _) = action { line = ShellLine(command) } else { line = nil }
  }

  /// The place on the network that it asks; `nil` when it asks none.
  var place: String? {
    if case .fetch(_, let place) = action { return place }
    return nil
  }

  /// Whether all of it is in the workspace, by its paths and by the tools' finding.
  var isInside: Bool { action.isFoundInside && paths.allSatisfy(\.isInside) }
}
