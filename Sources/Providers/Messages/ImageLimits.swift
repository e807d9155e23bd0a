package import Protocol

/// What the services take of images, each with its reason.
package enum ImageLimits {
  /// Bytes of one image as Base64: the API's limit.
  private static let textMaxOfAPI = 10 * 1024 * 1024
  /// The same on Bedrock.
  private static let textMaxOfBedrock = 5 * 1024 * 1024
  /// Pixels of a side: a larger one has the whole request refused, and all that follow it.
  package static let sideMax = 8_000
  /// Images of one request above which each may have ``manySideMax`` pixels a side only.
  package static let manyAbove = 20
  /// Pixels of a side where there are many images.
  package static let manySideMax = 2_000
  /// Images of one request: what the API takes where the window has 200,000 tokens.
  package static let imagesMax = 100
  /// Bytes of all images of a request: the API takes 32 MB, and a window full of text has room beside them.
  private static let togetherMaxOfAPI = 24 * 1024 * 1024
  /// The same on Bedrock, which takes 20 MB.
  private static let togetherMaxOfBedrock = 14 * 1024 * 1024
  /// The part of a bound by which more gives way at once: a conversation that is full must not change its beginning with
  /// every image, as thoughts and caches hang on it.
  package static let stepsPerBound = 4
  /// Bytes at both ends of a PDF in which its trailer is looked for.
  static let trailerBytes = 4 * 1024
  /// Characters of a document's title: what the API takes.
  static let titleMax = 500
  /// Base64 characters of an image that are looked at for its size first: all kinds but some JPEGs tell it in 30 bytes.
  package static let sizePrefixUsual = 64
  /// Base64 characters that are looked at next: most JPEGs tell it in their first 3 KiB.
  package static let sizePrefixJPEG = 4 * 1024
  /// Base64 characters of an image that are looked at for its size: a JPEG's stands behind its Exif data, which hold up to
  /// 64 KiB each.
  package static let sizePrefixMax = 256 * 1024

  /// Bytes of one image as Base64.
  package static func textMax(at provider: ProviderID) -> Int {
    provider == .bedrock ? textMaxOfBedrock : textMaxOfAPI
  }

  /// Bytes of all images of a request as Base64.
  static func togetherMax(at provider: ProviderID) -> Int {
    provider == .bedrock ? togetherMaxOfBedrock : togetherMaxOfAPI
  }
}
