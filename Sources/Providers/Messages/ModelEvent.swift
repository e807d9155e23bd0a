package import Protocol

/// One thing that happened while a model answered.
package enum ModelEvent: Sendable, Hashable {
  case messageStart(id: String, model: String)
  /// A block begins; `block` is the API's object, `input` still empty.
  case blockStart(index: Int, block: JSON)
  case textDelta(index: Int, text: String)
  case thinkingDelta(index: Int, text: String)
  /// A piece of a tool's input, as JSON text that is complete only at the block's end.
  case toolInputDelta(index: Int, json: String)
  /// A block is complete; `block` is what history keeps.
  case blockEnd(index: Int, block: JSON)
  case usage(Usage)
  case messageEnd(stopReason: String?)
  /// The call failed in a way that is worth another try, which comes after the delay.
  case retry(RetryNotice)
  /// Nothing has come for this many milliseconds.
  case stalled(idleMs: Int)
  /// Something that a person should know, like that another model or region is asked.
  case notice(String)

  /// Whether it is of the call itself, and not of what the model says.
  package var isAboutTheCall: Bool {
    switch self {
    case .retry, .stalled, .notice: true
    default: false
    }
  }
}

/// A try that failed, and the one to come.
package struct RetryNotice: Sendable, Hashable {
  /// The number of the coming try; 1 where it is the first, which waits as others were refused.
  package var attempt: Int
  /// How many tries there will be at most.
  package var of: Int
  /// The wait before it, in milliseconds.
  package var delayMs: Int
  /// Why the last one failed, for a person.
  package var reason: String

  /// A notice.
  package init(attempt: Int, of: Int, delayMs: Int, reason: String) {
    self.attempt = attempt
    self.of = of
    self.delayMs = delayMs
    self.reason = reason
  }
}
