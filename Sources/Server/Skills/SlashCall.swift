/// A text that begins with a slash and a name, as one that calls a command does: what it is called, and what stands behind it.
package struct SlashCall {
  /// The name, which has no white space; it may be a path.
  package let name: String
  /// What stands behind it, the white space between them included.
  package let words: String

  /// The call that a text is, whatever white space stands before it; `nil` for any other text.
  package init?(_ text: some StringProtocol) {
    let line = text.drop(while: \.isWhitespace)
    let name = line.dropFirst().prefix { !$0.isWhitespace }
    guard line.first == "/", !name.isEmpty else { return nil }
    self.name = String(name)
    words = String(line.dropFirst(1 + name.count))
  }
}
