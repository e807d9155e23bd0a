package import OperatingSystem
internal import Protocol
package import Providers

/// What commands run with.
package struct CommandSettings: Sendable {
  /// Their environment.
  package var environment: CommandEnvironment
  /// Takes our secrets out of what a command prints; it may have read them from a file.
  package var mask: SecretMask
  /// The clock.
  package var time: TimeSource
  /// What reads the commands.
  package var shell: CommandShell

  /// Settings.
  package init(
    environment: CommandEnvironment, mask: SecretMask = SecretMask([]), time: TimeSource,
    shell: CommandShell = .usual
  ) {
    self.environment = environment
    self.mask = mask
    self.time = time
    self.shell = shell
  }
}

/// `execute_command`: a shell command.
struct ExecuteCommand: Tool {
  private struct Input: Decodable {
    var command: String
    var workingFolder: String?
    var timeoutSeconds: Int?
    var background: Bool?

    enum CodingKeys: String, CodingKey {
      case command, background
      case workingFolder = "working_folder"
      case timeoutSeconds = "timeout_seconds"
    }
  }

  /// What commands run with.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "execute_command",
      description: """
        Runs a command with \(settings.shell.name) -c in the workspace. It has no terminal and no input, so nothing \
        interactive works. Standard output and error come together, as a terminal would show them in the end; of long \
        output the first \(ToolLimits.outputHeadMax / 1024) and the last \(ToolLimits.outputTailMax / 1024) KiB. After \
        timeout_seconds the command is ended. Processes it leaves running are ended with it: start a server, or what \
        watches files, with background, and use it in other commands. To read, find, search and edit files the other \
        tools are better.
        """,
      inputSchema: Self.schema(
        [
          "command": ["type": "string", "minLength": 1, "description": "The command, as for a shell."],
          "working_folder": [
            "type": "string", "description": "Where to run it; the workspace's folder when left out.",
          ],
          "timeout_seconds": [
            "type": "integer", "minimum": 1, "maximum": .number(JSONNumber(ToolLimits.commandSecondsMax)),
            "description": .string(
              "How long it may take; \(ToolLimits.commandSecondsUsual) when left out, in the background as long as it likes."
            ),
          ],
          "background": [
            "type": "boolean",
            "description": """
            Whether it goes on while you do other things, at most until the session ends: command_output reads what it \
            prints, command_stop ends it.
            """,
          ],
        ], required: ["command"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    guard input.command.utf8.count <= ToolLimits.commandBytesMax, !input.command.utf8.contains(0) else {
      throw ToolError(
        .invalidInput,
        "The command has a zero byte, or more than \(ToolLimits.commandBytesMax) bytes; write it to a file and run that."
      )
    }
    let folder = try workspace.resolve(input.workingFolder ?? ".")
    let seconds = input.timeoutSeconds ?? ToolLimits.commandSecondsUsual
    let settings = settings
    if input.background == true { return background(input, in: folder, of: workspace) }
    return ToolPlan(
      title: "Run \(ToolPlan.firstLine(of: input.command))",
      effects: [.execute(command: input.command, folder: folder)]
    ) { context throws(ToolError) in
      context.journal?.note(command: input.command)
      let result = try await run(input.command, in: folder, of: workspace, seconds: seconds, context)
      return Self.outcome(
        result, seconds: seconds, mask: settings.mask, outputs: context.outputs, in: workspace.confinement)
    }
  }

  private func background(_ input: Input, in folder: WorkspacePath, of workspace: Workspace) -> ToolPlan {
    let settings = settings
    return ToolPlan(
      title: "Run in the background \(ToolPlan.firstLine(of: input.command))",
      effects: [.execute(command: input.command, folder: folder)]
    ) { context throws(ToolError) in
      let command = try context.backgroundCommands.add(input.command)
      context.journal?.note(command: input.command)
      command.start { cancellation throws(ToolError) in
        let order = try settings.order(
          input.command, in: folder, of: workspace, timeoutMs: input.timeoutSeconds.map { $0 * 1_000 })
        let reader = RunningCommandReader(command: command)
        return try CommandProcess.run(order, reader: reader, time: settings.time, cancellation: cancellation).0
      }
      await command.wait(until: nil, atMost: ToolLimits.backgroundStartMs, settings.time)
      if Task.isCancelled { command.stop() }
      return command.outcome(settings.mask, context.outputs, in: workspace.confinement)
    }
  }

  /// Runs a command in a terminal of the client's where it has one, else here.
  private func run(
    _ command: String, in folder: WorkspacePath, of workspace: Workspace, seconds: Int, _ context: ToolContext
  ) async throws(ToolError) -> CommandProcess.Result {
    let settings = settings
    // Another program's terminal keeps a command to nothing.
    if workspace.confinement == nil, let terminals = context.terminals, let call = context.call {
      let order = settings.order(of: command, in: folder)
      let shown = try await TerminalCommand(order: order, timeoutMs: seconds * 1_000, time: settings.time)
        .run(in: terminals, for: call)
      if let shown { return shown }
    }
    let own = try await context.threads.run { cancellation throws(ToolError) in
      try settings.run(command, in: folder, of: workspace, seconds: seconds, context, cancellation)
    }
    if let call = context.call { context.terminals?.ended(call, status: own.end?.status, signal: own.end?.signal) }
    return own
  }

  private static func outcome(
    _ result: CommandProcess.Result, seconds: Int, mask: SecretMask, outputs: CommandOutputs?,
    in confinement: Confinement?
  ) -> ToolOutcome {
    var notes = result.remarks
    if let outputs, result.output.count > ToolLimits.outputKeptMin {
      let name = outputs.keep(mask.masked(result.longer.text))
      notes.append(
        "[\(result.longer.isCut ? "more of the output" : "the whole output") can be read: read_file \(name)]")
    }
    switch result.end {
    case nil: notes.append("[the editor did not say how it ended: it may have failed, or not be done]")
    case .signalled(let number): notes.append("[ended by signal \(result.signal ?? String(number))]")
    case .timedOut:
      notes.append("[ended after \(seconds) s; give a longer timeout_seconds, at most \(ToolLimits.commandSecondsMax)]")
    case .cancelled: notes.append("[the person stopped this before it was done]")
    case let end?: if let remark = end.remark { notes.append("[\(remark)]") }
    }
    notes += CommandText.remarks(
      leftBehind: result.end == .cancelled ? 0 : result.leftBehind, isStuck: result.isStuck)
    let shown = result.output.text
    if let remark = confinement?.remark(on: shown) { notes.append(remark) }
    return ToolOutcome(
      text: CommandText.joined(mask.masked(shown), notes), isError: result.end != .exited(0))
  }
}

extension CommandSettings {
  /// Runs a command here, on a thread that may be held up.
  fileprivate func run(
    _ command: String, in folder: WorkspacePath, of workspace: Workspace, seconds: Int, _ context: ToolContext,
    _ cancellation: Cancellation
  ) throws(ToolError) -> CommandProcess.Result {
    let order = try order(command, in: folder, of: workspace, timeoutMs: seconds * 1_000)
    return try CommandProcess.run(order, time: time, cancellation: cancellation) { progress in
      guard case .output(let text) = progress else { return }
      context.report(.output(mask.masked(text)))
    }
  }

  /// A command to be run here, in a folder that is opened for it.
  fileprivate func order(
    _ command: String, in folder: WorkspacePath, of workspace: Workspace, timeoutMs: Int?
  ) throws(ToolError) -> CommandProcess.Order {
    // `$PWD` says where the command is, whatever it was for this program.
    let variables =
      environment.entries.filter { !$0.hasPrefix("PWD=") && !$0.hasPrefix("OLDPWD=") } + ["PWD=\(folder.absolute)"]
    return CommandProcess.Order(
      shell: shell, command: command, folder: try workspace.open(folder, creating: false), environment: variables,
      sandbox: try workspace.confinement?.sandbox(), timeoutMs: timeoutMs)
  }

  /// The same command for somebody else's terminal.
  fileprivate func order(of command: String, in folder: WorkspacePath) -> TerminalOrder {
    TerminalOrder(
      program: shell.path, arguments: ["-c", command], folder: folder.absolute, variables: environment.changes,
      outputBytesMax: ToolLimits.outputKeptHead + ToolLimits.outputKeptTail)
  }
}

extension ChildResult.End {
  fileprivate var status: Int? { if case .exited(let status) = self { status } else { nil } }
  fileprivate var signal: Int? { if case .signalled(let number) = self { number } else { nil } }
}
