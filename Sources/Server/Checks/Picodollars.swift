package import Protocol

/// Money as whole picodollars: what a client writes, and what a person reads.
package enum Picodollars {
  /// A dollar in millionths of a millionth, in which no price has a fraction.
  package static let perDollar = 1_000_000_000_000
  private static let digits = 12

  /// The picodollars of a number of dollars, parts of one rounded down, the largest number when it is larger; `nil` below
  /// zero.
  ///
  /// Read from the digits as written, as no binary fraction is 0.1.
  package static func parse(_ dollars: JSONNumber) -> Int? {
    var text = dollars.literal.utf8[...]
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { text = text.dropFirst() }
    let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    let power = exponent(text.dropFirst(mantissa.count + 1))
    let parts = mantissa.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let whole = Array(parts[0])
    let all = whole + (parts.count > 1 ? Array(parts[1]) : [])
    guard all.contains(where: { $0 != UInt8(ascii: "0") }) else { return 0 }
    guard !isNegative else { return nil }
    // Digits before the point once it stands behind the picodollars.
    let length = whole.count + power + Self.digits
    var amount = 0
    let leading = all.prefix { $0 == UInt8(ascii: "0") }.count
    guard length - leading <= longest else { return .max }
    for place in leading..<max(leading, length) {
      let digit = place < all.count ? Int(all[place] - UInt8(ascii: "0")) : 0
      let (tenfold, isTooLarge) = amount.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = tenfold.addingReportingOverflow(digit)
      guard !isTooLarge, !overflows else { return .max }
      amount = sum
    }
    return amount
  }

  /// Digits that may fit a number of 64 bits.
  private static let longest = 19

  private static func exponent(_ text: Substring.UTF8View) -> Int {
    var value = 0
    var isNegative = false
    for byte in text {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = min(value * 10 + Int(byte - UInt8(ascii: "0")), ServerLimits.exponentMax)
      default: break
      }
    }
    return isNegative ? -value : value
  }

  /// What two amounts come to; `nil`, as either is, when it is not known.
  package static func sum(_ one: Int?, _ other: Int?) -> Int? { one.flatMap { one in other.map { one.plus($0) } } }

  /// An amount for a person: all its digits, at least two of them behind the point, like `$0.50` or `$0.000003`.
  package static func text(_ amount: Int) -> String {
    let fraction = String(amount.magnitude % UInt(perDollar))
    var padded = Array((String(repeating: "0", count: digits - fraction.utf8.count) + fraction).utf8)
    while padded.count > 2, padded.last == UInt8(ascii: "0") { padded.removeLast() }
    let sign = amount < 0 ? "-" : ""
    return "\(sign)$\(amount.magnitude / UInt(perDollar)).\(String(decoding: padded, as: UTF8.self))"
  }

  /// An amount as JSON says it: dollars as a decimal fraction, exact.
  package static func json(_ amount: Int) -> JSON {
    let shown = text(amount).utf8.filter { $0 != UInt8(ascii: "$") }
    return (try? JSON.parse(shown)) ?? .null
  }
}
