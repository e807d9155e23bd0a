import OperatingSystem
import Synchronization

/// A value that is kept while it lasts, and replaced before it ends: credentials, or a key.
///
/// Inside its advisory window one task of its own gets a new one, while everyone goes on with the old; a failure then is of
/// no consequence, but for a pause. Inside its mandatory window everyone waits for the same search. Searches are never made
/// twice at a time, and belong to no caller: who is cancelled goes, and the others get their answer.
///
/// Nothing but values is kept: not a failure, and not that there is none.
final class ExpiringValue<Value: Sendable>: Sendable {
  /// When a value is replaced, in milliseconds before its end.
  struct Windows: Sendable {
    /// From here on in the background.
    var advisory = 0
    /// From here on everyone waits.
    var mandatory = 0
    /// How long the background leaves a source alone that has just failed.
    var pause = 0
  }

  /// What is known of values.
  struct Rules: Sendable {
    /// When they are replaced.
    var windows = Windows()
    /// Milliseconds that a search may take.
    var searchMax: Int
    /// Milliseconds until a value ends, which was found at that moment of the monotonic clock.
    var timeLeft: @Sendable (_ value: Value, _ foundAt: Int) -> Int
    /// Whether two values are the same to who has refused one.
    var isSame: @Sendable (Value, Value) -> Bool
  }

  private typealias Search = CredentialWork<Value?>

  private struct State {
    var current: (value: Value, foundAt: Int)?
    /// The search whose result will be kept.
    var search: Search?
    /// No search in the background before this moment of the monotonic clock.
    var quietUntil = Int.min
  }

  private enum Step {
    case use(Value)
    /// Wait; the value is what there is if nothing better comes, while it lasts.
    case wait(Search, (value: Value, foundAt: Int)?)
  }

  private let rules: Rules
  private let time: TimeSource
  private let find: @Sendable (_ rejected: Value?) async throws(CredentialsError) -> Value?
  private let state = Mutex(State())

  /// A value that nobody has asked for yet; `find` gets the one that was refused, if one was, and gives `nil` where there
  /// is none.
  ///
  /// The `sleep` of `time` bounds a search: one that returns at once ends every search at once.
  init(
    _ rules: Rules, time: TimeSource,
    find: @escaping @Sendable (_ rejected: Value?) async throws(CredentialsError) -> Value?
  ) {
    self.rules = rules
    self.time = time
    self.find = find
  }

  /// The value to use now; `nil` when there is none.
  ///
  /// - Throws: ``CredentialsError``, `cancelled` at once when the calling task is.
  func current() async throws(CredentialsError) -> Value? { try await taken(state.withLock { nextStep(&$0) }) }

  /// The value to use after one was refused.
  ///
  /// It is looked for anew, unless that has been done since the refused one was handed out. The same may come back; to try
  /// it once more is then the caller's last try.
  func refreshed(after rejected: Value) async throws(CredentialsError) -> Value? {
    let step = state.withLock { state -> Step in
      guard let current = state.current, !rules.isSame(current.value, rejected) else {
        state.current = nil
        return .wait(search(&state, rejected: rejected), nil)
      }
      return nextStep(&state)
    }
    return try await taken(step)
  }

  private func taken(_ step: Step) async throws(CredentialsError) -> Value? {
    switch step {
    case .use(let value): return value
    case .wait(let search, let old):
      guard let outcome = await search.outcome() else { throw .cancelled }
      let lasting = old.flatMap { rules.timeLeft($0.value, $0.foundAt) > 0 ? $0.value : nil }
      switch outcome {
      case .success(let found): return found ?? lasting
      case .failure(let failure):
        guard let lasting else { throw failure }
        return lasting
      }
    }
  }

  /// What a caller does now; begins a search where one is due.
  private func nextStep(_ state: inout State) -> Step {
    guard let current = state.current else { return .wait(search(&state), nil) }
    let left = rules.timeLeft(current.value, current.foundAt)
    if left <= rules.windows.mandatory { return .wait(search(&state), current) }
    if left <= rules.windows.advisory, time.monotonic() >= state.quietUntil { _ = search(&state) }
    return .use(current.value)
  }

  /// The search that is going, or a new one.
  private func search(_ state: inout State, rejected: Value? = nil) -> Search {
    if let going = state.search { return going }
    let begun = Search.begin(limit: rules.searchMax, time: time) { [find] in
      do throws(CredentialsError) { return .success(try await find(rejected)) } catch { return .failure(error) }
    } landing: { [self] search, outcome in
      self.state.withLock { land(search, outcome, &$0) }
    }
    state.search = begun
    return begun
  }

  private func land(_ search: Search, _ outcome: Search.Outcome, _ state: inout State) {
    guard state.search === search else { return }
    state.search = nil
    let now = time.monotonic()
    if case .success(let found?) = outcome {
      state.current = (found, now)
      // A new one that ends as soon as the old is no reason to ask again at once.
      state.quietUntil = rules.timeLeft(found, now) > rules.windows.advisory ? .min : now + rules.windows.pause
    } else {
      state.quietUntil = now + rules.windows.pause
    }
  }
}
