import Providers
import Testing

/// The examples of NIST, and what `sha1sum` says around a block's end.
@Suite struct SHA1Tests {
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    ("https://ssotest.awsapps.com/start", "dace00cba5f8355ec9d274ceb2bcebdfbeed0e12"),
  ])
  func `the standard's examples`(message: String, hash: String) {
    #expect(SHA1.hexadecimal(Array(message.utf8)) == hash)
  }

  @Test func `a million times the letter a`() {
    let hash = SHA1.hexadecimal([UInt8](repeating: 0x61, count: 1_000_000))
    #expect(hash == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  @Test(arguments: [
    (55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"), (56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
    (63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"), (64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    (65, "11655326c708d70319be2610e8a57d9a5b959d3b"), (119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"),
    (120, "f34c1488385346a55709ba056ddd08280dd4c6d6"),
  ])
  func `the end of a block may be anywhere`(count: Int, hash: String) {
    #expect(SHA1.hexadecimal([UInt8](repeating: 0x61, count: count)) == hash)
  }
}
