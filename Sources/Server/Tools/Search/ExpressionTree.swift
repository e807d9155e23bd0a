/// What an expression is made of.
indirect enum ExpressionTree {
  case empty
  case set(ScalarSet)
  case assertion(RegularExpression.Assertion)
  case sequence([ExpressionTree])
  case choice([ExpressionTree])
  case repetition(ExpressionTree, min: Int, max: Int?)

  /// Whether there is an assertion in it.
  fileprivate var asserts: Bool {
    switch self {
    case .empty, .set: false
    case .assertion: true
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.asserts)
    case .repetition(let inner, _, _): inner.asserts
    }
  }
}

/// Plain texts of which every match of an expression holds at least one: what is looked for before anything else is.
package struct RequiredLiterals: Sendable {
  /// The texts, at least one.
  package let literals: [Literal]
  /// Whether a text is a match by itself wherever it stands.
  package let areMatches: Bool

  /// A text in UTF-8.
  package struct Literal: Sendable {
    /// Its bytes; letters whose case does not count are small.
    package var bytes: [UInt8] = []
    /// Which of them are letters whose case does not count.
    package var folded: [Bool] = []
  }

  /// What is known of a part of an expression.
  private struct Facts {
    /// All texts that it matches, when they are few.
    var all: [Literal]?
    /// Texts of which every match holds one.
    var some: [Literal]?
  }

  /// The literals of a tree; `nil` when none are certain, or looking for them would not pay.
  init?(_ tree: ExpressionTree) {
    let facts = Self.facts(tree)
    guard var found = Self.better(facts.some, facts.all) else { return nil }
    var areMatches = facts.all != nil && !tree.asserts
    // Two letters of ASCII are the small letters of one that is not, and one of those does in their place.
    for (letter, other) in [(UInt8(ascii: "k"), "\u{212A}"), (UInt8(ascii: "s"), "\u{17F}")] {
      guard found.contains(where: { zip($0.bytes, $0.folded).contains { $0 == letter && $1 } }) else { continue }
      areMatches = false
      found.append(Literal(bytes: Array(other.utf8), folded: other.utf8.map { _ in false }))
    }
    // One byte is nearly everywhere; then it is as well to look at all.
    guard areMatches || found.allSatisfy({ $0.bytes.count > 1 }) else { return nil }
    literals = found
    self.areMatches = areMatches
  }

  private static func facts(_ tree: ExpressionTree) -> Facts {
    switch tree {
    case .empty, .assertion: Facts(all: [Literal()])
    case .set(let set): Facts(all: set.literals)
    case .sequence(let parts): sequence(parts.lazy.map(facts))
    case .choice(let parts): choice(parts.map(facts))
    case .repetition(let inner, let min, let max): repetition(facts(inner), min, max)
    }
  }

  private static func sequence(_ parts: some Sequence<Facts>) -> Facts {
    var run = [Literal()]
    var best: [Literal]?
    var isWhole = true
    for part in parts {
      if let all = part.all, let longer = product(run, all) {
        run = longer
        continue
      }
      best = better(best, better(run, part.some))
      isWhole = false
      run = part.all ?? [Literal()]
    }
    return Facts(all: isWhole ? run : nil, some: better(best, run))
  }

  private static func choice(_ parts: [Facts]) -> Facts {
    let all = parts.map(\.all)
    let some = parts.map { better($0.some, $0.all) }
    return Facts(all: union(all), some: union(some))
  }

  private static func repetition(_ inner: Facts, _ min: Int, _ max: Int?) -> Facts {
    if min == 0 { return Facts(all: max == 1 ? union([[Literal()], inner.all]) : nil) }
    let some = better(inner.some, inner.all)
    guard min == max, min <= ToolLimits.literalBytesMax, let all = inner.all else { return Facts(some: some) }
    var run: [Literal]? = [Literal()]
    for _ in 0..<min { run = run.flatMap { product($0, all) } }
    return Facts(all: run, some: some)
  }

  private static func union(_ parts: [[Literal]?]) -> [Literal]? {
    var all: [Literal] = []
    for part in parts {
      guard let part, all.count + part.count <= ToolLimits.literalsMax else { return nil }
      all += part
    }
    return all
  }

  /// Each of the one followed by each of the other; `nil` when they are too many or too long.
  private static func product(_ one: [Literal], _ other: [Literal]) -> [Literal]? {
    guard one.count * other.count <= ToolLimits.literalsMax else { return nil }
    let both = one.flatMap { first in
      other.map { Literal(bytes: first.bytes + $0.bytes, folded: first.folded + $0.folded) }
    }
    return both.contains { $0.bytes.count > ToolLimits.literalBytesMax } ? nil : both
  }

  /// Those that are rarer, as far as one can tell: the longer ones, and of equally long ones the fewer.
  private static func better(_ one: [Literal]?, _ other: [Literal]?) -> [Literal]? {
    let (first, second) = (worth(one), worth(other))
    guard max(first, second) > 0 else { return nil }
    return first >= second ? one : other
  }

  private static func worth(_ literals: [Literal]?) -> Int {
    guard let literals, let least = literals.map(\.bytes.count).min() else { return 0 }
    return least * 2 * ToolLimits.literalsMax - (least > 0 ? literals.count : 0)
  }
}
