package import OperatingSystem
internal import Protocol

/// The credentials of a source, kept, and replaced before they end: in the background from five minutes before, by everyone
/// from one minute before.
package final class RefreshingCredentials: Sendable {
  private let kept: ExpiringValue<AWSCredentials>

  /// Credentials that nobody has asked for yet.
  ///
  /// `login` is the command that logs in when there are no credentials, or only ended or refused ones. The `sleep` of
  /// `time` bounds a search: one that returns at once ends every search at once.
  package init(_ source: any CredentialSource, login: RenewalCommand? = nil, time: TimeSource) {
    let limits = RemoteCredentialLimits.self
    kept = ExpiringValue(
      ExpiringValue.Rules(
        windows: .init(
          advisory: limits.advisoryWindow, mandatory: limits.mandatoryWindow, pause: limits.advisoryPause),
        searchMax: login == nil ? limits.resolveMax : limits.resolveWithLoginMax,
        timeLeft: { credentials, _ in credentials.timeLeft(time.now()) },
        isSame: { $0.hasSameKeys(as: $1) }),
      time: time
    ) { rejected throws(CredentialsError) in
      try await Self.find(in: source, login, rejected: rejected, time)
    }
  }

  /// The credentials to use now; `nil` when no source is configured.
  ///
  /// - Throws: ``CredentialsError``, `cancelled` at once when the calling task is.
  package func current() async throws(CredentialsError) -> AWSCredentials? { try await kept.current() }

  /// The credentials to use after a service has refused some as ended or unknown.
  ///
  /// The source is asked anew, unless that has been done since the refused ones were handed out. The same ones may come
  /// back; to try them once more is then the caller's last try.
  package func refreshed(after rejected: AWSCredentials) async throws(CredentialsError) -> AWSCredentials? {
    try await kept.refreshed(after: rejected)
  }

  /// Asks the source; has someone log in, and asks again, if that is configured and nothing usable came.
  private static func find(
    in source: any CredentialSource, _ login: RenewalCommand?, rejected: AWSCredentials?, _ time: TimeSource
  ) async throws(CredentialsError) -> AWSCredentials? {
    guard let login else { return try lasting(try await source.credentials(), time) }
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
    return try lasting(try await source.credentials(), time)
  }

  /// Credentials, unless they have ended: AWS would refuse them, and whoever gave them can be told at once.
  private static func lasting(_ found: AWSCredentials?, _ time: TimeSource) throws(CredentialsError) -> AWSCredentials?
  {
    guard let found, let end = found.expiresAt, end <= time.now() else { return found }
    throw CredentialsError(
      .expired, "the credentials (\(found.source)) ended at \(Timestamp.text(milliseconds: end))",
      hint: found.source == "environment"
        ? "renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_CREDENTIAL_EXPIRATION together"
        : "renew what gives them, or set this machine's clock if it is wrong")
  }
}

extension AWSCredentials {
  /// Milliseconds until they end; the largest number when they do not.
  fileprivate func timeLeft(_ now: Int) -> Int { expiresAt.map { $0.minus(now) } ?? .max }

  /// Whether they sign alike, wherever they came from.
  fileprivate func hasSameKeys(as other: AWSCredentials) -> Bool {
    accessKeyID == other.accessKeyID && secretAccessKey == other.secretAccessKey && sessionToken == other.sessionToken
  }
}
