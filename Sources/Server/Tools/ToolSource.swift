package import Protocol

/// Where a session's tools come from: the server's own, the client's, a program's that offers some.
package protocol ToolSource: Sendable {
  /// What models are told of its tools, in an order that stays.
  var definitions: [ToolDefinition] { get }
  /// Whether it has a tool of that name.
  func has(_ name: String) -> Bool
  /// Checks a call of one of its tools, and says what it would do; nothing has happened yet. May block.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan
}

extension ToolSource {
  /// Looked for among the definitions, for sources that have few.
  package func has(_ name: String) -> Bool { definitions.contains { $0.name == name } }
}

/// What a model asks for with a call.
package struct ToolRequest: Hashable, Sendable {
  /// The provider's id of the call.
  package var id: String
  /// The tool as the model named it.
  package var name: String
  /// What it is given, whole.
  package var input: JSON

  /// A request.
  package init(id: String, name: String, input: JSON) {
    self.id = id
    self.name = name
    self.input = input
  }
}

/// Where a call happens.
package struct ToolSetting: Sendable {
  /// The folder that tools work in.
  package var workspace: Workspace
  /// The run that it belongs to.
  package var run: RunName

  /// A setting.
  package init(workspace: Workspace, run: RunName) {
    self.workspace = workspace
    self.run = run
  }
}

/// All sources of tools, as one.
package struct ToolSources: Sendable {
  private let sources: [any ToolSource]

  /// These sources; of two tools with one name the earlier source's counts.
  package init(_ sources: [any ToolSource]) { self.sources = sources }

  /// These, and another one behind them.
  package func joined(with other: any ToolSource) -> ToolSources { ToolSources(sources + [other]) }

  /// What models are told: the server's tools by name, then the others by name, always in that order, as the prompt cache
  /// wants it.
  package var definitions: [ToolDefinition] {
    var known: Set<String> = []
    let all = sources.flatMap(\.definitions).filter { known.insert($0.name).inserted }
    return all.sorted { one, other in
      one.isServers == other.isServers ? one.name < other.name : one.isServers
    }
  }

  /// The tools as clients see them.
  package var infos: [ToolInfo] {
    definitions.map { tool in
      var info = ToolInfo(
        name: tool.name, description: tool.description, inputSchema: tool.inputSchema, isClientTool: !tool.isServers)
      info.strict = tool.isStrict ? true : nil
      return info
    }
  }

  /// Checks a call of one of the tools that are offered.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  package func plan(_ request: ToolRequest, offered: Set<String>, in setting: ToolSetting) throws(ToolError) -> ToolPlan
  {
    guard offered.contains(request.name), let source = sources.first(where: { $0.has(request.name) }) else {
      let known = definitions.map(\.name).filter(offered.contains).joined(separator: ", ")
      throw ToolError(.unknownTool, "There is no tool '\(request.name)' here. There are: \(known).")
    }
    return try source.plan(request, in: setting)
  }

  /// Refuses the name of a tool that is not there: a model would miss it without a word.
  package func check(names: [String]?) throws(Failure) {
    guard let names else { return }
    let known = definitions.map(\.name) + RuleTools.offeredWhenAsked
    // MCP servers come and go.
    for name in names where !known.contains(name) && !name.utf8.starts(with: RuleTools.ofServers.utf8) {
      let meant = NearMiss.of(name, among: known).map { "; did you mean '\($0)'?" } ?? "; tools/list names them"
      throw .invalidParams("tools: there is no tool '\(name)'\(meant)")
    }
  }
}
