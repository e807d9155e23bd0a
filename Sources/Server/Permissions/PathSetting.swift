internal import Protocol

/// Where the paths of rules and commands begin.
package struct PathSetting: Sendable {
  /// The workspace's folder, as names from the root.
  let workspace: [[UInt8]]
  /// The home folder, as names from the root; `nil` when there is none.
  let home: [[UInt8]]?
  /// Whether rules that refuse or ask take `A` and `a` for one name.
  let foldsCase: Bool
  let files: FileLookup

  /// A setting; the folders are absolute.
  package init(workspace: String, home: String? = nil, foldsCase: Bool = false, files: FileLookup = .none) {
    self.workspace = PermissionPath.names(workspace, from: [])
    let isAbsolute = home?.utf8.first == UInt8(ascii: "/")
    self.home = isAbsolute ? home.map { PermissionPath.names($0, from: []) } : nil
    self.foldsCase = foldsCase
    self.files = files
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
