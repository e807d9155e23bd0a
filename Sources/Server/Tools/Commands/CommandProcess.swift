internal import OperatingSystem

/// A shell command from its start until nothing of it is left, on the thread that waits for it.
struct CommandProcess {
  /// What to run.
  struct Order {
    /// What reads the command.
    var shell: CommandShell
    /// The command, for the shell's `-c`.
    var command: String
    /// The folder it starts in, open.
    var folder: OpenFolder
    /// Its variables, as `NAME=value`.
    var environment: [String]
    /// What it is kept to; `nil` for nothing.
    var sandbox: Sandbox?
    /// How long it may take; `nil` for as long as it likes.
    var timeoutMs: Int?
  }

  /// What a command gave.
  struct Result {
    /// How it ended; `nil` when nobody knows.
    var end: ChildResult.End?
    /// What it wrote, as a terminal would show it in the end: for a model, and to be read on.
    var output: KeptOutput
    var longer: KeptOutput
    /// What of its bytes is no text.
    var remarks: [String]
    /// How many processes it left behind, which were ended.
    var leftBehind: Int
    /// Whether processes were still there when waiting for their end was given up.
    var isStuck: Bool
    /// The signal that ended it, where that is known by its name alone.
    var signal: String?
  }

  /// What is kept of an output: for a model, and to be read on.
  static var keepers: (output: KeptOutput, longer: KeptOutput) {
    (KeptOutput(), KeptOutput(headMax: ToolLimits.outputKeptHead, tailMax: ToolLimits.outputKeptTail))
  }

  private static let teardown = ChildOrder.Teardown(
    linger: ToolLimits.commandLingerMs, lateGrace: ToolLimits.commandEndMs, grace: ToolLimits.commandCancelMs,
    gone: ToolLimits.commandGoneMs)

  /// Runs a command.
  ///
  /// - Throws: A ``ToolError`` when it cannot be started.
  static func run(
    _ order: Order, time: TimeSource, cancellation: Cancellation, report: @escaping (ToolProgress) -> Void
  ) throws(ToolError) -> Result {
    let reader = CommandOutput(shown: ShownOutput(now: time.monotonic(), report: report))
    var (result, output) = try run(order, reader: reader, time: time, cancellation: cancellation)
    output.shown.flush(now: time.monotonic(), isLast: true)
    output.finish()
    return Result(
      end: result.end, output: output.kept, longer: output.longer, remarks: output.text.remarks,
      leftBehind: result.leftBehind, isStuck: result.isStuck)
  }

  /// Runs a command that a reader listens to.
  ///
  /// - Throws: A ``ToolError`` when it cannot be started.
  static func run<Reader: ChildReader>(
    _ order: Order, reader: Reader, time: TimeSource, cancellation: Cancellation
  ) throws(ToolError) -> (ChildResult, Reader) {
    var child = ChildOrder([order.shell.path, "-c", order.command], teardown: teardown)
    child.environment = order.environment
    child.folder = order.folder
    child.sandbox = order.sandbox
    child.timeoutMs = order.timeoutMs
    do throws(ChildFailure) {
      return try ChildProcess.run(child, reader: reader, time: time, cancellation: cancellation)
    } catch {
      let reason = error.reason
      throw ToolError(
        reason.isOutOfDescriptors ? .exhausted : .failed, "The command cannot be started: \(reason.text).")
    }
  }
}

/// What a command writes: kept for the model as it looks in the end, and shown to clients as it comes.
private struct CommandOutput: ChildReader {
  var text = TerminalText()
  var (kept, longer) = CommandProcess.keepers
  var shown: ShownOutput

  init(shown: ShownOutput) { self.shown = shown }

  mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool {
    text.feed(bytes)
    keep()
    shown.append(bytes, now: now)
    return true
  }

  mutating func finish() {
    text.finish()
    keep()
  }

  private mutating func keep() {
    let settled = text.take()
    kept.append(settled[...])
    longer.append(settled[...])
  }

  func dueMs(now: Int) -> Int? { shown.dueMs(now: now) }

  mutating func turn(now: Int) { shown.flush(now: now, isLast: false) }
}
