package import OperatingSystem
package import Protocol
internal import Providers

/// The tools of this program that work in a folder.
package struct Toolbox: ToolSource {
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

  /// All tools there are; `commands` is what `execute_command` runs with, and by whose variables git's settings are found, `files` where the state of git is read, `web` what
  /// `fetch_url` asks.
  package static func standard(commands: CommandSettings, files: FileSource, web: WebAccess? = nil) -> Toolbox {
    let tools: [any Tool] = [
      ReadFile(), WriteFile(), EditFile(), ListFiles(settings: commands), FindFiles(settings: commands),
      SearchFiles(settings: commands), MoveFile(), DeleteFile(),
      CreateDirectory(), ProjectInfo(files: files, settings: commands), UpdatePlan(),
      ExecuteCommand(settings: commands), ReadCommandOutput(settings: commands), StopCommand(settings: commands),
    ]
    return Toolbox(tools + (web.map { [FetchURL(web: $0)] } ?? []))
  }

  package func has(_ name: String) -> Bool { entries[name] != nil }

  package func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    try plan(request.name, request.input, in: setting.workspace)
  }

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
    return try entry.tool.plan(try entry.definition.checked(input), in: workspace)
  }
}

extension Tool {
  /// The input as the tool's own struct.
  func read<Input: Decodable>(_ input: JSON, as type: Input.Type = Input.self) throws(ToolError) -> Input {
    try definition.decode(input)
  }

  /// The schema of an input, as ``ToolDefinition/schema(_:required:)`` makes it.
  static func schema(_ properties: JSON, required: [String] = []) -> JSON {
    ToolDefinition.schema(properties, required: required)
  }
}

extension ToolDefinition {
  /// An input that fits the schema: as it is, or with what a model wrote as strings read as what they say.
  ///
  /// - Throws: A ``ToolError`` with all that a model needs to correct it.
  func checked(_ input: JSON) throws(ToolError) -> JSON {
    let input = JSONSchemaFit.fitted(input, to: inputSchema)
    // A schema need not say so, but the input of a tool is always an object.
    let isObject = input.object != nil
    let flaws =
      isObject
      ? JSONSchemaValidator.violations(of: input, against: inputSchema)
      : ["the input must be an object, and is \(input.kindName)"]
    guard flaws.isEmpty else {
      let list = flaws.prefix(10).joined(separator: "; ")
      throw ToolError(
        .invalidInput, "The input of \(name) does not fit its schema: \(list). Correct it and call again.")
    }
    return input
  }

  /// An input as the tool's own program knows it, from what a model said.
  ///
  /// - Throws: A ``ToolError`` when it does not fit the tool's own schema, in the names of that one.
  package func accepted(_ input: JSON) throws(ToolError) -> JSON {
    let sent = SentSchema(inputSchema)
    let own = sent.own(input)
    do throws(ToolError) {
      return try checked(own)
    } catch {
      throw ToolError(error.kind, [error.message, sent.namesRemark].compactMap(\.self).joined(separator: " "))
    }
  }

  /// An input that fits the schema, as a tool's own struct.
  func read<Input: Decodable>(_ input: JSON) throws(ToolError) -> Input {
    return try decode(try checked(input))
  }

  /// An input that was checked, as a tool's own struct.
  fileprivate func decode<Input: Decodable>(_ input: JSON) throws(ToolError) -> Input {
    do throws(JSONDecodingError) {
      return try input.decode(Input.self)
    } catch {
      throw ToolError(.invalidInput, "The input of \(name) is wrong: '\(error.path)' \(error.reason).")
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
