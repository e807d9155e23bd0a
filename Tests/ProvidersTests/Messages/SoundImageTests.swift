import Protocol
import Providers
import TestSupport
import Testing

@Suite struct `An image` {
  private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 1, 0xFF, 0xC0, 0, 11, 8, 0, 5, 0, 6, 1, 0xFB]
  private static let text = Base64.encode(jpeg.span)

  private static let kinds: [(String, [UInt8])] = [
    ("image/png", Picture.bytes()), ("image/jpeg", jpeg), ("image/gif", Array("GIF89a".utf8) + [1, 0, 2, 0]),
    ("image/gif", Array("GIF87a".utf8) + [1, 0, 2, 0]),
    ("image/webp", Array("RIFF....WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 5, 0, 0]),
  ]

  @Test(arguments: kinds) func `is told by its bytes`(type: String, bytes: [UInt8]) throws {
    let image = try SoundImage(bytes: bytes, for: .bedrock)
    #expect(image.mediaType == type)
    #expect(try SoundImage(text: image.data, for: .anthropic) == image)
    #expect(image.block["source"] == ["type": "base64", "media_type": .string(type), "data": .string(image.data)])
  }

  private static let broken = "\(text.prefix(7))\r\n \(text.dropFirst(7))"
  private static let ofURLs: String = text.replacing("+", with: "-").replacing("/", with: "_")
  private static let unpadded: String = text.replacing("=", with: "")

  @Test(arguments: [
    text, "data:image/png;base64,\(text)", "data:;base64,\(text)", unpadded, ofURLs, broken,
  ]) func `comes in many forms of Base64, and is sent in one`(form: String) throws {
    #expect(try SoundImage(text: form, for: .anthropic).data == Self.text)
  }

  private static let flaws: [(String, String)] = [
    ("", "is empty"), ("data:image/png;base64,", "is empty"), ("not base64!", "no Base64"), ("A", "no Base64"),
    ("data:image/png," + String(repeating: "%41", count: 9), "no Base64"), ("PHN2Zz48L3N2Zz4=", "no PNG"),
    (Base64.encode(Array("RIFF....WAVE".utf8).span), "no PNG"), (Picture.base64(width: 0), "not a whole one"),
    (Base64.encode(Array(Picture.bytes().prefix(20)).span), "not a whole one"),
    (Base64.encode(Array(jpeg.prefix(9)).span), "not a whole one"), (Picture.base64(width: 8_001), "8001 × 1 pixels"),
  ]

  @Test(arguments: flaws) func `that no service would take says why`(text: String, reason: String) throws {
    let flaw = #expect(throws: SoundImage.Flaw.self) { try SoundImage(text: text, for: .anthropic) }
    #expect(flaw?.reason.contains(reason) == true, "\(flaw?.reason ?? "")")
  }

  @Test func `may be as large as its service takes`() throws {
    let most = 5 * 1024 * 1024 / 4 * 3
    #expect(try SoundImage(bytes: Picture.bytes(width: 8_000, count: most), for: .bedrock).mediaType == "image/png")
    let large = Picture.bytes(count: most + 1)
    #expect(throws: SoundImage.Flaw.self) { try SoundImage(bytes: large, for: .bedrock) }
    #expect(try SoundImage(bytes: large, for: .anthropic).mediaType == "image/png")
    #expect(throws: SoundImage.Flaw.self) { try SoundImage(bytes: Picture.bytes(count: 2 * most + 3), for: .anthropic) }
  }
}
