/// An error as it stands on the wire: a code, a sentence for a person, and data for programs.
package struct RPCError: Error, Hashable, Sendable {
  /// An error code; the set is open, so that a peer's unknown code survives.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    package var rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
  }

  /// Which error it is.
  package var code: Code
  /// What, which, and what to do next.
  package var message: String
  /// More for programs; `FailureData` where the code is ``Code/requestFailed``.
  package var data: JSON?

  /// An error with its parts.
  package init(_ code: Code, _ message: String, data: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// The error as the `error` member of an answer.
  package var json: JSON {
    var object: JSONObject = ["code": .number(JSONNumber(code.rawValue)), "message": .string(message)]
    object["data"] = data
    return .object(object)
  }
}

extension RPCError.Code: CaseIterable {
  /// The bytes are not JSON.
  package static let parseError = Self(rawValue: -32700)
  /// The JSON is not a message, or not one that may come now.
  package static let invalidRequest = Self(rawValue: -32600)
  /// There is no such method.
  package static let methodNotFound = Self(rawValue: -32601)
  /// The params are not what the method wants.
  package static let invalidParams = Self(rawValue: -32602)
  /// A defect of the server.
  package static let internalError = Self(rawValue: -32603)
  /// A request came before `initialize` (LSP 3.17).
  package static let notInitialized = Self(rawValue: -32002)
  /// Too much is in flight; the same request may succeed later.
  package static let overloaded = Self(rawValue: -32001)
  /// The client cancelled the request (LSP 3.17).
  package static let requestCancelled = Self(rawValue: -32800)
  /// The request was fine and failed all the same (LSP 3.17); `data.kind` says how.
  package static let requestFailed = Self(rawValue: -32803)

  package static var allCases: [Self] {
    [
      .parseError, .invalidRequest, .methodNotFound, .invalidParams, .internalError, .notInitialized, .overloaded,
      .requestCancelled, .requestFailed,
    ]
  }
}

extension RPCError {
  /// The bytes are not JSON.
  package static func parseError(_ reason: String) -> RPCError { RPCError(.parseError, reason) }

  /// The JSON is not a message, or not one that may come now.
  package static func invalidRequest(_ reason: String) -> RPCError { RPCError(.invalidRequest, reason) }

  /// There is no such method; a near miss is named, or `known`, what tells of those that there are.
  package static func methodNotFound(_ method: String, suggestion: String?, known: String) -> RPCError {
    RPCError(.methodNotFound, "no method '\(method)'; \(suggestion.map { "did you mean '\($0)'?" } ?? known)")
  }

  /// The params are not what the method wants.
  package static func invalidParams(_ reason: String) -> RPCError { RPCError(.invalidParams, reason) }

  /// A request came before `initialize`.
  package static func notInitialized(_ method: String) -> RPCError {
    RPCError(.notInitialized, "'\(method)' came before 'initialize'; send 'initialize' first")
  }

  /// Too many requests are in flight.
  package static func overloaded(_ what: String, retryAfterMs: Int) -> RPCError {
    RPCError(.overloaded, what, data: ["retryAfterMs": .number(JSONNumber(retryAfterMs)), "retryable": true])
  }
}
