package import OperatingSystem
package import Protocol

/// A place that a key of the Anthropic API comes from, other than a variable.
package protocol KeySource: Sendable {
  /// The key to use now.
  ///
  /// - Throws: ``CredentialsError``, `cancelled` at once when the calling task is.
  func key() async throws(CredentialsError) -> Secret
  /// The key to use after the API has refused one (401); asked for anew, unless that has been done since.
  func refreshed(after rejected: Secret) async throws(CredentialsError) -> Secret
}

/// A key that is read when it is needed, used for a while, and read again once it was refused.
package struct KeptKey: KeySource {
  private let kept: ExpiringValue<Secret>

  /// A key that has not been read; it is used for that many milliseconds.
  package init(
    lifetime: Int, time: TimeSource, read: @escaping @Sendable () async throws(CredentialsError) -> Secret
  ) {
    kept = ExpiringValue(
      ExpiringValue.Rules(
        searchMax: RemoteCredentialLimits.resolveMax,
        timeLeft: { _, readAt in readAt + lifetime - time.monotonic() }, isSame: ==),
      time: time
    ) { _ throws(CredentialsError) in try await read() }
  }

  /// The key to use now.
  package func key() async throws(CredentialsError) -> Secret { try Self.there(try await kept.current()) }

  /// The key to use after one was refused.
  package func refreshed(after rejected: Secret) async throws(CredentialsError) -> Secret {
    try Self.there(try await kept.refreshed(after: rejected))
  }

  /// A reading gives a key or fails.
  private static func there(_ key: Secret?) throws(CredentialsError) -> Secret {
    guard let key else { throw CredentialsError(.unavailable, "there is no key") }
    return key
  }
}
