internal import OperatingSystem
internal import Protocol

/// `write_file`: a whole file, new or in the place of one.
struct WriteFile: Tool {
  private struct Input: Decodable {
    var path: String
    var content: String
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "write_file",
      description: """
        Writes a whole file, as UTF-8 and exactly as given: a new one, with the folders it is in, or in the place of one \
        that is there, whose mode is kept. It happens at once or not at all. To change parts of a file, edit_file is \
        shorter and safer. At most \(ToolLimits.writeBytesMax / 1024 / 1024) MiB.
        """,
      inputSchema: Self.schema(
        [
          "path": ["type": "string", "description": "The file, from the workspace's folder or absolute."],
          "content": ["type": "string", "description": "All that the file is to hold."],
        ], required: ["path", "content"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let path = try workspace.resolve(input.path)
    try path.checkMayChange()
    if input.path.utf8.last == UInt8(ascii: "/") {
      throw ToolError(.invalidInput, "'\(input.path)' names a folder; give the file's name, or use create_directory.")
    }
    let bytes = Array(input.content.utf8)
    return ToolPlan(
      title: "Write \(path.text)", effects: [.write(path)],
      foreseen: { () throws(ToolError) in
        UnifiedDiff.text(path: path.text, old: try Self.old(path, in: workspace)?.bytes, new: bytes)
      }
    ) { context, _ throws(ToolError) in
      let old = try Self.old(path, in: workspace)
      let change = try workspace.write(path, bytes, expected: old, noting: context.journal)
      context.journal?.note(change)
      let verb = old == nil ? "Made" : "Wrote"
      let lines = TextLines(change.after).ranges.count
      return ToolOutcome(
        text: "\(verb) '\(path.text)': \(change.after.count) bytes, \(lines) lines.", diff: change.diff)
    }
  }

  /// The file that is there; `nil` when none is.
  private static func old(_ path: WorkspacePath, in workspace: Workspace) throws(ToolError) -> FileContent? {
    guard let status = try workspace.status(path) else { return nil }
    guard status.kind == .file else { throw workspace.notAFile(path, status.kind) }
    return try workspace.read(path)
  }
}
