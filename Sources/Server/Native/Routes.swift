internal import Protocol

/// Who answers what: reading this page is reading the server.
package enum Routes {
  /// All routes.
  ///
  /// Messages begin in the order in which they came; those that are handled `inPlace` are done before the next is read.
  package static func router(_ connection: NativeConnection, _ greeting: Greeting, _ backend: Backend) -> Router {
    let (handshake, peer) = (connection.handshake, connection.peer)
    let (sessions, runs, upkeep) = (backend.sessions, backend.runs, backend.upkeep)
    let (auth, models, engine) = (backend.auth, backend.models, backend.engine)
    var router = Router { connection.events.notify(LogMessage(warning: $0)) }
    router.guide = "\(ServerDescribe.method) lists all methods"

    router.inPlace(Initialize.self) { try greeting.initialize($0) }
    router.notified(Initialized.self) { _ in }
    router.mayWait(Shutdown.self) { await greeting.shutDown($0) }
    router.notified(Exit.self) { _ in handshake.exit() }
    router.notified(CancelRequest.self) { peer.cancel($0.id) }
    router.notified(CancelRequestACP.self) { peer.cancel($0.requestId) }
    router.notified(SetTrace.self) { handshake.trace = $0.value }

    router.inPlace(ServerPing.self) { greeting.ping($0) }
    router.inPlace(ServerDescribe.self) { try Describe.answer($0) }
    router.inPlace(ServerStats.self) { _ in greeting.stats() }

    router.mayWait(AuthStatus.self) { await auth.status($0) }
    router.inPlace(AuthLogin.self) { try auth.logIn($0) }
    router.inPlace(AuthLogout.self) { auth.logOut($0) }
    router.mayWait(AuthRefresh.self) { try await auth.refresh($0) }
    router.mayWait(ModelsList.self) { try await models.list($0) }
    router.inPlace(AgentSwitchModel.self) { try models.switchModel($0) }

    router.inPlace(ToolsList.self) { _ in ToolsList.Response(tools: engine.tools.infos) }
    router.inPlace(ToolsRegister.self) { request in
      try backend.clientTools.register(request.tools)
      return ToolsList.Response(tools: engine.tools.infos)
    }
    router.inPlace(ToolsUnregister.self) { request in
      backend.clientTools.unregister(request.names)
      return ToolsList.Response(tools: engine.tools.infos)
    }
    router.inPlace(PermissionRules.self) { request in
      try engine.desk.rules(
        request, of: try request.sessionId.map { id throws(Failure) in try sessions.session(id) },
        tools: Set(engine.tools.definitions.map(\.name)))
    }

    router.mayWait(ConfigGet.self) { request in
      let session = try request.sessionId.map { id throws(Failure) in try sessions.session(id) }
      return try await SettingsPermission.report(request, of: session, engine: engine)
    }
    router.mayWait(ConfigTrust.self) { request in
      let session = try request.sessionId.map { id throws(Failure) in try sessions.session(id) }
      return try await SettingsPermission.trust(request, of: session, engine: engine)
    }

    router.mayWait(MCPServerList.self) { request in
      let session = try sessions.session(request.sessionId)
      return MCPServerList.Response(servers: await MCPPermission.infos(of: session, engine: engine))
    }
    router.mayWait(MCPServerRestart.self) { request in
      try await MCPPermission.restart(request.name, of: try sessions.session(request.sessionId), engine: engine)
    }

    router.mayWait(SkillsList.self) { await engine.skills.list(try sessions.session($0.sessionId)) }

    router.mayWaitAndGoOn(AgentRun.self) { try await runs.begin($0) }
    router.mayWait(AgentRetry.self) { try await upkeep.retry($0) }
    router.mayWait(AgentWait.self) { try await runs.wait($0) }
    router.answersFirst(AgentCancel.self) { try runs.cancel($0) }
    router.inPlace(AgentSteer.self) { try runs.steer($0) }

    router.inPlace(SessionNew.self) { request in
      let servers = try MCPConfiguration.servers(request.mcpServers, from: .session)
      try engine.sandbox.check(request.options.sandbox)
      let info = try sessions.create(request)
      engine.servers.give(MCPConfiguration.Reading(servers), to: info.sessionId)
      return info
    }
    router.mayWait(SessionList.self) { try await sessions.list($0) }
    router.mayWait(SessionGet.self) { try await sessions.get($0) }
    router.inPlace(SessionLoad.self) { try sessions.load($0) }
    router.mayWait(SessionClose.self) { try await runs.close($0) }
    router.mayWait(SessionDelete.self) { try await runs.delete($0) }
    router.inPlace(SessionRename.self) { try sessions.rename($0) }
    router.inPlace(SessionSetOptions.self) { request in
      try engine.sandbox.check(request.options.sandbox)
      return try sessions.setOptions(request)
    }
    router.inPlace(SessionFork.self) { request in
      let info = try sessions.fork(request)
      engine.servers.give(ofSession: request.sessionId, to: info.sessionId)
      return info
    }
    router.mayWait(SessionRewind.self) { try await upkeep.rewind($0) }
    router.mayWait(SessionChanges.self) { try await upkeep.changes($0) }
    router.mayWait(SessionHistory.self) { try await sessions.history($0) }
    router.inPlace(SessionEvents.self) { request in
      let (events, last, oldest) = try sessions.events(request)
      return SessionEvents.Response(events: events.map(EventWriter.json), lastSeq: last, oldestSeq: oldest)
    }
    router.mayWait(SessionContext.self) { try await upkeep.context($0) }
    router.mayWait(SessionCompact.self) { try await upkeep.compact($0) }
    router.inPlace(SessionExport.self) { try sessions.export($0) }
    router.inPlace(SessionImport.self) { try sessions.restore($0) }
    return router
  }
}
