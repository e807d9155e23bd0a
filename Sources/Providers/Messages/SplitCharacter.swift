internal import Protocol

/// Halves of one character that came in two pieces: some servers cut texts between the two escapes of a surrogate pair.
///
/// A parser puts U+FFFD in the place of a half; here it is told apart from that character itself by the event's own bytes.
struct SplitCharacter {
  /// The first half that waits for its second, with the number of its block and what the piece belonged to.
  private var waiting: (half: UInt32, index: Int, kind: PlainDelta.Kind)?

  /// Whether a half waits.
  var isWaiting: Bool { waiting != nil }

  /// The delta with whole characters only: a half at its end waits for the next one.
  mutating func joined(_ delta: PlainDelta, _ event: Span<UInt8>) -> PlainDelta {
    var joined = delta
    let first = waiting.take().flatMap { $0.index == delta.index && $0.kind == delta.kind ? $0 : nil }
    let replacement: Unicode.Scalar = "\u{FFFD}"
    if joined.text.unicodeScalars.first == replacement, let low = Self.secondHalf(event) {
      if let first {
        let code = 0x10000 + (first.half - 0xD800) << 10 + (low - 0xDC00)
        joined.text.unicodeScalars.removeFirst()
        let start = joined.text.unicodeScalars.startIndex
        joined.text.unicodeScalars.insert(Unicode.Scalar(code) ?? replacement, at: start)
      }
    } else if first != nil {
      joined.text.unicodeScalars.insert(replacement, at: joined.text.unicodeScalars.startIndex)
    }
    if joined.text.unicodeScalars.last == replacement, let high = Self.firstHalf(event) {
      joined.text.unicodeScalars.removeLast()
      waiting = (high, delta.index, delta.kind)
    }
    return joined
  }

  /// What is left of a half whose other never came.
  mutating func rest() -> PlainDelta? {
    waiting.take().map { PlainDelta(kind: $0.kind, index: $0.index, text: "\u{FFFD}") }
  }

  /// The second half that a string of the event begins with.
  private static func secondHalf(_ event: Span<UInt8>) -> UInt32? {
    for place in 0..<max(0, event.count - 6) where event[place] == quote {
      if let half = escape(event, at: place + 1), 0xDC00...0xDFFF ~= half { return half }
    }
    return nil
  }

  /// The first half that a string of the event ends with.
  private static func firstHalf(_ event: Span<UInt8>) -> UInt32? {
    for place in 0..<max(0, event.count - 6) where event[place + 6] == quote {
      guard let half = escape(event, at: place), 0xD800...0xDBFF ~= half else { continue }
      var backslashes = 0
      while backslashes < place, event[place - 1 - backslashes] == backslash { backslashes += 1 }
      if backslashes % 2 == 0 { return half }
    }
    return nil
  }

  /// The number in an escape of the form `\uXXXX`.
  private static func escape(_ event: Span<UInt8>, at place: Int) -> UInt32? {
    guard place + 6 <= event.count, event[place] == backslash, event[place + 1] == UInt8(ascii: "u") else { return nil }
    let digits = (place + 2..<place + 6).map { event[$0] }
    guard digits.allSatisfy(Byte.isHexDigit) else { return nil }
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

private let quote = UInt8(ascii: "\"")
private let backslash = UInt8(ascii: "\\")
