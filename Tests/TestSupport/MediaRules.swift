internal import Foundation
internal import Protocol

/// What the services refuse in images and documents, each and all together.
struct MediaRules {
  private static let sideMax = 8_000
  private static let manyCount = 20
  private static let sideMaxOfMany = 2_000
  private var count = 0
  private var longestSide = 0

  /// A block; what is neither image nor document is not judged.
  mutating func check(_ block: JSON, _ path: String, _ service: Upstream.Service) throws(UpstreamRefusal) {
    let source = block["source"]
    switch block["type"]?.string {
    case "image":
      if service == .bedrock, source?["type"] == "url" {
        throw .invalid("\(path).image.source: URL sources are not supported")
      }
      if source?["type"] == "base64" { try check(image: source ?? .null, path, service) }
    case "document":
      if service == .bedrock, source?["type"] == "url" {
        throw .invalid("\(path).document.source: URL sources are not supported")
      }
      guard source?["type"] == "base64" else { return }
      let data = Data(base64Encoded: source?["data"]?.string ?? "") ?? Data()
      guard data.starts(with: Array("%PDF".utf8)) else {
        throw .invalid("\(path).document.source.base64.data: The PDF specified was not valid.")
      }
    default: break
    }
  }

  private mutating func check(
    image source: JSON, _ path: String, _ service: Upstream.Service
  ) throws(UpstreamRefusal) {
    count += 1
    let text = source["data"]?.string ?? ""
    guard let data = Data(base64Encoded: text) else {
      throw .invalid("\(path).image.source.base64: invalid base64 data")
    }
    guard let image = PictureFacts([UInt8](data)) else { throw .invalid("messages: Could not process image") }
    let told = source["media_type"]?.string ?? ""
    guard image.type == told else {
      throw .invalid("messages: Image does not match the provided media type \(told)")
    }
    guard text.utf8.count <= (service == .bedrock ? 5 << 20 : 10 << 20) else {
      throw .invalid("\(path).image.source.base64: image exceeds the maximum size")
    }
    guard image.longestSide <= Self.sideMax else {
      throw .invalid(
        "\(path).image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels")
    }
    longestSide = max(longestSide, image.longestSide)
  }

  /// What is refused when there are many.
  func checkTogether() throws(UpstreamRefusal) {
    guard count > Self.manyCount, longestSide > Self.sideMaxOfMany else { return }
    throw .invalid(
      "At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels")
  }
}

/// An image's kind and size, from its first bytes.
struct PictureFacts {
  let type: String
  let longestSide: Int

  init?(_ bytes: [UInt8]) {
    func number(_ at: Int, _ count: Int) -> Int {
      bytes.dropFirst(at).prefix(count).reduce(0) { $0 << 8 | Int($1) }
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      (type, longestSide) = ("image/png", max(number(16, 4), number(20, 4)))
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      (type, longestSide) = ("image/jpeg", Self.jpegSide(bytes))
    } else if bytes.starts(with: Array("GIF8".utf8)), bytes.count >= 10 {
      (type, longestSide) = ("image/gif", max(Int(bytes[6]) | Int(bytes[7]) << 8, Int(bytes[8]) | Int(bytes[9]) << 8))
    } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      (type, longestSide) = ("image/webp", 1)
    } else {
      return nil
    }
  }

  /// The longest side, from the first segment that says it.
  private static func jpegSide(_ bytes: [UInt8]) -> Int {
    var index = 2
    while index + 9 < bytes.count, bytes[index] == 0xFF {
      let height = Int(bytes[index + 5]) << 8 | Int(bytes[index + 6])
      let width = Int(bytes[index + 7]) << 8 | Int(bytes[index + 8])
      if [0xC0, 0xC1, 0xC2].contains(bytes[index + 1]) { return max(width, height) }
      index += 2 + Int(bytes[index + 2]) << 8 + Int(bytes[index + 3])
    }
    return 1
  }
}
