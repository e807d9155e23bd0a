import OperatingSystem

/// What became of one try to get credentials.
enum CredentialAttempt<Value> {
  /// There is an answer, and no other try would change it.
  case settled(Value)
  /// It failed in a way that may pass.
  case mayPass(CredentialsError)

  /// What comes of an answer, if there is one.
  func then<Other>(_ read: (Value) throws(CredentialsError) -> CredentialAttempt<Other>) throws(CredentialsError)
    -> CredentialAttempt<Other>
  {
    switch self {
    case .settled(let value): try read(value)
    case .mayPass(let failure): .mayPass(failure)
    }
  }
}

extension HTTPTransport {
  /// Makes one try to ask a service that gives credentials or keys.
  ///
  /// `failing` says of what failure it was when no reply comes, and `hint` what to do then; `mask` hides what was sent.
  func credentialReply(to request: HTTPRequest, failing: String, hint: String, mask: SecretMask)
    async throws(CredentialsError) -> CredentialAttempt<WholeReply>
  {
    do throws(HTTPError) {
      return .settled(try await wholeReply(to: request, bytesMax: RemoteCredentialLimits.replyMax))
    } catch {
      guard error.kind != .cancelled else { throw .cancelled }
      let failure = CredentialsError(.unavailable, "\(failing): \(mask.masked(error.message))", hint: hint)
      guard error.kind != .badRequest, error.kind != .libraryMissing else { throw failure }
      return .mayPass(failure)
    }
  }
}

extension CredentialsError {
  /// The end of a wait whose task was cancelled.
  static var cancelled: CredentialsError { CredentialsError(.cancelled, "the request for credentials was cancelled") }

  /// Makes tries, with doubled waits between them, until one settles the matter or that many were made.
  ///
  /// `firstDelay` is the milliseconds before the second try; chance takes off up to half of every wait.
  ///
  /// - Throws: What a try threw, at once; the last failure that might have passed, after the last try.
  static func trying<Value>(
    times: Int, firstDelay: Int, time: TimeSource,
    _ attempt: () async throws(CredentialsError) -> CredentialAttempt<Value>
  ) async throws(CredentialsError) -> Value {
    var delay = firstDelay
    var tries = 1
    while true {
      switch try await attempt() {
      case .settled(let value): return value
      case .mayPass(let failure): guard tries < times else { throw failure }
      }
      guard !Task.isCancelled else { throw .cancelled }
      do { try await time.sleep(delay - Int(Double(delay) / 2 * time.random())) } catch { throw .cancelled }
      delay *= 2
      tries += 1
    }
  }
}
