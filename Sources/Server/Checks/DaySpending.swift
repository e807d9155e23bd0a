package import OperatingSystem
internal import Protocol
package import Providers
internal import Synchronization

/// What runs have cost since the day began, by the clock of UTC: those of this process, and where a person wants a day's
/// budget to hold for all of theirs, what other processes have written down.
package final class DaySpending: Sendable {
  private struct State {
    var day: CivilDate
    /// What this process has spent, in picodollars; `nil` when it is not known.
    var own: Int? = 0
    /// What of it stands in no file yet.
    var due: Int? = 0
    /// What stands in the file.
    var written = DayLedger.Sum()
    var hasFailed = false
  }

  private let state: Mutex<State>
  private let time: TimeSource
  private let ledger: DayLedger?

  /// Nothing was spent yet by this process; `ledger` is where others' are read and its own is added.
  package init(time: TimeSource, ledger: DayLedger? = nil) {
    (self.time, self.ledger) = (time, ledger)
    state = Mutex(State(day: CivilDate(millisecondsSince1970: time.now())))
  }

  /// Adds what a call cost.
  package func add(_ cost: CallCost) {
    onThisDay { state in
      state.own = Picodollars.sum(state.own, cost.picodollars)
      state.due = Picodollars.sum(state.due, cost.picodollars)
      write(&state)
    }
  }

  /// What all calls of the day have cost, in picodollars; `nil` when a call was made whose price is not known.
  package var picodollars: Int? {
    onThisDay { state in
      // A budget may be wanted since the last call.
      write(&state)
      guard let ledger, ledger.isKept else { return state.own }
      ledger.read(&state.written, of: state.day)
      return Picodollars.sum(state.written.picodollars, state.due)
    }
  }

  private func write(_ state: inout State) {
    guard let ledger, state.due != 0, ledger.isKept else { return }
    guard let why = ledger.add(state.due, on: state.day, at: time.now()) else {
      state.due = 0
      return
    }
    if !state.hasFailed { ledger.tell(why) }
    state.hasFailed = true
  }

  private func onThisDay<Value>(_ body: (inout sending State) -> Value) -> Value {
    let today = CivilDate(millisecondsSince1970: time.now())
    return state.withLock { state in
      if state.day != today { state = State(day: today) }
      return body(&state)
    }
  }
}
