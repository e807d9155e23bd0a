internal import OperatingSystem
internal import Protocol
internal import Providers

/// `read_file`: a file's text with line numbers, an image, or a PDF.
struct ReadFile: Tool {
  private struct Input: Decodable {
    var path: String
    var startLine: Int?
    var endLine: Int?
    var startColumn: Int?

    enum CodingKeys: String, CodingKey {
      case path
      case startLine = "start_line"
      case endLine = "end_line"
      case startColumn = "start_column"
    }
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "read_file",
      description: """
        Reads a text file, each line with its number and a tab before it, or shows an image (PNG, JPEG, GIF, WebP) or a \
        PDF. Of a notebook (.ipynb) the cells come, with what they printed. \
        At most \(ToolLimits.readLinesMax) lines or \(ToolLimits.readBytesMax / 1024) KiB come at once; ask for further \
        lines by start_line. Text in other encodings than UTF-8 is decoded, and it is said which; other files count as \
        binary and are refused. The numbers and tabs are not part of the file.
        """,
      inputSchema: Self.schema(
        [
          "path": ["type": "string", "description": "The file, from the workspace's folder or absolute."],
          "start_line": ["type": "integer", "minimum": 1, "description": "The first line to read; 1 when left out."],
          "end_line": [
            "type": "integer", "minimum": 1, "description": "The last line to read; the file's last when left out.",
          ],
          "start_column": [
            "type": "integer", "minimum": 1,
            "description": .string(
              "Reads start_line alone, from this byte on (1 is its first byte, in UTF-8), \(ToolLimits.columnBytesMax) "
                + "bytes at once: for lines over \(ToolLimits.lineBytesMax) bytes, of which otherwise the beginning comes."
            ),
          ],
        ], required: ["path"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let (first, last) = (input.startLine ?? 1, input.endLine ?? Int.max)
    guard first <= last else {
      throw ToolError(.invalidInput, "end_line (\(last)) is before start_line (\(first)).")
    }
    if CommandOutputs.isName(input.path) {
      return ToolPlan(title: "Read \(input.path)", effects: []) { context, _ throws(ToolError) in
        let lines = TextLines(Array(try (context.outputs ?? CommandOutputs()).text(of: input.path).utf8))
        guard let column = input.startColumn, first <= lines.ranges.count else {
          return ToolOutcome(text: try Self.shown(lines, .utf8, first, last, input.path).text)
        }
        let line = lines.ranges[first - 1]
        return ToolOutcome(
          text: try FilePart.shown(.bytes(lines.text), line, first, from: column, of: input.path).text)
      }
    }
    let path = try workspace.resolve(input.path)
    return ToolPlan(
      title: "Read \(path.text)", effects: [.read(path)],
      locations: [ToolLocation(path: path.absolute, line: input.startLine)]
    ) { context, cancellation throws(ToolError) in
      let file = try workspace.currentForReading(path, cancellation)
      if let file, file.isUnsaved {
        let (outcome, lines) = try Self.held(file.bytes, path.text, first, last, column: input.startColumn)
        context.seen?.noteRead(path, file.bytes, lines: lines)
        return outcome
      }
      var outcome = try Self.onDisk(path, first, last, column: input.startColumn, in: workspace, context, cancellation)
      if let remark = file?.remark { outcome.content.append(["type": "text", "text": .string("[\(remark)]")]) }
      return outcome
    }
  }

  /// Text that an editor holds and has not saved, and those of its lines that are shown whole.
  private static func held(
    _ bytes: [UInt8], _ path: String, _ first: Int, _ last: Int, column: Int?
  ) throws(ToolError) -> (outcome: ToolOutcome, lines: [Range<Int>]) {
    let remark = "[this is what the person's editor holds; it is not saved]"
    let lines = TextLines(bytes)
    guard let column else {
      let shown = try Self.shown(lines, .utf8, first, last, path)
      return (ToolOutcome(text: shown.text + remark), shown.lines)
    }
    guard first <= lines.ranges.count else {
      throw ToolError(.invalidInput, "'\(path)' has \(lines.ranges.count) lines; start_line is \(first).")
    }
    let (text, isSeen) = try FilePart.shown(.bytes(bytes), lines.ranges[first - 1], first, from: column, of: path)
    return (ToolOutcome(text: "\(text)\n\(remark)"), isSeen ? [first - 1..<first] : [])
  }

  private static func onDisk(
    _ path: WorkspacePath, _ first: Int, _ last: Int, column: Int?, in workspace: Workspace, _ context: ToolContext,
    _ cancellation: Cancellation
  ) throws(ToolError) -> ToolOutcome {
    let part = try FilePart(path, in: workspace, cancellation)
    let isNotebook = path.text.hasSuffix(".ipynb")
    let held = part.isLarge ? nil : try part.whole()
    if let column {
      let (text, isSeen) = try part.line(first, from: column, of: held)
      if isSeen, !isNotebook, let held { context.seen?.noteRead(path, held, lines: [first - 1..<first]) }
      return ToolOutcome(text: text)
    }
    guard let bytes = held else { return ToolOutcome(text: try part.lines(first, to: last)) }
    let noteWhole = { context.seen?.noteRead(path, bytes) }
    if ImageFormat(bytes) != nil {
      noteWhole()
      return ToolOutcome(content: [try Self.image(bytes, path.text)])
    }
    if SoundDocument.isPDF(bytes) {
      noteWhole()
      return ToolOutcome(content: [try Self.pdf(bytes, path.text)])
    }
    if isNotebook, let cells = Notebook.text(bytes) {
      let shown = try Self.shown(TextLines(Array(cells.utf8)), .utf8, first, last, path.text)
      // Its lines are not the file's: only all of them are all of it.
      if shown.isAll { noteWhole() } else { context.seen?.noteRead(path, bytes, lines: []) }
      return ToolOutcome(text: shown.text)
    }
    guard let (text, encoding) = TextEncoding.decode(bytes) else {
      noteWhole()
      throw ToolError(.refused, "'\(path.text)' is a binary file of \(bytes.count) bytes; it has no text to show.")
    }
    let shown = try Self.shown(TextLines(text), encoding, first, last, path.text)
    context.seen?.noteRead(path, bytes, lines: shown.lines)
    return ToolOutcome(text: shown.text)
  }

  private static func image(_ bytes: [UInt8], _ path: String) throws(ToolError) -> JSON {
    do throws(SoundImage.Flaw) {
      // Who answers is not known here; what is too large for a service gives way before it is sent.
      return try SoundImage(bytes: bytes, for: .anthropic).block
    } catch {
      throw ToolError(.refused, "'\(path)' is an image that cannot be sent: \(error.reason).")
    }
  }

  private static func pdf(_ bytes: [UInt8], _ path: String) throws(ToolError) -> JSON {
    do throws(SoundImage.Flaw) {
      return try SoundDocument.pdf(bytes: bytes, title: path, for: .anthropic)
    } catch {
      throw ToolError(.refused, "'\(path)' is a PDF that cannot be sent: \(error.reason).")
    }
  }

  /// Some lines, those of them that were not cut, and whether that is all there is.
  private static func shown(
    _ lines: TextLines, _ encoding: TextEncoding, _ first: Int, _ last: Int, _ path: String
  ) throws(ToolError) -> (text: String, lines: [Range<Int>], isAll: Bool) {
    let total = lines.ranges.count
    guard total > 0 else { return ("(the file is empty)", [], true) }
    guard first <= total else {
      throw ToolError(.invalidInput, "'\(path)' has \(total) lines; start_line is \(first).")
    }
    var shown = ""
    var line = first
    while line <= min(last, total), line - first < ToolLimits.readLinesMax {
      let next = "\(line)\t\(lines.shown(line - 1))\n"
      guard shown.utf8.count + next.utf8.count <= ToolLimits.readBytesMax else { break }
      shown += next
      line += 1
    }
    var notes: [String] = []
    if line <= min(last, total) {
      notes.append("lines \(first) to \(line - 1) of \(total); go on with start_line \(line)")
    } else if first > 1 || last < total {
      notes.append("lines \(first) to \(line - 1) of \(total)")
    }
    if encoding != .utf8 { notes.append("the file is taken for \(encoding.rawValue)") }
    if let ends = lines.endsNote { notes.append(ends) }
    let text = notes.isEmpty ? shown : shown + "[\(notes.joined(separator: "; "))]"
    let whole = (first - 1..<line - 1).filter { lines.ranges[$0].count <= ToolLimits.lineBytesMax }.map { $0..<$0 + 1 }
    return (text, SeenFiles.joined(whole), whole.count == total)
  }
}
