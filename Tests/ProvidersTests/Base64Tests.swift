import Providers
import Testing

@Suite struct Base64Tests {
  /// RFC 4648 section 10.
  static let vectors = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]

  @Test(arguments: vectors) func `the RFC's vectors, both ways`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8).span) == encoded)
    #expect(Base64.decode(Array(encoded.utf8).span) == Array(plain.utf8))
  }

  @Test func `all bytes come back`() {
    for length in 250...256 {
      let bytes = (0..<length).map { UInt8($0) }
      #expect(Base64.decode(Array(Base64.encode(bytes.span).utf8).span) == bytes)
    }
  }

  @Test(arguments: ["Zg", "Zg=", "Z===", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v\n", "Zm-_", "====", "=Zg=", "Zg=g"])
  func `what is not canonical base64 is refused`(text: String) {
    #expect(Base64.decode(Array(text.utf8).span) == nil)
  }

  @Test func `a foreign byte is refused wherever it stands`() {
    let text = Array("QUJDREVGR0hJSktM".utf8)
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for place in text.indices {
      for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
        var changed = text
        changed[place] = byte
        // Padding at the end makes the last group shorter: 'SktM' becomes 'Skt=', whose unused bits are not zero.
        #expect(Base64.decode(changed.span) == nil)
      }
    }
  }
}
