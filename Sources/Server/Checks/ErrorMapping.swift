internal import OperatingSystem
package import Protocol
package import Providers

/// The one place where a failure becomes an error of the wire.
package enum ErrorMapping {
  /// The error that a client sees for whatever a handler threw.
  package static func rpcError(_ error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: error
    case let error as JSONDecodingError:
      .invalidParams(error.path.isEmpty ? "params: \(error.reason)" : "params.\(error.path): \(error.reason)")
    case let error as ProviderError: rpcError(error, provider: nil)
    case let error as RecordingError: RPCError(.internalError, error.description)
    case let error as LineFileError: RPCError(.internalError, error.description)
    case is CancellationError: .cancelled
    default: RPCError(.internalError, "a defect of the server: \(type(of: error)); please report it")
    }
  }

  /// The error that a client sees for a provider's failure.
  package static func rpcError(_ error: ProviderError, provider: ProviderID?) -> RPCError {
    var data = FailureData(kind: kind(error.kind), retryable: error.retryable, hint: error.hint)
    data.provider = provider
    data.httpStatus = error.status
    data.requestId = error.requestID
    data.retryAfterMs = error.retryAfterMs
    data.attempts = error.attempts
    return error.kind == .cancelled ? .cancelled : .failed(error.message, data)
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
