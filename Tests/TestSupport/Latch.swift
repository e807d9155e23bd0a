import Dispatch
import Synchronization

/// A gate that a test opens or waits for, in place of sleeping.
///
/// Tasks wait with ``wait()``, threads with ``waitBlocking()``; once open it stays open.
package final class Latch: Sendable {
  private struct State {
    var left: Int
    var threads: [DispatchSemaphore] = []
    var tasks: [Int: CheckedContinuation<Void, any Error>] = [:]
    var tasksSeen = 0
  }

  private let state: Mutex<State>

  /// A gate that opens at the first ``open()``, or at that many of them.
  package init(_ count: Int = 1) { state = Mutex(State(left: count)) }

  /// Opens the gate, or counts towards it.
  package func open() {
    let (threads, tasks) = state.withLock { state -> ([DispatchSemaphore], [CheckedContinuation<Void, any Error>]) in
      state.left -= 1
      guard state.left <= 0 else { return ([], []) }
      defer {
        state.threads = []
        state.tasks = [:]
      }
      return (state.threads, Array(state.tasks.values))
    }
    for thread in threads { thread.signal() }
    for task in tasks { task.resume() }
  }

  /// Whether the gate is open.
  package var isOpen: Bool { state.withLock { $0.left <= 0 } }

  /// Waits in a task.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, so that a test's time limit ends the wait.
  package func wait() async throws {
    let number = state.withLock { state in
      state.tasksSeen += 1
      return state.tasksSeen
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // A cancellation before this line found no one to tell; one after it finds this task.
        let isOpen = state.withLock { state -> Bool in
          if state.left > 0 { state.tasks[number] = continuation }
          return state.left <= 0
        }
        if isOpen { continuation.resume() } else if Task.isCancelled { giveUp(number) }
      }
    } onCancel: {
      giveUp(number)
    }
  }

  private func giveUp(_ number: Int) {
    state.withLock { $0.tasks.removeValue(forKey: number) }?.resume(throwing: CancellationError())
  }

  /// Waits in a thread of its own; never in a task, whose thread others need.
  ///
  /// It gives up when ``HangGuard`` says so, so that what follows fails instead of never being reached.
  package func waitBlocking() {
    let semaphore = state.withLock { state -> DispatchSemaphore? in
      guard state.left > 0 else { return nil }
      let semaphore = DispatchSemaphore(value: 0)
      state.threads.append(semaphore)
      return semaphore
    }
    _ = semaphore?.wait(timeout: .now() + .milliseconds(Int(HangGuard.milliseconds)))
  }
}
