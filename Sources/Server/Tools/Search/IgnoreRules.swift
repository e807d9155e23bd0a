package import OperatingSystem
internal import Protocol

/// The rules of `.gitignore` files (gitignore(5)): the last one that fits decides, deeper files before those above.
///
/// A name in an ignored folder cannot be taken back by `!`: whoever walks does not go in.
package struct IgnoreRules {
  /// One line of a file.
  private struct Rule {
    let pattern: GlobPattern
    let takesBack: Bool
    let foldersOnly: Bool
    /// Whether it is about the path from its file's folder, not about a name at any depth.
    let isAnchored: Bool
  }

  private struct File {
    /// How many names the file's folder is below the top.
    let depth: Int
    let rules: [Rule]
  }

  private var files: [File] = []

  /// No rules.
  package init() {}

  /// Takes the rules of a folder that is so many names below the top; files that cannot be read count as empty.
  mutating func enter(_ folder: OpenFolder, depth: Int) {
    var rules: [Rule] = []
    if depth == 0, let git = try? folder.folder(FileName(".git")), let info = try? git.folder(FileName("info")) {
      // What is ignored in this one clone only; files in the tree come after it and so go first.
      rules += Self.rules(of: info, FileName("exclude"))
    }
    rules += Self.rules(of: folder, FileName(".gitignore"))
    if !rules.isEmpty { files.append(File(depth: depth, rules: rules)) }
  }

  private static func rules(of folder: OpenFolder, _ name: FileName) -> [Rule] {
    guard let content = try? folder.read(name, max: ToolLimits.ignoreBytesMax) else { return [] }
    return rules(content.bytes)
  }

  /// Takes the rules of a text.
  package mutating func add(_ text: [UInt8], depth: Int) { files.append(File(depth: depth, rules: Self.rules(text))) }

  /// Lets go of the rules of folders that deep, and deeper.
  mutating func leave(depth: Int) {
    while let last = files.last, last.depth >= depth { files.removeLast() }
  }

  /// Whether something is ignored, by its names from the top.
  package func ignores(_ names: [FileName], isFolder: Bool) -> Bool {
    for file in files.reversed() where file.depth < names.count {
      for rule in file.rules.reversed() where isFolder || !rule.foldersOnly {
        let subject = rule.isAnchored ? names[file.depth...] : names.suffix(1)
        if rule.pattern.matches(subject) { return !rule.takesBack }
      }
    }
    return false
  }

  private static func rules(_ text: [UInt8]) -> [Rule] {
    var bytes = text[...]
    if bytes.starts(with: Byte.byteOrderMark) { bytes = bytes.dropFirst(Byte.byteOrderMark.count) }
    return bytes.split(separator: Byte.newline).prefix(ToolLimits.ignoreRulesMax).compactMap(rule)
  }

  private static func rule(_ line: ArraySlice<UInt8>) -> Rule? {
    let (backslash, slash) = (UInt8(ascii: "\\"), UInt8(ascii: "/"))
    var line = line
    if line.last == Byte.carriageReturn { line.removeLast() }
    while line.last == UInt8(ascii: " ") {
      // A blank at the end counts only behind a backslash.
      if line.dropLast().last == backslash { break }
      line.removeLast()
    }
    guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
    let takesBack = first == UInt8(ascii: "!")
    if takesBack { line.removeFirst() }
    let foldersOnly = line.last == slash
    if foldersOnly { line.removeLast() }
    let isAnchored = line.contains(slash)
    if line.first == slash { line.removeFirst() }
    guard !line.isEmpty, let pattern = GlobPattern(gitignore: Array(line)) else { return nil }
    return Rule(pattern: pattern, takesBack: takesBack, foldersOnly: foldersOnly, isAnchored: isAnchored)
  }
}
