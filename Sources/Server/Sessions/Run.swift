internal import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// One `agent/run` until it is over: what was asked, where it stands, and who waits for its result.
///
/// It belongs to its session and holds it; what is kept of it afterwards is a ``FinishedRun``, which holds nothing.
package final class Run: Sendable {
  private enum Phase {
    case waiting
    case going(Task<Void, Never>?)
    case over
  }

  private struct State {
    var phase = Phase.waiting
    var isCancelled = false
    var steering: [Prompt] = []
    /// All that was said to it while it went on.
    var said: [Prompt] = []
    var notices: [String] = []
    var takesSteering = true
    /// How often hooks have put its end off.
    var stopsPutOff = 0
    /// What is written of it, should nothing come after that.
    var drafted: [JSON] = []
  }

  /// The run's name.
  package let id: String
  /// What was asked.
  package let request: AgentRun
  /// The session it belongs to.
  package let session: Session
  private let state = Mutex(State())
  private let outcome = Promise<Result<RunResult, Failure>>()

  /// A run that has not begun.
  package init(id: String, request: AgentRun, session: Session) {
    self.id = id
    self.request = request
    self.session = session
  }

  /// Its name, and its session's.
  package var name: RunName { RunName(sessionId: session.id, runId: id) }

  /// What was said to it: the prompt that it began with, and those that came while it went on.
  package var prompts: [Prompt] { [request.prompt] + state.withLock { $0.said } }

  /// Whether somebody cancelled it.
  package var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Keeps something that a person should know, for the result.
  package func noteNotice(_ notice: String) { state.withLock { $0.notices.append(notice) } }

  /// How often hooks have put its end off.
  package var stopsPutOff: Int { state.withLock { $0.stopsPutOff } }

  /// Counts that they have once more.
  package func putOffStop() { state.withLock { $0.stopsPutOff += 1 } }

  /// Takes what was kept.
  package func takeNotices() -> [String] {
    state.withLock { state in
      defer { state.notices = [] }
      return state.notices
    }
  }

  /// Takes note of the messages that are written of it.
  ///
  /// - Returns: How many of them were written before.
  func noteDraft(_ messages: [JSON]) -> Int {
    let before = state.withLock { state in
      defer { state.drafted = messages }
      return state.drafted
    }
    return zip(before, messages).prefix { $0 == $1 }.count
  }

  /// Its result, when it is there.
  package var finished: Result<RunResult, Failure>? { outcome.value }
}

// MARK: - From its beginning to its end

extension Run {
  /// Starts the work, once.
  package func start(_ work: @escaping @Sendable (Run) async -> Void) {
    guard begin() else { return }
    let task = Task { await work(self) }
    let cancelNow = state.withLock { state in
      guard case .going = state.phase else { return false }
      state.phase = .going(task)
      return state.isCancelled
    }
    if cancelNow { task.cancel() }
  }

  /// Takes the run out of its waiting; false when somebody else has.
  private func begin() -> Bool {
    state.withLock { state in
      guard case .waiting = state.phase else { return false }
      state.phase = .going(nil)
      return true
    }
  }

  /// What a cancel found.
  package enum Cancelled: Sendable {
    /// It had not begun, and never will: whoever cancelled ends it.
    case beforeItBegan
    /// Its work is told; the result comes all the same.
    case underWay
  }

  /// Asks the work to stop.
  package func cancel() -> Cancelled {
    state.withLock { state in
      state.isCancelled = true
      state.takesSteering = false
    }
    if begin() { return .beforeItBegan }
    let task = state.withLock { state -> Task<Void, Never>? in
      if case .going(let task) = state.phase { task } else { nil }
    }
    task?.cancel()
    return .underWay
  }

  /// Sets the result and wakes all who wait for it.
  package func finish(_ result: Result<RunResult, Failure>) {
    state.withLock { state in
      state.phase = .over
      state.takesSteering = false
    }
    outcome.set(result)
  }

  /// Waits for the result, however the waiting task fares.
  package func result() async -> Result<RunResult, Failure> { await outcome.outcome() }

  /// Waits for the result; `nil` when the waiting task is cancelled first, which leaves the run alone.
  package func resultUnlessCancelled() async -> Result<RunResult, Failure>? { await outcome.wait() }
}

// MARK: - Steering

extension Run {
  /// Leaves a prompt for the next turn; false when there will be none.
  package func steer(_ prompt: Prompt) -> Bool {
    state.withLock { state in
      guard state.takesSteering else { return false }
      state.steering.append(prompt)
      state.said.append(prompt)
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
}
