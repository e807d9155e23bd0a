internal import Protocol
internal import Synchronization

/// Which revision of the protocol the client speaks: decided by its first good request, for good.
///
/// Revisions with a handshake agree on one in it, and on what the client can; the one without says both in each request.
final class MCPEra: Sendable {
  private enum State {
    case undecided
    case legacy(MCPTerms)
    case modern
  }

  private let state = Mutex(State.undecided)

  init() {}

  /// Agrees on a revision: the client's where it is known here, else the newest with a handshake.
  ///
  /// - Throws: ``MCPEra/unsupported(_:)`` where requests without a handshake have come.
  func greet(_ request: MCPIncoming.Initialize) throws(RPCError) -> MCPTerms {
    let asked = MCPRevision(rawValue: request.protocolVersion)
    let terms = MCPTerms(
      revision: MCPRevision.legacy.contains(asked) ? asked : .handshake, capabilities: request.capabilities)
    let isTaken = state.withLock { state in
      if case .modern = state { return false }
      state = .legacy(terms)
      return true
    }
    guard isTaken else { throw Self.unsupported(request.protocolVersion) }
    return terms
  }

  /// What holds for a request with that `_meta`.
  ///
  /// - Throws: ``RPCError/Code/invalidParams`` before a handshake, or where a request without one lacks what it must say;
  ///   ``MCPEra/unsupported(_:)`` for a revision that is not known here, which decides nothing;
  ///   ``RPCError/Code/invalidRequest`` for a request without a handshake behind one.
  func terms(_ meta: JSONObject?) throws(RPCError) -> MCPTerms {
    let said = meta?[MCPMeta.protocolVersion]
    switch state.withLock({ $0 }) {
    case .legacy(let terms):
      guard said == nil else {
        throw .invalidRequest(
          "this conversation began with 'initialize' and revision \(terms.revision.rawValue); "
            + "requests that name their own need a process of their own")
      }
      return terms
    case .undecided where said == nil:
      throw .invalidParams(
        "send 'initialize' first, or with each request the revision as '\(MCPMeta.protocolVersion)' in '_meta'")
    case .undecided, .modern: break
    }
    guard let said else { throw .invalidParams("'\(MCPMeta.protocolVersion)' is missing in '_meta'") }
    guard let version = said.string else {
      throw .invalidParams("'\(MCPMeta.protocolVersion)' must be a string, this is \(said.kindName)")
    }
    guard let capabilities = meta?[MCPMeta.clientCapabilities], !capabilities.isNull else {
      throw .invalidParams("'\(MCPMeta.clientCapabilities)' is missing in '_meta'")
    }
    guard version == MCPRevision.modern.rawValue else { throw Self.unsupported(version) }
    state.withLock { $0 = .modern }
    return MCPTerms(revision: .modern, capabilities: capabilities)
  }

  /// Whether requests without a handshake have come.
  var isModern: Bool { state.withLock { if case .modern = $0 { true } else { false } } }

  private static func unsupported(_ version: String) -> RPCError {
    RPCError(
      RPCError.Code(rawValue: -32022), "revision '\(OneLine.of(version))' is not spoken here",
      data: ["supported": [.string(MCPRevision.modern.rawValue)], "requested": .string(version)])
  }
}

/// What holds for a request: its revision, and what the client can.
struct MCPTerms: Sendable {
  let revision: MCPRevision
  /// Whether the client puts forms before its person.
  let elicits: Bool

  init(revision: MCPRevision, capabilities: JSON?) {
    self.revision = revision
    // The first revisions with forms know of no other kind, and say nothing of it.
    let kinds = capabilities?["elicitation"]
    elicits = kinds?["form"].map { !$0.isNull } ?? (kinds?.object?.isEmpty ?? (kinds == []))
  }

  /// Whether the request's revision is that one or a newer one; dates compare as they are written.
  func isSince(_ date: String) -> Bool { revision.rawValue >= date }

  /// A result as the revision has it; those of lists say how long they hold.
  func result(_ members: JSONObject, isList: Bool = false) -> JSON {
    guard revision.isModern else { return .object(members) }
    var members = members
    if members["resultType"] == nil { members["resultType"] = "complete" }
    if isList {
      members["ttlMs"] = 0
      members["cacheScope"] = "private"
    }
    members["_meta"] = [MCPMeta.serverInfo: AskTool.server]
    return .object(members)
  }
}
