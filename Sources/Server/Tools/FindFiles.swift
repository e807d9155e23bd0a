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

  var definition: ToolDefinition {
    ToolDefinition(
      name: "find_files",
      description: """
        Finds files and folders by a pattern: '*' and '?' within a name, '**' for any folders, '[a-z]', '{one,other}'. A \
        pattern without '/' is looked for at any depth, one with '/' from the folder: '*.swift', 'Sources/**/*.{c,h}'. \
        What .gitignore ignores is left out unless include_ignored; .git is never shown. At most \
        \(ToolLimits.listedMax) paths, sorted; folders end with '/'.
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
    let pattern = try GlobPattern(input.pattern)
    let path = try workspace.resolve(input.path ?? ".")
    return ToolPlan(title: "Find \(input.pattern) in \(path.text)", effects: [.read(path)]) {
      context, cancellation throws(ToolError) in
      var lines: [String] = []
      var isFull = false
      var walk = TreeWalk(
        of: path, in: workspace, includesIgnored: input.includeIgnored ?? false, reading: context.reading,
        cancellation: cancellation)
      try walk.run { found throws(ToolError) in
        guard pattern.matches(found.names) else { return .goOn }
        guard lines.count < ToolLimits.listedMax else {
          isFull = true
          return .stop
        }
        let names = path.names.dropFirst(path.isInside ? path.rootCount : 0) + found.names
        let shown = path.isInside ? FileName.relative(names) : path.appending(found.names).absolute
        lines.append(found.kind == .folder ? shown + "/" : shown)
        return .goOn
      }
      if isFull { lines.append("[more than \(ToolLimits.listedMax) paths; use a narrower pattern]") }
      lines += walk.notes
      return ToolOutcome(text: lines.isEmpty ? "(no file fits '\(input.pattern)')" : lines.joined(separator: "\n"))
    }
  }
}
