internal import Synchronization

/// Lets so many servers of all sessions start at the same time, in the order in which they come.
final class MCPStartGate: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  /// So many at the same time.
  init(_ most: Int) { state = Mutex(State(free: most)) }

  /// Does some work when it is its turn.
  func pass<Value>(_ work: () async -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      let mayGo = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if mayGo { continuation.resume() }
    }
    defer {
      let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
        guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
        state.free += 1
        return nil
      }
      next?.resume()
    }
    return await work()
  }
}
