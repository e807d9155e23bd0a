/// Reads a regular expression, in the dialect that Perl, ripgrep and JavaScript have in common.
struct ExpressionParser {
  /// Why a text is not an expression.
  struct Flaw: Error {
    let reason: String
  }

  private let text: [Scalar]
  private var place = 0
  private var ignoresCase: Bool
  private var depth = 0

  init(_ pattern: String, ignoresCase: Bool) {
    text = pattern.unicodeScalars.map { Scalar($0.value) }
    self.ignoresCase = ignoresCase
  }

  /// Reads the whole text.
  mutating func parse() throws(Flaw) -> ExpressionTree {
    let tree = try choice()
    if peek == ")" { throw Flaw(reason: "a ')' at character \(place + 1) closes nothing; write \\) for the character") }
    return tree
  }

  private var peek: Scalar? { place < text.count ? text[place] : nil }

  private mutating func take(_ scalar: Scalar) -> Bool {
    guard peek == scalar else { return false }
    place += 1
    return true
  }

  private func follows(_ words: String) -> Bool {
    text[place...].starts(with: words.unicodeScalars.lazy.map { Scalar($0.value) })
  }

  private mutating func choice() throws(Flaw) -> ExpressionTree {
    // A flag set in a group ends with it.
    let outer = ignoresCase
    defer { ignoresCase = outer }
    var parts = [try sequence()]
    while take("|") { parts.append(try sequence()) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence() throws(Flaw) -> ExpressionTree {
    var parts: [ExpressionTree] = []
    while let next = peek, next != "|", next != ")" {
      var part = try atom()
      var repetitions = 0
      while let (min, max) = try quantifier() {
        repetitions += 1
        guard depth + repetitions <= ToolLimits.groupsMax else { throw Flaw(reason: "repetitions are nested too deep") }
        part = .repetition(part, min: min, max: max)
      }
      parts.append(part)
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func atom() throws(Flaw) -> ExpressionTree {
    let start = place
    let next = text[place]
    place += 1
    switch next {
    case "(": return try group(from: start)
    case "[": return .set(try set(from: start))
    case ".": return .set(ScalarSet([], negated: true))
    case "^": return .assertion(.lineStart)
    case "$": return .assertion(.lineEnd)
    case "*", "+", "?":
      throw Flaw(
        reason: "the repetition at character \(start + 1) repeats nothing; write \\ before the character itself")
    case "\\":
      if let assertion = assertion() { return .assertion(assertion) }
      return .set(ScalarSet([try escape()], ignoresCase: ignoresCase))
    case "\n": throw Flaw(reason: "lines are searched one by one, so that a line break is in none of them")
    default: return .set(ScalarSet([.range(next...next)], ignoresCase: ignoresCase))
    }
  }

  private mutating func assertion() -> RegularExpression.Assertion? {
    let known: [Scalar: RegularExpression.Assertion] = [
      "b": .wordEdge, "B": .noWordEdge, "A": .lineStart, "z": .lineEnd, "Z": .lineEnd, "<": .wordEdge, ">": .wordEdge,
    ]
    guard let next = peek, let assertion = known[next] else { return nil }
    place += 1
    return assertion
  }
}

// MARK: - Groups and repetitions

extension ExpressionParser {
  private mutating func group(from start: Int) throws(Flaw) -> ExpressionTree {
    depth += 1
    defer { depth -= 1 }
    guard depth <= ToolLimits.groupsMax else { throw Flaw(reason: "groups are nested too deep") }
    let outer = ignoresCase
    if take("?"), try header() { return .empty }
    let tree = try choice()
    ignoresCase = outer
    guard take(")") else {
      throw Flaw(reason: "the '(' at character \(start + 1) is not closed; write \\( for the character")
    }
    return tree
  }

  /// Reads what follows `(?`, and tells whether that was the whole group: flags for what follows it.
  private mutating func header() throws(Flaw) -> Bool {
    if follows("=") || follows("!") || follows("<=") || follows("<!") {
      throw Flaw(reason: "look-around is not supported; search for the line, and look at it with context")
    }
    if follows(">") {
      throw Flaw(reason: "atomic groups are not supported, and not needed: nothing is ever tried again")
    }
    if take(":") { return false }
    if follows("P<") || follows("<") || follows("'") {
      while let next = peek, next != ">", next != ")" { place += 1 }
      guard take(">") else { throw Flaw(reason: "a group's name is not closed by '>'") }
      return false
    }
    var isOn = true
    while let flag = peek {
      place += 1
      switch flag {
      case "i": ignoresCase = isOn
      case "m", "s", "u": break  // lines are searched one by one, in Unicode
      case "-": isOn = false
      case ":": return false
      case ")": return true
      default: throw Flaw(reason: "the group or flag '(?\(Self.shown(flag))' is not supported")
      }
    }
    throw Flaw(reason: "a '(?' is not closed")
  }

  /// How often the last part may come; `nil` when nothing is said.
  private mutating func quantifier() throws(Flaw) -> (Int, Int?)? {
    let bounds: (Int, Int?)
    switch peek {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      // A brace that begins no repetition is a brace: `func {` is searched for often.
      guard let (found, length) = try bracedBounds() else { return nil }
      place += length - 1
      bounds = found
    default: return nil
    }
    place += 1
    if peek == "+" { throw Flaw(reason: "possessive repetitions are not supported, and not needed") }
    _ = take("?")  // whether few or many are taken makes no difference to whether a line matches
    return bounds
  }

  /// The bounds in `{n}`, `{n,}`, `{,m}` or `{n,m}`, and how many characters they are; `nil` for any other brace.
  private func bracedBounds() throws(Flaw) -> ((Int, Int?), Int)? {
    guard let end = text[place...].firstIndex(of: "}") else { return nil }
    let inner = text[(place + 1)..<end]
    let parts = inner.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
    let numbers = parts.map { digits in
      digits.allSatisfy { $0.is(.digit) } ? Int(String(String.UnicodeScalarView(digits.compactMap(\.unicode)))) : nil
    }
    guard inner.contains(where: { $0.is(.digit) }), parts.count <= 2,
      inner.allSatisfy({ $0.is(.digit) || $0 == "," })
    else { return nil }
    let min = parts[0].isEmpty ? 0 : numbers[0] ?? Int.max
    let max = parts.count == 1 ? min : parts[1].isEmpty ? nil : numbers[1] ?? Int.max
    guard min <= ToolLimits.repetitionsMax, max ?? 0 <= ToolLimits.repetitionsMax else {
      throw Flaw(reason: "a repetition asks for more than \(ToolLimits.repetitionsMax)")
    }
    guard min <= max ?? min else { throw Flaw(reason: "a repetition has its larger number first") }
    return ((min, max), end - place + 1)
  }
}

// MARK: - Sets and escapes

extension ExpressionParser {
  private static let posixKinds: [String: [ScalarSet.Item]] = [
    "alpha": [.range("a"..."z"), .range("A"..."Z")], "digit": [.kind(.digit, negated: false)],
    "alnum": [.range("a"..."z"), .range("A"..."Z"), .kind(.digit, negated: false)],
    "upper": [.range("A"..."Z")], "lower": [.range("a"..."z")], "space": [.kind(.space, negated: false)],
    "word": [.kind(.word, negated: false)], "blank": [.range(" "..." "), .range("\t"..."\t")],
    "punct": [.range("!"..."/"), .range(":"..."@"), .range("["..."`"), .range("{"..."~")],
    "xdigit": [.kind(.digit, negated: false), .range("a"..."f"), .range("A"..."F")],
  ]

  private mutating func set(from start: Int) throws(Flaw) -> ScalarSet {
    let negated = take("^")
    var items: [ScalarSet.Item] = []
    var isFirst = true
    while let next = peek, next != "]" || isFirst {
      isFirst = false
      if follows("[:") {
        items += try posixKind()
        continue
      }
      let low = try member()
      guard peek == "-", place + 1 < text.count, text[place + 1] != "]" else {
        items.append(low)
        continue
      }
      place += 1
      let high = try member()
      guard case .range(let first) = low, case .range(let last) = high else {
        // A class begins and ends no range: in `[\w-.]` the hyphen is one.
        items += [low, .range("-"..."-"), high]
        continue
      }
      guard first.lowerBound <= last.lowerBound else {
        throw Flaw(reason: "a range in the set at character \(start + 1) is not from a lower to a higher character")
      }
      items.append(.range(first.lowerBound...last.lowerBound))
    }
    guard take("]") else {
      throw Flaw(reason: "the '[' at character \(start + 1) is not closed; write \\[ for the character")
    }
    return ScalarSet(items, negated: negated, ignoresCase: ignoresCase)
  }

  private mutating func member() throws(Flaw) -> ScalarSet.Item {
    guard let next = peek else { throw Flaw(reason: "a set is not closed by ']'") }
    place += 1
    if next == "\\" {
      if take("b") { return .range("\u{8}"..."\u{8}") }
      return try escape()
    }
    return .range(next...next)
  }

  private mutating func posixKind() throws(Flaw) -> [ScalarSet.Item] {
    place += 2
    let name = text[place...].prefix { $0 != ":" && $0 != "]" }.compactMap(\.unicode)
    place += name.count
    guard let kind = Self.posixKinds[String(String.UnicodeScalarView(name))], follows(":]") else {
      throw Flaw(reason: "a set has an unknown class '[:'")
    }
    place += 2
    return kind
  }

  /// Reads what follows a backslash.
  private mutating func escape() throws(Flaw) -> ScalarSet.Item {
    guard let next = peek else { throw Flaw(reason: "it ends with a backslash; write \\\\ for the character") }
    place += 1
    switch next {
    case "d", "D": return .kind(.digit, negated: next == "D")
    case "s", "S": return .kind(.space, negated: next == "S")
    case "w", "W": return .kind(.word, negated: next == "W")
    case "t": return .range("\t"..."\t")
    case "r": return .range("\r"..."\r")
    case "f": return .range("\u{C}"..."\u{C}")
    case "v": return .range("\u{B}"..."\u{B}")
    case "e": return .range("\u{1B}"..."\u{1B}")
    case "0": return .range("\0"..."\0")
    case "x": return try number(digits: 2)
    case "u": return try number(digits: 4)
    case "n": throw Flaw(reason: "lines are searched one by one, so that a line break is in none of them")
    case "k", "1"..."9": throw Flaw(reason: "back-references are not supported")
    case "p", "P": throw Flaw(reason: "\\p classes are not supported; use \\w, or a set such as [a-zà-ÿ]")
    default:
      guard !next.is(.word) || next == "_" else {
        throw Flaw(reason: "the escape \\\(Self.shown(next)) is not known")
      }
      return .range(next...next)
    }
  }

  /// Reads `41` of `\x41`, or `{1F600}`.
  private mutating func number(digits: Int) throws(Flaw) -> ScalarSet.Item {
    var digits = text[place...].prefix(digits)
    var length = digits.count
    if peek == "{" {
      digits = text[(place + 1)...].prefix { $0 != "}" }.prefix(8)
      length = digits.count + 2
    }
    let words = String(String.UnicodeScalarView(digits.compactMap(\.unicode)))
    guard place + length <= text.count, let value = UInt32(words, radix: 16), Unicode.Scalar(value) != nil else {
      throw Flaw(reason: "a character given by its number is not one")
    }
    place += length
    return .range(Scalar(value)...Scalar(value))
  }

  private static func shown(_ scalar: Scalar) -> String { scalar.unicode.map { String(Character($0)) } ?? "" }
}

extension Scalar {
  /// The scalar as Swift has it; `nil` for a stray byte.
  fileprivate var unicode: Unicode.Scalar? { Unicode.Scalar(value) }
}
