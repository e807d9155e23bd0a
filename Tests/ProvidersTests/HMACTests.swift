import Providers
import Testing

/// The examples of RFC 4231.
@Suite struct HMACTests {
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0B, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `the standard's examples`(key: [UInt8], message: String, code: String) {
    #expect(lowerHexadecimal(HMAC.sha256(key: key, message)) == code)
  }

  @Test func `a message need not be text`() {
    let code = HMAC.sha256(key: [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50).span)
    #expect(lowerHexadecimal(code) == "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")
  }

  @Test func `a key of exactly a block is not hashed, a longer one is`() {
    let block = [UInt8](repeating: 7, count: 64)
    #expect(HMAC.sha256(key: block, "m") != HMAC.sha256(key: SHA256.hash(block), "m"))
    #expect(HMAC.sha256(key: block + [7], "m") == HMAC.sha256(key: SHA256.hash(block + [7]), "m"))
    #expect(HMAC.sha256(key: [], "m") == HMAC.sha256(key: [0], "m"))
  }
}
