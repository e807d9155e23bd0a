internal import Protocol

/// The texts before and after of each hunk in a unified diff of one file.
///
/// Lines are parted and read by bytes: as a character, a mark takes what joins it, and a line end the carriage return before
/// it.
struct DiffHunks {
  /// Whether the file was not there.
  private(set) var isNew = false
  /// What stood there, and what stands there now.
  var all: [(old: String, new: String)] {
    hunks.map { (String(decoding: $0.old, as: UTF8.self), String(decoding: $0.new, as: UTF8.self)) }
  }

  private var hunks: [(old: [UInt8], new: [UInt8])] = []
  /// The sign of the line above.
  private var mark: UInt8?

  /// Reads a diff.
  init(_ diff: String) {
    var isInHunk = false
    let bytes = Array(diff.utf8)
    // Lines end by themselves: what follows the last line end is none.
    let lines = bytes.split(separator: Byte.newline, omittingEmptySubsequences: false)
    for line in lines.dropLast(bytes.last == Byte.newline ? 1 : 0) {
      if line.starts(with: "@@".utf8) {
        isInHunk = line.starts(with: "@@ -".utf8)
        if isInHunk { hunks.append(([], [])) }
      } else if !isInHunk {
        if line.elementsEqual("--- /dev/null".utf8) { isNew = true }
      } else {
        take(line)
      }
    }
  }

  private mutating func take(_ line: ArraySlice<UInt8>) {
    let place = hunks.count - 1
    let text = line.dropFirst() + [Byte.newline]
    defer { mark = line.first }
    switch line.first {
    case UInt8(ascii: "-"): hunks[place].old += text
    case UInt8(ascii: "+"): hunks[place].new += text
    case UInt8(ascii: "\\"): dropLastLineEnd(of: place)
    default:
      hunks[place].old += text
      hunks[place].new += text
    }
  }

  /// The line above has no line end.
  private mutating func dropLastLineEnd(of place: Int) {
    if mark != UInt8(ascii: "+"), hunks[place].old.last == Byte.newline { hunks[place].old.removeLast() }
    if mark != UInt8(ascii: "-"), hunks[place].new.last == Byte.newline { hunks[place].new.removeLast() }
  }
}
