/// A text without what stands around it.
package enum Trimmed {
  /// Without white space at both ends, or without such signs.
  package static func of(
    _ text: some StringProtocol, where isGone: (Character) -> Bool = { $0.isWhitespace }
  ) -> String {
    var rest = Substring(text)
    while let first = rest.first, isGone(first) { rest.removeFirst() }
    while let last = rest.last, isGone(last) { rest.removeLast() }
    return String(rest)
  }
}
