internal import OperatingSystem
internal import Protocol

/// `find_files`: files by the pattern of their names.
struct FindFiles: Tool {
  private struct Input: Decodable {
    var pattern: String
    var path: String?
    var includeIgnored: Bool?

    enum CodingKeys: String, CodingKey {
      case pattern, path
      case includeIgnored = "include_ignored"
    }
  }

  /// What commands run with: by its variables git's settings are found, by its clock the time is limited.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "find_files",
      description: """
        Finds files and folders by a pattern: '*' and '?' within a name, '**' for any folders, '[a-z]', '{one,other}'. A \
        pattern without '/' is looked for at any depth, one with '/' from the folder: '*.swift', 'Sources/**/*.{c,h}', \
        './*.c'; it may also be absolute. Brackets fit themselves too: 'app/[id]/*'. What git ignores, and folders that \
        tools make such as node_modules, are left out unless include_ignored or git keeps track of them; .git is never \
        shown. At most \(ToolLimits.listedMax) paths, sorted; folders end with '/'. A path in quotes has backslashes \
        before what is special in it; give it back so.
        """,
      inputSchema: Self.schema(
        [
          "pattern": ["type": "string", "minLength": 1, "description": "The pattern."],
          "path": ["type": "string", "description": "The folder to look in; the workspace's own when left out."],
          "include_ignored": [
            "type": "boolean", "description": "Whether ignored files are found; false when left out.",
          ],
        ], required: ["pattern"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    try workspace.checkPattern(input.pattern)
    let pattern = try FilePattern(input.pattern, in: workspace.resolve(input.path ?? "."), of: workspace)
    let path = pattern.start
    return ToolPlan(title: "Find \(input.pattern) in \(path.text)", effects: [.read(path)]) {
      context, cancellation throws(ToolError) in
      var lines: [String] = []
      var isFull = false
      var walk = TreeWalk(
        of: path, in: workspace, includesIgnored: input.includeIgnored ?? false, reading: context.reading,
        settings: settings,
        pace: WorkPace(cancellation, settings))
      try walk.run { found throws(ToolError) in
        guard pattern.matches(found.names) else { return .goOn }
        guard lines.count < ToolLimits.listedMax else {
          isFull = true
          return .stop
        }
        let shown = ShownPath.text(path.appending(found.names))
        lines.append(found.kind == .folder ? shown + "/" : shown)
        return .goOn
      }
      if isFull { lines.append("[more than \(ToolLimits.listedMax) paths; use a narrower pattern]") }
      let none = lines.isEmpty ? ["(no file fits '\(input.pattern)'\(walk.ignoredNote))"] : []
      return ToolOutcome(text: (none + lines + walk.notes).joined(separator: "\n"))
    }
  }
}
