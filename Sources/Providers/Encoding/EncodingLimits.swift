/// The limits of encoding and masking, each with its reason.
package enum EncodingLimits {
  /// Characters below which a configured value is not masked in texts: short ones are no secrets and occur by chance.
  package static let secretLengthMin = 6
  /// Bytes in which a zero byte is looked for to tell binary files: git's number.
  package static let binaryProbe = 8_000
  /// Bytes by which the encoding of a text is told: more would tell no more.
  static let guessBytes = 64 * 1024
  /// Bytes at a text's beginning that may name its encoding: what HTML allows.
  static let declarationBytes = 1024
  /// Bytes of a text whose encoding only the system knows; longer ones are data, and take four times as much memory.
  static let convertedMax = 16 * 1024 * 1024
  /// UTF-16 units from which a text without a byte order mark is told from two numbers that look like one.
  static let unmarkedUnitsMin = 4
  /// Characters of two bytes from which their encoding is told: fewer may be anything.
  static let pairsMin = 6
  /// Characters of two bytes from which one that uses only the rows of Korean syllables is Korean.
  static let koreanPairsMin = 8
  /// Letters beyond ASCII from which an alphabet is told by how often each is used.
  static let lettersMin = 12
}
