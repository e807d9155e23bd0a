package import Protocol

/// The one place where a failure becomes an error of the Agent Client Protocol.
package enum ACPErrors {
  /// The client must authenticate first.
  static let authRequired = RPCError.Code(rawValue: -32000)
  /// There is no such thing.
  static let notFound = RPCError.Code(rawValue: -32002)

  /// The error that a client sees for whatever a handler threw.
  package static func rpcError(_ error: any Error) -> RPCError {
    guard let failure = error as? Failure, failure.reason == .failed || failure.reason == .defect else {
      return ErrorMapping.rpcError(error)
    }
    switch failure.details?.kind {
    case .authRequired, .authExpired: return RPCError(authRequired, failure.message, data: details(failure))
    case .sessionNotFound: return RPCError(notFound, failure.message)
    case .sessionBusy: return .invalidRequest(failure.message)
    case .contextWindowExceeded: return tooLong
    default: return RPCError(.internalError, failure.message, data: details(failure))
    }
  }

  /// The conversation does not fit the model's window.
  static let tooLong = RPCError(
    .internalError, "the conversation no longer fits the model's window",
    data: ["details": "The conversation no longer fits the model's window. Begin a new session, or switch the model."])

  /// Editors show `details` where `data` has no other member.
  private static func details(_ failure: Failure) -> JSON {
    let hint = failure.details?.hint.map { "\n\($0)" } ?? ""
    return ["details": .string(failure.message + hint)]
  }
}
