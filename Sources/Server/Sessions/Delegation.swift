internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// What one run does for a call of another: the run that it is done for, whose budgets pay for it, and the call.
package struct Delegation: Sendable {
  /// The run whose model has called.
  package let run: Run
  /// What the model's service calls it, as events and results do.
  package let callId: String

  /// Work for a call of that run.
  package init(for run: Run, callId: String) {
    self.run = run
    self.callId = callId
  }
}

/// How many delegations of a run go on; those for which there is no place wait.
package final class DelegationPlaces: Sendable {
  private struct State {
    var free: Int
    var waiting: [Promise<Bool>] = []
  }

  private let state: Mutex<State>

  /// So many places.
  package init(_ count: Int) { state = Mutex(State(free: count)) }

  /// Waits for a place; false when the task was cancelled before there was one.
  package func take() async -> Bool {
    let mine = Promise<Bool>()
    let isFree = state.withLock { state in
      guard state.free == 0 else {
        state.free -= 1
        return true
      }
      state.waiting.append(mine)
      return false
    }
    if isFree { return true }
    if await mine.wait() == true { return true }
    let wasWaiting = state.withLock { state in
      let count = state.waiting.count
      state.waiting.removeAll { $0 === mine }
      return state.waiting.count < count
    }
    // It came in the moment of the cancel.
    if !wasWaiting { leave() }
    return false
  }

  /// Gives a place back.
  package func leave() {
    let next = state.withLock { state -> Promise<Bool>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.set(true)
  }
}

/// Hands what happens in a delegated run to the run that it is done for, each event with the call's name; what is written
/// comes as the call's result.
struct DelegationSink: EventSink {
  let delegation: Delegation

  func send(_ batch: [SessionEvent]) {
    let told = batch.map(\.event).filter(\.isForDelegator).map { AgentEvent.delegated(callId: delegation.callId, $0) }
    delegation.run.session.emit(told, run: delegation.run)
  }

  func tell(_ event: ServerEvent) {}

  var isBehind: Bool { delegation.run.session.isBehind }

  func room() async { await delegation.run.session.room() }
}

extension AgentEvent {
  /// Whether it is told of a delegated run.
  fileprivate var isForDelegator: Bool {
    switch self {
    case .started, .completed, .delta, .messageStart, .messageEnd, .toolCallBegun, .delegated: false
    case .usage, .toolCall, .toolStarted, .toolOutput, .toolResult, .plan, .compaction, .retry, .stalled, .notice,
      .modelChanged:
      true
    }
  }
}

extension Session {
  /// The session whose person decides, and whose rules hold.
  package var owner: Session { delegator ?? self }

  /// A session of the same name that nobody else finds, in which one run does with these tools what was delegated to it:
  /// what it changes, and what it leaves in the background, is this session's.
  package func delegating(with tools: [String], for delegation: Delegation) -> Session {
    let info = info
    var options = options
    (options.provider, options.tools, options.title) = (info.provider, tools, nil)
    (options.webSearch, options.webFetch, options.budget, options.delegates) = (nil, nil, nil, nil)
    return Session(
      id: id, options: options, defaults: defaults, sink: DelegationSink(delegation: delegation), time: time,
      settings: settings.inForce, workingFor: self)
  }
}
