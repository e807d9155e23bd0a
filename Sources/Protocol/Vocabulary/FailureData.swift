/// The `data` of a ``RPCError/Code/requestFailed`` error: what a program needs to decide what to do.
package struct FailureData: Codable, Hashable, Sendable {
  /// The kinds of failure a client tells apart.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case authRequired, authExpired, accessDenied, modelNotFound, modelNotEnabled, contextWindowExceeded, rateLimited,
      overloaded, budgetExceeded, providerError, invalidRequest, billing, network, timeout, stalled, sessionNotFound,
      sessionBusy, toolFailed, refusal, storage
  }
  /// What kind of failure it was.
  package var kind: Kind
  /// The provider that failed.
  package var provider: ProviderID?
  /// The HTTP status of the provider's answer; 200 for an error inside a stream.
  package var httpStatus: Int?
  /// The provider's name for the call, to be quoted to its support.
  package var requestId: String?
  /// Whether the same request may succeed later.
  package var retryable: Bool
  /// How long the provider asked to wait.
  package var retryAfterMs: Int?
  /// How many tries were made.
  package var attempts: Int?
  /// The step that would help.
  package var hint: String?
  /// The session the run belonged to.
  package var sessionId: String?
  /// The run that failed.
  package var runId: String?
  /// What the model had said when it failed.
  package var partialText: String?

  /// A failure of that kind.
  package init(kind: Kind, retryable: Bool = false, hint: String? = nil) {
    self.kind = kind
    self.retryable = retryable
    self.hint = hint
  }

  /// As an error of JSON-RPC carries it.
  package var json: JSON? { try? JSON(encoding: self) }
}

/// The services that can answer for a model.
package enum ProviderID: String, Codable, Hashable, Sendable, CaseIterable {
  case anthropic, bedrock
}
