internal import Protocol

/// The date format of HTTP headers.
package enum HTTPDate {
  /// Milliseconds since 1970 of a date like `Sun, 06 Nov 1994 08:49:37 GMT`; `nil` for anything else.
  ///
  /// The one form that RFC 9110 section 5.6.7 lets servers write. Its two obsolete forms are not read: whoever writes
  /// them gets our own wait instead of the one it asked for.
  package static func milliseconds(_ text: String) -> Int? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].utf8.count == 4, parts[0].last == ",", parts[5] == "GMT" else { return nil }
    let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
    guard
      clock.count == 3, let month = months.firstIndex(of: String(parts[2])),
      let day = digits(parts[1], 2), let year = digits(parts[3], 4),
      let hour = digits(clock[0], 2), let minute = digits(clock[1], 2), let second = digits(clock[2], 2),
      (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    let hours = CivilDate.number(year: year, month: month + 1, day: day) * 24 + hour
    return (hours * 3_600 + minute * 60 + second) * 1_000
  }

  private static func digits(_ text: Substring, _ count: Int) -> Int? {
    guard text.utf8.count == count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    return Int(text)
  }
}

private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
