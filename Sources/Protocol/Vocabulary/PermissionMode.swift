/// How much happens unasked in a session.
///
/// In every mode a deny rule refuses, an ask rule asks and an allow rule allows, in this order; the mode decides what no
/// rule speaks of. Reads within the workspace and the client's own tools are free in every mode.
package enum PermissionMode: String, Codable, Hashable, Sendable, CaseIterable {
  /// Everything else is asked.
  case ask
  /// Files and folders within the workspace are made, changed and moved unasked; everything else is asked.
  case acceptEdits
  /// Nothing is asked: what would be asked is refused. What an allow rule or a grant permits still happens.
  case readOnly
  /// Everything happens unasked, also deletes, commands and what is outside the workspace.
  case bypass
}
