/// A day of the Gregorian calendar in UTC, also of the years before there was one (proleptic).
package struct CivilDate: Hashable, Sendable, CustomStringConvertible {
  /// The year; 0 is the year before 1.
  package let year: Int
  /// The month, from 1.
  package let month: Int
  /// The day of the month, from 1.
  package let day: Int
  /// The days since 1 January 1970, which is 0.
  package let number: Int

  /// The day of a number.
  ///
  /// Counted in eras of 400 years that begin in March, so that leap days come last and each has the same 146,097 days.
  package init(number: Int) {
    self.number = number
    let (era, dayOfEra) = (number + Self.marchOfYearZero).flooredQuotient(146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }

  /// The day that holds a moment, given in milliseconds since 1970.
  package init(millisecondsSince1970 milliseconds: Int) {
    self.init(number: milliseconds.flooredQuotient(86_400_000).quotient)
  }

  /// A day as people name it; `nil` when the calendar has no such day.
  package init?(year: Int, month: Int, day: Int) {
    guard 1...12 ~= month, 1...31 ~= day else { return nil }
    self.init(number: Self.number(year: year, month: month, day: day))
    guard (self.year, self.month, self.day) == (year, month, day) else { return nil }
  }

  /// The number of a day; one that its month does not have counts on into the next.
  package static func number(year: Int, month: Int, day: Int) -> Int {
    let (era, yearOfEra) = (month > 2 ? year : year - 1).flooredQuotient(400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - marchOfYearZero
  }

  /// The day of the week, in English.
  package var weekday: String { Self.weekdays[(number + 3).flooredQuotient(7).remainder] }

  /// The date as ISO 8601 writes it, like `2026-11-25`.
  package var description: String { "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))" }

  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  /// Days from 1 March of the year 0 to 1 January 1970.
  private static let marchOfYearZero = 719_468

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (number < 0 ? "-" : "") + zeros + digits
  }
}

extension Int {
  /// Quotient and remainder, the remainder never below zero.
  package func flooredQuotient(_ divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
