internal import Protocol

/// A path without `.`, `..` and doubled slashes, as the names it is made of.
///
/// It is judged by its text alone; links were followed by whoever gave it.
package struct PermissionPath: Hashable, Sendable {
  /// The names, from the workspace's folder or from the root.
  package let names: [[UInt8]]
  /// Whether the names are those below the workspace's folder.
  package let isInside: Bool

  /// The place that a path leads to; relative ones start at the workspace's folder, given as absolute path.
  package init(_ path: String, workspace: String) {
    let root = Self.resolved(workspace, from: [])
    let start = path.utf8.first == UInt8(ascii: "/") ? [] : root
    let place = Self.resolved(path, from: start)
    isInside = place.starts(with: root)
    names = isInside ? Array(place.dropFirst(root.count)) : place
  }

  /// The names from the root of the file system.
  package func absolute(workspace: String) -> [[UInt8]] {
    isInside ? Self.resolved(workspace, from: []) + names : names
  }

  private static func resolved(_ path: String, from start: [[UInt8]]) -> [[UInt8]] {
    var names = start
    for name in path.utf8.split(separator: UInt8(ascii: "/")) {
      if name.elementsEqual("..".utf8) {
        _ = names.popLast()
      } else if !name.elementsEqual(".".utf8) {
        names.append(Array(name))
      }
    }
    return names
  }
}

/// A pattern of paths: `*` and `?` within a name, `**` for any number of folders, `\` before what means itself.
///
/// `src/**` and `/src/**` start at the workspace's folder, `//etc/**` at the root of the file system. Only a pattern with
/// `//` reaches outside the workspace. A pattern is matched against the place a path leads to, never against how it is
/// written. The time a match takes grows with the pattern's length times the path's.
package struct PathPattern: Hashable, Sendable {
  /// How a path stands to a pattern.
  package enum Relation: Hashable, Sendable {
    /// The pattern says nothing of it.
    case apart
    /// Something below the path may match.
    case above
    /// The path lies in a folder that matches.
    case below
    /// The path matches.
    case same
  }

  /// One sign of a name.
  private enum Sign: Hashable, Sendable {
    case byte(UInt8)
    case anyOne
    case anyMany
  }

  /// One name of the pattern; `nil` is `**`.
  private let names: [[Sign]?]
  private let isAbsolute: Bool

  /// The pattern that a rule has in parentheses.
  package init(_ text: String) throws(PermissionRule.Problem) {
    isAbsolute = text.utf8.starts(with: "//".utf8)
    guard text.utf8.first != UInt8(ascii: "~") else {
      throw PermissionRule.Problem("'~' is not expanded; write the whole path with '//' before it, or '\\~'")
    }
    var names: [[Sign]?] = []
    for part in try Self.parts(text) {
      if part == [.anyMany, .anyMany] {
        // Two in a row say no more than one.
        if names.isEmpty || names.last != .some(nil) { names.append(nil) }
        continue
      }
      let isStarred = zip(part, part.dropFirst()).contains { $0 == .anyMany && $1 == .anyMany }
      guard !isStarred else {
        throw PermissionRule.Problem("'**' must stand alone between slashes, as in 'src/**/*.c'")
      }
      let isDots = part == [.byte(UInt8(ascii: "."))] || part == Array(repeating: .byte(UInt8(ascii: ".")), count: 2)
      guard !isDots else {
        throw PermissionRule.Problem("'.' and '..' have no place in a pattern; write the path itself")
      }
      names.append(part)
    }
    guard !names.isEmpty || isAbsolute else { throw PermissionRule.Problem("the pattern names no path; '**' is all") }
    // `src/**` is what is below `src`, not `src` itself; `**` alone is everything.
    if names.count > 1, names.last == .some(nil) { names.append([.anyMany]) }
    self.names = names
  }

  private static func parts(_ text: String) throws(PermissionRule.Problem) -> [[Sign]] {
    var parts: [[Sign]] = [[]]
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        parts[parts.count - 1].append(.byte(byte))
        isEscaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "/"): parts.append([])
      case UInt8(ascii: "*"): parts[parts.count - 1].append(.anyMany)
      case UInt8(ascii: "?"): parts[parts.count - 1].append(.anyOne)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let sign = Character(Unicode.Scalar(byte))
        throw PermissionRule.Problem("'\(sign)' is no wildcard here; write a rule for each path, or '\\\(sign)'")
      default: parts[parts.count - 1].append(.byte(byte))
      }
    }
    guard !isEscaped else { throw PermissionRule.Problem("'\\' at the end has nothing to stand before") }
    return parts.filter { !$0.isEmpty }
  }

  /// How a path stands to the pattern.
  ///
  /// With `foldsCase`, `A` and `a` are one letter, as on file systems that think so.
  package func relation(to path: PermissionPath, workspace: String, foldsCase: Bool = false) -> Relation {
    guard isAbsolute || path.isInside else {
      // A folder that holds the workspace holds what the pattern names.
      let root = PermissionPath(workspace, workspace: "/").names
      return root.starts(with: path.names) ? .above : .apart
    }
    let found = isAbsolute ? path.absolute(workspace: workspace) : path.names
    var progress = GlobProgress(names)
    var isBelow = false
    for name in found {
      if progress.isWhole { isBelow = true }
      progress.take { Self.matches($0, name, foldsCase: foldsCase) }
    }
    if progress.isWhole { return .same }
    if isBelow { return .below }
    return progress.mayFit ? .above : .apart
  }

  private static func matches(_ signs: [Sign], _ name: [UInt8], foldsCase: Bool) -> Bool {
    Glob.takes(name.count, parts: signs.count, isStar: { signs[$0] == .anyMany }) { sign, place in
      switch signs[sign] {
      case .anyOne: return UTF8Cut.end(ofCharacterAt: place, in: name[...]) - place
      case .byte(let byte):
        let isSame = byte == name[place] || foldsCase && Byte.lowercased(byte) == Byte.lowercased(name[place])
        return isSame ? 1 : nil
      case .anyMany: return nil
      }
    }
  }

  /// The pattern that means exactly that place.
  package static func text(exactly path: PermissionPath) -> String {
    let special = Array("*?[{\\~".utf8)
    let names = path.names.map { name in name.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] } }
    let joined = Array(names.joined(separator: [UInt8(ascii: "/")]))
    return (path.isInside ? "" : "//") + String(decoding: joined, as: UTF8.self)
  }
}
