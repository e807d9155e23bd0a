/// A JSON number as it was written: `1.0`, `1e3` and `12345678901234567890` all come back byte for byte.
package struct JSONNumber: Hashable, Sendable {
  /// The digits as written, valid by RFC 8259 section 6.
  package let literal: String

  /// Takes a literal that a parser has already found valid.
  init(validated literal: String) { self.literal = literal }

  /// A whole number of any width.
  package init(_ value: some BinaryInteger) { literal = String(value) }

  /// A finite binary number in its shortest form; `nil` for infinities and NaN, which JSON cannot say.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    literal = value.description
  }

  /// The number when it has no fraction and fits 64 bits; `1.0` and `1e3` count as whole.
  package var int: Int? { whole() }

  /// The nearest binary number; infinite when out of range.
  package var double: Double { Double(literal) ?? .nan }

  /// The number when it has no fraction and fits the type; exact, as no binary fraction is involved.
  package func whole<Whole: FixedWidthInteger>(_ type: Whole.Type = Whole.self) -> Whole? {
    Whole(literal) ?? JSONDecimal(self).whole()
  }
}
