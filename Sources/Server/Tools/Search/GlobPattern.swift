internal import Protocol
package import OperatingSystem

/// A pattern of file names: `*` and `?` within a name, `**` for any folders, `[a-z]`, `{one,other}`, and `\` before what
/// means itself.
///
/// Names are matched in time that grows with the pattern's length times the name's, whatever stars there are.
package struct GlobPattern: Sendable {
  /// What one name of a path must be.
  private enum Part: Sendable {
    /// `**`: any number of names, none included.
    case anyNames
    case name(NamePattern)
  }

  private let alternatives: [[Part]]

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
      if !bytes.contains(UInt8(ascii: "/")) { parts.insert(.anyNames, at: 0) }
      return parts
    }
  }

  /// A line of a `.gitignore`, without what is special to those; `nil` for one that is unreasonably long.
  init?(gitignore bytes: [UInt8]) {
    guard bytes.count <= ToolLimits.patternBytesMax else { return nil }
    alternatives = [Self.parts(bytes, asGit: true)]
  }

  private static func parts(_ bytes: [UInt8], asGit: Bool = false) -> [Part] {
    var parts = bytes.split(separator: UInt8(ascii: "/")).map { part -> Part in
      part.elementsEqual("**".utf8) ? .anyNames : .name(NamePattern(Array(part), asGit: asGit))
    }
    // `a/**` is what is below `a`, not `a` itself.
    if case .anyNames? = parts.last { parts.append(.name(NamePattern([UInt8(ascii: "*")]))) }
    return parts
  }

  /// Whether a path's names are what the pattern says.
  package func matches(_ names: some Collection<FileName>) -> Bool {
    alternatives.contains { Self.matches($0, names) }
  }

  /// Keeps the set of parts that may come next, so that no choice is ever taken back.
  private static func matches(_ parts: [Part], _ names: some Collection<FileName>) -> Bool {
    var places = [Bool](repeating: false, count: parts.count + 1)
    places[0] = true
    settle(&places, parts)
    for name in names {
      var next = [Bool](repeating: false, count: parts.count + 1)
      for place in parts.indices where places[place] {
        switch parts[place] {
        case .anyNames: next[place] = true
        case .name(let pattern): if pattern.matches(name.bytes) { next[place + 1] = true }
        }
      }
      places = next
      settle(&places, parts)
    }
    return places[parts.count]
  }

  /// Passes over `**`, which may stand for nothing.
  private static func settle(_ places: inout [Bool], _ parts: [Part]) {
    for place in parts.indices where places[place] {
      if case .anyNames = parts[place] { places[place + 1] = true }
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
