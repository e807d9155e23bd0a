internal import Protocol

/// Where the paths of rules and commands begin.
package struct PathSetting: Sendable {
  /// The workspace's folder, as names from the root.
  let workspace: [[UInt8]]
  /// Other folders that count as the workspace where it is asked whether something is outside, as names from the root.
  let others: [[[UInt8]]]
  /// The home folder, as names from the root; `nil` when there is none.
  let home: [[UInt8]]?
  /// Whether rules that refuse or ask take `A` and `a` for one name.
  let foldsCase: Bool
  let files: FileLookup

  /// A setting; the folders are absolute.
  package init(
    workspace: String, others: [String] = [], home: String? = nil, foldsCase: Bool = false, files: FileLookup = .none
  ) {
    self.others = others.map { PermissionPath.names($0, from: []) }
    self.workspace = PermissionPath.names(workspace, from: [])
    let isAbsolute = home?.utf8.first == UInt8(ascii: "/")
    self.home = isAbsolute ? home.map { PermissionPath.names($0, from: []) } : nil
    self.foldsCase = foldsCase
    self.files = files
  }

  /// The names of a path below the folder that it is in: the workspace, or another one; all of them where it is outside.
  func below(_ path: PermissionPath) -> (names: [[UInt8]], isInside: Bool) {
    if path.isInside { return (path.names, true) }
    let folders = others.filter { path.names.starts(with: $0) }
    guard let folder = folders.max(by: { $0.count < $1.count }) else { return (path.names, false) }
    return (Array(path.names.dropFirst(folder.count)), true)
  }

  /// The names that a path has once links are followed, as far as it is there; `nil` when they are the same.
  func real(_ names: [[UInt8]]) -> [[UInt8]]? {
    var there = names.count
    while there > 0 {
      let path = FileLookup.path(names[..<there])
      guard path.utf8.count <= PermissionLimits.ruleBytesMax else { return nil }
      if let real = files.resolve(path) {
        let found = PermissionPath.names(real, from: []) + names[there...]
        return found == names ? nil : found
      }
      there -= 1
      // A long path that is not there is looked up from its end; what has so many folders is none.
      guard names.count - there <= PermissionLimits.missingNamesMax else { return nil }
    }
    return nil
  }
}
