internal import OperatingSystem
internal import Protocol

/// `create_directory`: makes a folder and those it is in.
struct CreateDirectory: Tool {
  private struct Input: Decodable {
    var path: String
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "create_directory",
      description: """
        Makes a folder, with the folders it is in where they are missing. One that is there already stays as it is. \
        write_file makes the folders it needs by itself.
        """,
      inputSchema: Self.schema(
        ["path": ["type": "string", "description": "The folder, from the workspace's folder or absolute."]],
        required: ["path"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let path = try workspace.resolve(input.path)
    try path.checkMayChange()
    return ToolPlan(title: "Make the folder \(path.text)", effects: [.write(path)]) { context, _ throws(ToolError) in
      if path.isRoot { return ToolOutcome(text: "The folder '\(path.text)' is there already.") }
      if let there = try workspace.status(path) {
        guard there.kind == .folder else {
          throw ToolError(.refused, "'\(path.text)' is there already and is not a folder; choose another name.")
        }
        return ToolOutcome(text: "The folder '\(path.text)' is there already.")
      }
      // Each that is missing is made and noted by itself, the outermost first.
      for count in 1...path.names.count {
        let place = WorkspacePath(names: Array(path.names.prefix(count)), folders: path.folders)
        guard !path.isInside || count > path.rootCount, try workspace.status(place) == nil else { continue }
        let parent = try workspace.parent(of: place, creating: false)
        guard !parent.isKernelFolder else {
          throw ToolError(.refused, "'\(place.text)' would be in a file system that the kernel makes up.")
        }
        try workspace.change(place) { folder, name throws(SystemError) in try folder.makeFolder(name) }
        context.journal?.note(.removeFolder(place))
      }
      return ToolOutcome(text: "Made the folder '\(path.text)'.")
    }
  }
}
