internal import OperatingSystem
internal import Protocol
internal import Providers

extension Workspace {
  /// Opens a file, of which that was found out a moment ago.
  func openFile(_ path: WorkspacePath, _ status: FileStatus) throws(ToolError) -> OpenFile {
    guard status.kind == .file, let name = path.name else { throw notAFile(path, status.kind) }
    let folder = try parent(of: path, creating: false)
    do throws(OpenFolder.ReadProblem) {
      guard !folder.isKernelFolder else { throw .madeByKernel }
      return try folder.open(file: name)
    } catch {
      throw refusal(path, error, max: ToolLimits.fileBytesMax)
    }
  }
}

/// Parts of a text file that are not reached by lines: the rest of a long line, and files too large to be held.
struct FilePart {
  private let file: OpenFile
  private let path: WorkspacePath
  private let workspace: Workspace
  private let cancellation: Cancellation

  private var name: String { ShownPath.text(path) }

  init(_ path: WorkspacePath, in workspace: Workspace, _ cancellation: Cancellation) throws(ToolError) {
    (self.path, self.workspace) = (path, workspace)
    guard let status = try workspace.status(path) else {
      throw SystemError.notThere.toolError(path, expecting: "file")
    }
    file = try workspace.openFile(path, status)
    self.cancellation = cancellation
  }

  /// Whether the file is too large to be held, and text as far as its beginning tells.
  var isLarge: Bool {
    guard file.status.size > ToolLimits.fileBytesMax else { return false }
    let head = (try? file.bytes(0..<EncodingLimits.binaryProbe)) ?? []
    return !head.contains(0) && !SoundDocument.isPDF(head)
  }

  /// All bytes of a file that can be held.
  func whole() throws(ToolError) -> [UInt8] {
    do throws(OpenFolder.ReadProblem) {
      return try file.read(max: ToolLimits.fileBytesMax)
    } catch {
      throw workspace.refusal(path, error, max: ToolLimits.fileBytesMax)
    }
  }

  /// A line from one of its bytes on, the first of which is 1, and whether all of it has been shown with that.
  ///
  /// Of a long line the beginning comes with the others; of a file that is held it is one of `bytes`.
  func line(_ number: Int, from column: Int, of bytes: [UInt8]?) throws(ToolError) -> (text: String, isSeen: Bool) {
    let text = if let bytes { try text(of: bytes) } else { TextSource.file(file) }
    return try Self.shown(text, try line(number, of: text), number, from: column, of: name)
  }

  /// A line of a text from one of its bytes on.
  static func shown(_ text: TextSource, _ line: Range<Int>, _ number: Int, from column: Int, of name: String)
    throws(ToolError) -> (text: String, isSeen: Bool)
  {
    guard column <= max(1, line.count) else {
      throw ToolError(.invalidInput, "Line \(number) of '\(name)' has \(line.count) bytes; start_column is \(column).")
    }
    let wanted = line.lowerBound + column - 1
    let first = max(line.lowerBound, wanted - UTF8Cut.longest)
    let bytes = text[first..<min(line.upperBound, wanted + ToolLimits.columnBytesMax)]
    // A column within a character is that character's.
    let start = UTF8Cut.before(min(wanted - first, bytes.count), in: bytes[...])
    let isRest = first + bytes.count == line.upperBound
    let end = isRest ? bytes.count : UTF8Cut.wholeCharacters(bytes[...])
    let left = line.upperBound - first - end
    let shown =
      "\(number)\t\(String(decoding: bytes[start..<max(start, end)], as: UTF8.self))\n"
      + "[bytes \(first + start - line.lowerBound + 1) to \(first + end - line.lowerBound) of \(line.count) of line \(number)"
      + (left > 0 ? "; go on with start_line \(number), start_column \(first + end - line.lowerBound + 1)]" : "]")
    return (shown, left == 0 && first + start - line.lowerBound <= ToolLimits.lineBytesMax - UTF8Cut.longest)
  }

  /// Lines of a file that is too large to be held.
  func lines(_ first: Int, to last: Int) throws(ToolError) -> String {
    let text = TextSource.file(file)
    var (shown, number) = ("", first)
    var line = try self.line(first, of: text)
    while true {
      let head = text[line.lowerBound..<min(line.upperBound, line.lowerBound + ToolLimits.lineBytesMax)]
      let kept = head.count == line.count ? head.count : UTF8Cut.wholeCharacters(head[...])
      var next = "\(number)\t\(String(decoding: head[..<kept], as: UTF8.self))"
      if kept < line.count { next += "[… \(line.count - kept) more bytes]" }
      guard shown.utf8.count + next.utf8.count < ToolLimits.readBytesMax else { break }
      shown += next + "\n"
      number += 1
      guard number <= last, number - first < ToolLimits.readLinesMax,
        let following = try end(of: text, from: line.upperBound).next
      else { break }
      line = following..<(try end(of: text, from: following).end)
    }
    return shown + "[lines \(first) to \(number - 1) of a file of \(text.count) bytes; go on with start_line \(number)]"
  }

  /// The text of a file that is held as it is looked at: decoded.
  private func text(of bytes: [UInt8]) throws(ToolError) -> TextSource {
    if path.text.hasSuffix(".ipynb"), let cells = Notebook.text(bytes) { return .bytes(Array(cells.utf8)) }
    guard let (text, _) = TextEncoding.decode(bytes) else {
      throw ToolError(.refused, "'\(name)' is a binary file of \(bytes.count) bytes; it has no text to show.")
    }
    return .bytes(text)
  }

  /// Where a line stands, without its end.
  private func line(_ number: Int, of text: TextSource) throws(ToolError) -> Range<Int> {
    if case .bytes(let bytes) = text {
      let ranges = TextLines(bytes).ranges
      guard number <= ranges.count else { throw noLine(number, ranges.count) }
      return ranges[number - 1]
    }
    var (base, passed) = (0, 0)
    while base < text.count {
      try cancellation.check()
      let piece = text[base..<min(text.count, base + ToolLimits.searchPiece)]
      let count = unsafe piece.withBytes { unsafe ByteSearch.count(Byte.newline, in: $0) }
      if passed + count >= number - 1 || piece.isEmpty { break }
      passed += count
      base += piece.count
    }
    while passed < number - 1 {
      guard let next = try end(of: text, from: base).next else { throw noLine(number, passed + 1) }
      (base, passed) = (next, passed + 1)
    }
    return base..<(try end(of: text, from: base).end)
  }

  private func noLine(_ number: Int, _ count: Int) -> ToolError {
    ToolError(.invalidInput, "'\(name)' has \(count) lines; start_line is \(number).")
  }

  /// Where a line ends that is begun at a place, and where the next one begins if there is one.
  private func end(of text: TextSource, from start: Int) throws(ToolError) -> (end: Int, next: Int?) {
    var base = start
    while base < text.count {
      try cancellation.check()
      let piece = text[base..<min(text.count, base + ToolLimits.searchPiece)]
      guard !piece.isEmpty else { break }
      if let newline = unsafe piece.withBytes({ unsafe ByteSearch.firstIndex(of: Byte.newline, in: $0, from: 0) }) {
        let end = base + newline
        let hasReturn = end > start && text[end - 1..<end] == [Byte.carriageReturn]
        return (hasReturn ? end - 1 : end, end + 1 < text.count ? end + 1 : nil)
      }
      base += piece.count
    }
    return (text.count, nil)
  }
}
