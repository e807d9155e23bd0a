internal import Protocol

/// One sign of a word as it stands before a shell expands it.
enum ShellPiece: Hashable, Sendable {
  case byte(UInt8)
  /// `?` or `[a-z]`.
  case anyOne
  case anyMany
  /// A number that is known only when the line runs, as `$?`.
  case number
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
    // Up to where there is nothing that closes brackets.
    var open = 0
    while place < word.count {
      var end: Int?
      if place >= open, word[place].is("[") {
        end = endOfBrackets(word, from: place)
        if end == nil { open = word[place...].firstIndex { $0.piece == .byte(UInt8(ascii: "/")) } ?? word.count }
      }
      if let end {
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

  /// Where the `]` stands that closes brackets, within one name.
  private static func endOfBrackets(_ word: [Sign], from start: Int) -> Int? {
    let isNegated = start + 1 < word.count && (word[start + 1].is("!") || word[start + 1].is("^"))
    // A `]` right behind the first sign is one of the signs.
    var place = start + (isNegated ? 2 : 1) + 1
    if place - 1 < word.count, word[place - 1].is("[") { place -= 1 }
    while place < word.count, word[place].piece != .byte(UInt8(ascii: "/")) {
      if word[place].is("]") { return place }
      // `[:lower:]` and its like have a `]` of their own.
      if word[place].is("["), place + 1 < word.count,
        let kind = [".", ":", "="].first(where: { word[place + 1].is($0) }),
        let end = word[(place + 2)...].prefix(PermissionLimits.bracketNameMax).indices.dropLast().first(where: {
          word[$0].is(kind) && word[$0 + 1].is("]")
        })
      {
        place = end + 1
      }
      place += 1
    }
    return nil
  }
}
