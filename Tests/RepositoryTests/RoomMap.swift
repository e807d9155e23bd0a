/// A place in a file that names a type or a function of another file.
struct Reference: CustomStringConvertible {
  let user: SourceFile
  let line: Int
  let used: SourceFile
  let name: String

  var description: String { "\(user.path):\(line) uses \(name) of \(used.path)" }
}

/// Which room uses which, and by what.
///
/// A reference is a word that is the name of a type or a function at the top of another file. Words behind a dot, labels, and
/// names that the file itself gives another meaning are none. Of two modules that bear a name, the file's own goes first, as
/// in Swift, then those it imports. Members are not followed: an arrow that is found is sure to be there.
struct RoomMap {
  /// One room's use of another.
  struct Arrow: Hashable, CustomStringConvertible {
    let user: String
    let used: String
    var description: String { "\(user) → \(used)" }
  }

  private(set) var arrows: [Arrow: [Reference]] = [:]

  init(_ tree: SourceTree) {
    let names = VisibleNames(tree)
    for file in tree.files {
      for reference in names.references(in: file) where reference.used.room != file.room {
        arrows[Arrow(user: file.room, used: reference.used.room), default: []].append(reference)
      }
    }
  }

  /// The circles, each with the arrow of it to turn; without those arrows, no circle is left.
  ///
  /// That arrow is one that points up in the order, or else the one that the fewest references make.
  func circles(order: [String] = []) -> [(turn: Arrow, rooms: [String])] {
    var left = Set(arrows.keys)
    var found: [(turn: Arrow, rooms: [String])] = []
    let suspects = arrows.sorted { one, other in
      let ranks = (Self.pointsUp(one.key, in: order) ? 0 : 1, Self.pointsUp(other.key, in: order) ? 0 : 1)
      return (ranks.0, one.value.count, one.key.description) < (ranks.1, other.value.count, other.key.description)
    }
    for (arrow, _) in suspects {
      guard let way = Self.shortestWay(from: arrow.used, to: arrow.user, along: left) else { continue }
      found.append((turn: arrow, rooms: [arrow.user] + way))
      left.remove(arrow)
    }
    return found
  }

  /// A circle in words: the arrow to turn with all that makes it, and the way back with what makes each step.
  func explain(_ circle: (turn: Arrow, rooms: [String])) -> String {
    let steps = zip(circle.rooms, circle.rooms.dropFirst()).map { Arrow(user: $0, used: $1) }
    let reasons = steps.map { step in
      let references = arrows[step] ?? []
      let shown = references.prefix(step == circle.turn ? 12 : 2).map { "\n    \($0)" }.joined()
      return "\n  \(step), \(references.count) references\(step == circle.turn ? ", the arrow to turn" : ""):\(shown)"
    }
    return "a circle: \(circle.rooms.joined(separator: " → "))\(reasons.joined())"
  }

  /// The arrows that point up in an order of rooms, users first.
  func faults(in order: [String]) -> [String] {
    let upward = arrows.filter { Self.pointsUp($0.key, in: order) }
    return upward.sorted { $0.key.description < $1.key.description }.map { arrow, references in
      "\(arrow) points up:" + references.prefix(12).map { "\n    \($0)" }.joined()
    }
  }

  private static func pointsUp(_ arrow: Arrow, in order: [String]) -> Bool {
    guard let user = order.firstIndex(of: arrow.user), let used = order.firstIndex(of: arrow.used) else { return false }
    return user > used
  }

  /// The rooms behind `start` on the shortest way to `goal`, both included.
  private static func shortestWay(from start: String, to goal: String, along arrows: Set<Arrow>) -> [String]? {
    var next: [String: [String]] = [:]
    for arrow in arrows { next[arrow.user, default: []].append(arrow.used) }
    var ways = [[start]]
    var seen: Set = [start]
    while let way = ways.first {
      ways.removeFirst()
      guard let room = way.last else { continue }
      if room == goal { return way }
      for other in (next[room] ?? []).sorted() where seen.insert(other).inserted { ways.append(way + [other]) }
    }
    return nil
  }
}

/// The names that files give to each other.
private struct VisibleNames {
  /// By module and name.
  private var types: [String: [String: SourceFile]] = [:]
  private var functions: [String: [String: SourceFile]] = [:]
  /// The types that lie in a type, by module and that type: an extension elsewhere sees them first.
  private var nested: [String: [String: Set<String>]] = [:]

  init(_ tree: SourceTree) {
    for (file, declaration) in tree.declarations {
      if declaration.isType, !declaration.owner.isEmpty {
        nested[file.module, default: [:]][declaration.owner, default: []].insert(declaration.name)
      }
      guard declaration.isTopLevel, !declaration.isHidden else { continue }
      if declaration.isType {
        types[file.module, default: [:]][declaration.name] = file
      } else {
        functions[file.module, default: [:]][declaration.name] = file
      }
    }
  }

  func references(in file: SourceFile) -> [Reference] {
    let modules = [file.module] + file.imports.sorted()
    var own = file.localNames
    for declaration in file.declarations {
      if declaration.isTopLevel { own.insert(declaration.name) }
      let extended = declaration.keyword == "extension" ? declaration.name : declaration.fullName
      for module in modules { own.formUnion(nested[module]?[extended] ?? []) }
    }
    return file.tokens.indices.compactMap { place in
      let token = file.tokens[place]
      guard token.isName, !own.contains(token.text) else { return nil }
      let (before, after) = (file.text(place - 1), file.text(place + 1))
      let isMember = before == "." && !modules.contains(file.text(place - 2))
      let isLabel = after == ":" && (before == "(" || before == ",")
      guard !isMember, !isLabel, !["func", "var", "let", "case"].contains(before) else { return nil }
      for module in modules {
        guard let used = types[module]?[token.text] ?? functions[module]?[token.text] else { continue }
        return Reference(user: file, line: token.line, used: used, name: token.text)
      }
      return nil
    }
  }
}
