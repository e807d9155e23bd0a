internal import OperatingSystem
internal import Protocol

/// The rules of `.gitignore` files (gitignore(5)): the last one that fits decides, deeper files before those above.
///
/// A name in an ignored folder cannot be taken back by `!`: whoever walks does not go in.
package struct IgnoreRules {
  /// One line of a file.
  private struct Rule {
    let pattern: GitPattern
    let takesBack: Bool
    let foldersOnly: Bool
    /// Whether it is about the path from its file's folder, not about a name at any depth.
    let isPath: Bool
  }

  private struct File {
    /// How many bytes of a path lead to the file's folder, the slash included.
    let base: Int
    let rules: [Rule]
  }

  private var files: [File] = []
  private let foldsCase: Bool

  /// No rules; `foldsCase` says that case does not count.
  package init(foldsCase: Bool = false) { self.foldsCase = foldsCase }

  /// How many files have rules.
  var count: Int { files.count }

  /// Takes the rules of a text, which count more than those before; so many bytes of a path lead to its folder.
  package mutating func add(_ text: [UInt8], base: Int) {
    let rules = self.rules(text)
    if !rules.isEmpty { files.append(File(base: base, rules: rules)) }
  }

  /// Lets go of the rules taken last.
  mutating func leave(_ count: Int) { files.removeLast(files.count - count) }

  /// Whether something is ignored, by its path from the top and where in it its name begins.
  package func ignores(_ path: [UInt8], name: Int, isFolder: Bool) -> Bool {
    for file in files.reversed() {
      for rule in file.rules.reversed() where isFolder || !rule.foldersOnly {
        if rule.pattern.matches(path, from: rule.isPath ? file.base : name) { return !rule.takesBack }
      }
    }
    return false
  }

  private func rules(_ text: [UInt8]) -> [Rule] {
    var bytes = text[...]
    if bytes.starts(with: Byte.byteOrderMark) { bytes = bytes.dropFirst(Byte.byteOrderMark.count) }
    return bytes.split(separator: Byte.newline).prefix(ToolLimits.ignoreRulesMax).compactMap(rule)
  }

  private func rule(_ line: ArraySlice<UInt8>) -> Rule? {
    let slash = UInt8(ascii: "/")
    guard line.first != UInt8(ascii: "#") else { return nil }
    var line = line
    if line.last == Byte.carriageReturn { line.removeLast() }
    // Git takes a zero byte for the end.
    line = Self.withoutBlanksAtEnd(line.prefix { $0 != 0 })
    let takesBack = line.first == UInt8(ascii: "!")
    if takesBack { line.removeFirst() }
    let foldersOnly = line.last == slash
    if foldersOnly { line.removeLast() }
    let isPath = line.contains(slash)
    if line.first == slash { line.removeFirst() }
    guard !line.isEmpty, line.count <= ToolLimits.ignoreLineMax else { return nil }
    return Rule(
      pattern: GitPattern(line, isPath: isPath, foldsCase: foldsCase), takesBack: takesBack, foldersOnly: foldersOnly,
      isPath: isPath)
  }

  /// A line without the blanks at its end; one behind a backslash counts.
  private static func withoutBlanksAtEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var kept = line.startIndex
    var place = line.startIndex
    while place < line.endIndex {
      if line[place] == UInt8(ascii: "\\") {
        // A backslash that ends the line has git leave it as it is.
        guard place + 1 < line.endIndex else { return line }
        place += 2
        kept = place
      } else {
        if line[place] != UInt8(ascii: " ") { kept = place + 1 }
        place += 1
      }
    }
    return line[..<kept]
  }
}
