package import Protocol

/// The ways of speaking that a client may choose between, by its first message.
package enum Dialect: Hashable, Sendable, CaseIterable {
  /// The one of protocol-spec.md.
  case native
  /// The Agent Client Protocol, version 1.
  case acp
  /// The Model Context Protocol, in which this is a server.
  case mcp

  /// The dialect of a conversation that begins with that message: the version in its `initialize` says it, or that which
  /// MCP's newer revisions have in each request; else a method that only MCP has.
  package static func spoken(in first: Envelope) -> Dialect {
    switch first {
    case .request(_, ACPInitialize.method, let params):
      let version = params?["protocolVersion"]
      if ACPInitialize.isVersion(version) { return .acp }
      return MCPIncoming.namesRevision(version) ? .mcp : .native
    case .request(_, let method, let params):
      return mcpOnly.contains(method) || params?["_meta"]?[MCPMeta.protocolVersion] != nil ? .mcp : .native
    case .notification(let method, _): return method.hasPrefix("notifications/") ? .mcp : .native
    case .response, .invalid: return .native
    }
  }

  /// How requests of ours are spelled in it.
  var spelling: Peer.Spelling {
    switch self {
    case .native: .native
    case .acp: .acp
    case .mcp: .mcp
    }
  }

  /// What clients of MCP begin with, by design or by mistake, and nobody else.
  private static let mcpOnly: Set = ["server/discover", "tools/call", "ping"]
}

/// How messages of one dialect are handled, and what becomes of what a handler throws.
package struct Reception: Sendable {
  /// Finds the handlers.
  package var router: Router
  /// Whether the answers to a batch are sent together, as JSON-RPC has it; other clients take no lists.
  package var answersInBatches: Bool
  /// The wire's error for whatever a handler threw.
  package var error: @Sendable (any Error) -> RPCError
  /// Called when nothing more can come from the client.
  package var inputEnded: @Sendable () -> Void

  /// A reception.
  package init(
    router: Router, answersInBatches: Bool = true, error: @escaping @Sendable (any Error) -> RPCError,
    inputEnded: @escaping @Sendable () -> Void = {}
  ) {
    self.router = router
    self.answersInBatches = answersInBatches
    self.error = error
    self.inputEnded = inputEnded
  }
}
