package import Protocol
internal import Providers

/// Runs the tool calls of one message in their order, as far as they could see each other's effects: what only reads runs
/// side by side, and what may change something has the workspace to itself.
///
/// A call is looked at when its turn has come, so that paths lead where the calls before it have left them.
package struct ToolCalls: Sendable {
  private let run: Run
  private let offered: Set<String>
  private let setting: ToolSetting
  private let below: FoldersBelow?
  private let engine: Engine

  /// The tools of a run, of which the model knows those of the names `offered`; `below` learns where they work.
  package init(run: Run, offered: Set<String>, workspace: Workspace, below: FoldersBelow? = nil, engine: Engine) {
    self.below = below
    self.run = run
    self.offered = offered
    self.engine = engine
    setting = ToolSetting(workspace: workspace, run: run.name)
  }

  /// A call that has been looked at.
  private struct Planned: Sendable {
    var request: ToolRequest
    var plan: Result<ToolPlan, ToolError>

    /// Whether it has to be alone; a call that is not made is not.
    var changesSomething: Bool { (try? plan.get())?.effects.contains(where: \.changesSomething) ?? false }
  }

  /// Runs the calls, and gives the message of the user that answers them.
  ///
  /// The results are sound, and bounded together; clients were shown them as they came. `remark` stands behind them. Calls
  /// that were not whole have no result here: history repairs them.
  package func answer(_ calls: [StopPolicy.ToolCall], remark: String?) async -> JSON {
    let outcomes = await outcomes(
      of: calls.map { call in
        let request = ToolRequest(id: call.id, name: call.name, input: call.input)
        return MCPTools.resolved(request, among: offered)
      })
    let provider = run.session.info.provider
    let contents = ResultBounds.bounded(
      outcomes.map { SoundContent.result($0.content, isError: $0.isError, for: provider) })
    var content = zip(calls, zip(outcomes, contents)).map { call, given -> JSON in
      let (outcome, content) = given
      var result: JSONObject = ["type": "tool_result", "tool_use_id": .string(call.id), "content": .array(content)]
      if outcome.isError { result["is_error"] = true }
      return .object(result)
    }
    if let remark { content.append(SystemMessages.reminder(remark)) }
    return ["role": "user", "content": .array(content)]
  }

  /// Looks at a call, on a thread of its own: paths are resolved on the way, and a disk may not answer.
  private func plan(_ request: ToolRequest) async throws(ToolError) -> ToolPlan {
    try await engine.threads.run { _ throws(ToolError) in
      try engine.tools(of: run.session).plan(request, offered: offered, in: setting)
    }
  }

  private func look(at request: ToolRequest) async -> Planned {
    do throws(ToolError) {
      return Planned(request: request, plan: .success(try await plan(request)))
    } catch {
      return Planned(request: request, plan: .failure(error))
    }
  }

  /// Starts the calls in their order, each when it can see all effects of those before it, and none of those after it.
  private func outcomes(of requests: [ToolRequest]) async -> [ToolOutcome] {
    await withTaskGroup(of: (Int, ToolOutcome).self) { group in
      var outcomes = [ToolOutcome?](repeating: nil, count: requests.count)
      var (running, changing) = (0, false)
      for (place, request) in requests.enumerated() {
        func end(leaving most: Int) async {
          while running > most, let (place, outcome) = await group.next() {
            running -= 1
            outcomes[place] = outcome
          }
        }
        await end(leaving: changing ? 0 : ToolLimits.callsAtOnceMax - 1)
        // Those that still run change nothing, so what is found now holds when they are done.
        let call = await look(at: request)
        changing = call.changesSomething
        if changing { await end(leaving: 0) }
        running += 1
        group.addTask { (place, await perform(call)) }
      }
      for await (place, outcome) in group { outcomes[place] = outcome }
      return outcomes.map { $0 ?? ToolError.cancelled.outcome }
    }
  }

  /// One call: let through by all gates, done, and told of.
  private func perform(_ planned: Planned) async -> ToolOutcome {
    let request = planned.request
    var shown = try? planned.plan.get()
    let outcome: ToolOutcome
    do throws(ToolError) {
      guard !run.isCancelled else { throw .cancelled }
      let passed = try await pass(request, try planned.plan.get())
      shown = passed.plan
      run.session.emit([.toolStarted(info(of: passed))], run: run)
      outcome = try await carryOut(passed)
      await enter(passed.plan)
    } catch {
      outcome = error.outcome
    }
    tell(of: request, shown, outcome)
    return outcome
  }

  /// Looks what the folders say in which a call has read or changed a file.
  private func enter(_ plan: ToolPlan) async {
    guard let below else { return }
    let folders = plan.effects.compactMap(\.path).flatMap { below.new(above: $0.absolute) }
    guard !folders.isEmpty else { return }
    let notices = try? await engine.threads.run { _ throws(ToolError) in below.look(into: folders) }
    for notice in notices ?? [] { run.tell(notice) }
  }

  private func tell(of request: ToolRequest, _ plan: ToolPlan?, _ outcome: ToolOutcome) {
    let locations = plan?.locations ?? []
    var events: [AgentEvent] = [
      .toolResult(
        ToolCallDone(
          callId: request.id, name: request.name, title: plan?.title ?? request.name,
          locations: locations.isEmpty ? nil : locations,
          content: MCPTools.shown(outcome.content, of: request.name), isError: outcome.isError, diff: outcome.diff))
    ]
    if let steps = outcome.steps { events.append(.plan(steps)) }
    run.session.emit(events, run: run)
  }
}

// MARK: - Gates

extension ToolCalls {
  /// A call that all gates let through, as it is to be done.
  private struct Passed: Sendable {
    var plan: ToolPlan
    var request: ToolRequest
    /// What was decided on.
    var subject: PermissionSubject
    /// Who has put another input in the place of the model's; `nil` for nobody.
    var editor: String?
    /// Why hooks want a person asked.
    var question: String?
    /// What hooks have to say to the model.
    var words: [String] = []
  }

  /// Has all gates decide on a call; an input that a person puts in the place of the model's is planned anew.
  ///
  /// - Throws: A ``ToolError`` that says why it may not happen.
  private func pass(_ request: ToolRequest, _ first: ToolPlan) async throws(ToolError) -> Passed {
    var passed = Passed(plan: first, request: request, subject: PermissionSubject(request, first.effects))
    for gate in engine.gates {
      switch await gate.judge(gated(passed), of: run) {
      case .no(let reason): throw ToolError(.refused, reason)
      case .go(let input): try await edit(&passed, input, by: "the person")
      case .told(let input, let question, let words):
        (passed.question, passed.words) = (question, words)
        try await edit(&passed, input, by: "a hook of the person's")
      }
    }
    return passed
  }

  /// Puts another input in the place of a call's, where there is one.
  private func edit(_ passed: inout Passed, _ input: JSON?, by editor: String) async throws(ToolError) {
    guard let input else { return }
    if input != passed.request.input { passed.editor = editor }
    passed.request.input = input
    passed.plan = try await plan(passed.request).inPlace(of: passed.plan)
    passed.subject = PermissionSubject(passed.request, passed.plan.effects)
    for gate in engine.gates {
      if let reason = await gate.refusal(ofEdited: gated(passed), of: run) { throw ToolError(.refused, reason) }
    }
  }

  private func info(of passed: Passed) -> ToolCallInfo {
    let (plan, request) = (passed.plan, passed.request)
    var info = ToolCallInfo(toolCallId: request.id, name: request.name, title: plan.title, input: request.input)
    info.locations = plan.locations
    return info
  }

  private func gated(_ passed: Passed) -> GatedCall {
    let plan = passed.plan
    var call = GatedCall(info: info(of: passed), subject: passed.subject, workspace: setting.workspace.place.absolute) {
      await plan.preview(on: engine.threads)
    }
    call.question = passed.question
    return call
  }

  private func carryOut(_ passed: Passed) async throws(ToolError) -> ToolOutcome {
    let request = passed.request
    let policy = engine.desk.policy(of: run.session, workspace: setting.workspace.place.absolute)
    var context = ToolContext(
      reading: policy.reading(by: [request.name, "read_file"], in: passed.subject), privateHosts: policy.privateHosts,
      journal: run.session.journal, seen: run.session.seen, outputs: run.session.outputs, threads: engine.threads
    ) { progress in
      guard case .output(let text) = progress else { return }
      run.session.emit([.toolOutput(callId: request.id, text: text)], run: run)
    }
    context.background = run.session.background
    context.trace = TraceContext.handedOn(run.request._meta)
    context.terminals = engine.terminals
    context.call = CommandCall(sessionId: run.session.id, callId: request.id)
    var outcome = try await passed.plan.run(context)
    let more = await engine.hooks?.after(
      info(of: passed), outcome, of: run, in: setting.workspace.place.absolute, mode: engine.desk.mode(of: run.session))
    if let editor = passed.editor { outcome = outcome.telling(ofEdit: request.input, by: editor) }
    for words in passed.words + (more ?? []) {
      outcome.content.append(["type": "text", "text": .string("[a hook of the person's says: \(words)]")])
    }
    if let words = await diagnostics(after: passed, outcome) {
      outcome.content.append(["type": "text", "text": .string(words)])
    }
    return outcome
  }

  /// What the editor says of the files that a call has changed.
  private func diagnostics(after passed: Passed, _ outcome: ToolOutcome) async -> String? {
    guard !outcome.isError else { return nil }
    let paths = passed.plan.effects.compactMap { effect in
      if case .write(let path) = effect { return path.absolute }
      return nil
    }
    return await engine.diagnostics?.words(of: paths, call: passed.request.id, of: run.name)
  }
}

extension ToolOutcome {
  /// The outcome with word of the input that somebody put in the place of the model's: it would take it for its own.
  fileprivate func telling(ofEdit input: JSON, by editor: String) -> ToolOutcome {
    var outcome = self
    let remark = "[\(editor) changed the input before it was done, to \(input.text)]"
    outcome.content.insert(["type": "text", "text": .string(remark)], at: 0)
    return outcome
  }
}

extension PermissionSubject {
  /// What a call would do, in the words of permissions.
  init(_ request: ToolRequest, _ effects: [ToolEffect]) {
    let tool = request.name
    var actions = effects.compactMap { effect -> PermissionAction? in
      switch effect {
      case .read(let path): .read(path: path.text, isInside: path.isWithinReach)
      case .write(let path): .write(path: path.text, isInside: path.isWithinReach)
      case .delete(let path): .delete(path: path.text, isInside: path.isWithinReach)
      case .execute(let command, let folder):
        .execute(command: command, folder: folder.text, isInside: folder.isWithinReach)
      case .fetch(let url, let place): .fetch(url: url, place: place)
      case .model(let name, let cost, let isAskedFor): .model(name: name, cost: cost, isAskedFor: isAskedFor)
      case .delegate: .clientTool
      case .work: nil
      case .serve(let server, let claim, _): .serverTool(server: server, claim: claim)
      }
    }
    // A move takes a path away and makes another: nothing is lost by it.
    if tool == "move_file", case .delete(let source, let one)? = actions.first,
      case .write(let destination, let other)? = actions.last, actions.count == 2
    {
      actions = [.move(source: source, destination: destination, isInside: one && other)]
    }
    self.init(tool: tool, actions: actions)
    named =
      isForeign
      ? Self.words(of: request.input) : ["path", "source", "destination"].compactMap { request.input[$0]?.string }
  }

  /// All words that an input holds, as many as are looked at.
  private static func words(of input: JSON) -> [String] {
    var words: [String] = []
    var open = [input]
    while let value = open.popLast(), words.count < PermissionLimits.wordsOfInputMax {
      switch value {
      case .string(let text): words.append(text)
      case .array(let elements): open += elements.reversed()
      case .object(let members): open += members.map(\.value).reversed()
      default: break
      }
    }
    return words
  }
}
