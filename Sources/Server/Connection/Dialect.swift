package import Protocol

/// The ways of speaking that a client may choose between, by its first message.
package enum Dialect: Hashable, Sendable, CaseIterable {
  /// The one of protocol-spec.md.
  case native
  /// The Agent Client Protocol, version 1.
  case acp

  /// The dialect of a conversation that begins with that message: the version in its `initialize` says it.
  package static func spoken(in first: Envelope) -> Dialect {
    guard case .request(_, ACPInitialize.method, let params) = first,
      ACPInitialize.isVersion(params?["protocolVersion"])
    else { return .native }
    return .acp
  }
}

/// How messages of one dialect are handled, and what becomes of what a handler throws.
package struct Reception: Sendable {
  /// Finds the handlers.
  package var router: Router
  /// Whether the answers to a batch are sent together, as JSON-RPC has it; other clients take no lists.
  package var answersInBatches: Bool
  /// The wire's error for whatever a handler threw.
  package var error: @Sendable (any Error) -> RPCError

  /// A reception.
  package init(
    router: Router, answersInBatches: Bool = true, error: @escaping @Sendable (any Error) -> RPCError
  ) {
    self.router = router
    self.answersInBatches = answersInBatches
    self.error = error
  }
}
