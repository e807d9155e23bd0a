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

  /// Whether all of it is in the workspace, by its paths and by the tools' finding.
  var isInside: Bool { action.isFoundInside && paths.allSatisfy(\.isInside) }
}
