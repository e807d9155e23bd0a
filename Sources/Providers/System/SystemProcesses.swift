extension ProcessRunner {
  /// The programs of this system, each in a session of its own and waited for by a thread of its own.
  package static let system = ProcessRunner { request throws(ProcessFailure) in try await SystemProcesses.run(request) }
}

/// Programs of this system that are run to their end, with what they wrote.
private enum SystemProcesses {
  static func run(_ request: ProcessRequest) async throws(ProcessFailure) -> ProcessOutcome {
    guard !request.arguments.isEmpty, request.texts.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw ProcessFailure("a command must not be empty, and neither it nor its variables can hold a zero byte")
    }
    let refusal = ProcessFailure("the system has no thread left to wait for a program")
    return try await thread.run(orThrow: refusal) { cancellation throws(ProcessFailure) in
      try collect(request, cancellation)
    }
  }

  private static let thread = BlockingThread(name: "process", stack: ProcessLimits.threadStack)

  /// Runs a program on the calling thread.
  private static func collect(
    _ request: ProcessRequest, _ cancellation: Cancellation
  ) throws(ProcessFailure) -> ProcessOutcome {
    do throws(ChildFailure) {
      let (result, collected) = try ChildProcess.run(
        try order(request), reader: CollectedOutput(request), time: .system, cancellation: cancellation)
      return ProcessOutcome(ending(result.end), output: collected.output, errors: collected.errors)
    } catch {
      throw ProcessFailure("the program cannot be started: \(error.reason.text)")
    }
  }

  private static func order(_ request: ProcessRequest) throws(ChildFailure) -> ChildOrder {
    var order = ChildOrder(
      request.arguments,
      teardown: ChildOrder.Teardown(
        linger: ProcessLimits.linger, lateGrace: ProcessLimits.grace, grace: ProcessLimits.grace,
        gone: ProcessLimits.grace))
    if request.environment != nil { order.environment = request.variables }
    if let folder = request.folder {
      do throws(SystemError) { order.folder = try OpenFolder(path: Array(folder.utf8)) } catch {
        throw ChildFailure(reason: error)
      }
    }
    if !request.input.isEmpty { order.input = ChildInput(request.input) }
    order.separatesErrors = true
    order.leavesRunning = true
    order.timeoutMs = request.timeoutMs
    return order
  }

  private static func ending(_ end: ChildResult.End) -> ProcessOutcome.Ending {
    switch end {
    case .exited(let status): .exited(status)
    case .signalled(let number): .signalled(number)
    case .timedOut: .timedOut
    case .cancelled: .cancelled
    case .refused: .tooMuchOutput
    // Its supervisor takes it along (SIGKILL).
    case .unsupervised: .signalled(9)
    }
  }
}

extension ProcessRequest {
  /// All that the system takes as texts which end with a zero byte.
  fileprivate var texts: [String] { arguments + variables + (folder.map { [$0] } ?? []) }

  /// The variables as the system wants them.
  fileprivate var variables: [String] { (environment ?? [:]).map { "\($0.key)=\($0.value)" } }
}

/// What a program wrote, up to the limits of who asked.
private struct CollectedOutput: ChildReader {
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  private let outputMax: Int
  private let errorsMax: Int

  init(_ request: ProcessRequest) {
    (outputMax, errorsMax) = (request.outputMax, request.errorsMax)
    // An array that grows would leave what was read, perhaps a key, in memory that is free.
    output.reserveCapacity(outputMax)
    errors.reserveCapacity(errorsMax)
  }

  mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool {
    switch stream {
    case .output:
      let kept = bytes.prefix(outputMax - output.count)
      output += kept
      return kept.count == bytes.count
    case .errors:
      errors += bytes.prefix(errorsMax - errors.count)
      return true
    }
  }
}
