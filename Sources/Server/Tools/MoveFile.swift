internal import OperatingSystem
internal import Protocol

/// `move_file`: gives a file or folder another name or place.
struct MoveFile: Tool {
  private struct Input: Decodable {
    var source: String
    var destination: String
    var overwrite: Bool?
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "move_file",
      description: """
        Moves or renames a file, a folder or a symbolic link (the link, not what it points to). The destination is the \
        full new path, not the folder to move into; folders missing on the way are made. A file that is there is \
        replaced only with overwrite, a folder never.
        """,
      inputSchema: Self.schema(
        [
          "source": ["type": "string", "description": "What to move, from the workspace's folder or absolute."],
          "destination": ["type": "string", "description": "Its new path."],
          "overwrite": [
            "type": "boolean", "description": "Whether a file that is there is replaced; false when left out.",
          ],
        ], required: ["source", "destination"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let source = try workspace.resolve(input.source, followsLast: false)
    let destination = try workspace.resolve(input.destination, followsLast: false)
    guard !source.isRoot, !destination.isRoot else {
      throw ToolError(.refused, "A folder of the session's, or what holds one, cannot be moved or replaced.")
    }
    try source.checkMayChange()
    try destination.checkMayChange()
    guard source != destination else { throw ToolError(.invalidInput, "Source and destination are the same path.") }
    guard !destination.names.starts(with: source.names) else {
      throw ToolError(
        .invalidInput, "'\(destination.text)' is within '\(source.text)'; a folder cannot be moved into itself.")
    }
    return ToolPlan(
      title: "Move \(source.text) to \(destination.text)", effects: [.delete(source), .write(destination)]
    ) { context, cancellation throws(ToolError) in
      guard let status = try workspace.status(source) else {
        throw SystemError.notThere.toolError(source, expecting: "file or folder")
      }
      var saved = SavedFiles(in: workspace, cancellation)
      try saved.check(source, status)
      try saved.check(destination)
      var replaced: FileRead?
      if let there = try workspace.status(destination) {
        guard there.kind == .file, input.overwrite == true else {
          let hint =
            there.kind == .file
            ? "set overwrite to replace it, or choose another name" : "give the full new path, or choose another name"
          throw ToolError(.refused, "'\(destination.text)' is there already; \(hint).")
        }
        let content = try workspace.read(destination)
        try context.checkBase(destination, content.bytes, isWhole: false)
        replaced = content
      }
      try Self.move(source, to: destination, replaces: replaced != nil, in: workspace, noting: context.journal)
      // Undone in the other order: the way back is free first.
      if let replaced { context.journal?.note(.restore(destination, replaced, made: nil)) }
      context.journal?.note(.rename(from: destination, to: source))
      context.seen?.noteGone(destination)
      context.seen?.noteMoved(source, to: destination)
      let lost = replaced.map { ", in the place of a file of \($0.bytes.count) bytes" } ?? ""
      return ToolOutcome(text: "Moved '\(source.text)' to '\(destination.text)'\(lost).\(saved.note)")
    }
  }

  private static func move(
    _ source: WorkspacePath, to destination: WorkspacePath, replaces: Bool, in workspace: Workspace,
    noting journal: FileJournal?
  ) throws(ToolError) {
    guard let oldName = source.name, let newName = destination.name else { return }
    let from = try workspace.parent(of: source, creating: false)
    let to = try workspace.open(destination.parent, creating: true, noting: journal)
    guard !to.isKernelFolder else {
      throw ToolError(.refused, "'\(destination.text)' would be in a file system that the kernel makes up.")
    }
    do throws(SystemError) {
      try from.rename(oldName, to: to, newName, keepsOther: !replaces)
    } catch .exists {
      throw ToolError(
        .changed, "'\(destination.text)' has come to be meanwhile; choose another name, or set overwrite.")
    } catch .otherDevice {
      throw ToolError(
        .refused, "'\(destination.text)' is on another file system; write it there, then delete '\(source.text)'.")
    } catch {
      throw error.toolError(source, expecting: "file or folder")
    }
  }
}
