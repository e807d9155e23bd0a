/// Keyed hashing with SHA-256 (RFC 2104): who does not know the key cannot make the code.
package enum HMAC {
  /// Bytes of a block of SHA-256, to which keys are filled up; longer ones are hashed first.
  private static let block = 64

  /// The code of a message under a key.
  package static func sha256(key: [UInt8], _ message: Span<UInt8>) -> [UInt8] {
    var padded = key.count > block ? SHA256.hash(key) : key
    padded.append(contentsOf: repeatElement(0, count: block - padded.count))
    var inner = SHA256()
    inner.update(padded.map { $0 ^ 0x36 })
    inner.update(message)
    var outer = SHA256()
    outer.update(padded.map { $0 ^ 0x5C })
    outer.update(inner.finish())
    return outer.finish()
  }

  /// The code of a text under a key.
  package static func sha256(key: [UInt8], _ text: String) -> [UInt8] { sha256(key: key, Array(text.utf8).span) }
}
