package import Protocol

/// The tools that a model is offered.
package struct Toolbox: Sendable {
  /// A tool with what the model is told of it, which is made once: every run takes some of the tools.
  private struct Entry: Sendable {
    var tool: any Tool
    var definition: ToolDefinition
  }

  private let entries: [String: Entry]
  /// What the model is told, by name: always in the same order, as the prompt cache wants it.
  package let definitions: [ToolDefinition]

  /// A box of these tools; of two with one name the later counts.
  package init(_ tools: [any Tool]) {
    var entries: [String: Entry] = [:]
    for tool in tools {
      let definition = tool.definition
      entries[definition.name] = Entry(tool: tool, definition: definition)
    }
    self.init(entries)
  }

  private init(_ entries: [String: Entry]) {
    self.entries = entries
    definitions = entries.values.map(\.definition).sorted { $0.name < $1.name }
  }

  /// All tools there are; `commands` is what `execute_command` runs with.
  package static func standard(commands: CommandSettings) -> Toolbox {
    Toolbox([
      ReadFile(), WriteFile(), EditFile(), ListFiles(), FindFiles(), SearchFiles(), MoveFile(), DeleteFile(),
      CreateDirectory(), ProjectInfo(), UpdatePlan(), ExecuteCommand(settings: commands),
    ])
  }

  /// Whether there is a tool of that name.
  package func has(_ name: String) -> Bool { entries[name] != nil }

  /// The box with more tools.
  package func adding(_ more: [any Tool]) -> Toolbox {
    Toolbox(entries.merging(Toolbox(more).entries) { _, new in new })
  }

  /// The box with only some of its tools.
  package func filtered(_ isKept: (String) -> Bool) -> Toolbox { Toolbox(entries.filter { isKept($0.key) }) }

  /// Checks a call, and says what it would do.
  ///
  /// The input must be complete: what a model had not finished saying is for its caller to refuse.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  package func plan(_ name: String, _ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    guard let entry = entries[name] else {
      let known = definitions.map(\.name).joined(separator: ", ")
      throw ToolError(.unknownTool, "There is no tool '\(name)' here. There are: \(known).")
    }
    let flaws = JSONSchemaValidator.violations(of: input, against: entry.definition.inputSchema)
    guard flaws.isEmpty else {
      let list = flaws.prefix(10).joined(separator: "; ")
      throw ToolError(
        .invalidInput, "The input of \(name) does not fit its schema: \(list). Correct it and call again.")
    }
    return try entry.tool.plan(input, in: workspace)
  }
}

extension Tool {
  /// The input as the tool's own struct.
  func read<Input: Decodable>(_ input: JSON, as type: Input.Type = Input.self) throws(ToolError) -> Input {
    do throws(JSONDecodingError) {
      return try input.decode(type)
    } catch {
      throw ToolError(.invalidInput, "The input of \(definition.name) is wrong: '\(error.path)' \(error.reason).")
    }
  }

  /// The schema of an input: its members, and which of them must be there.
  ///
  /// Others are refused, as a misspelt one would otherwise be passed over.
  static func schema(_ properties: JSON, required: [String] = []) -> JSON {
    [
      "type": "object", "properties": properties, "required": .array(required.map(JSON.string)),
      "additionalProperties": false,
    ]
  }
}
