package import OperatingSystem
internal import Synchronization

/// A clock that only a test moves: it stands until then, and notes each sleep that is asked of it.
///
/// Deadlines are checked by what was asked of the clock, so that no verdict depends on how fast a machine is.
package final class ManualClock: Sendable {
  /// What a sleep does.
  package enum Sleep: Sendable {
    /// It lasts until the test has let that much time pass.
    case waits
    /// It is over at once, and its time has passed.
    case passes
  }

  private struct State {
    var now: Int
    var sleeps: [Int] = []
    /// Those who sleep, with the moment that each waits for.
    var sleepers: [(until: Int, latch: Latch)] = []
  }

  /// What the clock shows at first, in milliseconds since 1970.
  package static let start = 1_800_000_000_000

  private let state: Mutex<State>
  private let mode: Sleep
  private let slept: Latch

  /// A clock that shows ``start``; ``sleeper()`` waits until it has been asked for that many sleeps.
  package init(_ mode: Sleep = .waits, now: Int = ManualClock.start, sleepers: Int = 1) {
    self.mode = mode
    state = Mutex(State(now: now))
    slept = Latch(sleepers)
  }

  /// What it shows now.
  package var now: Int { state.withLock { $0.now } }

  /// How long it was asked to sleep so far, in order.
  package var sleeps: [Int] { state.withLock { $0.sleeps } }

  /// Lets that many milliseconds pass, and wakes whoever has slept long enough.
  package func pass(_ milliseconds: Int) {
    let awake = state.withLock { state -> [Latch] in
      state.now += milliseconds
      let due = state.sleepers.filter { $0.until <= state.now }
      state.sleepers.removeAll { $0.until <= state.now }
      return due.map(\.latch)
    }
    for latch in awake { latch.open() }
  }

  /// Waits until somebody sleeps.
  package func sleeper() async throws { try await slept.wait() }

  /// The clock as the program takes it; `random` is what chance gives.
  package func source(random: Double = 0) -> TimeSource {
    TimeSource(now: { self.now }, monotonic: { self.now }, sleep: { try await self.sleep($0) }, random: { random })
  }

  /// The clock as the program takes it, with no luck.
  package var source: TimeSource { source() }

  /// The clock, but for the limits of calls, which last for ever: only pauses pass.
  package var limitless: TimeSource {
    var source = self.source
    let sleep = source.sleep
    source.sleep = { milliseconds in
      if milliseconds >= Self.limit { try await Latch().wait() } else { try await sleep(milliseconds) }
    }
    return source
  }

  /// From how many milliseconds on a sleep is somebody's limit.
  private static let limit = 60_000

  private func sleep(_ milliseconds: Int) async throws {
    let latch = Latch()
    state.withLock { state in
      state.sleeps.append(milliseconds)
      switch mode {
      case .passes:
        state.now += milliseconds
        latch.open()
      case .waits where milliseconds <= 0: latch.open()
      case .waits: state.sleepers.append((state.now + milliseconds, latch))
      }
    }
    slept.open()
    try await latch.wait()
  }
}
