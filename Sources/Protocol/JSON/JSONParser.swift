/// Why some bytes are not JSON, and where.
package struct JSONSyntaxError: Error, Hashable, Sendable {
  /// The offset of the first byte that cannot stand there.
  package var offset: Int
  /// What is wrong, for a person.
  package var reason: String
}

extension JSON {
  /// What to do with an escape that names half a surrogate pair, which no Swift string can hold.
  package enum LoneSurrogates: Sendable { case refuse, replace }

  /// Reads one JSON text (RFC 8259), and nothing after it but white space.
  package static func parse(_ bytes: Span<UInt8>, depthMax: Int = 512, loneSurrogates: LoneSurrogates = .refuse)
    throws(JSONSyntaxError) -> JSON
  { throw JSONSyntaxError(offset: 0, reason: "stub") }

  /// Reads one JSON text.
  package static func parse(_ bytes: [UInt8], depthMax: Int = 512, loneSurrogates: LoneSurrogates = .refuse) throws(JSONSyntaxError) -> JSON {
    try parse(bytes.span, depthMax: depthMax, loneSurrogates: loneSurrogates)
  }
  /// Reads one JSON text.
  package static func parse(_ text: String) throws(JSONSyntaxError) -> JSON { try parse(Array(text.utf8)) }
}
