/// How patterns with stars are matched, wherever they come from: in time that grows with the pattern's length times the
/// text's, whatever stars there are.
package enum Glob {
  /// Whether the parts of a pattern, of which some are stars, take a whole text.
  ///
  /// `taken` says how much of the text a part that is no star takes at a place; `nil` when it does not fit there. Only the
  /// last star is ever gone back to: earlier ones never need more.
  @inlinable
  package static func takes(
    _ length: Int, parts: Int, isStar: (_ part: Int) -> Bool, taken: (_ part: Int, _ place: Int) -> Int?
  ) -> Bool {
    var (part, place) = (0, 0)
    var star: (part: Int, place: Int)?
    while place < length {
      if part < parts {
        if isStar(part) {
          part += 1
          star = (part, place)
          continue
        }
        if let count = taken(part, place) {
          part += 1
          place += count
          continue
        }
      }
      guard let last = star else { return false }
      (part, place) = (last.part, last.place + 1)
      star = (part, place)
    }
    while part < parts, isStar(part) { part += 1 }
    return part == parts
  }
}

/// How far the names of a path have come in a pattern of names, one after the other.
///
/// All places that may come next are kept, so that no choice is ever taken back.
package struct GlobProgress<Name> {
  /// The names of the pattern; `nil` is `**`, any number of names, none included.
  private let pattern: [Name?]
  private var places: [Bool]

  /// A match that has seen no name yet.
  package init(_ pattern: [Name?]) {
    self.pattern = pattern
    places = [Bool](repeating: false, count: pattern.count + 1)
    places[0] = true
    settle()
  }

  /// Takes the next name of the path; `fits` says whether it is what a name of the pattern wants.
  package mutating func take(where fits: (Name) -> Bool) {
    var next = [Bool](repeating: false, count: places.count)
    for place in pattern.indices where places[place] {
      guard let name = pattern[place] else {
        next[place] = true
        continue
      }
      if fits(name) { next[place + 1] = true }
    }
    places = next
    settle()
  }

  /// Whether the names so far are what the whole pattern says.
  package var isWhole: Bool { places[pattern.count] }

  /// Whether the names so far, perhaps with more behind them, may be what the pattern says.
  package var mayFit: Bool { places.contains(true) }

  /// `**` may also stand for no name.
  private mutating func settle() {
    for place in pattern.indices where places[place] && pattern[place] == nil { places[place + 1] = true }
  }
}
