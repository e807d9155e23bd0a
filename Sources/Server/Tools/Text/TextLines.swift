internal import OperatingSystem
internal import Protocol

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
