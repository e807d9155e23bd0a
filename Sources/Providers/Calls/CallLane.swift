internal import OperatingSystem
internal import Protocol

/// Who is asked for what, and as whom: calls that have all of it in common have their limits in common.
package struct CallLane: Hashable, Sendable {
  /// Where the service is asked.
  let address: String
  /// What the calls are let in by.
  let caller: [Secret]
  /// The model, by the service's name of it.
  let model: String
}

extension CallLane {
  /// How it stands with a lane after its service has asked to wait.
  struct State: Sendable {
    /// Why nobody is let through.
    struct Closing: Sendable {
      /// `rateLimited` or `overloaded`.
      var kind: ProviderError.Kind
      /// What the service said, for a person.
      var reason: String
    }

    private(set) var closing: Closing
    /// The moment, on the clock that never goes back, until which nobody is let through.
    private var closedUntil: Int
    /// Refusals in a row, those of one burst counted once.
    private var refusals = 0
    /// Answers that have begun since it was closed last.
    private var begun = 0
    /// The calls that were let through since, and whose answers have not begun.
    private var pending: Set<Int> = []
    /// Those who wait.
    private(set) var waiting: [Int: Promise<Void>] = [:]

    /// A lane that was open until now.
    init(_ closing: Closing, now: Int) {
      self.closing = closing
      closedUntil = now
    }

    /// What becomes of a call that wants to be let through.
    enum Verdict: Sendable {
      case go
      /// Nobody is let through for so long.
      case closed(for: Int)
      /// Others are before it; in so long there is room for more.
      case behind(roomIn: Int)
    }

    /// Lets the calls through that have waited longest, and any other wait until its promise is set.
    ///
    /// When a lane opens again one goes to see, and each answer that
    /// begins, as each second that passes, doubles how many may go at once.
    mutating func judge(_ ticket: Int, _ promise: Promise<Void>, now: Int) -> Verdict {
      let isFirst = isFirst(ticket)
      waiting[ticket] = promise
      guard now >= closedUntil else { return .closed(for: closedUntil - now) }
      let step = ProviderLimits.lineStep
      guard pending.count < room(now), isFirst else {
        return .behind(roomIn: step - (now - closedUntil) % step)
      }
      pending.insert(ticket)
      waiting[ticket] = nil
      return .go
    }

    private func room(_ now: Int) -> Int { 1 << min(steps(now), ProviderLimits.lineStepsMax) }

    private func steps(_ now: Int) -> Int { begun + max(0, now - closedUntil) / ProviderLimits.lineStep }

    /// Whether it is as open as one that was never closed.
    func isOpen(_ now: Int) -> Bool {
      waiting.isEmpty && now >= closedUntil && steps(now) >= ProviderLimits.lineStepsMax
    }

    /// Whether a call may be let through besides those who wait.
    func hasRoom(_ now: Int) -> Bool { now >= closedUntil && pending.count < room(now) }

    /// The one who has waited longest.
    var first: Promise<Void>? { waiting.min { $0.key < $1.key }?.value }

    /// Whether nobody who waits came before.
    func isFirst(_ ticket: Int) -> Bool { waiting.keys.allSatisfy { $0 >= ticket } }

    /// Nobody of that number waits any more, or is on its way.
    mutating func leave(_ ticket: Int) {
      waiting[ticket] = nil
      pending.remove(ticket)
    }

    /// The answer to a call has begun.
    mutating func begin(_ ticket: Int) {
      leave(ticket)
      begun += 1
      refusals = 0
    }

    /// Nobody is let through for so long; `nil` for a wait of our own choosing.
    ///
    /// That grows from time to time, and is no longer than what whoever was refused waits by itself. That one keeps its
    /// turn until it leaves.
    mutating func close(_ ticket: Int, for wait: Int?, _ closing: Closing, isRefusal: Bool, now: Int) {
      pending.remove(ticket)
      if isRefusal { waiting[ticket] = Promise() }
      // Who was on the way when it was closed is of the same burst.
      let isNew = now >= closedUntil
      if isNew { (self.closing, begun) = (closing, 0) }
      if isNew, isRefusal { refusals += 1 }
      let own = Retry.ownDelay(triesMade: max(1, refusals), random: 1)
      closedUntil = max(closedUntil, now + (wait ?? (isNew ? own : 0)))
    }
  }
}
