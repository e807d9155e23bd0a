internal import OperatingSystem
internal import Protocol

/// How a file's text is written as bytes.
package enum TextEncoding: String, Sendable, Hashable {
  case utf8 = "UTF-8"
  case utf8WithMark = "UTF-8 with a byte order mark"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  /// ISO 8859-1, in which every byte is a character: what is no UTF-8 and not binary is shown so.
  case latin1 = "Latin-1"

  private var mark: [UInt8] {
    switch self {
    case .utf8, .latin1: []
    case .utf8WithMark: [0xEF, 0xBB, 0xBF]
    case .utf16LittleEndian: [0xFF, 0xFE]
    case .utf16BigEndian: [0xFE, 0xFF]
    }
  }

  /// The text of a file as UTF-8, and how it was written; `nil` for a binary file.
  ///
  /// What is decoded comes back byte for byte from ``encode(_:)``, or it is not taken for text.
  package static func decode(_ bytes: [UInt8]) -> (text: [UInt8], encoding: TextEncoding)? {
    for encoding in [utf8WithMark, utf16LittleEndian, utf16BigEndian] where bytes.starts(with: encoding.mark) {
      let body = bytes[encoding.mark.count...]
      if encoding == .utf8WithMark { return isUTF8(body) ? (Array(body), encoding) : nil }
      guard let text = decodeUTF16(body, bigEndian: encoding == .utf16BigEndian) else { return nil }
      return (text, encoding)
    }
    guard !bytes.prefix(ToolLimits.binaryProbe).contains(0) else { return nil }
    if isUTF8(bytes[...]) { return (bytes, .utf8) }
    // Latin-1 has no use for control characters; a file with more than a stray one is something else.
    let controls = bytes.prefix(ToolLimits.binaryProbe).count { $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1B }
    guard controls == 0 else { return nil }
    return (bytes.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }, .latin1)
  }

  /// The bytes of a text, given as UTF-8; `nil` when the encoding has no way to write it.
  package func encode(_ text: [UInt8]) -> [UInt8]? {
    switch self {
    case .utf8: return text
    case .utf8WithMark: return mark + text
    case .utf16LittleEndian, .utf16BigEndian:
      let isBig = self == .utf16BigEndian
      return mark
        + String(decoding: text, as: UTF8.self).utf16.flatMap { unit in
          let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
          return isBig ? [high, low] : [low, high]
        }
    case .latin1:
      var bytes: [UInt8] = []
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
        guard scalar.value <= 0xFF else { return nil }
        bytes.append(UInt8(scalar.value))
      }
      return bytes
    }
  }

  private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      let span = unsafe buffer.span
      return (try? UTF8Span(validating: span)) != nil
    }
  }

  private static func decodeUTF16(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> [UInt8]? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { place -> UInt16 in
      let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
      return bigEndian ? first << 8 | second : second << 8 | first
    }
    return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
  }
}

/// The lines of a text, without a copy of it.
package struct TextLines: Sendable {
  let text: [UInt8]
  /// Where each line begins and ends, its line end left out.
  let ranges: [Range<Int>]

  /// The lines of a text in UTF-8; a line end at the very end begins no further line.
  init(_ text: [UInt8]) {
    self.text = text
    var ranges: [Range<Int>] = []
    var start = 0
    unsafe text.withUnsafeBytes { bytes in
      while start < bytes.count {
        let end = unsafe ByteSearch.firstIndex(of: Byte.newline, in: bytes, from: start) ?? bytes.count
        let hasReturn = unsafe end > start && end < bytes.count && bytes[end - 1] == Byte.carriageReturn
        ranges.append(start..<(hasReturn ? end - 1 : end))
        start = end + 1
      }
    }
    self.ranges = ranges
  }

  /// A line as text for a model, cut where it is too long.
  func shown(_ number: Int) -> String {
    let range = ranges[number]
    guard range.count > ToolLimits.lineBytesMax else { return String(decoding: text[range], as: UTF8.self) }
    let end = UTF8Cut.before(range.lowerBound + ToolLimits.lineBytesMax, in: text[range])
    return String(decoding: text[range.lowerBound..<end], as: UTF8.self)
      + "[… \(range.upperBound - end) more bytes]"
  }

  /// Whether most lines end with a carriage return and a line feed.
  var usesCRLF: Bool {
    let ends = ranges.indices.dropLast().count { ranges[$0].upperBound + 2 == ranges[$0 + 1].lowerBound }
    let last = text.suffix(2).elementsEqual([Byte.carriageReturn, Byte.newline]) ? 1 : 0
    return (ends + last) * 2 > ranges.count
  }
}
