package import Protocol

extension PermissionMode {
  /// What the mode grants by itself.
  package var grant: PermissionGrant? {
    switch self {
    case .ask, .readOnly: nil
    case .acceptEdits: .edits
    case .bypass: .all
    }
  }
}

/// What the command line's `--allow` permits unasked; each includes the one before.
///
/// It is for scripts, which nobody answers for, and adds to the mode. It lifts no rule: what a deny rule names stays
/// refused, and what an ask rule names stays asked.
package enum PermissionGrant: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
  /// Files and folders within the workspace are made, changed and moved. Not those that other programs run by themselves,
  /// such as hooks and start files: such a change is a command in waiting. Not those that hold secrets.
  case edits
  /// Also commands that start in the workspace, whatever they do then, unless they name a file of secrets, and changes of
  /// what other programs run by themselves.
  case commands
  /// Also deletes, files of secrets, another model, and everything outside the workspace.
  case all

  /// Whether it permits less than the other.
  package static func < (one: PermissionGrant, other: PermissionGrant) -> Bool { one.rank < other.rank }

  private var rank: Int {
    switch self {
    case .edits: 0
    case .commands: 1
    case .all: 2
    }
  }
}
