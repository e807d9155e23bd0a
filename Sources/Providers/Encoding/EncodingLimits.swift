/// The limits of encoding and masking, each with its reason.
package enum EncodingLimits {
  /// Characters below which a configured value is not masked in texts: short ones are no secrets and occur by chance.
  package static let secretLengthMin = 6
}
