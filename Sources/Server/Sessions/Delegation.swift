internal import Protocol

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
