internal import Protocol
internal import Providers

/// The change of a file as people and `patch` read it (POSIX.1-2024, `diff -u`).
package enum UnifiedDiff {
  /// The diff of a file; `nil` when either side is no text, or nothing differs.
  ///
  /// The path is from the workspace's folder. `old` is `nil` for a file that was not there, `new` for one that is gone.
  package static func text(path: String, old: [UInt8]?, new: [UInt8]?) -> String? {
    guard old != new, let oldText = decoded(old), let newText = decoded(new) else { return nil }
    var numbers: [ArraySlice<UInt8>: Int] = [:]
    let (oldLines, newLines) = (lines(oldText), lines(newText))
    let isShort = max(oldLines.count, newLines.count) <= ToolLimits.diffLinesMax
    func number(_ line: ArraySlice<UInt8>) -> Int {
      if let known = numbers[line] { return known }
      numbers[line] = numbers.count
      return numbers.count - 1
    }
    let changes =
      isShort
      ? LineDifference.changes(from: oldLines.map(number), to: newLines.map(number))
      : [LineDifference.Change(old: oldLines.indices, new: newLines.indices)]
    var writer = HunkWriter(old: oldLines, new: newLines)
    writer.header(old == nil ? "/dev/null" : "a/\(path)", new == nil ? "/dev/null" : "b/\(path)")
    for hunk in hunks(changes) {
      guard writer.write(hunk) else { break }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Whether something of a diff was left out, which its last line says; no line of a file begins so.
  ///
  /// Bytes are compared: as characters, a line end belongs to the carriage return before it.
  package static func isCut(_ diff: String) -> Bool {
    let end = "\n" + cutLine
    return diff.utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
  }

  /// What is said where something was left out.
  package static let cutNote = "the rest of the diff is left out: it has more than \(ToolLimits.diffBytesMax) bytes"
  fileprivate static let cutLine = "@@ \(cutNote) @@\n"

  private static func decoded(_ bytes: [UInt8]?) -> [UInt8]? {
    guard let bytes else { return [] }
    return TextEncoding.decode(bytes)?.text
  }

  /// Lines with their line ends, so that a change of those is a change.
  private static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: Byte.newline).map { $0 + 1 } ?? text.count
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }

  /// Changes that are near each other, together.
  private static func hunks(_ changes: [LineDifference.Change]) -> [[LineDifference.Change]] {
    var hunks: [[LineDifference.Change]] = []
    for change in changes {
      if let last = hunks.last?.last, change.old.lowerBound - last.old.upperBound <= 2 * ToolLimits.diffContext {
        hunks[hunks.count - 1].append(change)
      } else {
        hunks.append([change])
      }
    }
    return hunks
  }
}

/// Writes hunks up to a size.
private struct HunkWriter {
  let old: [ArraySlice<UInt8>]
  let new: [ArraySlice<UInt8>]
  var bytes: [UInt8] = []

  init(old: [ArraySlice<UInt8>], new: [ArraySlice<UInt8>]) {
    self.old = old
    self.new = new
  }

  mutating func header(_ from: String, _ to: String) { bytes += Array("--- \(from)\n+++ \(to)\n".utf8) }

  /// Writes a hunk; false when the diff is full.
  mutating func write(_ changes: [LineDifference.Change]) -> Bool {
    guard let first = changes.first, let last = changes.last else { return true }
    let before = min(ToolLimits.diffContext, first.old.lowerBound)
    let after = min(ToolLimits.diffContext, old.count - last.old.upperBound)
    let oldRange = first.old.lowerBound - before..<last.old.upperBound + after
    let newRange = first.new.lowerBound - before..<last.new.upperBound + after
    let size = old[oldRange].reduce(0) { $0 + $1.count } + new[newRange].reduce(0) { $0 + $1.count }
    guard bytes.count + size <= ToolLimits.diffBytesMax else {
      bytes += Array(UnifiedDiff.cutLine.utf8)
      return false
    }
    bytes += Array("@@ -\(span(oldRange)) +\(span(newRange)) @@\n".utf8)
    var place = oldRange.lowerBound
    for change in changes {
      for line in old[place..<change.old.lowerBound] { write(line, " ") }
      for line in old[change.old] { write(line, "-") }
      for line in new[change.new] { write(line, "+") }
      place = change.old.upperBound
    }
    for line in old[place..<oldRange.upperBound] { write(line, " ") }
    return true
  }

  /// A range as hunks name it: from 1, the line before when it is empty, its length unless that is 1.
  private func span(_ range: Range<Int>) -> String {
    let start = range.isEmpty ? range.lowerBound : range.lowerBound + 1
    return range.count == 1 ? "\(start)" : "\(start),\(range.count)"
  }

  private mutating func write(_ line: ArraySlice<UInt8>, _ mark: Unicode.Scalar) {
    bytes.append(UInt8(ascii: mark))
    bytes += line
    if line.last != Byte.newline { bytes += Array("\n\\ No newline at end of file\n".utf8) }
  }
}
