/// The limits of encoding and masking, each with its reason.
package enum EncodingLimits {
  /// Characters below which a configured value is not masked in texts: short ones are no secrets and occur by chance.
  package static let secretLengthMin = 6
  /// Characters from which a word in capitals that begins as the id of an access key does is one: real ones have 20.
  package static let keyIDLengthMin = 16
  /// Characters from which a word of Base64 may be a secret: the secret half of an AWS key has 40.
  package static let keyLengthMin = 40
}
