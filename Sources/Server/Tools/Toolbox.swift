package import Protocol

/// The tools that a model is offered.
package struct Toolbox: Sendable {
  private let tools: [String: any Tool]
  /// What the model is told, by name: always in the same order, as the prompt cache wants it.
  package let definitions: [ToolDefinition]

  /// A box of these tools; of two with one name the later counts.
  package init(_ tools: [any Tool]) {
    var named: [String: any Tool] = [:]
    for tool in tools { named[tool.definition.name] = tool }
    self.tools = named
    definitions = named.values.map(\.definition).sorted { $0.name < $1.name }
  }

  /// All tools there are; `commands` is what `execute_command` runs with.
  package static func standard(commands: CommandSettings) -> Toolbox {
    Toolbox([
      ReadFile(), WriteFile(), EditFile(), ListFiles(), FindFiles(), SearchFiles(), MoveFile(), DeleteFile(),
      CreateDirectory(), ProjectInfo(), UpdatePlan(), ExecuteCommand(settings: commands),
    ])
  }

  /// Whether there is a tool of that name.
  package func has(_ name: String) -> Bool { tools[name] != nil }

  /// The box with more tools.
  package func adding(_ more: [any Tool]) -> Toolbox { Toolbox(Array(tools.values) + more) }

  /// The box with only some of its tools.
  package func filtered(_ isKept: (String) -> Bool) -> Toolbox { Toolbox(tools.filter { isKept($0.key) }.map(\.value)) }

  /// Checks a call, and says what it would do.
  ///
  /// The input must be complete: what a model had not finished saying is for its caller to refuse.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  package func plan(_ name: String, _ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    guard let tool = tools[name] else {
      let known = definitions.map(\.name).joined(separator: ", ")
      throw ToolError(.unknownTool, "There is no tool '\(name)' here. There are: \(known).")
    }
    let flaws = JSONSchema.violations(of: input, against: tool.definition.inputSchema)
    guard flaws.isEmpty else {
      let list = flaws.prefix(10).joined(separator: "; ")
      throw ToolError(
        .invalidInput, "The input of \(name) does not fit its schema: \(list). Correct it and call again.")
    }
    return try tool.plan(input, in: workspace)
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
