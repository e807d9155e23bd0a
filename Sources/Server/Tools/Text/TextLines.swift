internal import OperatingSystem
internal import Protocol

/// The lines of a text, without a copy of it.
package struct TextLines: Sendable {
  let text: [UInt8]
  /// Where each line begins and ends, its line end left out.
  let ranges: [Range<Int>]

  /// The lines of a text in UTF-8; a line end at the very end begins no further line.
  ///
  /// A text without any line feed may be of an old Mac, and its lines end with carriage returns.
  init(_ text: [UInt8]) {
    self.text = text
    var ranges: [Range<Int>] = []
    var start = 0
    unsafe text.withUnsafeBytes { bytes in
      let hasFeeds = unsafe ByteSearch.firstIndex(of: Byte.newline, in: bytes, from: 0) != nil
      let byte = hasFeeds ? Byte.newline : Byte.carriageReturn
      while start < bytes.count {
        let end = unsafe ByteSearch.firstIndex(of: byte, in: bytes, from: start) ?? bytes.count
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

  /// How the lines end, where that is not with a line feed each, in words for a model.
  var endsNote: String? {
    let counts = LineEnds.counts(text).sorted { $0.value > $1.value }
    guard let first = counts.first, counts.count > 1 || first.key != .lineFeed else { return nil }
    guard counts.count > 1 else { return "its lines end with \(first.key.name)" }
    return "its lines end differently: " + counts.map { "\($0.value) with \($0.key.name)" }.joined(separator: ", ")
  }
}
