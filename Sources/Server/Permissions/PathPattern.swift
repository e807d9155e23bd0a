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
    let root = Self.names(workspace, from: [])
    let start = path.utf8.first == UInt8(ascii: "/") ? [] : root
    let place = Self.names(path, from: start)
    isInside = place.starts(with: root)
    names = isInside ? Array(place.dropFirst(root.count)) : place
  }

  /// The names from the root of the file system.
  func absolute(_ setting: PathSetting) -> [[UInt8]] { isInside ? setting.workspace + names : names }

  /// The names that a path is made of, from some folder's on.
  static func names(_ path: String, from start: [[UInt8]]) -> [[UInt8]] {
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

/// A pattern of paths: `*` and `?` within a name, `**` for any number of folders, `\` before a sign that means itself.
///
///     src/**            from the workspace's folder, as `./src/**`
///     //etc/**          from the root of the file system, as `file:///etc/**`
///     ~/.ssh/**         from the home folder, as `$HOME/.ssh/**`
///     /srv/data         from the workspace's folder; a rule that refuses or asks means it from the root as well
///
/// A pattern is matched against the place a path leads to, never against how it is written. The time a match takes grows
/// with the pattern's length times the path's.
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

  /// Where a pattern starts.
  private enum Start: Hashable, Sendable {
    case workspace
    case root
    case home
    /// One slash: people mean the root by it as often as the workspace.
    case workspaceOrRoot
  }

  /// One name of the pattern; `nil` is `**`.
  private let names: [[PathSign]?]
  private let start: Start

  /// The pattern that a rule has in parentheses.
  package init(_ text: String) throws(PermissionRule.Problem) {
    try Self.check(text)
    var rest: Substring
    (start, rest) = try Self.start(of: text)
    if text.hasPrefix("file:") { rest = Self.decoded(rest)[...] }
    var names: [[PathSign]?] = []
    for part in try Self.parts(rest) {
      if part == [.anyMany, .anyMany] {
        // Two in a row say no more than one.
        if names.isEmpty || names.last != .some(nil) { names.append(nil) }
        continue
      }
      let isStarred = zip(part, part.dropFirst()).contains { $0 == .anyMany && $1 == .anyMany }
      guard !isStarred else {
        throw PermissionRule.Problem("'**' must stand alone between slashes, as in 'src/**/*.c'")
      }
      if part == PathSign.name(".".utf8) { continue }
      guard part != PathSign.name("..".utf8) else {
        throw PermissionRule.Problem("'..' has no place in a pattern; write the path itself, with '//' before it")
      }
      names.append(part)
    }
    guard !names.isEmpty || start == .root || start == .home else {
      throw PermissionRule.Problem("the pattern names no path; '**' is all")
    }
    // `src/**` is what is below `src`, not `src` itself; `**` alone is everything.
    if names.count > 1 || start == .home, names.last == .some(nil) { names.append([.anyMany]) }
    self.names = names
  }

  /// Refuses what a person who writes it would be mistaken in.
  private static func check(_ text: String) throws(PermissionRule.Problem) {
    let bytes = Array(text.utf8)
    func begins(_ word: String) -> Bool { bytes.starts(with: word.utf8) }
    func ends(_ word: String) -> Bool { bytes.suffix(word.utf8.count).elementsEqual(word.utf8) }
    guard bytes.first != UInt8(ascii: " "), bytes.last != UInt8(ascii: " ") || ends("\\ ") else {
      throw PermissionRule.Problem("a blank stands at its end; leave it out, or write '\\ '")
    }
    guard !ends(":*") else {
      throw PermissionRule.Problem("':*' belongs to commands, as in 'execute_command(git status:*)'")
    }
    for quote in ["\"", "'", "`"] where begins(quote) && ends(quote) {
      throw PermissionRule.Problem("quotes are part of a path; leave them out, or write '\\\(quote)'")
    }
    guard !begins("!") else {
      throw PermissionRule.Problem("'!' makes no exception; write an allow rule, or '\\!' for a name that begins so")
    }
    if bytes.count > 3, Byte.isLetter(bytes[0]), bytes[1] == Byte.colon, "/\\".utf8.contains(bytes[2]),
      Byte.isAlphanumeric(bytes[3])
    {
      throw PermissionRule.Problem("there are no drives here; an absolute path is written '//home/me/x'")
    }
    guard !text.contains("://") || begins("file:") else {
      throw PermissionRule.Problem("it is an address; pages of a host are written 'fetch_url(example.com)'")
    }
    for (sign, next) in zip(bytes, bytes.dropFirst()) where next == UInt8(ascii: "(") && "!@+*?".utf8.contains(sign) {
      throw PermissionRule.Problem("lists of patterns in parentheses mean nothing here; write a rule for each")
    }
  }

  private static func start(of text: String) throws(PermissionRule.Problem) -> (Start, Substring) {
    if let rest = Self.rest(of: text, behind: "file:") {
      if let path = Self.rest(of: String(rest), behind: "//localhost") ?? Self.rest(of: String(rest), behind: "//"),
        path.utf8.first == UInt8(ascii: "/")
      {
        return (.root, path)
      }
      guard rest.utf8.first == UInt8(ascii: "/"), !rest.utf8.starts(with: "//".utf8) else {
        throw PermissionRule.Problem("'file:' wants a whole path behind it, as in 'file:///etc/hosts'")
      }
      return (.root, rest)
    }
    for word in ["~", "$HOME", "${HOME}"] {
      guard let rest = Self.rest(of: text, behind: word) else { continue }
      guard rest.isEmpty || rest.utf8.first == UInt8(ascii: "/") else { break }
      return (.home, rest)
    }
    for word in ["$PWD", "${PWD}"] {
      guard let rest = Self.rest(of: text, behind: word), rest.utf8.first == UInt8(ascii: "/") else { continue }
      return (.workspace, rest)
    }
    if let sign = text.utf8.first, sign == UInt8(ascii: "~") || sign == UInt8(ascii: "$") {
      let shown = Character(Unicode.Scalar(sign))
      throw PermissionRule.Problem(
        "of what begins with '\(shown)' only '~/' and '$HOME/' are known; write '\\\(shown)' for a name that begins so")
    }
    if text.utf8.starts(with: "//".utf8) { return (.root, text[...]) }
    return (text.utf8.first == UInt8(ascii: "/") ? .workspaceOrRoot : .workspace, text[...])
  }

  private static func rest(of text: String, behind word: String) -> Substring? {
    guard text.utf8.starts(with: word.utf8) else { return nil }
    return text[text.utf8.index(text.startIndex, offsetBy: word.utf8.count)...]
  }

  /// A path as an address has it, with what its percent signs say, which mean themselves.
  private static func decoded(_ text: Substring) -> String {
    let bytes = PercentSigns.decoded(Array(text.utf8)) { "*?[{\\".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func parts(_ text: Substring) throws(PermissionRule.Problem) -> [[PathSign]] {
    var parts: [[PathSign]] = [[]]
    var isEscaped = false
    let bytes = Array(text.utf8)
    for (place, byte) in bytes.enumerated() {
      if isEscaped {
        let isFolder = byte == UInt8(ascii: "*") && place + 1 < bytes.count && bytes[place + 1] == byte
        guard !Byte.isAlphanumeric(byte), byte < 0x80, byte != UInt8(ascii: "."), !isFolder else {
          throw PermissionRule.Problem("folders are separated by '/'; '\\' stands before a sign that means itself")
        }
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

  /// How a path stands to the pattern of a rule that allows: it reaches outside the workspace only if it says so.
  package func relation(to path: PermissionPath, in setting: PathSetting) -> Relation {
    var found = Relation.apart
    for (start, placed) in starts(setting) where start != .root || self.start != .workspaceOrRoot || path.isInside {
      found = max(found, placed.relation(to: path.absolute(setting), foldsCase: false))
    }
    return found
  }

  /// The pattern from the root of the file system, as a rule that refuses or asks means it: links in the folders that it
  /// names are followed as well.
  func placed(in setting: PathSetting) -> [PlacedPattern] {
    starts(setting).flatMap { _, pattern -> [PlacedPattern] in
      let beginning = pattern.beginning
      guard let real = setting.real(beginning) else { return [pattern] }
      let rest = pattern.names[beginning.count...]
      return [pattern, PlacedPattern(names: real.map(PathSign.name) + rest, isBroad: pattern.isBroad)]
    }
  }

  private func starts(_ setting: PathSetting) -> [(Start, PlacedPattern)] {
    let isBroad = start != .home && names.allSatisfy { $0?.allSatisfy(PathSign.isWild) ?? true }
    func placed(_ folder: [[UInt8]]?) -> PlacedPattern {
      // Without a home any folder may be it.
      PlacedPattern(names: (folder?.map(PathSign.name) ?? [nil]) + names, isBroad: isBroad)
    }
    switch start {
    case .workspace: return [(.workspace, placed(setting.workspace))]
    case .root: return [(.root, placed([]))]
    case .home: return [(.home, placed(setting.home))]
    case .workspaceOrRoot: return [(.workspace, placed(setting.workspace)), (.root, placed([]))]
    }
  }

  /// The pattern that means exactly that place.
  package static func text(exactly path: PermissionPath) -> String {
    let special = Array("*?[{\\~".utf8)
    let names = path.names.map { name in name.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] } }
    var joined = Array(names.joined(separator: [UInt8(ascii: "/")]))
    // What would mean something else at a pattern's beginning or end.
    if path.isInside, let first = joined.first, "$!\"'` ".utf8.contains(first) || joined.starts(with: "file:".utf8) {
      joined.insert(contentsOf: first == UInt8(ascii: "f") ? Array("./".utf8) : [UInt8(ascii: "\\")], at: 0)
    }
    if joined.last == UInt8(ascii: " ") { joined.insert(UInt8(ascii: "\\"), at: joined.count - 1) }
    return (path.isInside ? "" : "//") + String(decoding: joined, as: UTF8.self)
  }
}

extension PathPattern.Relation: Comparable {
  private var rank: Int {
    switch self {
    case .apart: 0
    case .above: 1
    case .below: 2
    case .same: 3
    }
  }

  package static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
}
