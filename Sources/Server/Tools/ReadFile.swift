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
        lines by start_line. UTF-8, UTF-16 with a byte order mark and Latin-1 are read; other files count as binary and \
        are refused. The numbers and tabs are not part of the file.
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
    let path = try workspace.resolve(input.path)
    let (first, last) = (input.startLine ?? 1, input.endLine ?? Int.max)
    guard first <= last else {
      throw ToolError(.invalidInput, "end_line (\(last)) is before start_line (\(first)).")
    }
    return ToolPlan(
      title: "Read \(path.text)", effects: [.read(path)],
      locations: [ToolLocation(path: path.absolute, line: input.startLine)]
    ) { _, cancellation throws(ToolError) in
      let part = try FilePart(path, in: workspace, cancellation)
      if let column = input.startColumn { return ToolOutcome(text: try part.line(first, from: column)) }
      if part.isLarge { return ToolOutcome(text: try part.lines(first, to: last)) }
      let content = try workspace.read(path)
      if ImageFormat(content.bytes) != nil {
        return ToolOutcome(content: [try Self.image(content.bytes, path.text)])
      }
      if SoundDocument.isPDF(content.bytes) {
        return ToolOutcome(content: [try Self.pdf(content.bytes, path.text)])
      }
      if path.text.hasSuffix(".ipynb"), let cells = Notebook.text(content.bytes) {
        return ToolOutcome(text: try Self.shown(TextLines(Array(cells.utf8)), .utf8, first, last, path.text))
      }
      guard let (text, encoding) = TextEncoding.decode(content.bytes) else {
        throw ToolError(
          .refused, "'\(path.text)' is a binary file of \(content.bytes.count) bytes; it has no text to show.")
      }
      return ToolOutcome(text: try Self.shown(TextLines(text), encoding, first, last, path.text))
    }
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

  private static func shown(
    _ lines: TextLines, _ encoding: TextEncoding, _ first: Int, _ last: Int, _ path: String
  ) throws(ToolError) -> String {
    let total = lines.ranges.count
    guard total > 0 else { return "(the file is empty)" }
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
    if encoding != .utf8 { notes.append("the file is \(encoding.rawValue)") }
    if lines.usesCRLF { notes.append("its lines end with CR LF") }
    return notes.isEmpty ? shown : shown + "[\(notes.joined(separator: "; "))]"
  }
}
