internal import OperatingSystem
internal import Protocol

/// A bare repository in a workspace: `HEAD`, `objects` and a configuration in a plain folder, whose commands git runs for
/// whoever calls it there.
enum EmbeddedRepository {
  private static let parts: Set = [
    "head", "objects", "refs", "config", "config.worktree", "commondir", "hooks", "packed-refs", "info",
  ]

  /// Whether making or changing something makes, or changes, a folder that git would take for a repository.
  ///
  /// The path is given as names from the root of the file system, of which the first `rootCount` are the workspace's own.
  static func grows(by path: [[UInt8]], rootCount: Int, links: LinkResolver) -> Bool {
    path.indices.dropFirst(rootCount).contains { place in
      let made = String(decoding: path[place].map(Byte.lowercased), as: UTF8.self)
      guard parts.contains(made) else { return false }
      let folder = path[..<place].map { "/" + String(decoding: $0, as: UTF8.self) }.joined()
      func isThere(_ name: String) -> Bool {
        made == name.lowercased() || links.resolve("\(folder)/\(name)") != nil
      }
      // A folder that is said to lie elsewhere has its objects there.
      return isThere("HEAD") && (isThere("objects") || isThere("commondir"))
    }
  }
}
