internal import Protocol
internal import Providers

/// The kinds of images that models see, told by their first bytes and not by their names.
enum ImageKind: String, CaseIterable {
  case png, jpeg, gif, webp

  /// The kind of image that some bytes are.
  init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if Self.holds(bytes, "GIF87a", at: 0) || Self.holds(bytes, "GIF89a", at: 0) {
      self = .gif
    } else if Self.holds(bytes, "RIFF", at: 0), Self.holds(bytes, "WEBP", at: 8) {
      self = .webp
    } else {
      return nil
    }
  }

  private static func holds(_ bytes: [UInt8], _ text: String, at place: Int) -> Bool {
    bytes.count > place && bytes[place...].starts(with: text.utf8)
  }

  /// The image as a content block.
  ///
  /// A block that the API refuses would stay in the conversation and have every later request refused as well; so an
  /// image that is too large, or not whole enough to have a size, is not sent.
  ///
  /// - Throws: A ``ToolError`` that says why it is not sent.
  static func block(_ bytes: [UInt8], kind: ImageKind, path: String) throws(ToolError) -> JSON {
    let textSize = (bytes.count + 2) / 3 * 4
    guard textSize <= ToolLimits.imageTextMax else {
      throw ToolError(
        .refused,
        "'\(path)' is a \(kind.rawValue) image of \(bytes.count) bytes; at most \(ToolLimits.imageTextMax / 4 * 3) are sent. "
          + "Make a smaller one.")
    }
    guard let (width, height) = kind.size(bytes), width > 0, height > 0 else {
      throw ToolError(.refused, "'\(path)' begins like a \(kind.rawValue) image, but is not a whole one.")
    }
    guard max(width, height) <= ToolLimits.imageSideMax else {
      throw ToolError(
        .refused,
        "'\(path)' has \(width) × \(height) pixels; at most \(ToolLimits.imageSideMax) a side are sent. Make a smaller one."
      )
    }
    return [
      "type": "image",
      "source": [
        "type": "base64", "media_type": .string("image/\(kind.rawValue)"), "data": .string(Base64.encode(bytes.span)),
      ],
    ]
  }

  /// Width and height in pixels; `nil` when the file ends before it says them.
  func size(_ bytes: [UInt8]) -> (Int, Int)? {
    switch self {
    case .png: return pair(bytes, 16, width: 4, bigEndian: true)
    case .gif: return pair(bytes, 6, width: 2, bigEndian: false)
    case .webp: return webpSize(bytes)
    case .jpeg: return jpegSize(bytes)
    }
  }

  private func number(_ bytes: [UInt8], _ place: Int, width: Int, bigEndian: Bool) -> Int? {
    guard place + width <= bytes.count else { return nil }
    let part = bytes[place..<place + width]
    return (bigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }

  private func pair(_ bytes: [UInt8], _ place: Int, width: Int, bigEndian: Bool) -> (Int, Int)? {
    guard let first = number(bytes, place, width: width, bigEndian: bigEndian),
      let second = number(bytes, place + width, width: width, bigEndian: bigEndian)
    else { return nil }
    return (first, second)
  }

  /// The three forms of RFC 9649: lossy, lossless and extended.
  private func webpSize(_ bytes: [UInt8]) -> (Int, Int)? {
    if Self.holds(bytes, "VP8 ", at: 12) {
      return pair(bytes, 26, width: 2, bigEndian: false).map { ($0 & 0x3FFF, $1 & 0x3FFF) }
    }
    if Self.holds(bytes, "VP8L", at: 12) {
      return number(bytes, 21, width: 4, bigEndian: false).map { (($0 & 0x3FFF) + 1, ($0 >> 14 & 0x3FFF) + 1) }
    }
    if Self.holds(bytes, "VP8X", at: 12) {
      return pair(bytes, 24, width: 3, bigEndian: false).map { ($0 + 1, $1 + 1) }
    }
    return nil
  }

  /// Goes from marker to marker up to the frame's header (ITU-T T.81, annex B).
  private func jpegSize(_ bytes: [UInt8]) -> (Int, Int)? {
    var place = 2
    while place + 4 <= bytes.count {
      guard bytes[place] == 0xFF else { return nil }
      let marker = bytes[place + 1]
      if marker == 0xFF {
        place += 1
        continue
      }
      // Start-of-frame markers, of all codings; C4, C8 and CC are tables.
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        return pair(bytes, place + 5, width: 2, bigEndian: true).map { ($1, $0) }
      }
      guard let length = number(bytes, place + 2, width: 2, bigEndian: true), length >= 2 else { return nil }
      place += 2 + length
    }
    return nil
  }
}
