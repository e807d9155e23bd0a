/// Tells texts that say nothing, which no service takes.
package enum BlankText {
  /// Whether a text has nothing but white space.
  ///
  /// The services count as such what Unicode does, and the four separators of ASCII beside.
  package static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || (0x1C...0x1F).contains($0.value) }
  }
}
