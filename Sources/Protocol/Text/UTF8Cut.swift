/// Cuts UTF-8 where characters begin, so that none is torn in two (RFC 3629 section 3).
///
/// A character is a Unicode scalar here. Bytes that are no UTF-8 are cut somewhere, but never trap.
package enum UTF8Cut {
  /// Bytes of the longest character.
  package static let longest = 4

  /// The last place at or before this one where a character begins.
  package static func before(_ place: Int, in bytes: ArraySlice<UInt8>) -> Int {
    var place = place
    while place > bytes.startIndex, place < bytes.endIndex, continues(bytes[place]) { place -= 1 }
    return place
  }

  /// The first place at or behind this one where a character begins.
  package static func behind(_ place: Int, in bytes: ArraySlice<UInt8>) -> Int {
    var place = place
    while place < bytes.endIndex, continues(bytes[place]) { place += 1 }
    return place
  }

  /// The place behind the character that begins at this one.
  package static func end(ofCharacterAt place: Int, in bytes: ArraySlice<UInt8>) -> Int {
    bytes[place] >= 0xC0 ? behind(place + 1, in: bytes) : place + 1
  }

  /// As much of a text's beginning as so many bytes hold.
  package static func beginning(of text: String, bytesMax: Int) -> String {
    guard text.utf8.count > bytesMax else { return text }
    let bytes = Array(text.utf8)
    return String(decoding: bytes[..<before(bytesMax, in: bytes[...])], as: UTF8.self)
  }

  /// As much of a text's end as so many bytes hold.
  package static func end(of text: String, bytesMax: Int) -> String {
    guard text.utf8.count > bytesMax else { return text }
    let bytes = Array(text.utf8)
    return String(decoding: bytes[behind(bytes.count - bytesMax, in: bytes[...])...], as: UTF8.self)
  }

  /// How many bytes are left when a last character whose rest is missing is left out.
  package static func wholeCharacters(_ bytes: ArraySlice<UInt8>) -> Int {
    for back in 1...longest {
      guard back <= bytes.count else { break }
      let byte = bytes[bytes.endIndex - back]
      if continues(byte) { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? bytes.count - back : bytes.count
    }
    return bytes.count
  }

  /// Whether a byte goes on with the character before it: it has the form 10xxxxxx.
  private static func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
