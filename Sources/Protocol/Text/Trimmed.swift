/// A text without what stands around it.
package enum Trimmed {
  /// Without white space at both ends, or without such signs.
  package static func of(
    _ text: some StringProtocol, where isGone: (Character) -> Bool = { $0.isWhitespace }
  ) -> String {
    String(text.drop(while: isGone).reversed().drop(while: isGone).reversed())
  }
}
