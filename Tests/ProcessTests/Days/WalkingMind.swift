import Protocol
import Synchronization
import TestSupport

/// What the strict services say during a ``LifeWalk``: anything a model may say, whole or not, and refusals.
final class WalkingMind: Sendable {
  private struct State {
    var numbers: RandomNumbers
    var isCalm = true
    var troubles: [String] = []
    /// What stops the run; `nil` when nothing could.
    var cancel: (@Sendable () -> Void)?
    /// How often the run was asked to go on, so that it ends.
    var turns = 0
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(numbers: RandomNumbers(seed: seed &+ 5_000_000))) }

  /// What has happened in the run that could make it fail.
  var troubles: [String] { state.withLock { $0.troubles } }

  /// Something begins in which anything may happen; `cancel` is what stops it, and without it nobody does.
  func begin(_ cancel: (@Sendable () -> Void)? = nil) {
    state.withLock { ($0.isCalm, $0.troubles, $0.turns, $0.cancel) = (false, [], 0, cancel) }
  }

  /// From here on nothing happens.
  func calm() { state.withLock { $0.isCalm = true } }

  func action(for question: Upstream.Question) -> StrictAction {
    state.withLock { state in
      guard !state.isCalm else { return .text("Calmly \(question.number).") }
      state.turns += 1
      return Self.action(for: question, &state)
    }
  }

  private static func action(for question: Upstream.Question, _ state: inout State) -> StrictAction {
    func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &state.numbers) }
    var action = StrictAction.text("Words \(question.number).")
    if below(3) == 0 { action.thought = "thought \(question.number)" }
    // With a budget a model always begins with thinking; else it is its own choice.
    if below(6) == 0, question.body["thinking"]?["type"] != "enabled" { action.thinks = false }
    let hasTools = question.body["tools"]?.array?.isEmpty == false
    switch below(10) {
    case 0..<4 where hasTools && state.turns < 4:
      action.calls = (0...below(3)).map { _ in Self.calls[below(Self.calls.count)] }
      action.notes = below(2) == 0
      if below(2) == 0 { action.text = nil }
    case 4: action.stop = "max_tokens"
    case 5 where below(3) == 0:
      action.stop = "refusal"
      state.troubles.append("declined")
    default: break
    }
    trouble(&action, question, &state)
    return action
  }

  /// Now and then a stop, a break or a refusal.
  private static func trouble(_ action: inout StrictAction, _ question: Upstream.Question, _ state: inout State) {
    switch Int.random(in: 0..<16, using: &state.numbers) {
    case 0, 1:
      guard let cancel = state.cancel else { return }
      let events = Int.random(in: 0..<12, using: &state.numbers)
      state.troubles.append("stopped after \(events)")
      (action.ending, action.whenHeld) = (.heldAfterEvents(events), cancel)
    case 2:
      let part = Double.random(in: 0..<1, using: &state.numbers)
      state.troubles.append("cut")
      action.ending = .cutAfterPart(part)
    case 3:
      let refusals: [(Int, String, String)] = [
        (529, "overloaded_error", "Overloaded"), (500, "api_error", "Internal server error"),
        (429, "rate_limit_error", "This request would exceed your rate limit."),
      ]
      let (status, kind, text) = refusals[Int.random(in: 0..<refusals.count, using: &state.numbers)]
      state.troubles.append("\(status)")
      action = .refusal(status, kind, text)
    default: break
    }
  }

  /// Calls that succeed, are refused, or are wrong in one way or another.
  private static let calls: [(name: String, input: JSON)] = [
    ("read_file", ["path": "a"]), ("read_file", ["path": "none"]), ("read_file", ["pth": "a"]), ("no_such_tool", [:]),
    ("write_file", ["path": "b", "content": "x"]), ("write_file", ["path": "/proc/e", "content": "x"]),
    ("list_files", [:]), ("search_files", ["pattern": "text"]), ("delete_file", ["path": "b"]),
    ("update_plan", ["steps": [["content": "go on", "status": "pending"]]]),
  ]
}
