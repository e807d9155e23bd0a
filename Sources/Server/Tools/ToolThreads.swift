package import OperatingSystem
internal import Synchronization

/// The threads on which the tools of all sessions work, so many at a time: who comes when all are taken waits, in order.
package final class ToolThreads: Sendable {
  private struct State {
    var free: Int
    /// Who waits, in order, each with a number of its own.
    var waiting: [(number: Int, CheckedContinuation<Bool, Never>)] = []
    var last = 0
    /// Those that were cancelled before they waited.
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  /// So many threads; when nobody says how many, as many as descriptors allow for.
  package init(most: Int = min(ToolLimits.threadsMax, max(ToolLimits.threadsMin, DescriptorLimit.most / 16))) {
    state = Mutex(State(free: most))
  }

  /// Does some work on a thread of its own, when there is one; the work is told when the task is cancelled.
  ///
  /// - Throws: What the work throws, ``ToolError/cancelled`` for a task that was cancelled before.
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(ToolError) -> Value
  ) async throws(ToolError) -> Value {
    guard await enter() else { throw .cancelled }
    defer { leave() }
    return try await ToolThread.run(work)
  }

  /// Waits for a thread; false when the task was cancelled.
  private func enter() async -> Bool {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    defer { state.withLock { _ = $0.cancelled.remove(number) } }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let entered = state.withLock { state -> Bool? in
          guard state.cancelled.isEmpty || !state.cancelled.contains(number) else { return false }
          guard state.free > 0 else {
            state.waiting.append((number, continuation))
            return nil
          }
          state.free -= 1
          return true
        }
        if let entered { continuation.resume(returning: entered) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
          state.cancelled.insert(number)
          return nil
        }
        return state.waiting.remove(at: place).1
      }
      waiter?.resume(returning: false)
    }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst().1 }
      state.free += 1
      return nil
    }
    next?.resume(returning: true)
  }
}
