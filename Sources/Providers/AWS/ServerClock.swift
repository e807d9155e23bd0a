internal import Synchronization

/// The service's time: ours, corrected by what a reply showed once it mattered.
///
/// One for all calls of a provider, so that a wrong clock costs one refused request and not one a call.
package final class ServerClock: Sendable {
  /// Milliseconds to add to our clock.
  private let offset = Mutex(0)
  private let ours: @Sendable () -> Int

  /// A clock that goes as ours does.
  package init(_ ours: @escaping @Sendable () -> Int) { self.ours = ours }

  /// Milliseconds since 1970, as the service counts them.
  package var now: Int { ours() &+ offset.withLock { $0 } }

  /// Sets the clock to the time at which the service has just answered.
  package func correct(to serverTime: Int) { offset.withLock { $0 = serverTime &- ours() } }

  /// Sets the clock by the `Date` of a reply, if that differs by more than signatures survive; says whether it did.
  func learn(from headers: HTTPHeaders) -> Bool {
    guard let date = headers.date, abs(date - now) > ProviderLimits.clockSkewMax
    else { return false }
    correct(to: date)
    return true
  }

  /// Asks, and once more where the reply shows that the request was dated wrongly: that is no try lost, as it is known now
  /// what to write.
  func asking(
    isOfClock: (WholeReply) -> Bool, _ ask: () async throws(CredentialsError) -> CredentialAttempt<WholeReply>
  ) async throws(CredentialsError) -> CredentialAttempt<WholeReply> {
    let first = try await ask()
    guard case .settled(let reply) = first, reply.status != 200, isOfClock(reply), learn(from: reply.headers) else {
      return first
    }
    return try await ask()
  }

  /// How wrong our clock was found to be, for a person; `nil` where it was not.
  var flaw: String? {
    let minutes = offset.withLock { $0 } / 60_000
    guard minutes != 0 else { return nil }
    return "this machine's clock is \(abs(minutes)) minutes \(minutes > 0 ? "behind" : "ahead"): set it"
  }
}
