/// A call of a tool, for people.
package struct ToolCallInfo: Codable, Hashable, Sendable {
  /// The provider's id of the call.
  package var toolCallId: String
  /// Which tool, as the model was offered it.
  package var name: String
  /// What the call does, in one line.
  package var title: String
  /// What the tool is given.
  package var input: JSON
  /// The files and folders it is about.
  package var locations: [ToolLocation]?
  /// The unified diff it would make.
  package var diff: String?

  /// A call.
  package init(toolCallId: String, name: String, title: String, input: JSON) {
    self.toolCallId = toolCallId
    self.name = name
    self.title = title
    self.input = input
  }
}

/// A place that a call is about.
package struct ToolLocation: Codable, Hashable, Sendable {
  /// The absolute path.
  package var path: String
  /// The line, from 1.
  package var line: Int?

  /// A place.
  package init(path: String, line: Int? = nil) {
    self.path = path
    self.line = line
  }
}

/// One step of a model's plan, shown to people.
package struct PlanStep: Codable, Hashable, Sendable {
  /// Where a step stands.
  package enum Status: String, Codable, Hashable, Sendable, CaseIterable {
    case pending
    case inProgress = "in_progress"
    case completed
  }

  /// How much a step matters.
  package enum Priority: String, Codable, Hashable, Sendable, CaseIterable {
    case high, medium, low
  }

  /// What is to be done.
  package var content: String
  /// Where it stands.
  package var status: Status
  /// How much it matters; medium when nobody says.
  package var priority: Priority?

  /// A step.
  package init(content: String, status: Status, priority: Priority? = nil) {
    self.content = content
    self.status = status
    self.priority = priority
  }
}

/// A tool as models and clients know it.
package struct ToolInfo: Codable, Hashable, Sendable {
  /// The name it is called by.
  package var name: String
  /// What it does, for the model.
  package var description: String
  /// The JSON Schema of its input.
  package var inputSchema: JSON
  /// Whether the model's service is to see to it that calls fit the schema, where it does; as the model likes when absent.
  package var strict: Bool?
  /// Whether the client runs it; absent where it says what it registers.
  package var isClientTool: Bool?
  /// What the client says of its behaviour, in MCP's words.
  package var annotations: ToolAnnotations?

  /// A tool.
  package init(name: String, description: String, inputSchema: JSON, isClientTool: Bool? = nil) {
    self.name = name
    self.description = description
    self.inputSchema = inputSchema
    self.isClientTool = isClientTool
  }
}

/// What a client says of a tool's behaviour (MCP's `annotations`).
package struct ToolAnnotations: Codable, Hashable, Sendable {
  /// Whether it changes nothing, so that it may run beside other calls; it may change something when absent.
  package var readOnlyHint: Bool?
}
