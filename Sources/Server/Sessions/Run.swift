package import OperatingSystem
package import Protocol
package import Providers
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
    /// What its own calls have used, with what it took over of others', and how long it had taken then.
    var spent: (usage: Usage, cost: CallCost, wallMs: Int) = (Usage(), .none, 0)
    /// What was delegated has used since.
    var delegated: (usage: Usage, cost: CallCost) = (Usage(), .none)
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
  /// What it is done for; `nil` for what a client asked.
  package let delegation: Delegation?
  /// The places of what it delegates.
  package let places = Places(DelegationLimits.atOnceMax)
  private let state = Mutex(State())
  private let outcome = Promise<Result<RunResult, Failure>>()

  /// A run that has not begun.
  package init(id: String, request: AgentRun, session: Session, for delegation: Delegation? = nil) {
    self.delegation = delegation
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

  /// Whether its work goes on or is over.
  package var hasBegun: Bool {
    state.withLock { state in
      if case .waiting = state.phase { false } else { true }
    }
  }

  /// Tells something that a person should know, now and in the result.
  package func tell(_ notice: String) {
    session.emit([.notice(notice)], run: self)
    state.withLock { $0.notices.append(notice) }
  }

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

// MARK: - What it has used

extension Run {
  /// Takes note of what it has used so far, and of the call that was the last; who has it done pays for that.
  func note(spent: (usage: Usage, cost: CallCost, wallMs: Int), by call: (usage: Usage, cost: CallCost)) {
    state.withLock { $0.spent = spent }
    delegation?.run.state.withLock { state in
      state.delegated.usage += call.usage
      state.delegated.cost += call.cost
    }
  }

  /// Takes what others have used for it; `body` adds it up, and gives all that it has used by then.
  func takeDelegated(_ body: (Usage, CallCost) -> (Usage, CallCost)) {
    state.withLock { state in
      guard state.delegated.usage != Usage() || state.delegated.cost != .none else { return }
      (state.spent.usage, state.spent.cost) = body(state.delegated.usage, state.delegated.cost)
      state.delegated = (Usage(), .none)
    }
  }

  /// What is used by now of the budgets that pay for it, by all that they pay for, whose run they are, and how long that
  /// had taken when it began to delegate.
  package func spentTogether(_ own: RunTally) -> (usage: Usage, cost: CallCost, wallMs: Int, payer: Run) {
    guard let payer = delegation?.run else { return (own.usage, own.cost, 0, self) }
    return payer.state.withLock { state in
      var (usage, cost) = (state.spent.usage, state.spent.cost)
      usage += state.delegated.usage
      cost += state.delegated.cost
      return (usage, cost, state.spent.wallMs, payer)
    }
  }
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
