internal import CSystem
import Synchronization

/// Threads for work that blocks: the few threads that tasks share are not for it.
package struct BlockingThread: Sendable {
  private let name: String
  private let stack: Int

  /// Threads of that name, of which the system keeps 15 characters, with a stack of that many bytes.
  package init(name: String, stack: Int) {
    self.name = name
    self.stack = stack
  }

  private final class Job: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread, which no signal reaches; false when the system has none to give.
  package func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let context = unsafe Unmanaged.passRetained(Job(body)).toOpaque()
    let main: @convention(c) (UnsafeMutableRawPointer) -> Void = { context in
      unsafe Unmanaged<Job>.fromOpaque(context).takeRetainedValue().body()
    }
    if unsafe csystem_thread_start(name, stack, main, context) { return true }
    unsafe Unmanaged<Job>.fromOpaque(context).release()
    return false
  }

  /// Does some work on a thread of its own; the work is told when the task is cancelled.
  ///
  /// - Throws: What the work throws, and `refusal` when the system has no thread to give.
  package func run<Value: Sendable, Failure: Error>(
    orThrow refusal: Failure, _ work: @escaping @Sendable (Cancellation) throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
        let isStarted = start {
          continuation.resume(returning: Result { () throws(Failure) in try work(cancellation) })
        }
        if !isStarted { continuation.resume(returning: .failure(refusal)) }
      }
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }
}

/// Tells a thread that its work is no longer wanted.
package final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    /// What the thread waits on, while it waits.
    var wakeDescriptor: Descriptor?
  }

  private let state = Mutex(State())

  /// Work that is wanted still.
  package init() {}

  /// Whether the work is to stop.
  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Has the work stop.
  package func cancel() {
    // Under the lock, so that the descriptor cannot be closed, and be another's, meanwhile.
    state.withLock { state in
      state.isCancelled = true
      state.wakeDescriptor?.wake()
    }
  }

  /// From now on a cancellation writes to this descriptor, at once if it came before; `nil` ends that.
  func wake(_ descriptor: Descriptor?) {
    state.withLock { state in
      state.wakeDescriptor = descriptor
      if state.isCancelled { descriptor?.wake() }
    }
  }
}

/// What a task gives to a thread that waits for it.
private final class Handover<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    /// What the thread waits on, while it waits.
    var wakeDescriptor: Descriptor?
  }

  private let state: Mutex<State>

  init(waking descriptor: Descriptor) { state = Mutex(State(wakeDescriptor: descriptor)) }

  var value: Value? { state.withLock { $0.value } }

  func give(_ value: Value) {
    // Under the lock, so that the descriptor cannot be closed, and be another's, meanwhile.
    state.withLock { state in
      state.value = value
      state.wakeDescriptor?.wake()
    }
  }

  func leave() { state.withLock { $0.wakeDescriptor = nil } }
}

extension Cancellation {
  /// Has a task do something, and waits on this thread, which may be held up, for what it gives; a cancellation reaches the
  /// task as well, and ends the waiting at once.
  ///
  /// - Returns: What the task gave; `nil` after a cancellation, and when the process has no descriptor left to wait on.
  package func wait<Value: Sendable>(for work: @escaping @Sendable () async -> Value) -> Value? {
    guard let pipe = try? WakePipe() else { return nil }
    let handover = Handover<Value>(waking: pipe.writeEnd)
    wake(pipe.writeEnd)
    let task = Task { handover.give(await work()) }
    while handover.value == nil, !isCancelled {
      _ = Descriptor.poll([Descriptor.Watch(pipe.readEnd, for: .readable)], milliseconds: nil)
    }
    if isCancelled { task.cancel() }
    wake(nil)
    handover.leave()
    pipe.close()
    return handover.value
  }
}
