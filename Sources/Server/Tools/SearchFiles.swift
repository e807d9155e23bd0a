internal import OperatingSystem
internal import Protocol

/// `search_files`: lines of files by a regular expression.
struct SearchFiles: Tool {
  private struct Input: Decodable {
    var pattern: String
    var path: String?
    var files: String?
    var ignoreCase: Bool?
    var context: Int?
    var maxResults: Int?
    var includeIgnored: Bool?

    enum CodingKeys: String, CodingKey {
      case pattern, path, files, context
      case ignoreCase = "ignore_case"
      case maxResults = "max_results"
      case includeIgnored = "include_ignored"
    }
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "search_files",
      description: """
        Searches the lines of text files for a regular expression (Perl's syntax; no back-references, no look-around, \
        \\p or \\n). Found lines come as 'path:line: text', context lines as 'path-line- text'. What .gitignore ignores, \
        binary files and files over \(ToolLimits.searchFileMax / 1024 / 1024) MiB are left out.
        """,
      inputSchema: Self.schema(
        [
          "pattern": ["type": "string", "minLength": 1, "description": "The regular expression."],
          "path": [
            "type": "string", "description": "The folder or file to search; the workspace's folder when left out.",
          ],
          "files": ["type": "string", "description": "Search only files that fit this pattern, as in find_files."],
          "ignore_case": ["type": "boolean", "description": "Whether case does not matter; false when left out."],
          "context": [
            "type": "integer", "minimum": 0, "maximum": .number(JSONNumber(ToolLimits.contextMax)),
            "description": "How many lines to show before and after each; 0 when left out.",
          ],
          "max_results": [
            "type": "integer", "minimum": 1, "maximum": .number(JSONNumber(ToolLimits.foundMax)),
            "description": .string("How many lines to find at most; \(ToolLimits.foundUsual) when left out."),
          ],
          "include_ignored": [
            "type": "boolean", "description": "Whether ignored files are searched; false when left out.",
          ],
        ], required: ["pattern"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let expression = try RegularExpression(input.pattern, ignoresCase: input.ignoreCase ?? false)
    var filter: GlobPattern?
    if let files = input.files { filter = try GlobPattern(files) }
    let path = try workspace.resolve(input.path ?? ".")
    let search = LineSearch(
      expression: expression, context: input.context ?? 0, foundMax: input.maxResults ?? ToolLimits.foundUsual)
    let includesIgnored = input.includeIgnored ?? false
    return ToolPlan(title: "Search \(path.text) for \(input.pattern)", effects: [.read(path)]) {
      [filter] context, cancellation throws(ToolError) in
      var search = search
      var notes: [String] = []
      var secrets = 0
      if !path.isRoot, let status = try workspace.status(path), status.kind != .folder {
        guard context.reading.permits(path.text), context.reading.permitsShowing(path.text) else {
          throw ToolError(.refused, "Refused: a rule of the person's stands in the way of reading '\(path.text)'.")
        }
        let content = try workspace.read(path, max: ToolLimits.searchFileMax)
        _ = search.search(content.bytes, name: path.text)
      } else {
        var walk = TreeWalk(
          of: path, in: workspace, includesIgnored: includesIgnored, reading: context.reading,
          cancellation: cancellation)
        try walk.run { found throws(ToolError) in
          guard found.kind == .file, filter?.matches(found.names) ?? true else { return .goOn }
          try cancellation.check()
          guard context.reading.permitsShowing(path.appending(found.names).text) else {
            secrets += 1
            return .goOn
          }
          // What cannot be read, has gone, or is too large is passed over, as by every tool of this kind.
          guard let content = try? found.folder.read(found.name, max: ToolLimits.searchFileMax) else { return .goOn }
          return search.search(content.bytes, name: path.appending(found.names).text) ? .goOn : .stop
        }
        notes = walk.notes
        if secrets > 0 { notes.append("[\(secrets) not searched: by their names they hold secrets]") }
      }
      let lines = search.output(notes: notes)
      return ToolOutcome(text: lines.isEmpty ? "(no line fits '\(input.pattern)')" : lines)
    }
  }
}
