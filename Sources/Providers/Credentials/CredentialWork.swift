package import OperatingSystem

/// A search for credentials, or what else fails as one does.
package typealias CredentialWork<Value: Sendable> = SharedWork<Value, CredentialsError>

extension SharedWork where Failure == CredentialsError {
  /// Starts a search that may take that many milliseconds, see ``SharedWork``.
  ///
  /// One that `endsUnwatched` is taken back when the last waiter has gone.
  package static func begin(
    limit: Int, time: TimeSource, endsUnwatched: Bool = false, _ work: @escaping @Sendable () async -> Outcome,
    landing: @escaping @Sendable (SharedWork, Outcome) -> Void
  ) -> SharedWork {
    let late = CredentialsError(
      .unavailable, "no answer about credentials came within \(limit / 1_000) s",
      hint: "find out which source hangs: a credential_process, the network")
    return begin(
      limit: limit, time: time, late: late, abandoned: endsUnwatched ? .cancelled : nil, work, landing: landing)
  }

  /// The outcome, for a task whose cancellation is a failure like others.
  func value() async throws(CredentialsError) -> Value {
    guard let outcome = await outcome() else { throw .cancelled }
    return try outcome.get()
  }
}
