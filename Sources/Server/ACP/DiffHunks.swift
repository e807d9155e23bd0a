/// The texts before and after of each hunk in a unified diff of one file.
struct DiffHunks {
  /// Whether the file was not there.
  private(set) var isNew = false
  /// What stood there, and what stands there now.
  private(set) var all: [(old: String, new: String)] = []
  /// The sign of the line above.
  private var mark: Character?

  /// Reads a diff.
  init(_ diff: String) {
    var isInHunk = false
    // Lines end by themselves: what follows the last line end is none.
    for line in diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast(diff.hasSuffix("\n") ? 1 : 0) {
      if line.hasPrefix("@@") {
        isInHunk = line.hasPrefix("@@ -")
        if isInHunk { all.append(("", "")) }
      } else if !isInHunk {
        if line == "--- /dev/null" { isNew = true }
      } else {
        take(line)
      }
    }
  }

  private mutating func take(_ line: Substring) {
    let place = all.count - 1
    let text = line.dropFirst() + "\n"
    defer { mark = line.first }
    switch line.first {
    case "-": all[place].old += text
    case "+": all[place].new += text
    case "\\": dropLastLineEnd(of: place)
    default:
      all[place].old += text
      all[place].new += text
    }
  }

  /// The line above has no line end.
  private mutating func dropLastLineEnd(of place: Int) {
    if mark != "+", all[place].old.hasSuffix("\n") { all[place].old.removeLast() }
    if mark != "-", all[place].new.hasSuffix("\n") { all[place].new.removeLast() }
  }
}
