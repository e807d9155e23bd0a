internal import OperatingSystem
internal import Protocol

/// A pattern of files as a model writes it: relative to a folder, with `./` or `../`, or absolute.
struct FilePattern: Sendable {
  /// The folder in which it is looked for.
  let start: WorkspacePath
  /// The names that lead from there to where the rest of the pattern begins.
  private let below: [FileName]
  private let glob: GlobPattern

  /// A pattern for a folder; folders at its beginning that stand there as they are called are looked up, as links may lead
  /// elsewhere.
  init(_ text: String, in folder: WorkspacePath, of workspace: Workspace) throws(ToolError) {
    guard let (place, rest) = try Self.place(text, in: folder, of: workspace) else {
      (start, below) = (folder, [])
      glob = try GlobPattern(text)
      return
    }
    glob = try GlobPattern("/" + rest)
    if place.names.starts(with: folder.names) {
      start = folder
      below = Array(place.names.dropFirst(folder.names.count))
    } else {
      (start, below) = (place, [])
    }
  }

  /// Whether the names that lead from ``start`` to something are what the pattern says.
  func matches(_ names: [FileName]) -> Bool {
    guard !below.isEmpty else { return glob.matches(names) }
    return names.starts(with: below) && glob.matches(names.dropFirst(below.count))
  }

  /// The folder that a pattern names before anything special, and the rest; `nil` for one that is simply relative.
  private static func place(
    _ text: String, in folder: WorkspacePath, of workspace: Workspace
  ) throws(ToolError) -> (WorkspacePath, String)? {
    let parts = text.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
    let isAbsolute = text.utf8.first == UInt8(ascii: "/")
    let special = Set("*?[{\\".utf8)
    let named = parts.dropLast().prefix { !$0.contains(where: special.contains) }
    guard isAbsolute ? !named.isEmpty : named.contains(Array("..".utf8)) else { return nil }
    if isAbsolute, let first = named.first {
      // '/src/*.c' may be meant from the folder, as in a .gitignore.
      let here = try? workspace.status(folder.appending([FileName(first)]))
      if here != nil, !text.utf8.starts(with: folder.absolute.utf8) { return nil }
    }
    let path = named.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    let place = try workspace.resolve(isAbsolute ? "/" + path : folder.absolute + "/" + path)
    guard try workspace.status(place)?.kind == .folder || !isAbsolute else { return nil }
    let rest = parts.dropFirst(named.count).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    return (place, rest)
  }
}
