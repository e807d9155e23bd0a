internal import Protocol

/// Names of files and folders that mean something wherever they stand, and whatever the case of their letters.
///
/// It is asked for every file that a search comes across, so that names are looked up and not tried one after the other.
struct NameTable: Sendable {
  /// How a path stands to the names of a table.
  enum Finding: Sendable, Hashable {
    case nothing
    /// It is a folder in which such a thing would lie by its name, as `.github` is for `.github/workflows`.
    case above
    /// It is a folder all of which is meant.
    case folder
    /// It lies in such a folder.
    case within
    /// It is such a file.
    case file
  }

  /// Whole names of files.
  private var names: Set<String> = []
  /// What stands behind the last dot of a file's name, which has something before it.
  private var endings: Set<String> = []
  /// What a file's name begins and ends with.
  private var frames: [String] = []
  /// Those all of whose content is meant.
  private var folders: Set<String> = []
  /// By their first name, the names of longer paths that stand behind it.
  private var paths: [String: [[String]]] = [:]

  /// A table of patterns, white space between them: `name`, `*.ending`, `some*thing.else`, `folder/**`, and paths of such names.
  init(_ patterns: String) {
    for pattern in patterns.split(whereSeparator: \.isWhitespace) {
      let parts = pattern.split(separator: "/").map(String.init)
      switch parts.count {
      case 1 where pattern.hasPrefix("*.") && !pattern.dropFirst(2).contains("."):
        endings.insert(String(pattern.dropFirst(2)))
      case 1 where pattern.contains("*"): frames.append(parts[0])
      case 1: names.insert(parts[0])
      case 2 where parts[1] == "**": folders.insert(parts[0])
      default: paths[parts[0], default: []].append(Array(parts.dropFirst()))
      }
    }
  }

  /// How a path stands to the table, given as its names.
  func find(_ path: [[UInt8]]) -> Finding {
    let lowered = path.map { String(decoding: $0.map(Byte.lowercased), as: UTF8.self) }
    guard let last = lowered.last else { return .nothing }
    var found = Finding.nothing
    for (place, name) in lowered.enumerated() {
      if folders.contains(name) { return place < lowered.count - 1 ? .within : .folder }
      for rest in paths[name] ?? [] {
        let next = Self.find(rest[...], lowered[(place + 1)...])
        if next == .above { found = .above } else if next != .nothing { return next }
      }
    }
    let ending = last.lastIndex(of: ".").flatMap { $0 > last.startIndex ? String(last[$0...].dropFirst()) : nil }
    let isMeant =
      names.contains(last) || ending.map(endings.contains) ?? false || frames.contains { Self.fits($0, last) }
    return isMeant ? .file : found
  }

  private static func find(_ pattern: ArraySlice<String>, _ names: ArraySlice<String>) -> Finding {
    guard let part = pattern.first else { return names.isEmpty ? .file : .nothing }
    if part == "**" { return names.isEmpty ? .folder : .within }
    guard let name = names.first else { return .above }
    return fits(part, name) ? find(pattern.dropFirst(), names.dropFirst()) : .nothing
  }

  /// Whether a name is a part of a pattern, in which one star may stand for anything.
  private static func fits(_ part: String, _ name: String) -> Bool {
    guard let star = part.firstIndex(of: "*") else { return name == part }
    let (beginning, end) = (part[..<star], part[star...].dropFirst())
    return name.utf8.count >= part.utf8.count - 1 && name.hasPrefix(beginning) && name.hasSuffix(end)
  }
}
