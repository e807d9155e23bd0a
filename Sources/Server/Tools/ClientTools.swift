package import OperatingSystem
package import Protocol
internal import Synchronization

/// Somebody who runs tools that are not this program's.
package protocol ToolCalling: Sendable {
  /// Has a tool run, and waits for what it gave; cancelling the task takes the call back.
  func call(_ call: ToolCall) async throws(Failure) -> ToolCall.Response
}

/// The tools that the client registered.
package final class ClientTools: ToolSource {
  private let tools = Mutex<[String: ToolInfo]>([:])
  private let client: any ToolCalling
  private let own: Set<String>
  private let time: TimeSource

  /// No tools yet; the names of the server's own are taken.
  package init(_ client: any ToolCalling, own: Set<String>, time: TimeSource) {
    self.client = client
    self.time = time
    self.own = own
  }

  package var definitions: [ToolDefinition] {
    tools.withLock { $0.values.sorted { $0.name < $1.name } }.map(Self.definition)
  }

  private static func definition(of tool: ToolInfo) -> ToolDefinition {
    var definition = ToolDefinition(
      name: tool.name, description: tool.description, inputSchema: tool.inputSchema, isServers: false)
    definition.isStrict = tool.strict == true
    return definition
  }

  package func has(_ name: String) -> Bool { tools.withLock { $0[name] != nil } }

  package func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    guard let tool = tools.withLock({ $0[request.name] }) else { throw Self.gone }
    var call = request
    call.input = try Self.definition(of: tool).accepted(request.input)
    return ToolPlan(
      title: "Call \(request.name)", effects: [.delegate(isReading: tool.annotations?.readOnlyHint ?? false)]
    ) { [call] _ throws(ToolError) in
      guard self.has(call.name) else { throw Self.gone }
      return await self.perform(call, of: setting.run)
    }
  }

  private static let gone = ToolError(.unknownTool, "There is no such tool here.")

  /// Takes tools in, all or none; one of a name that the client has registered before takes that one's place.
  ///
  /// A schema that the API does not take is no reason to refuse a tool: it is sent in another form.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` for a name that is taken, that stands twice or that the API does not take,
  ///   or a schema that is none.
  package func register(_ new: [ToolInfo]) throws(Failure) {
    var names: Set<String> = []
    for (number, tool) in new.enumerated() {
      guard (1...ToolLimits.toolNameMax).contains(tool.name.utf8.count), tool.name.utf8.allSatisfy(Byte.isName)
      else {
        throw .invalidParams(
          "tools: '\(tool.name)' is no name for a tool; it has 1 to \(ToolLimits.toolNameMax) letters, digits, '_' and '-'"
        )
      }
      guard !own.contains(tool.name) else {
        throw .invalidParams("tools: '\(tool.name)' is the name of a tool of the server's; choose another")
      }
      guard names.insert(tool.name).inserted else {
        throw .invalidParams("tools[\(number)]: there is another tool '\(tool.name)' before it; each name stands once")
      }
      if let flaw = Self.flaw(in: tool.inputSchema) {
        throw .invalidParams("tools[\(number)].inputSchema of '\(tool.name)' is no JSON Schema of an object: \(flaw)")
      }
      if tool.strict == true, let flaw = Self.definition(of: tool).strictFlaw {
        throw .invalidParams("tools[\(number)].inputSchema of '\(tool.name)' cannot be strict: \(flaw)")
      }
    }
    let isTooMany = tools.withLock { tools in
      var all = tools
      for var tool in new {
        tool.isClientTool = true
        all[tool.name] = tool
      }
      guard all.count <= ToolLimits.clientToolsMax else { return true }
      tools = all
      return false
    }
    guard !isTooMany else {
      throw .invalidParams("tools: a client may have \(ToolLimits.clientToolsMax) tools at most")
    }
  }

  private static func flaw(in schema: JSON) -> String? {
    guard let object = schema.object else { return "it must be an object, and is \(schema.kindName)" }
    if let flaw = JSONSchemaForm.flaw(in: schema) { return flaw }
    guard let type = object["type"] else { return nil }
    let isOfObjects = type == "object" || type.array?.contains("object") == true
    return isOfObjects ? nil : "type must be 'object', and is \(type.text)"
  }

  /// Takes tools back: those of these names, or all.
  package func unregister(_ names: [String]?) {
    tools.withLock { tools in
      guard let names else { return tools.removeAll() }
      for name in names { tools[name] = nil }
    }
  }

  /// Has the client run one of its tools.
  private func perform(_ request: ToolRequest, of run: RunName) async -> ToolOutcome {
    let name = request.name
    let call = ToolCall(
      sessionId: run.sessionId, runId: run.runId, toolCallId: request.id, name: name, input: request.input)
    switch await answer(to: call) {
    case .success(let answer): return Self.outcome(answer)
    case .failure(let error):
      return ToolOutcome(text: "The client could not run \(name): \(error.message)", isError: true)
    case nil:
      return ToolOutcome(
        text: "The client did not answer for \(ToolLimits.clientCallMs / 60_000) minutes, so \(name) was given up.",
        isError: true)
    }
  }

  /// The client's answer; `nil` when none came in time, and the question was taken back.
  private func answer(to call: ToolCall) async -> Result<ToolCall.Response, Failure>? {
    await time.limited(to: ToolLimits.clientCallMs) { [client] () async -> Result<ToolCall.Response, Failure> in
      do throws(Failure) { return .success(try await client.call(call)) } catch { return .failure(error) }
    }
  }

  /// A client's answer in the API's form.
  ///
  /// It is whole but for a length that no event should have.
  private static func outcome(_ answer: ToolCall.Response) -> ToolOutcome {
    let blocks: [JSON]
    switch answer.content {
    case .string(let text)?: blocks = [["type": "text", "text": .string(text)]]
    case .array(let content)?: blocks = content.map(ClientContent.block)
    case let other?: blocks = [["type": "text", "text": .string(other.text)]]
    case nil: blocks = []
    }
    var kept = blocks.filter { $0["type"] != "text" || $0["text"]?.string?.isEmpty == false }
    if kept.isEmpty, let value = answer.structuredContent { kept = [["type": "text", "text": .string(value.text)]] }
    var outcome =
      kept.isEmpty
      ? ToolOutcome(text: "") : ToolOutcome(content: ResultBounds.cut(kept, to: ToolLimits.shownTextMax))
    outcome.isError = answer.isError ?? false
    return outcome
  }
}
