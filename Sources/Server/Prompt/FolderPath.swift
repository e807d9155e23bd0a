/// An absolute path, taken apart by its bytes and not by what is on the disk.
package struct FolderPath: Hashable, Sendable, CustomStringConvertible {
  /// The names below the root.
  private let names: [String]

  /// A path without `.`, `..`, doubled and closing slashes; `nil` when it is not absolute or holds a zero byte.
  package init?(_ path: String) {
    guard path.utf8.first == Self.slash, !path.utf8.contains(0) else { return nil }
    self.init(names: [], adding: path)
  }

  private init(names: [String], adding path: String) {
    var names = names
    for part in path.utf8.split(separator: Self.slash) {
      switch String(part) ?? String(decoding: Array(part), as: UTF8.self) {
      case ".": continue
      case "..": _ = names.popLast()
      case let name: names.append(name)
      }
    }
    self.names = names
  }

  private init(names: [String]) { self.names = names }

  /// The path as the system takes it.
  package var description: String { names.isEmpty ? "/" : names.reduce(into: "") { $0 += "/" + $1 } }

  /// The folder that holds it; `nil` for the root.
  package var parent: FolderPath? { names.isEmpty ? nil : FolderPath(names: names.dropLast()) }

  /// The path of something in it, or of something absolute.
  package func appending(_ path: String) -> FolderPath {
    FolderPath(names: path.utf8.first == Self.slash ? [] : names, adding: path)
  }

  /// The folder itself and those that hold it, the nearest first, at most ``PromptLimits/foldersMax``.
  package var upwards: [FolderPath] {
    var folders = [self]
    while folders.count < PromptLimits.foldersMax, let next = folders.last?.parent { folders.append(next) }
    return folders
  }

  /// How far up things are looked for from it: to the top of that repository where it lies in one, else no further.
  package func border(of repository: FolderPath?) -> FolderPath {
    repository.flatMap { isWithin($0) ? $0 : nil } ?? self
  }

  /// Whether it is that folder or lies below it.
  package func isWithin(_ folder: FolderPath) -> Bool { names.starts(with: folder.names) }

  private static let slash = UInt8(ascii: "/")
}
