internal import Protocol

/// Who answers what on a connection of the Agent Client Protocol.
package enum ACPRoutes {
  /// All routes.
  package static func router(
    _ connection: ACPConnection, _ sessions: ACPSessions, _ prompts: ACPPrompts, _ backend: Backend, native: Router
  ) -> Router {
    let auth = backend.auth
    var router = Router()

    router.inPlace(ACPInitialize.self) { request in
      try ACPGreeting.check(request)
      connection.handshake.open(parent: nil, trace: .off, endOfInput: nil)
      connection.events.client = ACPClient(request.clientCapabilities)
      return ACPGreeting.answer(to: connection.events.client)
    }
    router.mayWait(ACPAuthenticate.self) { request in
      guard [ACPGreeting.environmentMethod, ACPGreeting.terminalMethod].contains(request.methodId) else {
        throw RPCError.invalidParams("there is no way to authenticate named '\(request.methodId)'")
      }
      try await auth.requireCredentials()
      return [:]
    }
    router.inPlace(ACPLogout.self) { _ in
      _ = auth.logOut(AuthLogout())
      return [:]
    }
    router.mayWait(ACPAuthStatus.self) { _ in
      let status = await auth.status(AuthStatus())
      return status.message.map { ["authenticated": .bool(status.authenticated), "message": .string($0)] }
        ?? ["authenticated": .bool(status.authenticated)]
    }

    router.answersFirst(ACPSessionNew.self) { try sessions.create($0) }
    router.answersFirst(ACPSessionLoad.self) { try sessions.load($0) }
    router.answersFirst(ACPSessionResume.self) { try sessions.resume($0) }
    router.mayWait(ACPSessionList.self) { try await sessions.list($0) }
    router.mayWait(ACPSessionClose.self) { try await sessions.close($0) }
    router.mayWait(ACPSessionDelete.self) { try await sessions.delete($0) }
    router.answersFirst(ACPSessionFork.self) { try sessions.fork($0) }
    router.inPlace(ACPSetMode.self) { try sessions.setMode($0) }
    router.inPlace(ACPSetConfigOption.self) { try sessions.setOption($0) }
    router.inPlace(ACPSetModel.self) { try sessions.setModel($0) }
    router.mayWaitAndGoOn(ACPPrompt.self) { try await prompts.prompt($0) }
    router.inPlace(ACPSteering.self) { try prompts.steer($0) }
    router.notified(ACPCancel.self) { prompts.cancel($0) }
    router.notified(CancelRequestACP.self) { connection.peer.cancel($0.requestId) }
    router.notified(CancelRequest.self) { connection.peer.cancel($0.id) }

    router.guide = "\(router.listing), and behind '_' those that _\(ServerDescribe.method) lists"
    router.include(native, behind: "_", except: notReached, error: ErrorMapping.rpcError) {
      connection.events.speaksNatively()
    }
    return router
  }

  /// The native methods that this protocol has words of its own for, or cannot bear out: nobody asks a client of this
  /// protocol to run its tools.
  private static let notReached: Set = [
    Initialize.method, Initialized.method, Shutdown.method, Exit.method, SetTrace.method, CancelRequest.method,
    CancelRequestACP.method, ToolsRegister.method, ToolsUnregister.method,
  ]
}
