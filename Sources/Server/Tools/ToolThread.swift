internal import CPlatform
internal import Synchronization

/// Threads for work that blocks: the few threads that tasks share are not for it.
enum ToolThread {
  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Does some work on a thread of its own; the work is told when the task is cancelled.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(ToolError) -> Value
  ) async throws(ToolError) -> Value {
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, ToolError>, Never>) in
        let isStarted = start {
          continuation.resume(returning: Result { () throws(ToolError) in try work(cancellation) })
        }
        if !isStarted {
          continuation.resume(
            returning: .failure(ToolError(.failed, "The system has no thread left for this; try again later.")))
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }

  /// Starts a thread; false when the system has none to give.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let job = Job(body)
    let context = unsafe Unmanaged.passRetained(job).toOpaque()
    let main: @convention(c) (UnsafeMutableRawPointer) -> Void = { context in
      unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
    }
    if unsafe cplatform_thread_start("tool", ToolLimits.threadStack, main, context) { return true }
    unsafe Unmanaged<Job>.fromOpaque(context).release()
    return false
  }
}

/// Tells a thread that its work is no longer wanted.
final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    /// What the thread waits on, while it waits.
    var wakeDescriptor: Int32?
  }

  private let state = Mutex(State())

  /// Whether the work is to stop.
  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Has the work stop.
  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      if let descriptor = state.wakeDescriptor { cplatform_wake(descriptor) }
    }
  }

  /// From now on a cancellation writes to this descriptor, at once if it came before; `nil` ends that.
  func wake(_ descriptor: Int32?) {
    state.withLock { state in
      state.wakeDescriptor = descriptor
      if let descriptor, state.isCancelled { cplatform_wake(descriptor) }
    }
  }

  /// - Throws: ``ToolError/cancelled`` when the work is to stop.
  func check() throws(ToolError) {
    if isCancelled { throw .cancelled }
  }
}
