package import Protocol
internal import Providers

/// Something a model can have done in the workspace.
package protocol Tool: Sendable {
  /// What the model is told of it.
  var definition: ToolDefinition { get }
  /// Checks a call, and says what it would do; nothing has happened yet.
  ///
  /// - Throws: A ``ToolError`` with a message for the model.
  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan
}

/// What a model is told of a tool.
package struct ToolDefinition: Hashable, Sendable {
  /// The name it is called by.
  package var name: String
  /// What it does, when to use it, and its limits.
  package var description: String
  /// The JSON Schema of its input.
  package var inputSchema: JSON
  /// Whether this program does what it says, and not another one.
  package var isServers: Bool
  /// Whether the model's service is to see to it that calls fit the schema.
  package var isStrict = false

  /// A definition.
  package init(name: String, description: String, inputSchema: JSON, isServers: Bool = true) {
    self.name = name
    self.description = description
    self.inputSchema = inputSchema
    self.isServers = isServers
  }

  /// The definition as the Messages API takes it.
  ///
  /// What another program registered may be sent in another form than it has; ``accepted(_:)`` finds the way back.
  package var apiForm: JSON {
    guard !isServers else {
      return ["name": .string(name), "description": .string(description), "input_schema": inputSchema]
    }
    let sent = SentSchema(inputSchema)
    let words = [description, sent.remark].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n\n")
    var form: JSONObject = ["name": .string(name), "description": .string(words), "input_schema": sent.json]
    if isStrict, let schema = strictSchema(sent) { (form["input_schema"], form["strict"]) = (schema, true) }
    return .object(form)
  }

  private func strictSchema(_ sent: SentSchema) -> JSON? { try? GrammarSchema(sent.json).json }

  /// Why the service cannot see to it that calls fit the schema; `nil` where it can.
  package var strictFlaw: String? {
    do throws(GrammarSchema.Flaw) { _ = try GrammarSchema(SentSchema(inputSchema).json) } catch { return error.reason }
    return nil
  }
}

/// One thing that a call would do: what a permission is given for.
package enum ToolEffect: Hashable, Sendable {
  /// A file's content, or a folder's names, are read.
  case read(WorkspacePath)
  /// A file or folder is made or changed.
  case write(WorkspacePath)
  /// A file or folder goes.
  case delete(WorkspacePath)
  /// A command runs in a folder; it can do whatever this program's user can.
  case execute(command: String, folder: WorkspacePath)
  /// Something is asked for on the network, of a host, with its port where that is not the usual one.
  case fetch(url: String, place: String)
  /// Another model answers from now on; `cost` says what that means for the price, as the end of "it …". `isAskedFor`: the
  /// person named it.
  case model(name: String, cost: String, isAskedFor: Bool)
  /// Another program does something of its own, of which only it knows what; it may say that it only looks.
  case delegate(isReading: Bool)
  /// A run of its own works on a task; each of its calls says what it would do.
  case work(isReading: Bool)
  /// An MCP server does something of its own; `claim` is what it says of the effects, which nobody has verified.
  case serve(server: String, claim: String?, isReading: Bool)

  /// The path it is about; `nil` where it is about none, or only another program knows.
  package var path: WorkspacePath? {
    switch self {
    case .read(let path), .write(let path), .delete(let path), .execute(_, let path): path
    case .delegate, .work, .serve, .fetch, .model: nil
    }
  }

  /// Whether another call may see what it does.
  package var changesSomething: Bool {
    switch self {
    case .read, .fetch, .model, .delegate(isReading: true), .work(isReading: true), .serve(_, _, isReading: true): false
    case .write, .delete, .execute, .delegate, .work, .serve: true
    }
  }

  /// Whether it is about nothing outside the folders in which the session may work.
  package var isInside: Bool { path?.isWithinReach ?? true }
}

/// Something to tell a client while a tool works.
package enum ToolProgress: Hashable, Sendable {
  /// A piece of a command's output.
  case output(String)
}

/// What a tool gave.
package struct ToolOutcome: Hashable, Sendable {
  /// Content blocks of a tool result, in the API's form.
  package var content: [JSON]
  /// Whether the model should take it for a failure.
  package var isError = false
  /// What changed in files, as a unified diff.
  package var diff: String?
  /// The plan, when the tool was told of it.
  package var steps: [PlanStep]?

  /// A text for the model.
  package init(text: String, isError: Bool = false, diff: String? = nil) {
    // The API takes no empty text.
    content = [["type": "text", "text": .string(text.isEmpty ? "(nothing)" : text)]]
    self.isError = isError
    self.diff = diff
  }

  /// Blocks for the model; what of them it gets to see is for `SoundContent` and `ResultBounds` to say.
  package init(content: [JSON]) { self.content = content }

  /// The texts, joined.
  package var text: String { content.compactMap { $0["text"]?.string }.joined(separator: "\n") }
}

/// Why a tool did not do what it was asked: what, which, and what to do next, for the model to read.
package struct ToolError: Error, Hashable, Sendable {
  /// The kinds of refusal.
  package enum Kind: String, Hashable, Sendable {
    /// The input does not fit the schema, or asks for what makes no sense.
    case invalidInput
    /// There is no tool of that name.
    case unknownTool
    /// There is no such file or folder.
    case notFound
    /// It is there, but not what is asked for, or larger than allowed.
    case refused
    /// Something changed meanwhile; the same call may succeed.
    case changed
    /// The system said no.
    case failed
    /// The process has nothing left to do it with; the same call may succeed later.
    case exhausted
    /// A person stopped it.
    case cancelled
  }

  /// What kind of refusal it is.
  package var kind: Kind
  /// What to tell the model.
  package var message: String

  /// A refusal.
  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The person cancelled.
  static let cancelled = ToolError(.cancelled, "The person stopped this before it was done.")

  /// The result that tells the model.
  package var outcome: ToolOutcome { ToolOutcome(text: message, isError: true) }
}
