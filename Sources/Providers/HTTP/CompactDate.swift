internal import Protocol

/// The date format of AWS signatures: ISO 8601 without separators, in UTC and whole seconds.
package enum CompactDate {
  /// A moment like `20250830T123600Z`; `milliseconds` counts from 1970, and a moment beyond year 9999 is its last second.
  package static func text(_ milliseconds: Int) -> String {
    let seconds = min(max(milliseconds / 1_000, 0), lastSecond)
    let (day, second) = (seconds / 86_400, seconds % 86_400)
    let date = CivilDate(number: day)
    let fields = [
      (date.year, 4), (date.month, 2), (date.day, 2), (second / 3_600, 2), (second / 60 % 60, 2), (second % 60, 2),
    ]
    var text: [UInt8] = []
    text.reserveCapacity(16)
    for (place, field) in fields.enumerated() {
      if place == 3 { text.append(UInt8(ascii: "T")) }
      var unit = field.1 == 4 ? 1_000 : 10
      while unit > 0 {
        text.append(UInt8(ascii: "0") + UInt8(field.0 / unit % 10))
        unit /= 10
      }
    }
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// 9999-12-31T23:59:59Z.
  private static let lastSecond = 253_402_300_799
}
