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

    enum CodingKeys: String, CodingKey {
      case command
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
        timeout_seconds the command is ended. Processes it leaves running are ended with it: start a server and use it \
        in one command. To read, find, search and edit files the other tools are better.
        """,
      inputSchema: Self.schema(
        [
          "command": ["type": "string", "minLength": 1, "description": "The command, as for a shell."],
          "working_folder": [
            "type": "string", "description": "Where to run it; the workspace's folder when left out.",
          ],
          "timeout_seconds": [
            "type": "integer", "minimum": 1, "maximum": .number(JSONNumber(ToolLimits.commandSecondsMax)),
            "description": .string("How long it may take; \(ToolLimits.commandSecondsUsual) when left out."),
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
    return ToolPlan(
      title: "Run \(ToolPlan.firstLine(of: input.command))",
      effects: [.execute(command: input.command, folder: folder)]
    ) { context throws(ToolError) in
      context.journal?.note(command: input.command)
      let result = try await run(input.command, in: folder, of: workspace, seconds: seconds, context)
      return Self.outcome(result, seconds: seconds, mask: settings.mask, outputs: context.outputs)
    }
  }

  /// Runs a command in a terminal of the client's where it has one, else here.
  private func run(
    _ command: String, in folder: WorkspacePath, of workspace: Workspace, seconds: Int, _ context: ToolContext
  ) async throws(ToolError) -> CommandProcess.Result {
    let settings = settings
    if let terminals = context.terminals, let call = context.call {
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
    _ result: CommandProcess.Result, seconds: Int, mask: SecretMask, outputs: CommandOutputs?
  ) -> ToolOutcome {
    var notes = result.remarks
    if let outputs, result.output.count > ToolLimits.outputKeptMin {
      let name = outputs.keep(mask.masked(result.longer.text))
      notes.append(
        "[\(result.longer.isCut ? "more of the output" : "the whole output") can be read: read_file \(name)]")
    }
    switch result.end {
    case nil: notes.append("[the editor did not say how it ended: it may have failed, or not be done]")
    case .exited(0): break
    case .exited(let status): notes.append("[exit status \(status)]")
    case .signalled(let number): notes.append("[ended by signal \(result.signal ?? String(number))]")
    case .timedOut:
      notes.append("[ended after \(seconds) s; give a longer timeout_seconds, at most \(ToolLimits.commandSecondsMax)]")
    case .cancelled: notes.append("[the person stopped this before it was done]")
    case .refused: notes.append("[ended, as it wrote too much]")
    case .unsupervised: notes.append("[the command ended the process that watched over it]")
    }
    if result.leftBehind > 0, result.end != .cancelled {
      let processes = result.leftBehind == 1 ? "1 process" : "\(result.leftBehind) processes"
      notes.append("[\(processes) left running were ended with the command]")
    }
    if result.isStuck { notes.append("[some processes could not be ended]") }
    let text = mask.masked(result.output.text)
    let body = text.isEmpty && notes.isEmpty ? "(no output)" : text
    let separator = body.isEmpty || body.utf8.last == Byte.newline || notes.isEmpty ? "" : "\n"
    return ToolOutcome(text: body + separator + notes.joined(separator: "\n"), isError: result.end != .exited(0))
  }
}

extension CommandSettings {
  /// Runs a command here, on a thread that may be held up.
  fileprivate func run(
    _ command: String, in folder: WorkspacePath, of workspace: Workspace, seconds: Int, _ context: ToolContext,
    _ cancellation: Cancellation
  ) throws(ToolError) -> CommandProcess.Result {
    // `$PWD` says where the command is, whatever it was for this program.
    let variables =
      environment.entries.filter { !$0.hasPrefix("PWD=") && !$0.hasPrefix("OLDPWD=") } + ["PWD=\(folder.absolute)"]
    let order = CommandProcess.Order(
      shell: shell, command: command, folder: try workspace.open(folder, creating: false), environment: variables,
      timeoutMs: seconds * 1_000)
    return try CommandProcess.run(order, time: time, cancellation: cancellation) { progress in
      guard case .output(let text) = progress else { return }
      context.report(.output(mask.masked(text)))
    }
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
