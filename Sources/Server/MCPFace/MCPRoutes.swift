internal import Protocol

/// Who answers what on a connection of the Model Context Protocol.
package enum MCPRoutes {
  /// All routes.
  package static func router(_ connection: AskConnection, _ backend: Backend) -> Router {
    let (era, asks) = (connection.era, connection.asks)
    var router = Router()

    router.inPlace(MCPIncoming.Initialize.self) { request in
      let terms = try era.greet(request)
      connection.handshake.open(parent: nil, trace: .off, endOfInput: nil)
      asks.note(terms)
      return [
        "protocolVersion": .string(terms.revision.rawValue), "capabilities": capabilities,
        "serverInfo": AskTool.server, "instructions": .string(AskTool.instructions),
      ]
    }
    router.notified(MCPIncoming.Initialized.self) { _ in }
    router.inPlace(MCPIncoming.Ping.self) { _ in
      guard !era.isModern else {
        let known = [MCPIncoming.Discover.method, MCPIncoming.ToolsList.method, MCPIncoming.ToolsCall.method]
        throw RPCError.methodNotFound(
          MCPIncoming.Ping.method, suggestion: nil, known: "this revision has \(known.joined(separator: ", "))")
      }
      return [:]
    }
    router.inPlace(MCPIncoming.Discover.self) { request in
      let terms = try era.terms(request._meta)
      guard terms.revision.isModern else {
        throw RPCError.methodNotFound(
          MCPIncoming.Discover.method, suggestion: MCPIncoming.Initialize.method, known: "")
      }
      return terms.result(
        [
          "supportedVersions": [.string(MCPRevision.modern.rawValue)], "capabilities": capabilities,
          "instructions": .string(AskTool.instructions),
        ], isList: true)
    }
    router.inPlace(MCPIncoming.ToolsList.self) { request in
      let terms = try era.terms(request._meta)
      guard request.cursor == nil else { throw RPCError.invalidParams("there is no page at that cursor") }
      return terms.result(["tools": [AskTool.definition(terms)]], isList: true)
    }
    router.mayWait(MCPIncoming.ToolsCall.self) { request in
      try await asks.answer(request, try era.terms(request._meta), backend)
    }
    router.notified(MCPCancelled.self) { connection.withdraw($0.requestId) }
    return router
  }

  private static let capabilities: JSON = ["tools": [:]]
}
