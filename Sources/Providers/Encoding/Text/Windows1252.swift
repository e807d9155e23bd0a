/// Texts in Windows-1252, of which ISO 8859-1 is a part: every byte is a character (WHATWG, Encoding).
enum Windows1252 {
  /// The characters of the bytes from 0x80 to 0x9F; those that have none stand for themselves.
  private static let special: [UInt16] = [
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
    0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0x009D, 0x017E, 0x0178,
  ]
  private static let specialBytes = [UInt32: UInt8](
    uniqueKeysWithValues: special.enumerated().map { (UInt32($1), UInt8(0x80 + $0)) })

  /// The text as UTF-8.
  static func text(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case ..<0x80: text.append(byte)
      case 0x80..<0xA0: text += Array(String(Character(Unicode.Scalar(special[Int(byte - 0x80)]) ?? "?")).utf8)
      default: text += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
      }
    }
    return text
  }

  /// The bytes of a text, given as UTF-8; `nil` when one of its characters has none.
  static func bytes(_ text: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if let byte = specialBytes[scalar.value] {
        bytes.append(byte)
      } else {
        guard scalar.value < 0x80 || (0xA0...0xFF).contains(scalar.value) else { return nil }
        bytes.append(UInt8(scalar.value))
      }
    }
    return bytes
  }
}
