import Protocol
import Providers
import Testing

@Suite struct SecretMaskTests {
  @Test(arguments: [
    ("no secret here", "no secret here"), ("a canary-one b", "a ••• b"), ("canary-onecanary-one", "••••••"),
    ("canary-one-and-more", "•••"), ("canary-on canary-one", "canary-on •••"), ("x=sl%2Fash%20%22q%22", "x=•••"),
    (#"{"a":"sl/ash \"q\""}"#, #"{"a":"•••"}"#), ("short", "short"), ("", ""),
    (#"{"a":"sl\/ash \"q\""}"#, #"{"a":"•••"}"#), ("ccanary-one", "c•••"),
  ])
  func `secrets are found in text, in URLs and in JSON`(text: String, masked: String) {
    let mask = SecretMask(["canary-one", "canary-one-and-more", #"sl/ash "q""#, "short", ""].map(Secret.init))
    #expect(mask.masked(text) == masked)
    #expect(mask.masked(Array(text.utf8)) == Array(masked.utf8))
  }

  @Test func `a mask shows no secret of its own`() {
    let mask = SecretMask([Secret("canary-one")])
    #expect(!"\(mask)".contains("canary"))
    #expect(!String(reflecting: mask).contains("\(UInt8(ascii: "c")), \(UInt8(ascii: "a"))"))
  }
}
