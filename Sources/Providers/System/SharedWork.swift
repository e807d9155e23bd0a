import Synchronization

/// One piece of work that several tasks wait for.
///
/// It belongs to none of them: a waiter that is cancelled goes away at once, and the work goes on for the others. It
/// ends by itself or at its time limit, whichever comes first.
package final class SharedWork<Value: Sendable, Failure: Error>: Sendable {
  /// What the work came to.
  package typealias Outcome = Result<Value, Failure>

  private struct State {
    /// Whether somebody has brought the outcome, which may not be told yet.
    var isOver = false
    var working: Task<Void, Never>?
  }

  private let promise = Promise<Outcome>()
  private let state = Mutex(State())
  private let abandoned: Failure?
  private let landing: @Sendable (SharedWork, Outcome) -> Void

  private init(abandoned: Failure?, landing: @escaping @Sendable (SharedWork, Outcome) -> Void) {
    self.abandoned = abandoned
    self.landing = landing
  }

  /// Starts work that may take that many milliseconds, after which it is cancelled and `late` is the outcome.
  ///
  /// `landing` is called once, before anyone is told: what it stores is what those who wait will see. Work with an
  /// outcome for being `abandoned` is cancelled when the last waiter has gone: a question to a person that no one wants
  /// to know any more is taken back, while credentials that were looked for are of use to the next caller.
  package static func begin(
    limit: Int, time: TimeSource, late: Failure, abandoned: Failure? = nil,
    _ work: @escaping @Sendable () async -> Outcome, landing: @escaping @Sendable (SharedWork, Outcome) -> Void
  ) -> SharedWork {
    let shared = SharedWork(abandoned: abandoned, landing: landing)
    let working = Task {
      let outcome = await work()
      shared.land(outcome)
    }
    shared.state.withLock { $0.working = working }
    let limiting = Task {
      do { try await time.sleep(limit) } catch { return }
      shared.land(.failure(late))
      working.cancel()
    }
    Task {
      await working.value
      limiting.cancel()
      shared.state.withLock { $0.working = nil }
    }
    return shared
  }

  /// Waits for the outcome; `nil` when this task was cancelled before it came.
  package func outcome() async -> Outcome? {
    let outcome = await promise.wait()
    // Who comes in this very moment is told that the work is abandoned, and may begin it anew.
    if outcome == nil, let abandoned, promise.waiterCount == 0 {
      land(.failure(abandoned))
      state.withLock { $0.working }?.cancel()
    }
    return outcome
  }

  /// Takes the first outcome that is brought: the work's own, or that it took too long or is not wanted any more.
  private func land(_ outcome: Outcome) {
    let isFirst = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    guard isFirst else { return }
    landing(self, outcome)
    promise.set(outcome)
  }
}
