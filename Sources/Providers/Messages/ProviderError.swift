/// Why a model call failed, in terms that decide what to do next.
package struct ProviderError: Error, Sendable {
  /// The kinds that clients tell apart; the wire's `data.kind`.
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    case authRequired, authExpired, accessDenied, modelNotFound, modelNotEnabled, contextWindowExceeded, rateLimited,
      overloaded, providerError, network, timeout, stalled, invalidRequest, billing, cancelled
  }
  /// What the program can do about a failure by itself, beyond asking again.
  package enum Remedy: Sendable, Hashable {
    /// Get new credentials: the ones used have ended or are unknown.
    case refreshCredentials
    /// Set the clock that signatures are dated by to the server's time, in milliseconds since 1970.
    case correctClock(serverTime: Int)
    /// Ask an inference profile that contains the model in the place of the model itself.
    case needsInferenceProfile
    /// Ask another model: this one is unknown, retired, or not to be had in the region.
    case modelUnavailable
    /// Send less at a time.
    case throttled
  }
  /// Whether the model's id was refused, so that another id of the model may be answered.
  package var refusesModel: Bool { remedy == .needsInferenceProfile || remedy == .modelUnavailable }
  /// What kind of failure it was.
  package var kind: Kind
  /// What, which, and why, for a person; never a secret.
  package var message: String
  /// The step that would help.
  package var hint: String?
  /// The HTTP status; 200 for an error inside a stream.
  package var status: Int?
  /// The provider's own error type, like `overloaded_error`.
  package var type: String?
  /// The provider's name for the call, to be quoted to its support.
  package var requestID: String?
  /// Whether the same request may succeed later.
  package var retryable: Bool
  /// How long the provider asked to wait, in milliseconds.
  package var retryAfterMs: Int?
  /// What the program can do about it; `nil` when it is for a person.
  package var remedy: Remedy?
  /// What the service's words say of the request that it refused; `nil` when it refused none, or said nothing of it.
  package var refusal: Refusal?
  /// The place in the conversation that the request was refused for.
  package var refusedPlace: (message: Int, block: Int?)? { refusal?.place.map { ($0.message, $0.block) } }
  /// Whether a model's own thoughts were refused, so that the request may be answered without them.
  package var refusesThinking: Bool { refusal?.refusesThinking == true }
  /// Whether the call was not made at all, as its turn would have come too late.
  package var wasTurnedAway = false
  /// How many tries were made.
  package var attempts = 1
  /// What the model had said when it failed.
  package var partial: ModelMessage?
  /// Whether anything that the model said was heard: then nothing is asked again that would say it twice.
  package var wasHeard: Bool { partial?.content.isEmpty == false }
  /// Which model was asked in the end, and where; `nil` when it is the one of the request, or nobody was asked.
  package var servedBy: ModelMessage.Service?

  /// A failure.
  package init(_ kind: Kind, _ message: String, hint: String? = nil, retryable: Bool = false) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.retryable = retryable
  }

  /// A call that cannot be made because a setting makes no sense.
  package init(misconfigured setting: SettingError) { self.init(.invalidRequest, setting.message, hint: setting.hint) }
}

extension ProviderError {
  /// What a failed transfer means for a model call.
  ///
  /// Tried again is what the official SDK tries again: everything between us and the server's answer. What another try
  /// cannot change is not: a missing library, a request that is wrong in itself.
  package init(_ failure: HTTPError) {
    self.init(usually: failure)
    hint = failure.hint ?? hint
    if failure.stays { retryable = false }
  }

  private init(usually failure: HTTPError) {
    switch failure.kind {
    case .cancelled: self = .cancelled
    case .connectTimeout:
      self.init(
        .timeout, failure.message, hint: "check the network, and HTTPS_PROXY if there is a proxy", retryable: true)
    case .idleTimeout:
      self.init(.stalled, failure.message, hint: "the server sent nothing for too long; ask again", retryable: true)
    case .resolve:
      self.init(.network, failure.message, hint: "check the network and the address of the service", retryable: true)
    case .tls:
      self.init(
        .network, failure.message,
        hint: "behind a proxy that opens TLS, name its certificate with NODE_EXTRA_CA_CERTS or SSL_CERT_FILE",
        retryable: true)
    case .proxy: self.init(.network, failure.message, hint: "check HTTPS_PROXY and NO_PROXY", retryable: true)
    case .connect, .closedEarly, .protocolError:
      self.init(.network, failure.message, hint: "check the network and ask again", retryable: true)
    case .noDescriptor:
      // It is this machine that has no room, and no service: others need not wait for that.
      self.init(
        .network, failure.message, hint: "raise the limit of open files (ulimit -n), or have fewer runs at once",
        retryable: true)
    case .libraryMissing, .other: self.init(.network, failure.message)
    case .badRequest: self.init(.invalidRequest, failure.message)
    }
  }
}

extension ProviderError {
  /// The end of a call whose task was cancelled.
  static var cancelled: ProviderError { ProviderError(.cancelled, "the call was cancelled") }

  /// Notes what a service's own words say of the request, if that is what it refused.
  mutating func readRefusal(_ text: String) {
    if [.invalidRequest, .accessDenied, .authRequired].contains(kind) { refusal = Refusal(text) }
  }

  /// This failure as it may be shown: without secrets, of readable length, with the name of the call.
  func shown(mask: SecretMask, requestID: String?) -> ProviderError {
    var shown = self
    shown.message = String(mask.masked(message).prefix(ProviderLimits.messageMax))
    shown.hint = hint.map(mask.masked)
    shown.requestID = self.requestID ?? requestID
    return shown
  }
}
