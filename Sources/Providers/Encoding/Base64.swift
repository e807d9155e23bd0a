/// Base64 with padding, as in RFC 4648 section 4.
package enum Base64 {
  /// The text for these bytes.
  package static func encode(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var place = 0
    while place < bytes.count {
      let taken = min(3, bytes.count - place)
      var group: UInt32 = 0
      for offset in 0..<3 { group = group << 8 | (offset < taken ? UInt32(bytes[place + offset]) : 0) }
      for digit in 0..<4 {
        text.append(digit <= taken ? alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)] : padding)
      }
      place += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text; `nil` when it has a foreign character, a wrong length or set bits behind its end.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    guard let count = decode(text, into: &bytes) else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// Writes the bytes of a text to the start of a buffer that its owner reuses, and makes it longer if need be.
  ///
  /// - Returns: How many bytes there are; `nil` when the text has a foreign character, a wrong length or set bits behind
  /// its end.
  static func decode(_ text: Span<UInt8>, into buffer: inout [UInt8]) -> Int? {
    guard text.count % 4 == 0 else { return nil }
    let room = text.count / 4 * 3
    if buffer.count < room { buffer = [UInt8](repeating: 0, count: room) }
    guard room > 0 else { return 0 }
    let table = values.span
    precondition(table.count == 256)
    var bytes = buffer.mutableSpan
    var (place, written) = (0, 0)
    while place < text.count - 4 {
      guard let group = group(text, at: place, table) else { return nil }
      unsafe bytes[unchecked: written] = UInt8(truncatingIfNeeded: group >> 16)
      unsafe bytes[unchecked: written + 1] = UInt8(truncatingIfNeeded: group >> 8)
      unsafe bytes[unchecked: written + 2] = UInt8(truncatingIfNeeded: group)
      place += 4
      written += 3
    }
    guard let last = decodeLast(text, at: place, table) else { return nil }
    bytes[written] = UInt8(truncatingIfNeeded: last.group >> 16)
    bytes[written + 1] = UInt8(truncatingIfNeeded: last.group >> 8)
    bytes[written + 2] = UInt8(truncatingIfNeeded: last.group)
    return written + last.count
  }

  /// Four characters of the alphabet as 24 bits.
  @inline(__always) private static func group(_ text: Span<UInt8>, at place: Int, _ table: Span<UInt8>) -> UInt32? {
    let first = unsafe UInt32(table[unchecked: Int(text[unchecked: place])])
    let second = unsafe UInt32(table[unchecked: Int(text[unchecked: place + 1])])
    let third = unsafe UInt32(table[unchecked: Int(text[unchecked: place + 2])])
    let fourth = unsafe UInt32(table[unchecked: Int(text[unchecked: place + 3])])
    guard first | second | third | fourth < 64 else { return nil }
    return first << 18 | second << 12 | third << 6 | fourth
  }

  /// The last four characters, which may end with padding, as 24 bits, and how many bytes they stand for.
  private static func decodeLast(_ text: Span<UInt8>, at place: Int, _ table: Span<UInt8>) -> (
    group: UInt32, count: Int
  )? {
    var group: UInt32 = 0
    var digits = 4
    if text[place + 3] == padding { digits = text[place + 2] == padding ? 2 : 3 }
    for digit in 0..<digits {
      let value = table[Int(text[place + digit])]
      guard value < 64 else { return nil }
      group |= UInt32(value) << UInt32(18 - 6 * digit)
    }
    let unused: UInt32 = digits == 2 ? 0xFFFF : digits == 3 ? 0xFF : 0
    return group & unused == 0 ? (group, digits - 1) : nil
  }
}

private let padding = UInt8(ascii: "=")
private let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
/// The value of every character, 255 for those without one.
private let values: [UInt8] = {
  var values = [UInt8](repeating: 255, count: 256)
  for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
  return values
}()
