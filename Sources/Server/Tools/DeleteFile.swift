internal import OperatingSystem
internal import Protocol

/// `delete_file`: takes a file or folder away.
struct DeleteFile: Tool {
  private struct Input: Decodable {
    var path: String
    var recursive: Bool?
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "delete_file",
      description: """
        Deletes a file, an empty folder or a symbolic link (the link, not what it points to); with recursive, a folder \
        and all in it, up to \(ToolLimits.deletedMax) names. The workspace's own folder cannot be deleted.
        """,
      inputSchema: Self.schema(
        [
          "path": ["type": "string", "description": "What to delete, from the workspace's folder or absolute."],
          "recursive": [
            "type": "boolean", "description": "Whether a folder goes with all in it; false when left out.",
          ],
        ], required: ["path"]))
  }

  /// One name that is to go.
  private struct Doomed {
    let path: WorkspacePath
    let kind: FileStatus.Kind
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let path = try workspace.resolve(input.path, followsLast: false)
    guard !path.isRoot else {
      throw ToolError(.refused, "A folder of the session's, or what holds one, cannot be deleted.")
    }
    try path.checkMayChange()
    return ToolPlan(title: "Delete \(path.text)", effects: [.delete(path)]) { context, cancellation throws(ToolError) in
      guard let status = try workspace.status(path) else {
        throw SystemError.notThere.toolError(path, expecting: "file or folder")
      }
      var doomed = [Doomed(path: path, kind: status.kind)]
      if status.kind == .folder, input.recursive == true {
        doomed = try Self.contents(of: path, in: workspace, cancellation).reversed() + doomed
      }
      // All is looked at before the first goes.
      let files = doomed.filter { $0.kind == .file }.map(\.path)
      var saved = SavedFiles(in: workspace, cancellation)
      try saved.check(files)
      for path in files {
        try cancellation.check()
        guard let seen = context.seen, seen.knows(path), let content = try? workspace.read(path) else { continue }
        try context.checkBase(path, content.bytes, isWhole: false)
      }
      var diff: String?
      for item in doomed {
        try cancellation.check()
        let undo = try Self.delete(item, in: workspace)
        context.journal?.note(undo ?? .nothing(item.path, reason: "it was deleted, and no copy of it could be kept"))
        context.seen?.noteGone(item.path)
        if doomed.count == 1, case .restore(_, let content, _)? = undo {
          diff = UnifiedDiff.text(path: path.text, old: content.bytes, new: nil)
        }
      }
      let more = doomed.count > 1 ? " and the \(doomed.count - 1) names in it" : ""
      return ToolOutcome(text: "Deleted '\(path.text)'\(more).\(saved.note)", diff: diff)
    }
  }

  /// All that is in a folder, folders before what is in them.
  private static func contents(
    of path: WorkspacePath, in workspace: Workspace, _ cancellation: Cancellation
  ) throws(ToolError) -> [Doomed] {
    var found: [Doomed] = []
    var pending = [path]
    while let next = pending.popLast() {
      try cancellation.check()
      let folder = try workspace.open(next, creating: false)
      let entries: [OpenFolder.Entry]
      do throws(SystemError) { entries = try folder.entries() } catch {
        throw error.toolError(next, expecting: "folder")
      }
      for entry in entries {
        let place = next.appending([entry.name])
        found.append(Doomed(path: place, kind: entry.kind))
        if entry.kind == .folder { pending.append(place) }
        guard found.count <= ToolLimits.deletedMax else {
          throw ToolError(
            .refused,
            "'\(path.text)' holds more than \(ToolLimits.deletedMax) names; nothing was deleted. Delete parts of it, or "
              + "use a command.")
        }
      }
    }
    return found
  }

  /// Deletes one name, and tells how that is undone; a device, a FIFO or a socket cannot be made again.
  private static func delete(_ item: Doomed, in workspace: Workspace) throws(ToolError) -> FileJournal.Undo? {
    guard let name = item.path.name else { return nil }
    let folder = try workspace.parent(of: item.path, creating: false)
    guard !folder.isKernelFolder else {
      throw ToolError(.refused, "'\(item.path.text)' is in a file system that the kernel makes up.")
    }
    var undo: FileJournal.Undo?
    switch item.kind {
    case .file:
      // A file too large to keep is deleted all the same; so is one that only its owner may read.
      if let content = try? workspace.read(item.path, max: ToolLimits.writeBytesMax) {
        undo = .restore(item.path, content, made: nil)
      }
    case .folder: undo = .makeFolder(item.path)
    case .link: if let target = try? folder.link(name) { undo = .makeLink(item.path, target: target) }
    case .special: break
    }
    try workspace.change(item.path) { folder, name throws(SystemError) in
      try folder.remove(name, isFolder: item.kind == .folder)
    }
    return undo
  }
}
