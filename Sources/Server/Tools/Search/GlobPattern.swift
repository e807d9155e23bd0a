package import OperatingSystem
internal import Protocol

/// A pattern of file names: `*` and `?` within a name, `**` for any folders, `[a-z]`, `{one,other}`, and `\` before what
/// means itself.
///
/// Names are matched in time that grows with the pattern's length times the name's, whatever stars there are.
package struct GlobPattern: Sendable {
  /// The patterns that any path may be, name by name; `nil` is `**`.
  private let alternatives: [[NamePattern?]]

  /// A pattern as tools take it.
  ///
  /// - Throws: A ``ToolError`` that says what is wrong with it.
  package init(_ text: String) throws(ToolError) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count <= ToolLimits.patternBytesMax else {
      throw ToolError(.invalidInput, "A pattern must have 1 to \(ToolLimits.patternBytesMax) bytes.")
    }
    guard let expanded = Self.expandBraces(bytes) else {
      throw ToolError(
        .invalidInput, "'\(text)' stands for more than \(ToolLimits.alternativesMax) patterns; use fewer braces.")
    }
    alternatives = expanded.map { bytes in
      var parts = Self.parts(bytes)
      // A bare name is looked for at any depth, as with git and ripgrep.
      if !bytes.contains(UInt8(ascii: "/")) { parts.insert(nil, at: 0) }
      return parts
    }
  }

  private static func parts(_ bytes: [UInt8]) -> [NamePattern?] {
    var parts: [NamePattern?] = []
    for part in bytes.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
      parts.append(part.elementsEqual("**".utf8) ? nil : NamePattern(Array(part)))
    }
    // `a/**` is what is below `a`, not `a` itself.
    if let last = parts.last, last == nil { parts.append(NamePattern([UInt8(ascii: "*")])) }
    return parts
  }

  /// Whether a path's names are what the pattern says.
  package func matches(_ names: some Collection<FileName>) -> Bool {
    alternatives.contains { pattern in
      var progress = GlobProgress(pattern)
      for name in names { progress.take { $0.matches(name.bytes) } }
      return progress.isWhole
    }
  }

  /// The patterns that one with braces stands for; `nil` when they are too many.
  private static func expandBraces(_ bytes: [UInt8]) -> [[UInt8]]? {
    var done: [[UInt8]] = []
    var pending = [bytes]
    while let next = pending.popLast() {
      guard let group = BraceGroup(in: next) else {
        done.append(next)
        continue
      }
      pending += group.choices.reversed().map {
        Array(next[..<group.range.lowerBound]) + $0 + Array(next[group.range.upperBound...])
      }
      guard done.count + pending.count <= ToolLimits.alternativesMax else { return nil }
    }
    return done
  }
}

/// The first `{…}` of a pattern that holds a comma and is closed.
private struct BraceGroup {
  let range: Range<Int>
  let choices: [ArraySlice<UInt8>]

  init?(in bytes: [UInt8]) {
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 2
      case Byte.openBrace:
        if let group = BraceGroup(in: bytes, at: place) {
          self = group
          return
        }
        place += 1
      default: place += 1
      }
    }
    return nil
  }

  private init?(in bytes: [UInt8], at start: Int) {
    var (depth, begin, place) = (0, start + 1, start)
    var choices: [ArraySlice<UInt8>] = []
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 1
      case Byte.openBrace: depth += 1
      case UInt8(ascii: ",") where depth == 1:
        choices.append(bytes[begin..<place])
        begin = place + 1
      case UInt8(ascii: "}"):
        depth -= 1
        guard depth == 0 else { break }
        guard !choices.isEmpty else { return nil }
        self.choices = choices + [bytes[begin..<place]]
        range = start..<place + 1
        return
      default: break
      }
      place += 1
    }
    return nil
  }
}
