/// The limits of comparing and showing texts, each with its reason.
package enum TextLimits {
  /// Bytes of a name that is compared with known ones: longer names are nobody's slip of the finger, and the work grows
  /// with their length.
  package static let comparedNameMax = 64
  /// Changes of a letter that make a typing error in a short name; with more it is another name.
  package static let typingErrorsMax = 2
  /// Characters that look like others which are told of: more of them are a foreign language, or noise.
  static let lookAlikesMax = 5
  /// Columns of a row that a text is given on the narrowest screen: fewer make no word.
  static let rowColumnsMin = 12
  /// Characters from which a word in capitals that begins as the id of an access key does is one: real ones have 20.
  static let keyIDLengthMin = 16
  /// Characters from which a word of Base64 may be a secret: the secret half of an AWS key has 40.
  static let keyLengthMin = 40
}
