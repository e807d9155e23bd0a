internal import OperatingSystem

/// A shell command from its start until nothing of it is left, on the thread that waits for it.
struct CommandProcess {
  /// What to run.
  struct Order {
    /// The command, for `/bin/sh -c`.
    var command: String
    /// The folder it starts in, open.
    var folder: OpenFolder
    /// Its variables, as `NAME=value`.
    var environment: [String]
    /// How long it may take.
    var timeoutMs: Int
  }

  /// What a command gave.
  struct Result {
    var end: ChildResult.End
    var output: KeptOutput
    /// How many processes it left behind, which were ended.
    var leftBehind: Int
    /// Whether processes were still there when waiting for their end was given up.
    var isStuck: Bool
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
    var child = ChildOrder(["/bin/sh", "-c", order.command], teardown: teardown)
    child.environment = order.environment
    child.folder = order.folder
    child.timeoutMs = order.timeoutMs
    do throws(ChildFailure) {
      let reader = CommandOutput(shown: ShownOutput(now: time.monotonic(), report: report))
      var (result, output) = try ChildProcess.run(child, reader: reader, time: time, cancellation: cancellation)
      output.shown.flush(now: time.monotonic(), isLast: true)
      return Result(end: result.end, output: output.kept, leftBehind: result.leftBehind, isStuck: result.isStuck)
    } catch {
      switch error {
      case .noDescriptors:
        throw ToolError(.failed, "The system has no file descriptors left to run a command; try again later.")
      case .notStarted(let reason):
        throw ToolError(.failed, "The command cannot be started: \(reason.text).")
      }
    }
  }
}

/// What a command writes: kept for the model, and shown to people while it comes.
private struct CommandOutput: ChildReader {
  var kept = KeptOutput()
  var shown: ShownOutput

  mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool {
    kept.append(bytes)
    shown.append(bytes, now: now)
    return true
  }

  func dueMs(now: Int) -> Int? { shown.dueMs(now: now) }

  mutating func turn(now: Int) { shown.flush(now: now, isLast: false) }
}
