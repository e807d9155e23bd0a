import Synchronization

/// So many places, which tasks take in the order in which they come, and give back.
///
/// Waiting costs no thread.
package final class Places: Sendable {
  private struct State {
    var free: Int
    /// Who waits, in order, each with a number of its own.
    var waiting: [(number: Int, CheckedContinuation<Bool, Never>)] = []
    var last = 0
    /// Those that were cancelled before they waited.
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  /// All of them free.
  package init(_ count: Int) { state = Mutex(State(free: count)) }

  /// Waits for a place; false when the task was cancelled, which has none then.
  package func enter() async -> Bool {
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

  /// Does some work in a place, when there is one; `nil` when the task was cancelled before.
  package func pass<Value>(_ work: () async -> Value) async -> Value? {
    guard await enter() else { return nil }
    defer { leave() }
    return await work()
  }

  /// Gives a place back, to whoever waits longest.
  package func leave() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst().1 }
      state.free += 1
      return nil
    }
    next?.resume(returning: true)
  }
}
