/// The kinds of images that models see, told by their first bytes and not by their names.
package enum ImageFormat: String, CaseIterable, Sendable {
  case png, jpeg, gif, webp

  /// The kind of image that some bytes are; `nil` when they are none that models see.
  package init?(_ bytes: [UInt8]) {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) {
      self = .gif
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else {
      return nil
    }
  }

  /// What the API calls it.
  var mediaType: String { "image/\(rawValue)" }
}
