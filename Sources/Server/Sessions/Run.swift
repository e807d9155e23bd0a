package import Protocol
internal import Providers
internal import Synchronization

/// One `agent/run`: what was asked, where it stands, and who waits for its result.
package final class Run: Sendable {
  private enum Phase {
    case waiting
    case going(Task<Void, Never>?)
    case over(Result<RunResult, RPCError>)
  }

  private struct State {
    var phase = Phase.waiting
    var isCancelled = false
    var steering: [Prompt] = []
    var notices: [String] = []
    var takesSteering = true
    var waiters: [Int: CheckedContinuation<Result<RunResult, RPCError>?, Never>] = [:]
    private var lastWaiter = 0

    mutating func newWaiter() -> Int {
      lastWaiter += 1
      return lastWaiter
    }
  }

  /// The run's name.
  package let id: String
  /// What was asked.
  package let request: AgentRun
  /// The session it belongs to.
  package let session: Session
  private let state = Mutex(State())

  /// A run that has not begun.
  package init(id: String, request: AgentRun, session: Session) {
    self.id = id
    self.request = request
    self.session = session
  }

  /// Whether somebody cancelled it.
  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Keeps something that a person should know, for the result.
  package func noteNotice(_ notice: String) { state.withLock { $0.notices.append(notice) } }

  /// Takes what was kept.
  package func takeNotices() -> [String] {
    state.withLock { state in
      defer { state.notices = [] }
      return state.notices
    }
  }

  /// Whether its result is there.
  package var isOver: Bool { finished != nil }

  /// Starts the work, once.
  package func start(_ work: @escaping @Sendable (Run) async -> Void) {
    let isFirst = state.withLock { state in
      guard case .waiting = state.phase else { return false }
      state.phase = .going(nil)
      return true
    }
    guard isFirst else { return }
    let task = Task { await work(self) }
    let cancelNow = state.withLock { state in
      guard case .going = state.phase else { return false }
      state.phase = .going(task)
      return state.isCancelled
    }
    if cancelNow { task.cancel() }
  }

  /// Asks the work to stop; its result comes all the same.
  package func cancel() {
    let task = state.withLock { state -> Task<Void, Never>? in
      state.isCancelled = true
      state.takesSteering = false
      guard case .going(let task) = state.phase else { return nil }
      return task
    }
    task?.cancel()
  }

  /// Leaves a prompt for the next turn; false when there will be none.
  package func steer(_ prompt: Prompt) -> Bool {
    state.withLock { state in
      guard state.takesSteering else { return false }
      state.steering.append(prompt)
      return true
    }
  }

  /// Takes what was left for the next turn; when this is the last time and nothing is there, nothing more is taken in.
  package func takeSteering(isLast: Bool) -> [Prompt] {
    state.withLock { state in
      defer { state.steering = [] }
      if isLast, state.steering.isEmpty { state.takesSteering = false }
      return state.steering
    }
  }

  /// Sets the result and wakes all who wait for it.
  package func finish(_ result: Result<RunResult, RPCError>) {
    let waiters = state.withLock { state in
      state.phase = .over(result)
      state.takesSteering = false
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.resume(returning: result) }
  }

  /// Waits for the result, however the waiting task fares.
  package func result() async -> Result<RunResult, RPCError> {
    await wait(as: state.withLock { $0.newWaiter() }, untilCancelled: false) ?? .failure(.cancelled)
  }

  /// Waits for the result; `nil` when the waiting task is cancelled first, which leaves the run alone.
  package func resultUnlessCancelled() async -> Result<RunResult, RPCError>? {
    let number = state.withLock { $0.newWaiter() }
    return await withTaskCancellationHandler {
      await wait(as: number, untilCancelled: true)
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: nil)
    }
  }

  private func wait(as number: Int, untilCancelled: Bool) async -> Result<RunResult, RPCError>? {
    await withCheckedContinuation { continuation in
      let isWaiting = state.withLock { state in
        if case .over = state.phase { return false }
        // A cancel that came before this lock found nobody to wake.
        if untilCancelled, Task.isCancelled { return false }
        state.waiters[number] = continuation
        return true
      }
      if !isWaiting { continuation.resume(returning: finished) }
    }
  }

  private var finished: Result<RunResult, RPCError>? {
    state.withLock { if case .over(let result) = $0.phase { result } else { nil } }
  }
}
