package import Protocol
internal import Synchronization

/// Where a run found its place in its session.
package enum Admission: Sendable {
  /// It has the session and is to be started.
  case active
  /// It waits for its turn.
  case queued
  /// Its prompt joined that run.
  case steered(Run)
}

/// Who has a session, and who waits for it: one run, or work that is none; then runs, in the order in which they came.
struct SessionQueue: Sendable {
  /// Work that needs the session to itself and is no run.
  private struct Upkeep {
    let what: String
    var cancel: (@Sendable () -> Void)?
  }

  private let sessionId: String
  /// The run that has the session.
  private(set) var active: Run?
  /// The runs that wait for it.
  private(set) var waiting: [Run] = []
  private var upkeep: Upkeep?
  /// Whether nobody is let in any more.
  private(set) var isClosed = false

  /// Nobody, in the session of that name.
  init(sessionId: String) { self.sessionId = sessionId }

  /// What has the session, for a person; `nil` when it is free.
  var holder: String? { active.map { "run '\($0.id)'" } ?? upkeep?.what }

  /// The runs that go on or wait, the active one first.
  var runs: [Run] { (active.map { [$0] } ?? []) + waiting }

  /// Gives a run the session, or a place, or its prompt to the run that goes on.
  mutating func admit(_ run: Run, whenBusy: WhenBusy) throws(Failure) -> Admission {
    guard !isClosed else { throw .sessionNotFound(sessionId) }
    guard let holder else {
      active = run
      return .active
    }
    switch (whenBusy, active) {
    case (.reject, _): throw .sessionBusy(sessionId, with: holder)
    case (.steer, let active?) where active.steer(run.request.prompt): return .steered(active)
    case (.steer, _), (.queue, _):
      let most = ServerLimits.runsQueuedMax
      guard waiting.count < most else { throw .overloaded("session '\(sessionId)' has \(most) runs waiting already") }
      waiting.append(run)
      return .queued
    }
  }

  /// Takes a run out, whether it had the session or waited for it.
  ///
  /// - Returns: The run to start next.
  mutating func leave(_ run: Run) -> Run? {
    if active === run { return passOn() }
    waiting.removeAll { $0 === run }
    return nil
  }

  /// Takes the session for work that is no run.
  mutating func hold(for what: String) throws(Failure) {
    guard !isClosed else { throw .sessionNotFound(sessionId) }
    if let holder { throw .sessionBusy(sessionId, with: holder) }
    upkeep = Upkeep(what: what)
  }

  /// Says how the work that has the session is cancelled when the session closes.
  ///
  /// - Returns: Whether it has closed by now.
  mutating func cancelHolding(by cancel: @escaping @Sendable () -> Void) -> Bool {
    upkeep?.cancel = cancel
    return isClosed
  }

  /// Ends the work that has the session.
  ///
  /// - Returns: The run to start next.
  mutating func release() -> Run? {
    upkeep = nil
    return passOn()
  }

  /// Lets nobody in any more.
  ///
  /// - Returns: What cancels the work that has the session; to be called without the session's lock, as others may hold theirs.
  mutating func close() -> (@Sendable () -> Void)? {
    isClosed = true
    return upkeep?.cancel
  }

  /// Gives the session to whoever is next; of a closed one, whose runs are all being cancelled, to nobody.
  private mutating func passOn() -> Run? {
    active = waiting.isEmpty || isClosed ? nil : waiting.removeFirst()
    return active
  }
}

extension Session {
  /// Gives a run the session, or a place in the queue, or its prompt to the run that goes on.
  package func admit(_ run: Run, whenBusy: WhenBusy) throws(Failure) -> Admission {
    try state.withLock { state throws(Failure) in try state.queue.admit(run, whenBusy: whenBusy) }
  }

  /// Says something to the run that goes on, or to the one that waits under that name.
  package func steer(_ prompt: Prompt, expectedRunId: String?) -> AgentSteer.Response {
    let (active, waiting) = state.withLock { ($0.queue.active, $0.queue.waiting) }
    if let active, active.id == expectedRunId ?? active.id, active.steer(prompt) {
      return AgentSteer.Response(outcome: .injected, runId: active.id)
    }
    if let queued = waiting.first(where: { $0.id == expectedRunId }), queued.steer(prompt) {
      return AgentSteer.Response(outcome: .queued, runId: queued.id)
    }
    return AgentSteer.Response(outcome: .noActiveRun)
  }

  /// The runs that go on or wait, the active one first.
  package var runs: [Run] { state.withLock { $0.queue.runs } }

  /// Whether it takes no more runs.
  var isClosed: Bool { state.withLock { $0.queue.isClosed } }

  /// Takes no more runs.
  ///
  /// - Returns: The runs that were there, still to be cancelled.
  package func close() -> [Run] {
    let (cancel, runs) = state.withLock { ($0.queue.close(), $0.queue.runs) }
    cancel?()
    background.endAll()
    return runs
  }

  /// Does something that needs the session to itself.
  ///
  /// `begin` is done in place, `work` when there is time. Runs that come meanwhile wait; closing the session cancels it.
  ///
  /// - Returns: What came of it, and the run to start next.
  /// - Throws: ``Failure/Reason/failed`` when a run, or other work, has the session.
  package func exclusively<Begun: Sendable, Value: Sendable>(
    _ what: String, begin: () throws(Failure) -> Begun,
    then work: @escaping @Sendable (Begun) async -> Result<Value, Failure>
  ) async throws(Failure) -> (Result<Value, Failure>, next: Run?) {
    try state.withLock { state throws(Failure) in try state.queue.hold(for: what) }
    let begun: Begun
    do throws(Failure) { begun = try begin() } catch {
      return (.failure(error), state.withLock { $0.queue.release() })
    }
    let task = Task { await work(begun) }
    if state.withLock({ $0.queue.cancelHolding { task.cancel() } }) { task.cancel() }
    let result = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    return (result, state.withLock { $0.queue.release() })
  }
}
