package import OperatingSystem
internal import Protocol
package import Providers
internal import Synchronization

/// What the runs of this process have cost since the day began, by the clock of UTC.
package final class DaySpending: Sendable {
  private struct State {
    var day: Int
    var cost = CallCost.none
  }

  private let state: Mutex<State>
  private let time: TimeSource

  /// Nothing was spent yet.
  package init(time: TimeSource) {
    self.time = time
    state = Mutex(State(day: Self.day(time)))
  }

  /// Adds what a call cost.
  package func add(_ cost: CallCost) { onThisDay { $0.cost += cost } }

  /// What all calls of the day have cost.
  package var cost: CallCost { onThisDay { $0.cost } }

  private func onThisDay<Value>(_ body: (inout sending State) -> Value) -> Value {
    let today = Self.day(time)
    return state.withLock { state in
      if state.day != today { state = State(day: today) }
      return body(&state)
    }
  }

  private static func day(_ time: TimeSource) -> Int { time.now() / ServerLimits.dayMs }
}
