internal import OperatingSystem
internal import Protocol

/// `list_files`: what is in a folder.
struct ListFiles: Tool {
  private struct Input: Decodable {
    var path: String?
    var depth: Int?
    var includeIgnored: Bool?

    enum CodingKeys: String, CodingKey {
      case path, depth
      case includeIgnored = "include_ignored"
    }
  }

  /// What commands run with: by its variables git's settings are found, by its clock the time is limited.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "list_files",
      description: """
        Lists a folder: folders end with '/', symbolic links with '@', other things that are no files with '='; files \
        have their size in bytes. What git ignores, and folders that tools make such as node_modules, are left out unless \
        include_ignored or git keeps track of them; .git is never shown. At most \(ToolLimits.listedMax) names. A name in \
        quotes has backslashes before what is special in it; give it back so.
        """,
      inputSchema: Self.schema([
        "path": ["type": "string", "description": "The folder; the workspace's own when left out."],
        "depth": [
          "type": "integer", "minimum": 1, "maximum": .number(JSONNumber(ToolLimits.listDepthMax)),
          "description": "How many levels are shown; 1 when left out.",
        ],
        "include_ignored": ["type": "boolean", "description": "Whether ignored files are shown; false when left out."],
      ]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let path = try workspace.resolve(input.path ?? ".")
    let depth = input.depth ?? 1
    return ToolPlan(title: "List \(path.text)", effects: [.read(path)]) { context, cancellation throws(ToolError) in
      var lines: [String] = []
      var isFull = false
      var walk = TreeWalk(
        of: path, in: workspace, includesIgnored: input.includeIgnored ?? false, reading: context.reading,
        settings: settings,
        pace: WorkPace(cancellation, settings))
      try walk.run { found throws(ToolError) in
        guard lines.count < ToolLimits.listedMax else {
          isFull = true
          return .stop
        }
        lines.append(Self.line(found))
        return found.names.count < depth ? .goOn : .passBy
      }
      if isFull { lines.append("[more than \(ToolLimits.listedMax) names; list a folder in it, or use find_files]") }
      lines += walk.notes
      let empty = walk.ignored > 0 ? "(nothing is shown\(walk.ignoredNote))" : "(the folder is empty)"
      return ToolOutcome(text: lines.isEmpty ? empty : lines.joined(separator: "\n"))
    }
  }

  private static func line(_ found: TreeWalk.Found) -> String {
    switch found.kind {
    case .folder: "\(found.text)/"
    case .link: "\(found.text)@"
    case .special: "\(found.text)="
    case .file: (try? found.folder.status(found.name)).map { "\(found.text)  \($0.size)" } ?? found.text
    }
  }
}
