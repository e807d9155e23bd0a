internal import CPlatform
import Synchronization

extension ProcessRunner {
  /// The programs of this system, each in a process group of its own and waited for by a thread of its own.
  package static let system = ProcessRunner { request throws(ProcessFailure) in
    guard !request.arguments.isEmpty, request.texts.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw ProcessFailure("a command must not be empty, and neither it nor its variables can hold a zero byte")
    }
    let run = try SystemProcess(request)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { run.start($0) }
    } onCancel: {
      run.stop()
    }
    return try result.get()
  }
}

extension ProcessRequest {
  /// All that the system takes as texts which end with a zero byte.
  fileprivate var texts: [String] { arguments + variables + (folder.map { [$0] } ?? []) }

  /// The variables as the system wants them.
  fileprivate var variables: [String] { (environment ?? [:]).map { "\($0.key)=\($0.value)" } }
}

/// One run of a program: the thread that waits for it, and the way to end it.
private final class SystemProcess: Sendable {
  private typealias Outcome = Result<ProcessOutcome, ProcessFailure>
  private struct State {
    var waiter: CheckedContinuation<Result<ProcessOutcome, ProcessFailure>, Never>?
    /// What wakes the thread; none once it is over.
    var wakeDescriptor: Int32?
  }

  private let request: ProcessRequest
  private let stopDescriptor: Int32
  private let state: Mutex<State>

  init(_ request: ProcessRequest) throws(ProcessFailure) {
    self.request = request
    var ends: (Int32, Int32) = (-1, -1)
    let made = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
      unsafe bytes.withMemoryRebound(to: Int32.self) { ends -> Int32 in
        guard let start = ends.baseAddress else { return -1 }
        return unsafe cplatform_pipe(start)
      }
    }
    guard made == 0 else { throw ProcessFailure("the system has no descriptor left to run a program with") }
    stopDescriptor = ends.0
    state = Mutex(State(wakeDescriptor: ends.1))
  }

  func start(_ waiter: CheckedContinuation<Result<ProcessOutcome, ProcessFailure>, Never>) {
    state.withLock { $0.waiter = waiter }
    let context = unsafe Unmanaged.passRetained(self).toOpaque()
    let body: @convention(c) (UnsafeMutableRawPointer) -> Void = { context in
      let run = unsafe Unmanaged<SystemProcess>.fromOpaque(context).takeRetainedValue()
      run.end(run.wait())
    }
    guard unsafe !cplatform_thread_start("process", ProcessLimits.threadStack, body, context) else { return }
    unsafe Unmanaged<SystemProcess>.fromOpaque(context).release()
    end(.failure(ProcessFailure("the system has no thread left to wait for a program")))
  }

  /// Has the program end, now or as soon as it is started.
  func stop() {
    // Under the lock, so that the descriptor cannot be closed, and be another's, meanwhile.
    state.withLock { state in
      if let descriptor = state.wakeDescriptor { cplatform_wake(descriptor) }
    }
  }

  private func end(_ outcome: Outcome) {
    let waiter = state.withLock { state in
      if let descriptor = state.wakeDescriptor { cfiles_close(descriptor) }
      state.wakeDescriptor = nil
      defer { state.waiter = nil }
      return state.waiter
    }
    cfiles_close(stopDescriptor)
    waiter?.resume(returning: outcome)
  }

  /// Runs the program on the calling thread.
  private func wait() -> Outcome {
    var result = unsafe cprocess_result()
    let arguments = SystemProcess.block(request.arguments)
    let variables = SystemProcess.block(request.variables)
    let folder = request.folder.map { SystemProcess.block([$0]) } ?? []
    unsafe arguments.withUnsafeBufferPointer { arguments in
      unsafe variables.withUnsafeBufferPointer { variables in
        unsafe folder.withUnsafeBufferPointer { folder in
          unsafe request.input.withUnsafeBufferPointer { input in
            guard let first = arguments.baseAddress else { return }
            var asked = unsafe cprocess_request(
              arguments: first, arguments_count: request.arguments.count,
              environment: request.environment == nil ? nil : variables.baseAddress,
              environment_count: request.environment?.count ?? 0,
              folder: request.folder == nil ? nil : folder.baseAddress,
              input: input.baseAddress, input_length: input.count, output_max: request.outputMax,
              errors_max: request.errorsMax, timeout_ms: Int64(request.timeoutMs),
              grace_ms: Int64(ProcessLimits.grace), linger_ms: Int64(ProcessLimits.linger),
              stop_descriptor: stopDescriptor)
            unsafe cprocess_run(&asked, &result)
          }
        }
      }
    }
    defer { unsafe cprocess_free(&result) }
    return unsafe SystemProcess.outcome(result)
  }

  /// Texts one after the other, each with a zero byte after it; never empty, as its address stands for being there.
  private static func block(_ texts: [String]) -> [CChar] {
    texts.flatMap { $0.utf8.map { CChar(bitPattern: $0) } + [0] } + [0]
  }

  private static func outcome(_ result: cprocess_result) -> Outcome {
    let code = Int(unsafe result.code)
    let ending: ProcessOutcome.Ending
    switch unsafe result.ending {
    case CPROCESS_EXITED: ending = .exited(code)
    case CPROCESS_SIGNALLED: ending = .signalled(code)
    case CPROCESS_TIMED_OUT: ending = .timedOut
    case CPROCESS_STOPPED: ending = .cancelled
    case CPROCESS_TOO_MUCH_OUTPUT: ending = .tooMuchOutput
    default: return .failure(ProcessFailure("the program cannot be started: \(systemErrorText(Int32(code)))"))
    }
    let output = unsafe [UInt8](UnsafeBufferPointer(start: result.output, count: result.output_length))
    let errors = unsafe [UInt8](UnsafeBufferPointer(start: result.errors, count: result.errors_length))
    return .success(ProcessOutcome(ending, output: output, errors: errors))
  }
}
