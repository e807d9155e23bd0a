/// The limits of comparing names, each with its reason.
package enum TextLimits {
  /// Bytes of a name that is compared with known ones: longer names are nobody's slip of the finger, and the work grows
  /// with their length.
  package static let comparedNameMax = 64
  /// Changes of a letter that make a typing error in a short name; with more it is another name.
  package static let typingErrorsMax = 2
}
