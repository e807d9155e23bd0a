import Synchronization

/// One piece of work that several tasks wait for.
///
/// It belongs to none of them: a waiter that is cancelled goes away at once, and the work goes on for the others. It
/// ends by itself or at its time limit, whichever comes first.
package final class Flight<Value: Sendable>: Sendable {
  /// What the work came to.
  package typealias Outcome = Result<Value, CredentialsError>

  private enum State {
    case flying(waiters: [Int: CheckedContinuation<Outcome?, Never>], seen: Int)
    case landed(Outcome)
  }

  private let state = Mutex(State.flying(waiters: [:], seen: 0))
  private let endsUnwatched: Bool
  private let landing: @Sendable (Flight, Outcome) -> Void
  private let working = Mutex<Task<Void, Never>?>(nil)

  private init(endsUnwatched: Bool, landing: @escaping @Sendable (Flight, Outcome) -> Void) {
    self.endsUnwatched = endsUnwatched
    self.landing = landing
  }

  /// Starts work that may take that many milliseconds.
  ///
  /// `landing` is called once, before anyone is told: what it stores is what those who wait will see. Work that
  /// `endsUnwatched` is cancelled when the last waiter has gone: a question to a person that no one wants to know any
  /// more is taken back, while credentials that were looked for are of use to the next caller.
  package static func begin(
    limit: Int, time: TimeSource, endsUnwatched: Bool = false, _ work: @escaping @Sendable () async -> Outcome,
    landing: @escaping @Sendable (Flight, Outcome) -> Void
  ) -> Flight {
    let flight = Flight(endsUnwatched: endsUnwatched, landing: landing)
    let working = Task {
      let outcome = await work()
      flight.land(outcome)
    }
    flight.working.withLock { $0 = working }
    let limiting = Task {
      do { try await time.sleep(limit) } catch { return }
      let late = CredentialsError(
        .unavailable, "no answer about credentials came within \(limit / 1_000) s",
        hint: "find out which source hangs: a credential_process, the network")
      flight.land(.failure(late))
      working.cancel()
    }
    Task {
      await working.value
      limiting.cancel()
      flight.working.withLock { $0 = nil }
    }
    return flight
  }

  /// Waits for the outcome; `nil` when this task was cancelled before it came.
  package func outcome() async -> Outcome? {
    let number = state.withLock { state -> Int in
      guard case .flying(let waiters, let seen) = state else { return 0 }
      state = .flying(waiters: waiters, seen: seen + 1)
      return seen
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state -> Outcome? in
          switch state {
          case .landed(let outcome): return outcome
          case .flying(var waiters, let seen):
            waiters[number] = continuation
            state = .flying(waiters: waiters, seen: seen)
            return nil
          }
        }
        // A cancellation before this line found no one to tell; one after it finds this waiter.
        if let ready { continuation.resume(returning: ready) } else if Task.isCancelled { giveUp(number) }
      }
    } onCancel: {
      giveUp(number)
    }
  }

  /// The outcome, for a task whose cancellation is a failure like others.
  func value() async throws(CredentialsError) -> Value {
    guard let outcome = await outcome() else { throw .cancelled }
    return try outcome.get()
  }

  private func giveUp(_ number: Int) {
    let (waiter, isLast) = state.withLock { state -> (CheckedContinuation<Outcome?, Never>?, Bool) in
      guard case .flying(var waiters, let seen) = state else { return (nil, false) }
      let waiter = waiters.removeValue(forKey: number)
      state = .flying(waiters: waiters, seen: seen)
      return (waiter, waiter != nil && waiters.isEmpty)
    }
    waiter?.resume(returning: nil)
    guard isLast, endsUnwatched else { return }
    land(.failure(.cancelled))
    working.withLock { $0 }?.cancel()
  }

  private func land(_ outcome: Outcome) {
    let isFirst = state.withLock { state in if case .flying = state { true } else { false } }
    guard isFirst else { return }
    landing(self, outcome)
    let waiters = state.withLock { state -> [CheckedContinuation<Outcome?, Never>] in
      guard case .flying(let waiters, _) = state else { return [] }
      state = .landed(outcome)
      return Array(waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: outcome) }
  }
}
