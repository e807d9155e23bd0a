/// What one character of a regular expression may be.
struct ScalarSet: Sendable, Hashable {
  /// A part of a set.
  enum Item: Sendable, Hashable {
    case range(ClosedRange<Scalar>)
    /// `\d`, `\s` or `\w`, or what is not in it.
    case kind(Kind, negated: Bool)
  }

  /// Characters that have a letter.
  enum Kind: Sendable, Hashable {
    /// ASCII digits.
    case digit
    /// Unicode's white space.
    case space
    /// Letters, digits and the underscore, of all scripts.
    case word
  }

  private let items: [Item]
  private let negated: Bool
  private let ignoresCase: Bool

  init(_ items: [Item], negated: Bool = false, ignoresCase: Bool = false) {
    self.items = items
    self.negated = negated
    self.ignoresCase = ignoresCase
  }

  /// The set of what is in any of these; `nil` where that is not simply said.
  static func union(_ sets: [ScalarSet]) -> ScalarSet? {
    guard let first = sets.first, sets.allSatisfy({ !$0.negated && $0.ignoresCase == first.ignoresCase }) else {
      return nil
    }
    return ScalarSet(sets.flatMap(\.items), ignoresCase: first.ignoresCase)
  }

  /// The characters in it as texts, when they are few; a letter of ASCII whose case does not count is one text.
  var literals: [RequiredLiterals.Literal]? {
    guard !negated, items.count <= ToolLimits.literalsMax else { return nil }
    var found: [RequiredLiterals.Literal] = []
    for item in items {
      guard case .range(let range) = item, range.upperBound.value < Scalar.strayBase,
        range.upperBound.value - range.lowerBound.value < UInt32(ToolLimits.literalsMax - found.count)
      else { return nil }
      for value in range.lowerBound.value...range.upperBound.value {
        guard let scalar = Unicode.Scalar(value) else { return nil }
        let folds = ignoresCase && Scalar(value).hasCase
        // Other letters than ASCII's have cases of several lengths.
        guard !folds || value < 0x80 else { return nil }
        let bytes = Array(String(Character(scalar)).utf8)
        found.append(.init(bytes: folds ? bytes.map { $0 | 0x20 } : bytes, folded: bytes.map { _ in folds }))
      }
    }
    return found
  }

  /// Whether a character is in the set.
  func contains(_ scalar: Scalar) -> Bool { holds(scalar) != negated }

  private func holds(_ scalar: Scalar) -> Bool {
    if items.contains(where: { Self.holds(scalar, $0) }) { return true }
    return ignoresCase && scalar.otherCases.contains { other in items.contains { Self.holds(other, $0) } }
  }

  private static func holds(_ scalar: Scalar, _ item: Item) -> Bool {
    switch item {
    case .range(let range): range.contains(scalar)
    case .kind(let kind, let negated): scalar.is(kind) != negated
    }
  }
}

extension Scalar {
  /// Whether it is of a kind.
  func `is`(_ kind: ScalarSet.Kind) -> Bool {
    guard value >= 0x80 else {
      let isDigit = (0x30...0x39).contains(value)
      switch kind {
      case .digit: return isDigit
      case .space: return (0x09...0x0D).contains(value) || value == 0x20
      case .word: return isDigit || value == 0x5F || (0x61...0x7A).contains(value | 0x20)
      }
    }
    guard let properties = Unicode.Scalar(value)?.properties else { return false }
    switch kind {
    case .digit: return false
    case .space: return properties.isWhitespace
    case .word: return properties.isAlphabetic || properties.numericType != nil || isMark(properties)
    }
  }

  private func isMark(_ properties: Unicode.Scalar.Properties) -> Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .connectorPunctuation: true
    default: false
    }
  }

  /// The same letter in its other cases, as far as they are one scalar.
  ///
  /// Of letters that are not ASCII's two are cases of one that is (Unicode's CaseFolding.txt, status C): K and ſ.
  var otherCases: [Scalar] {
    switch value {
    case 0x212A: return ["k", "K"]
    case 0x17F: return ["s", "S"]
    case 0..<0x80:
      guard (0x61...0x7A).contains(value | 0x20) else { return [] }
      let same = Scalar(value ^ 0x20)
      return value | 0x20 == 0x6B ? [same, "\u{212A}"] : value | 0x20 == 0x73 ? [same, "\u{17F}"] : [same]
    default:
      guard let properties = Unicode.Scalar(value)?.properties else { return [] }
      return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapping in
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first.map { Scalar($0.value) } : nil
      }.filter { $0 != self && $0.value >= 0x80 }
    }
  }

  /// Whether it is a letter with cases.
  var hasCase: Bool { !otherCases.isEmpty }
}
