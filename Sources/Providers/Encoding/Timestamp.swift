internal import Protocol

/// Moments as AWS writes them: RFC 3339, `2026-11-24T10:00:00Z`.
package enum Timestamp {
  /// Milliseconds since 1970 of a date and time with its distance from UTC; `nil` for anything else.
  ///
  /// Fractions of a second may have any number of digits, of which milliseconds are kept. Beside `Z` and `+01:00`, the
  /// forms `+0100` and `+01` of ISO 8601 are read, and the `UTC` that old versions of the AWS CLI wrote to its cache. A time
  /// that does not say how far from UTC it is could mean any of 26 hours, so it is none.
  package static func milliseconds(_ text: String) -> Int? {
    var reader = Reader(Array(text.utf8))
    guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
      let day = reader.number(2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
      let hour = reader.number(2), reader.skip(":"), let minute = reader.number(2), reader.skip(":"),
      let second = reader.number(2),
      let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60,
      let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
    else { return nil }
    let minutes = (date.number * 24 + hour) * 60 + minute - offset
    return (minutes * 60 + second) * 1_000 + fraction
  }

  /// A moment as AWS writes it, in whole seconds; years from 0 to 9999 are what the format can say.
  package static func text(milliseconds: Int) -> String {
    let (day, ofDay) = milliseconds.flooredQuotient(1_000).quotient.flooredQuotient(86_400)
    return "\(CivilDate(number: day))T"
      + "\(padded(ofDay / 3_600, 2)):\(padded(ofDay / 60 % 60, 2)):\(padded(ofDay % 60, 2))Z"
  }

  private static func padded(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
  }

  /// Reads the parts of a moment one after the other.
  private struct Reader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    private var digit: Int? {
      guard place < bytes.count, 0x30...0x39 ~= bytes[place] else { return nil }
      return Int(bytes[place] - 0x30)
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
      place += 1
      return true
    }

    mutating func number(_ count: Int) -> Int? {
      var number = 0
      for _ in 0..<count {
        guard let digit else { return nil }
        number = number * 10 + digit
        place += 1
      }
      return number
    }

    /// Milliseconds of a second; 0 when there is no fraction.
    mutating func fraction() -> Int? {
      guard skip(".") || skip(",") else { return 0 }
      guard digit != nil else { return nil }
      var (milliseconds, weight) = (0, 100)
      while let digit {
        milliseconds += digit * weight
        weight /= 10
        place += 1
      }
      return milliseconds
    }

    /// Minutes that the time is ahead of UTC.
    mutating func offset() -> Int? {
      if skip("Z") || skip("z") { return 0 }
      if skip("U") { return skip("T") && skip("C") ? 0 : nil }
      let isAhead = skip("+")
      guard isAhead || skip("-"), let hours = number(2), hours < 24 else { return nil }
      let isExtended = skip(":")
      let minutes = digit == nil && !isExtended ? 0 : number(2)
      guard let minutes, minutes < 60 else { return nil }
      return (isAhead ? 1 : -1) * (hours * 60 + minutes)
    }
  }
}
