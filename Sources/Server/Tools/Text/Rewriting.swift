internal import OperatingSystem
internal import Protocol
internal import Providers

/// A whole text in the place of a file's: what the model could not see of the old one stays as it was.
///
/// That is the encoding and its mark, the end of each line, and whether there is one behind the last.
struct Rewriting {
  /// What the file is to hold.
  let bytes: [UInt8]
  /// What of the old file was kept that a model should know of.
  let kept: [String]

  /// The text as it is written over `old`.
  ///
  /// `name` is the file for a refusal. What is no text gives way to UTF-8.
  init(_ content: String, over old: [UInt8], name: String) throws(ToolError) {
    var content = Array(content.utf8)
    guard let (text, encoding) = TextEncoding.decode(old), !old.isEmpty else {
      (bytes, kept) = (content, [])
      return
    }
    // A mark that is there already is not written twice.
    if encoding != .utf8, content.starts(with: Byte.byteOrderMark) { content.removeFirst(Byte.byteOrderMark.count) }
    let new = try Self.text(content, over: text, isBroken: encoding == .utf8Broken, name: name)
    guard let bytes = encoding.encode(new) else {
      throw ToolError(
        .refused,
        "'\(name)' is \(encoding.rawValue), which cannot write all characters of the new content; nothing was written. "
          + "Keep to its characters, or delete the file first to have it in UTF-8.")
    }
    self.bytes = bytes
    kept = [
      encoding == .utf8 ? nil : "the encoding is still \(encoding.rawValue)",
      content.contains(Byte.carriageReturn) ? nil : TextLines(new).endsNote,
    ].compactMap(\.self)
  }

  private static func text(_ new: [UInt8], over old: [UInt8], isBroken: Bool, name: String) throws(ToolError) -> [UInt8]
  {
    // Whoever gives carriage returns knows of them.
    guard !new.contains(Byte.carriageReturn) else { return new }
    if !isBroken, let end = LineEnds.common(old) { return LineEnds.with(end, keepingLastEnd(new, of: old)) }
    guard old.count(where: { $0 == Byte.newline || $0 == Byte.carriageReturn }) <= ToolLimits.diffLinesMax else {
      throw ToolError(
        .refused,
        "'\(name)' has more than \(ToolLimits.diffLinesMax) lines, which do not all end alike; nothing was written. "
          + "Change it with edit_file.")
    }
    let oldLines = EndedLine.list(old[...])
    // Bytes that are no UTF-8 are shown in another form: what is the same line for a model is the same line.
    let shown =
      isBroken ? oldLines.map { ArraySlice(String(decoding: $0.text, as: UTF8.self).utf8) } : oldLines.map(\.text)
    let newLines = new.split(separator: Byte.newline, omittingEmptySubsequences: false)
    let places = LineEnds.matches(shown, newLines)
    let rest = LineEnds.last(in: old[...]) ?? .lineFeed
    var result = LineEnds.carried(new, from: zip(shown, oldLines).map { EndedLine(text: $0, end: $1.end) }, rest: rest)
    if isBroken { result = try restored(result, places, shown, oldLines, name) }
    return keepingLastEnd(result, of: old)
  }

  /// A text in which the last line has an end where it had one before, unless that line is another.
  private static func keepingLastEnd(_ new: [UInt8], of old: [UInt8]) -> [UInt8] {
    let (oldEnd, newEnd) = (LineEnds.lastLine(old), LineEnds.lastLine(new))
    guard old[oldEnd.text] == new[newEnd.text], !oldEnd.text.isEmpty else { return new }
    return Array(new[..<newEnd.text.upperBound] + old[oldEnd.text.upperBound...])
  }

  /// A text with the bytes of the old one in lines that are the same to a model.
  private static func restored(
    _ new: [UInt8], _ places: [Int?], _ shown: [ArraySlice<UInt8>], _ old: [EndedLine], _ name: String
  ) throws(ToolError) -> [UInt8] {
    var result: [UInt8] = []
    for (number, line) in EndedLine.list(new[...]).enumerated() {
      if let place = places[number], shown[place] == line.text {
        result += old[place].text
      } else {
        guard !line.text.contains([0xEF, 0xBF, 0xBD]) else {
          throw ToolError(
            .refused,
            "'\(name)' has bytes that are not UTF-8, and line \(number + 1) of the new content would lose some; nothing "
              + "was written. Change the other lines with edit_file.")
        }
        result += line.text
      }
      result += line.end?.bytes ?? []
    }
    return result
  }
}
