internal import OperatingSystem
internal import Protocol

/// `delegate`: has a part of the work done in a conversation of its own, of which only the last words come back.
///
/// It is a run like others, with the same model, permissions, questions and budgets, whose events name the call. It reads
/// only unless it is given more tools, and delegates nothing itself.
package struct DelegateTool: ToolSource {
  private struct Input: Decodable {
    var task: String
    var tools: [String]?
  }

  private let session: Session
  private let engine: Engine

  /// The tool for a session.
  init(_ session: Session, _ engine: Engine) {
    self.session = session
    self.engine = engine
  }

  /// Its name.
  package static let name = "delegate"
  /// The tools of a task that names none.
  private static let reading = [
    "read_file", "list_files", "find_files", "search_files", "get_project_info", SkillTool.name,
  ]
  /// The tools that are for the conversation with the person.
  private static let kept = [name, "switch_model", "ask_user", "update_plan"] + MCPTools.ownNames.sorted()

  package var definitions: [ToolDefinition] { [Self.definition] }

  private static let definition = ToolDefinition(
    name: name,
    description: """
      Has a task done by a helper in a conversation of its own, and gives its last words. Use it for what takes much \
      reading of which little is needed here. The helper knows nothing but the task: say all that it needs, and what it is \
      to report. It can read and search; name further tools if it is to use them. Several calls in one turn go on side by \
      side, \(DelegationLimits.atOnceMax) at most; those that may change something go one after the other.
      """,
    inputSchema: ToolDefinition.schema(
      [
        "task": ["type": "string", "minLength": 1, "description": "What is to be done, whole."],
        "tools": [
          "type": "array", "items": ["type": "string"],
          "description": "Names of your tools that the helper is to have besides.",
        ],
      ], required: ["task"]))

  package func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    let input: Input = try Self.definition.read(request.input)
    guard let run = session.runs.first(where: { $0.id == setting.run.runId }), run.delegation == nil else {
      throw ToolError(.unknownTool, "There is no tool '\(Self.name)' here.")
    }
    let tools = try tools(named: input.tools ?? [], for: run)
    let delegation = Delegation(for: run, callId: request.id)
    let isReading = tools.allSatisfy(Self.reading.contains)
    return ToolPlan(
      title: "Delegate: \(ToolPlan.firstLine(of: input.task))", effects: [.work(isReading: isReading)]
    ) { _ async throws(ToolError) in
      guard await run.places.enter() else { throw .cancelled }
      defer { run.places.leave() }
      return try await carryOut(input.task, with: tools, for: delegation)
    }
  }

  /// The tools of a task: those that read, and those that are named, as far as the run has them itself.
  private func tools(named: [String], for run: Run) throws(ToolError) -> [String] {
    let list = run.request.tools ?? session.options.tools
    let all = engine.tools(of: session).definitions.map(\.name)
    let known = all.filter { RunSetup.isWanted($0, list, in: session) && !Self.kept.contains($0) }
    for name in named where !known.contains(name) {
      throw ToolError(
        .invalidInput,
        "tools: a helper cannot be given '\(OneLine.of(name))'. It can have: \(known.joined(separator: ", ")).")
    }
    return known.filter { Self.reading.contains($0) || named.contains($0) }
  }

  private func carryOut(_ task: String, with tools: [String], for delegation: Delegation) async throws(ToolError)
    -> ToolOutcome
  {
    let asking = delegation.run
    var request = AgentRun(prompt: Prompt(task), sessionId: session.id)
    request.model = asking.request.model
    request.fallbackModel = asking.request.fallbackModel
    (request.effort, request.thinking) = (asking.request.effort, asking.request.thinking)
    (request.tools, request.maxTurns) = (tools, DelegationLimits.turnsMax)
    (request.system, request._meta) = (Self.words, asking.request._meta)
    let run = Run(
      id: asking.id, request: request, session: session.delegating(with: tools, for: delegation), for: delegation)
    do throws(Failure) {
      guard case .active = try run.session.admit(run, whenBusy: .reject) else { throw .cancelled }
    } catch {
      throw ToolError(.failed, error.message)
    }
    run.start { run in _ = await RunLoop(run: run, engine: engine).work() }
    let result = await withTaskCancellationHandler {
      await run.result()
    } onCancel: {
      _ = run.cancel()
    }
    switch result {
    case .failure(let failure): throw ToolError(.failed, "The helper could not go on: \(failure.message)")
    case .success(let done): return try Self.outcome(of: done)
    }
  }

  private static func outcome(of done: RunResult) throws(ToolError) -> ToolOutcome {
    let why: String
    switch done.stopReason {
    case .endTurn, .stopSequence: return ToolOutcome(text: done.text ?? "")
    case .cancelled: throw .cancelled
    case .maxTurns: why = "it was stopped after \(DelegationLimits.turnsMax) turns"
    case .budgetExceeded: why = "the budget does not last for more"
    case .maxTokens: why = "its answer was cut at the limit of its tokens"
    case .refusal: why = "it refused"
    case .contextWindowExceeded: why = "its conversation does not fit the model's window"
    case nil: why = "it ended without a reason"
    }
    let said = BlankText.isBlank(done.text ?? "") ? "" : "\(done.text ?? "")\n\n"
    return ToolOutcome(text: "\(said)[the helper is not done: \(why)]", isError: true)
  }

  private static let words = """
    You do a part of a larger task for another agent, which knows nothing of what you see and do but your last message. \
    Nobody answers questions: where something is not clear, decide, and say what you decided. Report what was asked for, \
    with the places (files and lines), and what you could not find or do.
    """
}
