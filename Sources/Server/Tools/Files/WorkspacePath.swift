internal import OperatingSystem
internal import Protocol

/// A place in the file system, as it was when it was looked up: no symbolic link is on the way to it.
///
/// It is used by going there name by name without following links, so that a link put there since leads nowhere.
package struct WorkspacePath: Hashable, Sendable {
  /// The names from the root of the file system.
  let names: [FileName]
  /// The session's folders, the workspace's own first.
  let folders: [[FileName]]
  /// Whether the place is the workspace or within it.
  package let isInside: Bool
  /// What is to be told of how it was found.
  var remark: String?

  /// A place; `folders` are the session's, the workspace's own first.
  init(names: [FileName], folders: [[FileName]], remark: String? = nil) {
    self.names = names
    self.folders = folders
    isInside = names.starts(with: folders[0])
    self.remark = remark
  }

  /// How many of the names are the workspace's own.
  var rootCount: Int { folders[0].count }

  /// Whether tools may work at the place as in the workspace.
  package var isWithinReach: Bool { isInside || folders.dropFirst().contains { names.starts(with: $0) } }

  /// Whether both are the same place, however they were found.
  package static func == (one: WorkspacePath, other: WorkspacePath) -> Bool {
    one.names == other.names && one.rootCount == other.rootCount
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(names) }

  /// The absolute path, for people.
  package var absolute: String { String(decoding: FileName.absolute(names), as: UTF8.self) }

  /// The path as the model should use it: from the workspace's folder, or absolute outside.
  package var text: String { isInside ? FileName.relative(names[rootCount...]) : absolute }

  /// Whether this is one of the session's folders, or has one in it.
  package var isRoot: Bool { names.isEmpty || folders.contains { $0.starts(with: names) } }

  /// Names of folders that belong to a version control system alone.
  static let stores: Set<FileName> = [".git", ".hg", ".svn", ".jj"].reduce(into: []) { $0.insert(FileName($1)) }

  /// Refuses what would change a version control system's own files.
  ///
  /// A hook put there runs with the person's next commit, past every permission. Case does not count, as it does not to
  /// some file systems.
  func checkMayChange() throws(ToolError) {
    let below = names.dropFirst(isInside ? rootCount : 0)
    guard below.contains(where: { Self.stores.contains(FileName($0.bytes.map(Byte.lowercased))) }) else { return }
    throw ToolError(
      .refused, "'\(text)' belongs to the version control system; change it with that system's commands only.")
  }

  /// The last name.
  var name: FileName? { names.last }

  /// The folder it is in.
  var parent: WorkspacePath { WorkspacePath(names: Array(names.dropLast()), folders: folders) }

  /// A place below this one.
  func appending(_ more: some Sequence<FileName>) -> WorkspacePath {
    WorkspacePath(names: names + more, folders: folders)
  }
}
