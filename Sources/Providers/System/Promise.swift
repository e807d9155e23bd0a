import Synchronization

/// A value that is set once and waited for by any number of tasks, each of which may leave before it comes.
///
/// Waiting costs no thread. Nobody is resumed under the lock, so that whoever is told may ask again at once.
package final class Promise<Value: Sendable>: Sendable {
  private enum State {
    case open(waiters: [Int: CheckedContinuation<Value?, Never>], seen: Int)
    case set(Value)
  }

  private let state = Mutex(State.open(waiters: [:], seen: 0))

  /// A promise without a value yet.
  package init() {}

  /// What was set; `nil` as long as nothing was.
  package var value: Value? {
    state.withLock { state in if case .set(let value) = state { value } else { nil } }
  }

  /// How many tasks wait.
  package var waiterCount: Int {
    state.withLock { state in if case .open(let waiters, _) = state { waiters.count } else { 0 } }
  }

  /// Sets the value and resumes everybody who waits, unless there is one already.
  ///
  /// - Returns: Whether this call has set it: of several, exactly one.
  @discardableResult
  package func set(_ value: Value) -> Bool {
    let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>]? in
      guard case .open(let waiters, _) = state else { return nil }
      state = .set(value)
      return Array(waiters.values)
    }
    guard let waiters else { return false }
    for waiter in waiters { waiter.resume(returning: value) }
    return true
  }

  /// Waits for the value; `nil` when this task was cancelled before it came.
  ///
  /// A value that is there is given in any case.
  package func wait() async -> Value? {
    let number = state.withLock { state -> Int in
      guard case .open(let waiters, let seen) = state else { return 0 }
      state = .open(waiters: waiters, seen: seen + 1)
      return seen
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state -> Value? in
          switch state {
          case .set(let value): return value
          case .open(var waiters, let seen):
            waiters[number] = continuation
            state = .open(waiters: waiters, seen: seen)
            return nil
          }
        }
        // A cancellation before this line found no one to tell; one after it finds this waiter.
        if let ready { continuation.resume(returning: ready) } else if Task.isCancelled { leave(number) }
      }
    } onCancel: {
      leave(number)
    }
  }

  /// Waits for the value however this task fares: one that is cancelled waits all the same.
  package func outcome() async -> Value {
    if let value = await wait() { return value }
    // Only a cancelled task gets nothing; a task of its own is not cancelled with it.
    return await Task { await self.outcome() }.value
  }

  private func leave(_ number: Int) {
    let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
      guard case .open(var waiters, let seen) = state else { return nil }
      let waiter = waiters.removeValue(forKey: number)
      state = .open(waiters: waiters, seen: seen)
      return waiter
    }
    waiter?.resume(returning: nil)
  }
}
