internal import Protocol

/// Who answers what: reading this page is reading the server.
package enum Routes {
  /// The owners of the methods.
  package struct Owners: Sendable {
    /// The conversation.
    package var connection: Connection
    /// What has no answer yet.
    package var calls: Calls
    /// Beginning and end.
    package var lifecycle: Lifecycle
    /// What the conversation works with.
    package var backend: Program.Backend

    /// All owners.
    package init(connection: Connection, calls: Calls, lifecycle: Lifecycle, backend: Program.Backend) {
      self.connection = connection
      self.calls = calls
      self.lifecycle = lifecycle
      self.backend = backend
    }
  }

  /// All routes.
  package static func router(_ owners: Owners) -> Router {
    let (connection, calls, lifecycle) = (owners.connection, owners.calls, owners.lifecycle)
    let (sessions, runs, auth) = (owners.backend.sessions, owners.backend.runs, owners.backend.auth)
    let (models, agent) = (owners.backend.models, owners.backend.agent)
    var router = Router()

    router.answers(Initialize.self) { try lifecycle.initialize($0) }
    router.hears(Initialized.self) { _ in }
    router.starts(Shutdown.self) { await lifecycle.shutDown($0) }
    router.hears(Exit.self) { _ in connection.exit() }
    router.hears(CancelRequest.self) { calls.cancel($0.id) }
    router.hears(CancelRequestACP.self) { calls.cancel($0.requestId) }
    router.hears(SetTrace.self) { connection.setTrace($0.value) }

    router.answers(ServerPing.self) { lifecycle.ping($0) }
    router.answers(ServerDescribe.self) { try Describe.answer($0) }
    router.answers(ServerStats.self) { _ in lifecycle.stats() }

    router.starts(AuthStatus.self) { await auth.status($0) }
    router.answers(AuthLogin.self) { try auth.logIn($0) }
    router.answers(AuthLogout.self) { auth.logOut($0) }
    router.starts(AuthRefresh.self) { try await auth.refresh($0) }
    router.starts(ModelsList.self) { try await models.list($0) }
    router.answers(AgentSwitchModel.self) { try models.switchModel($0) }

    router.answers(ToolsList.self) { _ in agent.list() }
    router.answers(ToolsRegister.self) { try agent.register($0) }
    router.answers(ToolsUnregister.self) { agent.unregister($0) }
    router.answers(PermissionRules.self) { request in
      try agent.desk.rules(request, of: try request.sessionId.map { id throws(RPCError) in try sessions.session(id) })
    }

    router.starts(AgentRun.self) { try await runs.run($0) }
    router.starts(AgentWait.self) { try await runs.wait($0) }
    router.answers(AgentCancel.self) { try runs.cancel($0) }
    router.answers(AgentSteer.self) { try runs.steer($0) }

    router.answers(SessionNew.self) { try sessions.create($0) }
    router.answers(SessionList.self) { try sessions.list($0) }
    router.answers(SessionGet.self) { try sessions.get($0) }
    router.answers(SessionClose.self) { try sessions.close($0) }
    router.answers(SessionRename.self) { try sessions.rename($0) }
    router.answers(SessionSetOptions.self) { try sessions.setOptions($0) }
    router.answers(SessionFork.self) { try sessions.fork($0) }
    router.answers(SessionRewind.self) { try sessions.rewind($0) }
    router.answers(SessionHistory.self) { try sessions.history($0) }
    router.answers(SessionEvents.self) { try sessions.events($0) }
    router.answers(SessionContext.self) { try runs.context($0) }
    router.starts(SessionCompact.self) { try await runs.compact($0) }
    router.answers(SessionExport.self) { try sessions.export($0) }
    router.answers(SessionImport.self) { try sessions.restore($0) }
    return router
  }
}
