internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// The lines in which the calls of a process wait when a service has asked one of them to: one limit is every caller's, so
/// none of them needs to be told of it by a refusal of its own.
///
/// They wait in the order in which they came, are told of it, and leave at once when they are cancelled.
package final class CallLines: Sendable {
  private struct State {
    var lanes: [CallLane: CallLane.State] = [:]
    var lastTicket = 0
  }

  private let state = Mutex(State())

  /// Nobody waits for anything.
  package init() {}

  /// The number of a call: who came first goes first, in all tries.
  func ticket() -> Int {
    state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
  }

  /// How a call waits.
  struct Wait {
    /// The call's number.
    let ticket: Int
    /// The moment, on the clock that never goes back, by which it has to be over.
    let deadline: Int?
    /// Milliseconds between two notices that it goes on; 0 for none.
    let noticeMs: Int
    let time: TimeSource
  }

  /// Waits until a call may be made; `told` hears how long that takes, and why, and `stalled` how long it has taken.
  ///
  /// - Returns: Whether there was anything to wait for.
  /// - Throws: ``ProviderError`` that names the wait when it is longer than a call waits.
  func pass(
    _ lane: CallLane, _ wait: Wait, told: (_ milliseconds: Int, _ reason: String) async -> Void,
    stalled: (_ milliseconds: Int) async -> Void
  ) async throws(ProviderError) -> Bool {
    let (time, ticket) = (wait.time, wait.ticket)
    let began = time.monotonic()
    let end = min(began + ProviderLimits.lineWaitMax, wait.deadline ?? .max)
    var toldUntil = began
    var noticeDue = wait.noticeMs
    while true {
      let now = time.monotonic()
      let turn = Promise<Void>()
      guard let (verdict, closing, isFirst) = judge(lane, ticket, turn, now) else { return now > began }
      var pause: Int
      switch verdict {
      case .go: return now > began
      case .closed(let rest):
        guard rest <= ProviderLimits.retryAfterMax, now + rest < end else {
          leave(lane, ticket)
          throw Self.turnedAway(closing, rest, waited: now - began)
        }
        // A moment is nothing to tell of.
        if now + rest > toldUntil, rest >= ProviderLimits.lineStep {
          toldUntil = now + rest
          await told(rest, closing.reason)
        }
        pause = rest
      case .behind(let rest):
        guard now < end else {
          leave(lane, ticket)
          throw Self.turnedAway(closing, nil, waited: now - began)
        }
        pause = rest
      }
      // Those behind are woken by those before them.
      if !isFirst { pause = end - now }
      if wait.noticeMs > 0 {
        if now - began >= noticeDue {
          await stalled(now - began)
          noticeDue = now - began + wait.noticeMs
        }
        pause = min(pause, noticeDue - (now - began))
      }
      guard await turn.wait(atMost: pause, time), !Task.isCancelled else {
        leave(lane, ticket)
        throw .cancelled
      }
    }
  }

  private typealias Judgement = (verdict: CallLane.State.Verdict, closing: CallLane.State.Closing, isFirst: Bool)

  /// What becomes of a call now; `nil` where nobody has to wait.
  private func judge(_ lane: CallLane, _ ticket: Int, _ turn: Promise<Void>, _ now: Int) -> Judgement? {
    let (found, next) = state.withLock { state -> (Judgement?, Promise<Void>?) in
      guard var line = state.lanes[lane] else { return (nil, nil) }
      guard !line.isOpen(now) else {
        state.lanes[lane] = nil
        return (nil, nil)
      }
      let verdict = line.judge(ticket, turn, now: now)
      state.lanes[lane] = line
      var next: Promise<Void>?
      if case .go = verdict, line.hasRoom(now) { next = line.first }
      return ((verdict, line.closing, line.isFirst(ticket)), next)
    }
    next?.set(())
    return found
  }

  /// The failure of a call that was never made.
  private static func turnedAway(_ closing: CallLane.State.Closing, _ rest: Int?, waited: Int) -> ProviderError {
    let wait = rest.map { "the service wants nothing asked for another \(($0 + 999) / 1_000) s" }
    let message = wait ?? "it was not this call's turn within \(waited / 1_000) s"
    var failure = ProviderError(
      closing.kind, "\(message), so this was not sent; what it had said: \(closing.reason)",
      hint: "ask again then, or ask another model meanwhile", retryable: true)
    failure.retryAfterMs = rest
    failure.wasTurnedAway = true
    return failure
  }
}

// MARK: - What replies say

extension CallLines {
  /// The answer to a call has begun, with these headers: where nothing is left of a limit the next one has to wait.
  func note(begun lane: CallLane, _ ticket: Int, _ headers: HTTPHeaders, _ time: TimeSource) {
    let now = time.monotonic()
    let wait = RateHeaders.wait(headers, now: time.now())
    change(lane) { line in
      line?.begin(ticket)
      guard let wait else { return }
      let closing = CallLane.State.Closing(kind: .rateLimited, reason: "nothing is left of a rate limit")
      var closed = line ?? CallLane.State(closing, now: now)
      closed.close(ticket, for: wait, closing, isRefusal: false, now: now)
      line = closed
    }
  }

  /// A call has failed: one that was refused for lack of room keeps others from asking for a while.
  func note(_ failure: ProviderError, of lane: CallLane, _ ticket: Int, _ time: TimeSource) {
    guard !failure.wasTurnedAway else { return }
    guard failure.isForLackOfRoom else { return leave(lane, ticket) }
    let now = time.monotonic()
    let kind: ProviderError.Kind = failure.kind == .rateLimited ? .rateLimited : .overloaded
    let closing = CallLane.State.Closing(kind: kind, reason: failure.message)
    change(lane) { line in
      var closed = line ?? CallLane.State(closing, now: now)
      closed.close(ticket, for: failure.retryAfterMs, closing, isRefusal: true, now: now)
      line = closed
    }
  }

  /// Nothing more is asked under that number.
  func leave(_ lane: CallLane, _ ticket: Int) { change(lane) { $0?.leave(ticket) } }

  /// Changes a lane, and lets whoever has waited longest look again.
  private func change(_ lane: CallLane, _ body: (inout CallLane.State?) -> Void) {
    let first = state.withLock { state in
      body(&state.lanes[lane])
      // Callers choose models: a lane that is forgotten costs one refused call.
      if state.lanes.count > ProviderLimits.lanesMax { state.lanes = state.lanes.filter { !$0.value.waiting.isEmpty } }
      return state.lanes[lane]?.first
    }
    first?.set(())
  }
}

/// Where one call stands: keys are renewed between tries, and then the call is another caller's.
final class PlaceInLine: Sendable {
  /// The call's number.
  let ticket: Int
  private let lines: CallLines
  private let current = Mutex<CallLane?>(nil)

  /// A call that stands nowhere yet.
  init(_ lines: CallLines) {
    self.lines = lines
    ticket = lines.ticket()
  }

  /// Where it stands; `nil` before it has made a request.
  var lane: CallLane? { current.withLock(\.self) }

  /// Stands in that lane from now on, and in no other.
  func move(to lane: CallLane) {
    let former = current.withLock { current in
      defer { current = lane }
      return current
    }
    if let former, former != lane { lines.leave(former, ticket) }
  }

  /// Nothing more is asked.
  func leave() { if let lane { lines.leave(lane, ticket) } }
}

extension Promise<Void> {
  /// Waits until it is set, or so many milliseconds.
  ///
  /// - Returns: Whether the task was not cancelled meanwhile.
  fileprivate func wait(atMost milliseconds: Int, _ time: TimeSource) async -> Bool {
    let timer = Task {
      try await time.sleep(milliseconds)
      set(())
    }
    defer { timer.cancel() }
    return await wait() != nil
  }
}

extension ProviderError {
  /// Whether the service has no room for the moment: anybody's call is refused, whatever it asks.
  ///
  /// For an answer that was heard in part it had room.
  var isForLackOfRoom: Bool {
    retryable && (kind == .rateLimited || kind == .overloaded || status == 503) && !wasHeard
  }
}
