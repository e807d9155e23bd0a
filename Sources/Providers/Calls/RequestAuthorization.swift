package import Protocol
internal import Synchronization

/// What a request is let in by.
package protocol RequestCredentials: Sendable, Hashable {
  /// Everything in them that must not be seen.
  var secrets: [Secret] { get }
}

/// Where the credentials for a service come from; it keeps them, and renews them in time.
package protocol RequestAuthorization<Credentials>: Sendable {
  /// The kind of credentials.
  associatedtype Credentials: RequestCredentials
  /// The credentials to use now.
  ///
  /// - Throws: ``ProviderError`` that says what to do when there are none.
  func current() async throws(ProviderError) -> Credentials
  /// Credentials newer than the ones that the service has refused.
  ///
  /// - Returns: The same again where there can be no newer ones.
  /// - Throws: ``ProviderError`` that says what to do, such as logging in again.
  func refreshed(after rejected: Credentials) async throws(ProviderError) -> Credentials
}

/// The credentials of one call, from try to try.
final class CallCredentials<Credentials: RequestCredentials>: Sendable {
  private struct State {
    /// What the last try was let in by.
    var used: Credentials?
    /// What the next try is to be let in by, when a repair got it.
    var renewed: Credentials?
    /// Everything that was sent so far and that a server might echo: a few secrets, as tries are few.
    var secrets: [Secret]
  }

  private let state: Mutex<State>
  private let authorization: any RequestAuthorization<Credentials>

  /// A call that has not been made; `secrets` are sent with every try.
  init(_ authorization: any RequestAuthorization<Credentials>, secrets: [Secret] = []) {
    self.authorization = authorization
    state = Mutex(State(secrets: secrets))
  }

  /// Hides the secrets of all tries.
  var mask: SecretMask { SecretMask(state.withLock { $0.secrets }) }

  /// What the last try was let in by.
  var used: Credentials? { state.withLock { $0.used } }

  /// The credentials of this moment, for the next try.
  func next() async throws(ProviderError) -> Credentials {
    let credentials: Credentials
    if let renewed = state.withLock({ $0.renewed.take() }) {
      credentials = renewed
    } else {
      credentials = try await authorization.current()
    }
    state.withLock { state in
      state.used = credentials
      state.secrets += credentials.secrets.filter { !state.secrets.contains($0) }
    }
    return credentials
  }

  /// Gets others than those of the last try.
  ///
  /// - Returns: Whether there are others, so that one more try makes sense.
  func renew() async throws(ProviderError) -> Bool {
    guard let used else { return false }
    let renewed = try await authorization.refreshed(after: used)
    guard renewed != used else { return false }
    state.withLock { $0.renewed = renewed }
    return true
  }
}
