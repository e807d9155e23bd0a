internal import Protocol

/// One sign of a word as it stands before a shell expands it.
enum ShellPiece: Hashable, Sendable {
  case byte(UInt8)
  /// `?` or `[a-z]`.
  case anyOne
  /// `*`, or a number that is known only when the line runs.
  case anyMany
  /// `~` or `$HOME`.
  case home
  /// `$PWD`: where the line is by then.
  case folder
  /// What may become anything.
  case unknown

  /// What a word may become: the choices of its braces, each as it is, and as shells without such choices take it.
  ///
  /// `isPlain` tells which pieces are not quoted.
  static func choices(_ pieces: [ShellPiece], isPlain: [Bool]) -> [[ShellPiece]] {
    let word = pieces.indices.map { Sign(piece: pieces[$0], isPlain: isPlain[$0]) }
    let braces = word.count { $0.is("{") }
    guard braces > 0 else { return brackets(word) }
    guard braces <= PermissionLimits.bracesMax else { return [[.unknown]] }
    var done = brackets(word)
    var open = [word]
    while let word = open.popLast() {
      guard let choices = firstChoice(word) else {
        done += brackets(word)
        continue
      }
      open += choices
      guard open.count + done.count <= PermissionLimits.choicesMax else { return [[.unknown]] }
    }
    return done
  }

  private struct Sign {
    var piece: ShellPiece
    var isPlain: Bool

    func `is`(_ sign: Unicode.Scalar) -> Bool { isPlain && piece == .byte(UInt8(ascii: sign)) }
  }

  /// A word for each choice of the first braces that have any.
  private static func firstChoice(_ word: [Sign]) -> [[Sign]]? {
    for start in word.indices where word[start].is("{") {
      var depth = 0
      var cuts = [start]
      var isRange = false
      for place in word.indices[start...] {
        if word[place].is("{") { depth += 1 }
        if word[place].is("}") { depth -= 1 }
        if depth == 1, word[place].is(",") { cuts.append(place) }
        if depth == 1, word[place].is("."), place + 1 < word.count, word[place + 1].is(".") { isRange = true }
        guard depth == 0 else { continue }
        let (before, after) = (word[..<start], word[(place + 1)...])
        if cuts.count > 1 {
          cuts.append(place)
          return zip(cuts, cuts.dropFirst()).map { Array(before + word[($0 + 1)..<$1] + after) }
        }
        if isRange { return [Array(before + [Sign(piece: .unknown, isPlain: false)] + after)] }
        break
      }
    }
    return nil
  }

  /// The word with its brackets as wildcards, and as they stand.
  private static func brackets(_ word: [Sign]) -> [[ShellPiece]] {
    var found: [ShellPiece] = []
    var place = 0
    while place < word.count {
      // A `]` right behind the first sign is one of the signs.
      let isNegated = place + 1 < word.count && (word[place + 1].is("!") || word[place + 1].is("^"))
      let first = place + (isNegated ? 3 : 2)
      if word[place].is("["), first < word.count,
        let end = word[first...].firstIndex(where: { $0.is("]") || $0.piece == .byte(UInt8(ascii: "/")) }),
        word[end].is("]")
      {
        found.append(.anyOne)
        place = end + 1
      } else {
        found.append(word[place].piece)
        place += 1
      }
    }
    let written = word.map(\.piece)
    return found == written ? [written] : [found, written]
  }
}
