package import Protocol
package import Providers

/// What a run has used and brought so far, besides its messages.
package struct RunTally: Sendable {
  /// The tokens of all calls.
  package private(set) var usage = Usage()
  /// The tokens of the last call.
  package private(set) var lastUsage = Usage()
  /// What all calls cost.
  package private(set) var cost = CallCost.none
  /// How many times the model was asked.
  package var turns = 0
  /// The model that answered last, by its provider's name.
  package private(set) var modelID: String?
  /// The provider that answered last.
  package private(set) var provider: ProviderID?
  /// Milliseconds to the first content of the run.
  package private(set) var firstContentMs: Int?
  /// Milliseconds spent waiting for providers.
  package var apiMs = 0
  /// Milliseconds from the run's start to its end, tools and questions included.
  package var wallMs = 0
  /// What a person should know, each once.
  package private(set) var notices: [String] = []

  /// What all runs have cost today; `nil` where nobody counts it.
  package let day: DaySpending?

  /// Nothing used, of that day.
  package init(on day: DaySpending? = nil) { self.day = day }

  /// Counts a call; what it cost is known by its caller.
  package mutating func note(_ message: ModelMessage, provider: ProviderID, cost: CallCost) {
    let bill = message.bill
    usage += bill.total
    lastUsage = bill.last
    self.cost += cost
    day?.add(cost)
    modelID = message.raw["model"]?.string ?? modelID
    self.provider = provider
    firstContentMs = firstContentMs ?? message.firstContentMs
  }

  /// Counts a call of a run, of which those who pay for it learn; `wallMs` is how long the run has taken.
  package mutating func note(_ message: ModelMessage, provider: ProviderID, cost: CallCost, of run: Run, wallMs: Int) {
    note(message, provider: provider, cost: cost)
    run.note(spent: (usage, self.cost, wallMs), by: (message.bill.total, cost))
  }

  /// Takes what was found out, and what was spent, beside a run's own calls of its model.
  package mutating func take(from run: Run) {
    for notice in run.takeNotices() { _ = note(notice: notice) }
    run.takeDelegated { usage, cost in
      self.usage += usage
      self.cost += cost
      return (self.usage, self.cost)
    }
  }

  /// Keeps something that a person should know; false when it is known already.
  package mutating func note(notice: String) -> Bool {
    guard !notices.contains(notice) else { return false }
    notices.append(notice)
    return true
  }

  /// Puts into a result what was counted; `window` is what the model reads and writes at most.
  package func fill(_ result: inout RunResult, window: Int?) {
    result.turns = turns
    result.context = ContextUse(used: lastUsage.all, size: window)
    result.cost = cost.wire
    result.timings = Timings(ttftMs: firstContentMs, apiMs: apiMs, totalMs: wallMs)
    result.notices = notices
  }
}
