package import Protocol

/// An image that a service takes.
///
/// A block that a service refuses would stay in the conversation and have every later request refused as well; so no image
/// enters one that did not pass here. What can be put right is: the media type is that of the bytes, whatever was said.
package struct SoundImage: Sendable, Hashable {
  /// Why an image is none that a service takes, as a sentence about "it".
  package struct Flaw: Error, Hashable, Sendable {
    /// The sentence, for people and models.
    package var reason: String
  }

  private let format: ImageFormat
  /// The image as Base64.
  private let text: String

  /// An image, from its bytes.
  package init(bytes: [UInt8], for provider: ProviderID) throws(Flaw) {
    format = try Self.format(of: bytes, textSize: (bytes.count + 2) / 3 * 4, for: provider)
    text = Base64.encode(bytes.span)
  }

  /// An image as programs send it: Base64, also with line breaks, without padding, in the alphabet of URLs, or in a `data:`
  /// URL.
  package init(text: String, for provider: ProviderID) throws(Flaw) {
    let (plain, bytes) = try Self.decoded(text)
    format = try Self.format(of: bytes, textSize: plain.utf8.count, for: provider)
    self.text = plain
  }

  /// The media type that it really has.
  package var mediaType: String { format.mediaType }

  /// Itself as Base64 with padding, and nothing else.
  package var data: String { text }

  /// The content block.
  package var block: JSON {
    ["type": "image", "source": ["type": "base64", "media_type": .string(mediaType), "data": .string(text)]]
  }

  private static func format(of bytes: [UInt8], textSize: Int, for provider: ProviderID) throws(Flaw) -> ImageFormat {
    guard !bytes.isEmpty else { throw Flaw(reason: "it is empty") }
    guard let format = ImageFormat(bytes) else {
      throw Flaw(reason: "its bytes are no PNG, JPEG, GIF or WebP image, which are all that models see")
    }
    let most = ImageLimits.textMax(at: provider)
    guard textSize <= most else {
      throw Flaw(reason: "it has \(textSize) bytes as Base64, and \(most) at most are taken; make a smaller one")
    }
    guard let size = ImageSize(of: bytes) else {
      throw Flaw(reason: "it begins like a \(format.rawValue) image, but is not a whole one")
    }
    guard max(size.width, size.height) <= ImageLimits.sideMax else {
      throw Flaw(
        reason: "it has \(size.width) × \(size.height) pixels, and \(ImageLimits.sideMax) a side at most are taken; "
          + "make a smaller one")
    }
    return format
  }

  // MARK: Base64 as it comes

  static func decoded(_ text: String) throws(Flaw) -> (plain: String, bytes: [UInt8]) {
    // Nearly always it is as it should be, and stays as it came.
    if let bytes = Base64.decode(Array(text.utf8).span) { return (text, bytes) }
    var digits = Array(text.utf8)[...]
    if digits.starts(with: "data:".utf8), let comma = digits.firstIndex(of: UInt8(ascii: ",")) {
      digits = digits[(comma + 1)...]
    }
    var plain = digits.filter { !Byte.blanks.contains($0) && $0 != padding }.map { digit in
      switch digit {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: digit
      }
    }
    plain += [UInt8](repeating: padding, count: (4 - plain.count % 4) % 4)
    guard let bytes = Base64.decode(plain.span) else { throw Flaw(reason: "it is no Base64") }
    return (String(decoding: plain, as: UTF8.self), bytes)
  }

  private static let padding = UInt8(ascii: "=")
}
