extension ProviderError {
  /// What a failed transfer means for a model call.
  ///
  /// Tried again is what the official SDK tries again: everything between us and the server's answer. What another try
  /// cannot change is not: a missing library, a request that is wrong in itself.
  package init(_ failure: HTTPError) {
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
        .network, failure.message, hint: "behind a proxy that opens TLS, set SSL_CERT_FILE to its certificate",
        retryable: true)
    case .proxy: self.init(.network, failure.message, hint: "check HTTPS_PROXY and NO_PROXY", retryable: true)
    case .connect, .closedEarly, .protocolError:
      self.init(.network, failure.message, hint: "check the network and ask again", retryable: true)
    case .libraryMissing, .other: self.init(.network, failure.message)
    case .badRequest: self.init(.invalidRequest, failure.message)
    }
  }
}

extension ProviderError {
  /// The end of a call whose task was cancelled.
  static var cancelled: ProviderError { ProviderError(.cancelled, "the call was cancelled") }

  /// This failure as it may be shown: without secrets, of readable length, with the name of the call.
  func shown(mask: SecretMask, requestID: String?) -> ProviderError {
    var shown = self
    shown.message = String(mask.masked(message).prefix(ProviderLimits.messageMax))
    shown.hint = hint.map(mask.masked)
    shown.requestID = self.requestID ?? requestID
    return shown
  }
}
