package import Protocol

/// The ways of speaking that a client may choose between, by its first message.
package enum Dialect: Hashable, Sendable, CaseIterable {
  /// The one of protocol-spec.md.
  case native

  /// The dialect of a conversation that begins with that message.
  package static func spoken(in first: Envelope) -> Dialect { .native }
}

/// How messages of one dialect are handled, and what becomes of what a handler throws.
package struct Reception: Sendable {
  /// Finds the handlers.
  package var router: Router
  /// The wire's error for whatever a handler threw.
  package var error: @Sendable (any Error) -> RPCError

  /// A reception.
  package init(router: Router, error: @escaping @Sendable (any Error) -> RPCError) {
    self.router = router
    self.error = error
  }
}
