package import Protocol

/// Runs the tool calls of one message: those that do not get in each other's way at the same time, the results in the order
/// of the calls.
package struct ToolCalls: Sendable {
  private let run: Run
  private let offered: Set<String>
  private let toolbox: Toolbox
  private let clientTools: ClientTools
  private let desk: PermissionDesk
  private let workspace: Workspace
  private let journal: FileJournal

  /// The tools of a run, of which the model knows those of the names `offered`.
  package init(
    run: Run, offered: Set<String>, toolbox: Toolbox, clientTools: ClientTools, desk: PermissionDesk,
    workspace: Workspace, journal: FileJournal
  ) {
    self.run = run
    self.offered = offered
    self.toolbox = toolbox
    self.clientTools = clientTools
    self.desk = desk
    self.workspace = workspace
    self.journal = journal
  }

  /// A call that has been looked at.
  private struct Planned: Sendable {
    var call: StopPolicy.ToolCall
    var plan: Result<ToolPlan, ToolError>
    var isClientTool: Bool
  }

  /// Runs the calls, and gives the message of the user that answers them.
  ///
  /// `remark` stands behind the results. Calls that were not whole have no result here: history repairs them.
  package func answer(_ calls: [StopPolicy.ToolCall], remark: String?) async -> JSON {
    let planned = calls.map(plan)
    let outcomes = await outcomes(of: planned)
    var content = zip(calls, outcomes).map { call, outcome -> JSON in
      var result: JSONObject = [
        "type": "tool_result", "tool_use_id": .string(call.id), "content": .array(outcome.content),
      ]
      if outcome.isError { result["is_error"] = true }
      return .object(result)
    }
    if let remark { content.append(["type": "text", "text": .string(remark)]) }
    return ["role": "user", "content": .array(content)]
  }

  private func plan(_ call: StopPolicy.ToolCall) -> Planned {
    // The client may have tools that this session does not want.
    let isClientTool = offered.contains(call.name) && clientTools.has(call.name)
    let plan = Result { () throws(ToolError) -> ToolPlan in
      guard !isClientTool else {
        return ToolPlan(title: "Call \(call.name)", effects: []) { _, _ in ToolOutcome(text: "") }
      }
      return try toolbox.plan(call.name, call.input, in: workspace)
    }
    return Planned(call: call, plan: plan, isClientTool: isClientTool)
  }

  /// Starts the calls in their order, each as soon as none that runs stands in its way.
  private func outcomes(of calls: [Planned]) async -> [ToolOutcome] {
    await withTaskGroup(of: (Int, ToolOutcome).self) { group in
      var outcomes = [ToolOutcome?](repeating: nil, count: calls.count)
      var running: [Int: [ToolEffect]] = [:]
      var next = 0
      while next < calls.count || !running.isEmpty {
        while next < calls.count, running.count < ToolLimits.callsAtOnceMax {
          let effects = (try? calls[next].plan.get().effects) ?? []
          guard !running.values.contains(where: { ToolEffect.conflict($0, effects) }) else { break }
          running[next] = effects
          let (place, call) = (next, calls[next])
          group.addTask { (place, await perform(call)) }
          next += 1
        }
        guard let (place, outcome) = await group.next() else { break }
        running[place] = nil
        outcomes[place] = outcome
      }
      return outcomes.map { $0 ?? ToolError.cancelled.outcome }
    }
  }

  /// One call: asked about, done, and told of.
  private func perform(_ planned: Planned) async -> ToolOutcome {
    let call = planned.call
    var done = try? planned.plan.get()
    let outcome: ToolOutcome
    do throws(ToolError) {
      outcome = try await permitted(planned, try planned.plan.get(), done: &done)
    } catch {
      outcome = error.outcome
    }
    var event = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: .toolResult)
    event.toolCallId = call.id
    event.name = call.name
    event.title = done?.title ?? call.name
    event.locations = done?.locations.isEmpty == false ? done?.locations : nil
    event.content = .array(outcome.content)
    event.isError = outcome.isError
    event.diff = outcome.diff
    var events: [Happening] = [.event(event)]
    if let steps = outcome.steps {
      var plan = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: .plan)
      plan.steps = steps
      events.append(.event(plan))
    }
    run.session.emit(events, run: run)
    return outcome
  }

  /// Does a call if it may be done; `done` becomes the plan that was carried out, when a person made it another.
  private func permitted(_ planned: Planned, _ first: ToolPlan, done: inout ToolPlan?) async throws(ToolError)
    -> ToolOutcome
  {
    let call = planned.call
    var (plan, input) = (first, call.input)
    var info = ToolCallInfo(toolCallId: call.id, name: call.name, title: plan.title, input: input)
    info.locations = plan.locations
    let subject = PermissionSubject(call.name, plan.effects, isClientTool: planned.isClientTool)
    let root = workspace.place.absolute
    let asked = plan
    switch await desk.judge(info, subject, of: run, workspace: root, preview: { await asked.preview() }) {
    case .no(let reason): return ToolOutcome(text: reason, isError: true)
    case .go(nil): break
    case .go(let edited?):
      // What a person wrote is theirs to permit, but a deny rule holds for it as well.
      plan = planned.isClientTool ? plan : try toolbox.plan(call.name, edited, in: workspace)
      input = edited
      done = plan
      let edited = PermissionSubject(call.name, plan.effects, isClientTool: planned.isClientTool)
      if case .refused(let refusal) = desk.policy(of: run.session, workspace: root).decide(edited, canAsk: true) {
        return ToolOutcome(text: refusal.message, isError: true)
      }
    }
    let isEdited = input != call.input
    if planned.isClientTool {
      let outcome = await clientTools.call(call.name, input, id: call.id, of: run)
      return isEdited ? outcome.tellingOfEdit(input) : outcome
    }
    let context = ToolContext(allowsOutside: true, journal: journal) { progress in
      guard case .output(let text) = progress else { return }
      var event = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: .toolOutputDelta)
      event.toolCallId = call.id
      event.text = text
      run.session.emit([.event(event)], run: run)
    }
    let outcome = try await plan.run(context)
    return isEdited ? outcome.tellingOfEdit(input) : outcome
  }
}

extension ToolOutcome {
  /// The outcome with word of the input that a person put in the place of the model's: it would take it for its own.
  fileprivate func tellingOfEdit(_ input: JSON) -> ToolOutcome {
    var outcome = self
    let remark = "[the person changed the input before it was done, to \(input.text)]"
    outcome.content.insert(["type": "text", "text": .string(remark)], at: 0)
    return outcome
  }
}

extension ToolEffect {
  /// Whether two calls must not run at the same time: one changes what the other is about, or a command might.
  static func conflict(_ one: [ToolEffect], _ other: [ToolEffect]) -> Bool {
    one.contains { first in other.contains { second in first.conflicts(with: second) } }
  }

  private func conflicts(with other: ToolEffect) -> Bool {
    switch (self, other) {
    case (.read, .read), (.execute, .execute), (.read, .execute), (.execute, .read): return false
    case (.execute, _), (_, .execute): return true
    default:
      let (one, two) = (path.absolute, other.path.absolute)
      return one == two || one.hasPrefix(two + "/") || two.hasPrefix(one + "/")
    }
  }
}

extension PermissionSubject {
  /// What a call would do, in the words of permissions.
  init(_ tool: String, _ effects: [ToolEffect], isClientTool: Bool) {
    guard !isClientTool else {
      self.init(tool: tool, actions: [.clientTool])
      return
    }
    var actions = effects.map { effect -> PermissionAction in
      switch effect {
      case .read(let path): .read(path: path.text, isInside: path.isInside)
      case .write(let path): .write(path: path.text, isInside: path.isInside)
      case .delete(let path): .delete(path: path.text, isInside: path.isInside)
      case .execute(let command, let folder):
        .execute(command: command, folder: folder.text, isInside: folder.isInside)
      }
    }
    // A move takes a path away and makes another: nothing is lost by it.
    if tool == "move_file", case .delete(let source, let one)? = actions.first,
      case .write(let destination, let other)? = actions.last, actions.count == 2
    {
      actions = [.move(source: source, destination: destination, isInside: one && other)]
    }
    self.init(tool: tool, actions: actions)
  }
}
