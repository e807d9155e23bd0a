/// What one character of a regular expression may be.
struct ScalarSet: Sendable {
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
  /// Whether each ASCII character is in the set: low and high 64 bits.
  private let ascii: (UInt64, UInt64)

  init(_ items: [Item], negated: Bool = false, ignoresCase: Bool = false) {
    self.items = items
    self.negated = negated
    self.ignoresCase = ignoresCase
    var bits: (UInt64, UInt64) = (0, 0)
    for value in 0..<UInt32(128) where Self.holds(Scalar(value), items, ignoresCase) != negated {
      if value < 64 { bits.0 |= 1 << UInt64(value) } else { bits.1 |= 1 << UInt64(value - 64) }
    }
    ascii = bits
  }

  /// The one character in it, when there is one only.
  var only: Scalar? {
    guard !negated, items.count == 1, case .range(let range) = items[0], range.lowerBound == range.upperBound else {
      return nil
    }
    let scalar = range.lowerBound
    guard scalar.value < Scalar.strayBase else { return nil }
    return ignoresCase && scalar.hasCase ? nil : scalar
  }

  /// Whether a character is in the set.
  @inline(__always)
  func contains(_ scalar: Scalar) -> Bool {
    if scalar.value < 64 { return ascii.0 >> UInt64(scalar.value) & 1 == 1 }
    if scalar.value < 128 { return ascii.1 >> UInt64(scalar.value - 64) & 1 == 1 }
    return Self.holds(scalar, items, ignoresCase) != negated
  }

  private static func holds(_ scalar: Scalar, _ items: [Item], _ ignoresCase: Bool) -> Bool {
    if items.contains(where: { holds(scalar, $0) }) { return true }
    return ignoresCase && scalar.otherCases.contains { other in items.contains { holds(other, $0) } }
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
  var otherCases: [Scalar] {
    guard value >= 0x80 else {
      return (0x61...0x7A).contains(value | 0x20) ? [Scalar(value ^ 0x20)] : []
    }
    guard let properties = Unicode.Scalar(value)?.properties else { return [] }
    return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapping in
      mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first.map { Scalar($0.value) } : nil
    }.filter { $0 != self }
  }

  /// Whether it is a letter with cases.
  var hasCase: Bool { !otherCases.isEmpty }
}
