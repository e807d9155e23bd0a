/// The size of an image in pixels, as its first bytes tell it.
package struct ImageSize: Hashable, Sendable {
  /// Pixels from left to right.
  package var width: Int
  /// Pixels from top to bottom.
  package var height: Int

  /// A size.
  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// The size of a PNG, JPEG, GIF or WebP in base64; `nil` when it does not tell.
  package init?(base64: String) {
    // Nearly always it stands at the very beginning.
    for length in [ImageLimits.sizePrefixUsual, ImageLimits.sizePrefixJPEG, ImageLimits.sizePrefixMax] {
      let text = base64.utf8.prefix(length)
      guard let bytes = Base64.decode(Array(text.prefix(text.count / 4 * 4)).span) else { return nil }
      guard let size = ImageSize(of: bytes) else { continue }
      self = size
      return
    }
    return nil
  }

  /// The size of such an image itself; `nil` when the bytes end before they tell it, or tell of none.
  init?(of bytes: [UInt8]) {
    guard let size = Self.size(bytes), size.width > 0, size.height > 0 else { return nil }
    self = size
  }

  private static func size(_ bytes: [UInt8]) -> ImageSize? {
    let file = Bytes(bytes)
    if file.starts("\u{89}PNG") {
      guard let width = file.big(16, 4), let height = file.big(20, 4) else { return nil }
      return ImageSize(width: width, height: height)
    }
    if file.starts("GIF8") {
      guard let width = file.little(6, 2), let height = file.little(8, 2) else { return nil }
      return ImageSize(width: width, height: height)
    }
    if file.starts("RIFF") { return webP(file) }
    if file.big(0, 2) == 0xFFD8 { return jpeg(file) }
    return nil
  }

  /// Source: RFC 9649, and RFC 6386 section 9.1 for the lossy form.
  private static func webP(_ file: Bytes) -> ImageSize? {
    switch file.big(12, 4) {
    case 0x5650_3858:  // VP8X
      guard let width = file.little(24, 3), let height = file.little(27, 3) else { return nil }
      return ImageSize(width: width + 1, height: height + 1)
    case 0x5650_384C:  // VP8L
      guard let bits = file.little(21, 4) else { return nil }
      return ImageSize(width: bits & 0x3FFF + 1, height: bits >> 14 & 0x3FFF + 1)
    case 0x5650_3820:  // VP8
      guard let width = file.little(26, 2), let height = file.little(28, 2) else { return nil }
      return ImageSize(width: width & 0x3FFF, height: height & 0x3FFF)
    default: return nil
    }
  }

  /// Goes from segment to segment until one begins a frame (ITU-T T.81, section B.2.2).
  private static func jpeg(_ file: Bytes) -> ImageSize? {
    var place = 2
    while let marker = file.big(place, 2), marker >> 8 == 0xFF {
      switch marker & 0xFF {
      case 0xFF: place += 1  // fill
      case 0x01, 0xD0...0xD8: place += 2  // without a length
      case 0xC4, 0xC8, 0xCC:  // tables, not frames
        guard let length = file.big(place + 2, 2), length >= 2 else { return nil }
        place += 2 + length
      case 0xC0...0xCF:
        guard let height = file.big(place + 5, 2), let width = file.big(place + 7, 2) else { return nil }
        return ImageSize(width: width, height: height)
      case 0xD9, 0xDA: return nil
      default:
        guard let length = file.big(place + 2, 2), length >= 2 else { return nil }
        place += 2 + length
      }
    }
    return nil
  }

  /// Numbers at places, `nil` beyond the end.
  private struct Bytes {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func big(_ place: Int, _ count: Int) -> Int? {
      guard place >= 0, place + count <= bytes.count else { return nil }
      return bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }

    func little(_ place: Int, _ count: Int) -> Int? {
      guard place >= 0, place + count <= bytes.count else { return nil }
      return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Whether it begins with these characters, each one byte.
    func starts(_ text: String) -> Bool {
      bytes.starts(with: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    }
  }
}
