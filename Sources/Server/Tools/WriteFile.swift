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
        Writes a whole file: a new one in UTF-8, with the folders it is in, or in the place of one that is there and that \
        you have read. That one's mode, encoding and line ends are kept: write \\n for every line end. It happens at once \
        or not at all. To change parts of a file, edit_file is shorter and safer. \
        At most \(ToolLimits.writeBytesMax / 1024 / 1024) MiB.
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
    let content = input.content
    return ToolPlan(
      title: "Write \(path.text)", effects: [.write(path)],
      foreseen: { cancellation throws(ToolError) in
        let old = try workspace.current(path, cancellation)
        let new = try Self.written(content, over: old, path)
        return ToolPlan.Foreseen(
          diff: UnifiedDiff.text(path: path.text, old: old?.bytes, new: new.bytes), base: FileBase(path, old?.bytes))
      }
    ) { context, cancellation throws(ToolError) in
      let old = try workspace.current(path, cancellation)
      try context.checkBase(path, old?.bytes, isWhole: true)
      let new = try Self.written(content, over: old, path)
      let change = try workspace.put(path, new.bytes, over: old, noting: context.journal, cancellation)
      context.journal?.note(change)
      context.seen?.note(change, from: old?.bytes ?? [], isWhole: true)
      let verb = old == nil ? "Made" : "Wrote"
      let lines =
        change.after.count { $0 == Byte.newline } + (change.after.last.map { $0 == Byte.newline ? 0 : 1 } ?? 0)
      let notes = (new.kept + change.notes).map { "; \($0)" }.joined()
      return ToolOutcome(
        text: "\(verb) '\(path.text)': \(change.after.count) bytes, \(lines) lines\(notes).", diff: change.diff)
    }
  }

  private static func written(
    _ content: String, over old: CurrentFile?, _ path: WorkspacePath
  ) throws(ToolError) -> Rewriting {
    try Rewriting(content, over: old?.bytes ?? [], name: path.text)
  }
}
