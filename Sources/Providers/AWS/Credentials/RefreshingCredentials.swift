package import OperatingSystem
import Synchronization

/// The credentials of a source, kept, and replaced before they end.
///
/// Five minutes before the end one task of its own gets new ones, while everyone goes on with the old; a failure then
/// is of no consequence, but for a pause. From one minute before the end everyone waits for the same search. Searches
/// are never made twice at a time, and belong to no caller: who is cancelled goes, and the others get their answer.
///
/// Nothing but credentials is kept: not a failure, and not that no source is configured.
package final class RefreshingCredentials: Sendable {
  private typealias Search = CredentialWork<AWSCredentials?>

  private struct State {
    var current: AWSCredentials?
    /// The search whose result will be kept.
    var search: Search?
    /// No search in the background before this moment of the monotonic clock.
    var quietUntil = Int.min
  }

  private enum Step {
    case use(AWSCredentials)
    /// Wait; the credentials are what there is if nothing better comes, while they last.
    case wait(Search, AWSCredentials?)
  }

  private let source: any CredentialSource
  private let time: TimeSource
  private let login: LoginCommand?
  private let state = Mutex(State())

  /// Credentials that nobody has asked for yet.
  ///
  /// `login` is the command that logs in when there are no credentials, or only ended or refused ones. The `sleep` of
  /// `time` bounds a search: one that returns at once ends every search at once.
  package init(_ source: any CredentialSource, login: LoginCommand? = nil, time: TimeSource) {
    self.source = source
    self.login = login
    self.time = time
  }

  /// The credentials to use now; `nil` when no source is configured.
  ///
  /// - Throws: ``CredentialsError``, `cancelled` at once when the calling task is.
  package func current() async throws(CredentialsError) -> AWSCredentials? {
    try await taken(state.withLock { nextStep(&$0) })
  }

  /// The credentials to use after a service has refused some as ended or unknown.
  ///
  /// The source is asked anew, unless that has been done since the refused ones were handed out. The same ones may come
  /// back; to try them once more is then the caller's last try.
  package func refreshed(after rejected: AWSCredentials) async throws(CredentialsError) -> AWSCredentials? {
    let step = state.withLock { state -> Step in
      guard let current = state.current, !current.hasSameKeys(as: rejected) else {
        state.current = nil
        return .wait(search(&state, rejected: rejected), nil)
      }
      return nextStep(&state)
    }
    return try await taken(step)
  }

  /// Forgets what is kept: the next caller asks the source, even if a search that began before is still going.
  package func invalidate() { state.withLock { $0 = State() } }

  private func taken(_ step: Step) async throws(CredentialsError) -> AWSCredentials? {
    switch step {
    case .use(let credentials): return credentials
    case .wait(let search, let old):
      guard let outcome = await search.outcome() else { throw .cancelled }
      let lasting = old.flatMap { $0.timeLeft(time.now()) > 0 ? $0 : nil }
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
    let left = current.timeLeft(time.now())
    if left <= RemoteCredentialLimits.mandatoryWindow { return .wait(search(&state), current) }
    if left <= RemoteCredentialLimits.advisoryWindow, time.monotonic() >= state.quietUntil { _ = search(&state) }
    return .use(current)
  }

  /// The search that is going, or a new one.
  private func search(_ state: inout State, rejected: AWSCredentials? = nil) -> Search {
    if let going = state.search { return going }
    let begun = Search.begin(
      limit: login == nil ? RemoteCredentialLimits.resolveMax : RemoteCredentialLimits.resolveWithLoginMax, time: time
    ) { [self] in
      do throws(CredentialsError) { return .success(try await find(rejected: rejected)) } catch {
        return .failure(error)
      }
    } landing: { [self] search, outcome in
      self.state.withLock { land(search, outcome, &$0) }
    }
    state.search = begun
    return begun
  }

  private func land(_ search: Search, _ outcome: Search.Outcome, _ state: inout State) {
    guard state.search === search else { return }
    state.search = nil
    if case .success(let found?) = outcome {
      state.current = found
      // New ones that end as soon as the old are no reason to ask again at once.
      state.quietUntil = found.timeLeft(time.now()) > RemoteCredentialLimits.advisoryWindow ? .min : paused()
    } else {
      state.quietUntil = paused()
    }
  }

  private func paused() -> Int { time.monotonic() + RemoteCredentialLimits.advisoryPause }

  /// Asks the source; has someone log in, and asks again, if that is configured and nothing usable came.
  private func find(rejected: AWSCredentials?) async throws(CredentialsError) -> AWSCredentials? {
    guard let login else { return try await source.credentials() }
    do {
      if let found = try await source.credentials(), rejected.map({ !found.hasSameKeys(as: $0) }) ?? true,
        found.timeLeft(time.now()) > RemoteCredentialLimits.mandatoryWindow
      {
        return found
      }
    } catch {
      guard error.kind == .expired else { throw error }
    }
    try await login.run()
    return try await source.credentials()
  }
}

extension AWSCredentials {
  /// Milliseconds until they end; the largest number when they do not.
  fileprivate func timeLeft(_ now: Int) -> Int { expiresAt.map { $0 - now } ?? .max }

  /// Whether they sign alike, wherever they came from.
  fileprivate func hasSameKeys(as other: AWSCredentials) -> Bool {
    accessKeyID == other.accessKeyID && secretAccessKey == other.secretAccessKey && sessionToken == other.sessionToken
  }
}
