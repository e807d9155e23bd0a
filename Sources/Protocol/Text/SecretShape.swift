/// What secrets look like, for texts that should be something else: one that was put in the wrong place is not quoted.
package enum SecretShape {
  /// Whether a text looks like an AWS key, or one of its halves, or a key of the Anthropic API or of Bedrock.
  package static func matches(_ text: String) -> Bool {
    if text.contains("sk-ant-") || text.hasPrefix("ABSK") { return true }
    let bytes = Array(text.utf8)
    if ["AKIA", "ASIA"].contains(where: text.hasPrefix), bytes.count >= TextLimits.keyIDLengthMin,
      bytes.allSatisfy({ 0x41...0x5A ~= $0 || Byte.isDigit($0) })
    {
      return true
    }
    return bytes.count >= TextLimits.keyLengthMin && bytes.allSatisfy(isBase64)
      && bytes.contains { 0x41...0x5A ~= $0 } && bytes.contains { 0x61...0x7A ~= $0 }
      && bytes.contains { Byte.isDigit($0) || "+/=".utf8.contains($0) }
  }

  /// A text to be quoted, or a sign in its place when it looks like a secret.
  package static func shown(_ text: String) -> String { matches(text) ? "•••" : text }

  /// Without `-` and `_`, which names of profiles have where they are long.
  private static func isBase64(_ byte: UInt8) -> Bool {
    Byte.isWord(byte) && byte != UInt8(ascii: "_") || "+/=".utf8.contains(byte)
  }
}
