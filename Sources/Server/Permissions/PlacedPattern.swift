internal import Protocol

/// A pattern of paths from the root of the file system.
struct PlacedPattern: Hashable, Sendable {
  /// Its names; `nil` is `**`.
  let names: [[PathSign]?]
  /// Whether it names nothing by a letter, as `**` does: any word might be such a path.
  let isBroad: Bool

  /// The names before its first wildcard.
  let beginning: [[UInt8]]

  init(names: [[PathSign]?], isBroad: Bool) {
    (self.names, self.isBroad) = (names, isBroad)
    var beginning: [[UInt8]] = []
    for name in names {
      guard let literal = name.flatMap(PathSign.literal) else { break }
      beginning.append(literal)
    }
    self.beginning = beginning
  }

  /// How a path stands to it.
  func relation(to path: [[UInt8]], foldsCase: Bool) -> PathPattern.Relation {
    // What a search looks at lies mostly where no rule begins.
    if !foldsCase, zip(path, beginning).contains(where: { $0 != $1 }) { return .apart }
    var progress = GlobProgress(names)
    var isBelow = false
    for name in path {
      if progress.isWhole { isBelow = true }
      progress.take { PathSign.matches($0, name, foldsCase: foldsCase) }
      if !isBelow, !progress.mayFit { return .apart }
    }
    if progress.isWhole { return .same }
    if isBelow { return .below }
    return progress.mayFit ? .above : .apart
  }

  /// How what a shell's word may become stands to it; ``PathPattern/Relation/same`` also for what is below.
  func relation(to word: [[PathSign]?], foldsCase: Bool) -> PathPattern.Relation {
    // The places in the pattern that the word's first names may lead to.
    var reached = [Bool](repeating: false, count: names.count + 1)
    reached[0] = true
    for place in 0...word.count {
      let name = place < word.count ? word[place] : .some([])
      var next = [Bool](repeating: false, count: names.count + 1)
      for other in 0...names.count where reached[other] {
        guard other < names.count else { return .same }
        if names[other] == nil { reached[other + 1] = true }
        guard place < word.count else { continue }
        if name == nil {
          next[other] = true
          reached[other + 1] = true
        }
        if names[other] == nil { next[other] = true }
        if let name, let rule = names[other], PathSign.mayMeet(name, rule, foldsCase: foldsCase) {
          next[other + 1] = true
        }
      }
      if place < word.count { reached = next }
      guard reached.contains(true) else { return .apart }
    }
    return .above
  }
}
