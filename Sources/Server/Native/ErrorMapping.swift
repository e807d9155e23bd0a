internal import OperatingSystem
package import Protocol
internal import Providers

/// The one place where a failure becomes an error of this wire.
package enum ErrorMapping {
  /// The error that a client sees for whatever a handler threw.
  package static func rpcError(_ error: any Error) -> RPCError {
    switch error {
    case let error as RPCError: error
    case let failure as Failure: rpcError(failure)
    case let error as JSONDecodingError:
      .invalidParams(error.path.isEmpty ? "params: \(error.reason)" : "params.\(error.path): \(error.reason)")
    case let error as ProviderError: rpcError(Failure(error, provider: nil))
    case let error as LineFileError: RPCError(.internalError, error.description)
    case let error as RecordingError: RPCError(.internalError, error.description)
    case is CancellationError: rpcError(.cancelled)
    default: RPCError(.internalError, "a defect of the server: \(type(of: error)); please report it")
    }
  }

  /// The error that a client sees for a failure of the engine.
  package static func rpcError(_ failure: Failure) -> RPCError {
    switch failure.reason {
    case .invalidParams: .invalidParams(failure.message)
    case .overloaded: .overloaded(failure.message, retryAfterMs: failure.retryAfterMs ?? 0)
    case .cancelled: RPCError(.requestCancelled, failure.message)
    case .failed: RPCError(.requestFailed, failure.message, data: failure.details?.json)
    case .defect: RPCError(.internalError, failure.message)
    }
  }
}
