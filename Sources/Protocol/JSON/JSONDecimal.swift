/// A number as sign, digits and a power of ten, in one form only: `1.0`, `1` and `10e-1` are the same here.
struct JSONDecimal: Hashable {
  /// Below zero; never for zero itself.
  private(set) var isNegative = false
  /// The significant digits, each 0 to 9, without zeros at either end; none for zero.
  private(set) var digits: [UInt8] = []
  /// The power of ten of the last digit.
  ///
  /// Saturated, as an exponent may itself be a number of any length.
  private(set) var exponent = 0

  /// The digits of a literal.
  init(_ number: JSONNumber) {
    var fraction = 0
    var inFraction = false
    var power = 0
    var powerIsNegative = false
    var inPower = false
    for byte in number.literal.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = byte - UInt8(ascii: "0")
        if inPower {
          power = min(power * 10 + Int(digit), JSONLimits.exponentMax)
        } else {
          if inFraction { fraction += 1 }
          if digit > 0 || !digits.isEmpty { digits.append(digit) }
        }
      case UInt8(ascii: "."): inFraction = true
      case UInt8(ascii: "-"): if inPower { powerIsNegative = true } else { isNegative = true }
      case UInt8(ascii: "+"): break
      default: inPower = true
      }
    }
    exponent = (powerIsNegative ? -power : power) - fraction
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { (isNegative, exponent) = (false, 0) }
  }

  /// The number when it has no fraction and fits the type.
  func whole<Whole: FixedWidthInteger>() -> Whole? {
    guard exponent >= 0 else { return nil }
    var value: Whole = 0
    for place in 0..<digits.count + exponent {
      let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
      guard !tooLarge else { return nil }
      let digit = Whole(place < digits.count ? digits[place] : 0)
      let (next, overflows) =
        isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
      guard !overflows else { return nil }
      value = next
    }
    return value
  }
}

extension JSONDecimal: Comparable {
  static func < (one: JSONDecimal, other: JSONDecimal) -> Bool {
    guard one.isNegative == other.isNegative else { return one.isNegative }
    return one.isNegative ? other.isCloserToZero(than: one) : one.isCloserToZero(than: other)
  }

  private func isCloserToZero(than other: JSONDecimal) -> Bool {
    guard !digits.isEmpty, !other.digits.isEmpty else { return digits.isEmpty && !other.digits.isEmpty }
    let (size, otherSize) = (digits.count + exponent, other.digits.count + other.exponent)
    return size == otherSize ? digits.lexicographicallyPrecedes(other.digits) : size < otherSize
  }
}
