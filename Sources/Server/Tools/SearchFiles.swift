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

  /// What commands run with: by its variables git's settings are found, by its clock the time is limited.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "search_files",
      description: """
        Searches the lines of text files for a regular expression (Perl's syntax; no back-references, no look-around, \
        \\p or \\n). Found lines come as 'path:line: text', context lines as 'path-line- text'. Of a line over \
        \(ToolLimits.lineBytesMax) bytes the part around its first match comes, with how many bytes are left out on \
        either side; read_file reads them with start_column. Binary files, what git ignores, and folders that tools make \
        such as node_modules are left out. A search has \(ToolLimits.searchMs / 1_000) seconds; what was found by then \
        is told.
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
    let path = try workspace.resolve(input.path ?? ".")
    var filter: FilePattern?
    if let files = input.files {
      try workspace.checkPattern(files)
      filter = try FilePattern(files, in: path, of: workspace)
      guard filter?.start == path else {
        throw ToolError(
          .invalidInput, "The pattern '\(files)' is of files outside of '\(path.text)'; give their folder as path.")
      }
    }
    let includesIgnored = input.includeIgnored ?? false
    return ToolPlan(title: "Search \(path.text) for \(input.pattern)", effects: [.read(path)]) {
      [filter] context, cancellation throws(ToolError) in
      let reading = context.reading
      let pace = WorkPace(cancellation, settings)
      var search = LineSearch(
        expression, context: input.context ?? 0, foundMax: input.maxResults ?? ToolLimits.foundUsual, pace: pace)
      var walk: TreeWalk?
      var secrets = 0
      if !path.isRoot, let status = try workspace.status(path), status.kind != .folder {
        guard reading.permits(path.text), reading.permitsShowing(path.text) else {
          throw ToolError(.refused, "Refused: a rule of the person's stands in the way of reading '\(path.text)'.")
        }
        _ = try search.search(try workspace.openFile(path, status)) { ShownPath.text(path) }
      } else {
        var tree = TreeWalk(
          of: path, in: workspace, includesIgnored: includesIgnored, reading: reading, settings: settings, pace: pace)
        try tree.run { found throws(ToolError) in
          guard found.kind == .file, filter?.matches(found.names) ?? true else { return .goOn }
          guard reading.permitsShowing(path.appending(found.names).text) else {
            secrets += 1
            return .goOn
          }
          let file: OpenFile
          do throws(OpenFolder.ReadProblem) { file = try found.folder.open(file: found.name) } catch {
            // What cannot be read, or has gone, is passed over, as by every tool of this kind; what nobody can read is not.
            if case .system(let problem) = error, problem.isOutOfDescriptors {
              throw problem.toolError(path.appending(found.names), expecting: "file")
            }
            return .goOn
          }
          return try search.search(file) { ShownPath.text(path.appending(found.names)) } ? .goOn : .stop
        }
        walk = tree
      }
      var notes = walk?.notes ?? []
      if secrets > 0 { notes.append("[\(secrets) not searched: by their names they hold secrets]") }
      let lines = search.output(notes: notes)
      let none = "(no line fits '\(input.pattern)'\(walk?.ignoredNote ?? ""))"
      return ToolOutcome(text: search.hasFound ? lines : [none, lines].filter { !$0.isEmpty }.joined(separator: "\n"))
    }
  }
}
