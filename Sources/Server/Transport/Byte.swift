/// The bytes that framing looks for.
enum Byte {
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let colon = UInt8(ascii: ":")
  static let openBrace = UInt8(ascii: "{")
  static let openBracket = UInt8(ascii: "[")
  static let blanks: [UInt8] = [UInt8(ascii: " "), UInt8(ascii: "\t"), newline, carriageReturn]
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased(byte))
  }

  static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
