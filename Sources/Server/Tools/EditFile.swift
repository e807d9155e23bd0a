internal import OperatingSystem
internal import Protocol
internal import Providers

/// `edit_file`: replaces exact texts in a file, all of them or none.
struct EditFile: Tool {
  private struct Input: Decodable {
    var path: String
    var edits: [TextEdit]
  }

  var definition: ToolDefinition {
    ToolDefinition(
      name: "edit_file",
      description: """
        Replaces texts in a file. Each old_text must be in the file exactly once, white space included; add lines around \
        it until it is, or say replace_all. Edits are made one after the other, each on what the last one left, and only \
        if all of them fit. Line ends, encoding and mode of the file stay as they are: write \\n for every line end. \
        Read the file first.
        """,
      inputSchema: Self.schema(
        [
          "path": ["type": "string", "description": "The file, from the workspace's folder or absolute."],
          "edits": [
            "type": "array", "minItems": 1, "maxItems": .number(JSONNumber(ToolLimits.editsMax)),
            "items": Self.schema(
              [
                "old_text": [
                  "type": "string", "minLength": 1, "description": "The text to replace, without line numbers.",
                ],
                "new_text": ["type": "string", "description": "What is to stand there."],
                "replace_all": [
                  "type": "boolean", "description": "Whether every occurrence is replaced; false when left out.",
                ],
              ], required: ["old_text", "new_text"]),
          ],
        ], required: ["path", "edits"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let path = try workspace.resolve(input.path)
    try path.checkMayChange()
    let edits = input.edits
    return ToolPlan(
      title: "Edit \(path.text)", effects: [.read(path), .write(path)],
      locations: [ToolLocation(path: path.absolute)],
      foreseen: { cancellation throws(ToolError) in
        let old = try Self.old(path, in: workspace, cancellation)
        let edited = try Self.edited(path, old, edits)
        return ToolPlan.Foreseen(
          diff: UnifiedDiff.text(path: path.text, old: old.bytes, new: edited.new),
          base: FileBase(path, old.bytes))
      }
    ) { context, cancellation throws(ToolError) in
      let old = try Self.old(path, in: workspace, cancellation)
      try context.checkBase(path, old.bytes, isWhole: false)
      let edited = try Self.edited(path, old, edits)
      try cancellation.check()
      let change = try workspace.put(path, edited.new, over: old, noting: context.journal, cancellation)
      context.journal?.note(change)
      context.seen?.note(change, from: old.bytes, isWhole: false)
      let places = edited.places == 1 ? "1 place" : "\(edited.places) places"
      return ToolOutcome(
        text: "Edited '\(path.text)' in \(places)\(change.notes.map { "; \($0)" }.joined()).", diff: change.diff)
    }
  }

  /// What the edits make of a file.
  private struct Edited {
    let new: [UInt8]
    /// How many places were replaced.
    let places: Int
  }

  private static func old(
    _ path: WorkspacePath, in workspace: Workspace, _ cancellation: Cancellation
  ) throws(ToolError) -> CurrentFile {
    guard let old = try workspace.current(path, max: ToolLimits.writeBytesMax, cancellation) else {
      throw SystemError.notThere.toolError(path, expecting: "file")
    }
    return old
  }

  private static func edited(_ path: WorkspacePath, _ old: CurrentFile, _ edits: [TextEdit]) throws(ToolError) -> Edited
  {
    guard let (text, encoding) = TextEncoding.decode(old.bytes) else {
      throw ToolError(.refused, "'\(path.text)' is a binary file; only text can be edited.")
    }
    var editing = TextEditing(text)
    for (number, edit) in edits.enumerated() {
      let name = edits.count == 1 ? "'\(path.text)'" : "edit \(number + 1) of '\(path.text)'"
      try editing.apply(edit, name: name)
    }
    guard let bytes = encoding.encode(editing.text) else {
      throw ToolError(
        .refused, "'\(path.text)' is \(encoding.rawValue), which cannot write all characters of the new text.")
    }
    guard bytes != old.bytes else {
      throw ToolError(.invalidInput, "The edits of '\(path.text)' change nothing; old and new text are the same.")
    }
    return Edited(new: bytes, places: editing.replaced)
  }
}
