package import Protocol
package import Providers

/// Why the engine did not do what it was asked, before any wire has a code for it.
///
/// What is said is for a person: what, which, and what to do next.
package struct Failure: Error, Hashable, Sendable, Codable {
  /// What kind of no it is; a face turns it into its wire's code.
  package enum Reason: String, Hashable, Sendable, Codable {
    /// What was asked for makes no sense, or does not fit.
    case invalidParams
    /// Too much is going on; the same may succeed later.
    case overloaded
    /// Whoever asked has taken it back.
    case cancelled
    /// The request was fine and failed all the same; ``Failure/details`` says how.
    case failed
    /// A defect of the server.
    case defect
  }

  /// What kind of no it is.
  package var reason: Reason
  /// What, which, and what to do next.
  package var message: String
  /// What a program needs to decide what to do, where the reason is ``Reason/failed``.
  package var details: FailureData?
  /// How long to wait before another try, where the reason is ``Reason/overloaded``.
  package var retryAfterMs: Int?

  /// A failure of that kind.
  package init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

extension Failure {
  /// What was asked for makes no sense, or does not fit.
  package static func invalidParams(_ message: String) -> Failure { Failure(.invalidParams, message) }

  /// Too much is going on.
  package static func overloaded(_ what: String, retryAfterMs: Int = ServerLimits.overloadRetryAfterMs) -> Failure {
    var failure = Failure(.overloaded, what)
    failure.retryAfterMs = retryAfterMs
    return failure
  }

  /// There is no folder to work in.
  package static let folderGone = Failure.failed(
    "the current folder is gone",
    FailureData(kind: .toolFailed, hint: "go to a folder that is there, or give the session a cwd"))

  /// Whoever asked has taken it back.
  package static let cancelled = Failure(.cancelled, "the request was cancelled")

  /// The request was fine and failed all the same.
  package static func failed(_ message: String, _ details: FailureData) -> Failure {
    var failure = Failure(.failed, message)
    failure.details = details
    return failure
  }

  /// There is no such session.
  package static func sessionNotFound(_ id: String) -> Failure {
    .failed(
      "no session '\(id)'; create it with session/new",
      FailureData(kind: .sessionNotFound, hint: "session/list names the sessions of this process"))
  }

  /// The session is in its file only.
  package static func sessionStored(_ id: String) -> Failure {
    .failed(
      "session '\(id)' is stored and not open here",
      FailureData(kind: .sessionNotFound, hint: "open it with session/load"))
  }

  /// A file of sessions cannot be used.
  package static func storage(_ message: String) -> Failure { .failed(message, FailureData(kind: .storage)) }

  /// There is no such run.
  package static func runNotFound(_ id: String) -> Failure {
    .invalidParams("no run '\(id)'; the runId is in the answer of agent/run and in run/started")
  }

  /// Something else holds the session.
  package static func sessionBusy(_ id: String, with what: String) -> Failure {
    .failed(
      "session '\(id)' is busy with \(what)",
      FailureData(
        kind: .sessionBusy, retryable: true, hint: "wait for it, cancel it, or send whenBusy 'queue' or 'steer'"))
  }
}

extension Failure {
  /// The failure with word of the run that it ended, where it tells programs anything.
  package func of(_ sessionId: String, run runId: String, partialText: String) -> Failure {
    var failure = self
    failure.details?.sessionId = sessionId
    failure.details?.runId = runId
    if !partialText.isEmpty { failure.details?.partialText = partialText }
    return failure
  }

  /// A provider's failure.
  package init(_ error: ProviderError, provider: ProviderID?) {
    guard error.kind != .cancelled else {
      self = .cancelled
      return
    }
    var details = FailureData(kind: Self.kind(error.kind), retryable: error.retryable, hint: error.hint)
    details.provider = provider
    details.httpStatus = error.status
    details.requestId = error.requestID
    details.retryAfterMs = error.retryAfterMs
    details.attempts = error.attempts
    self = .failed(error.message, details)
  }

  private static func kind(_ kind: ProviderError.Kind) -> FailureData.Kind {
    switch kind {
    case .authRequired: .authRequired
    case .authExpired: .authExpired
    case .accessDenied: .accessDenied
    case .modelNotFound: .modelNotFound
    case .modelNotEnabled: .modelNotEnabled
    case .contextWindowExceeded: .contextWindowExceeded
    case .rateLimited: .rateLimited
    case .overloaded: .overloaded
    case .providerError, .cancelled: .providerError
    case .network: .network
    case .timeout: .timeout
    case .stalled: .stalled
    case .invalidRequest: .invalidRequest
    case .billing: .billing
    }
  }
}
