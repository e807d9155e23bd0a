package import OperatingSystem
internal import Protocol

/// Commands that a person's settings, or a trusted project's, have run at a run's joints: they are told what goes on as JSON
/// on their standard input, and may refuse it, change it, or add a word for the model.
///
/// They permit nothing: what rules and modes ask about is asked about all the same. One that fails, or takes too long,
/// decides nothing and is told of.
package struct Hooks: Sendable {
  private let processes: ProcessRunner
  private let environment: [String: String]

  /// Hooks that are run so, with that environment, in which no secret of ours is.
  package init(_ processes: ProcessRunner, environment: CommandEnvironment) {
    self.processes = processes
    self.environment = environment.variables
  }

  /// What the hooks of an event say; those that are the same run once, all side by side.
  private func say(
    _ event: HookEvent, tool: String? = nil, _ more: JSONObject, of run: Run, in folder: String, mode: PermissionMode
  ) async -> HookAnswer {
    let groups = run.session.settings.inForce.hooks(event).filter { group in tool.map(group.isFor) ?? true }
    var commands: [HookCommand] = []
    for command in groups.flatMap(\.hooks) where !commands.contains(command) { commands.append(command) }
    guard !commands.isEmpty, !run.isCancelled else { return HookAnswer() }
    var input: JSONObject = [
      "session_id": .string(run.session.id), "run_id": .string(run.id), "cwd": .string(folder),
      "permission_mode": .string(mode.hookName), "hook_event_name": .string(event.rawValue),
    ]
    for (name, value) in more { input[name] = value }
    let text = Array((JSON.object(input).text + "\n").utf8)
    let answers = await withTaskGroup(of: (Int, HookAnswer).self) { group in
      for (place, command) in commands.enumerated() {
        group.addTask { (place, await ask(command, event, text, in: folder)) }
      }
      var answers = [HookAnswer](repeating: HookAnswer(), count: commands.count)
      for await (place, answer) in group { answers[place] = answer }
      return answers
    }
    let answer = HookAnswer.joined(answers)
    for notice in answer.notices { run.tell(notice) }
    return answer
  }

  private func ask(
    _ command: HookCommand, _ event: HookEvent, _ input: [UInt8], in folder: String
  ) async -> HookAnswer {
    var request = ProcessRequest([CommandShell.usual.path, "-c", command.command])
    request.environment = environment
    request.environment?["CLAUDE_PROJECT_DIR"] = folder
    request.folder = folder
    request.input = input
    request.timeoutMs = command.timeout.map { max(1, Int($0 * 1_000)) } ?? HookLimits.timeoutMs
    do throws(ProcessFailure) {
      return HookAnswer(try await processes.run(request), of: command, at: event)
    } catch {
      var answer = HookAnswer()
      answer.notices = [
        VisibleText.line("the hook '\(command.command)' was not run: \(error.message)", most: HookLimits.shownMax)
      ]
      return answer
    }
  }
}

extension PermissionMode {
  /// What Claude Code calls such a mode.
  fileprivate var hookName: String {
    switch self {
    case .ask: "default"
    case .acceptEdits: "acceptEdits"
    case .readOnly: "dontAsk"
    case .bypass: "bypassPermissions"
    }
  }
}

// MARK: - At a call

extension Hooks {
  /// What they say before a call.
  func before(_ call: GatedCall, of run: Run, mode: PermissionMode) async -> HookAnswer {
    await say(.preToolUse, tool: call.info.name, Self.told(call.info), of: run, in: call.workspace, mode: mode)
  }

  /// What they say after one that was done, for the model.
  func after(
    _ info: ToolCallInfo, _ outcome: ToolOutcome, of run: Run, in folder: String, mode: PermissionMode
  ) async -> [String] {
    var told = Self.told(info)
    told["tool_response"] = ["content": .string(outcome.text), "is_error": .bool(outcome.isError)]
    let answer = await say(.postToolUse, tool: info.name, told, of: run, in: folder, mode: mode)
    return (answer.refusal.map { [$0] } ?? []) + answer.words
  }

  private static func told(_ info: ToolCallInfo) -> JSONObject {
    ["tool_name": .string(info.name), "tool_input": info.input, "tool_use_id": .string(info.toolCallId)]
  }
}

// MARK: - At a prompt, and at the end

extension Hooks {
  /// What they add to a run's prompt, for the model.
  ///
  /// - Throws: ``Failure/Reason/failed`` when one refuses the prompt.
  static func prompt(_ run: Run, _ engine: Engine) async throws(Failure) -> [String] {
    // What a model has a helper do is no prompt of a person's.
    guard let hooks = engine.hooks, run.delegation == nil, let folder = run.session.options.cwd ?? engine.place.folder
    else { return [] }
    let text = run.request.prompt.text
    let answer = await hooks.say(
      .userPromptSubmit, ["prompt": .string(text)], of: run, in: folder, mode: engine.desk.mode(of: run.session))
    guard let refusal = answer.refusal else { return answer.words }
    throw .failed("a hook refused the prompt: \(refusal)", FailureData(kind: .refusal))
  }

  /// What they want done before a run ends that has `said` this last; `nil` where it may end.
  static func stop(_ run: Run, _ engine: Engine, said: String) async -> String? {
    guard let hooks = engine.hooks, run.delegation == nil, let folder = run.session.options.cwd ?? engine.place.folder
    else { return nil }
    let before = run.stopsPutOff
    guard before < HookLimits.stopsMax else { return nil }
    let answer = await hooks.say(
      .stop, ["stop_hook_active": .bool(before > 0), "last_assistant_message": .string(said)], of: run, in: folder,
      mode: engine.desk.mode(of: run.session))
    guard let refusal = answer.refusal else { return nil }
    run.putOffStop()
    return ([refusal] + answer.words).joined(separator: "\n")
  }
}
