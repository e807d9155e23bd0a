/// Every message of the wire, in both directions: the one list that routes, the specification and `server/describe` share.
package enum Catalog {
  /// What a client asks.
  package static let clientRequests: [any RequestMessage.Type] = [
    Initialize.self, Shutdown.self, ServerPing.self, ServerDescribe.self, ServerStats.self, AuthStatus.self,
    AuthLogin.self, AuthLogout.self, AuthRefresh.self, ModelsList.self, AgentSwitchModel.self,
    PermissionRules.self, ConfigGet.self, ConfigTrust.self, MCPServerList.self, MCPServerRestart.self, SkillsList.self,
    ToolsList.self, ToolsRegister.self,
    ToolsUnregister.self, SessionContext.self,
    SessionCompact.self,
    AgentRun.self, AgentRetry.self, AgentCancel.self, AgentWait.self, AgentSteer.self, SessionNew.self,
    SessionList.self,
    SessionGet.self, SessionClose.self, SessionFork.self, SessionRewind.self, SessionRename.self, SessionHistory.self,
    SessionChanges.self, SessionLoad.self, SessionDelete.self, SessionEvents.self, SessionExport.self,
    SessionImport.self, SessionSetOptions.self,
  ]

  /// What a client tells.
  package static let clientNotifications: [any NotificationMessage.Type] = [
    Initialized.self, Exit.self, CancelRequest.self, CancelRequestACP.self, SetTrace.self,
  ]

  /// What the server asks.
  package static let serverRequests: [any RequestMessage.Type] = [
    AuthCredentials.self, PermissionRequest.self, QuestionAsk.self, ToolCall.self, DiagnosticsRequest.self,
  ]

  /// What the server tells.
  package static let serverNotifications: [any NotificationMessage.Type] = [
    RunStarted.self, RunEvent.self, RunCompleted.self, SessionUpdated.self, LogTrace.self, AuthChanged.self,
    PermissionResolved.self, MCPServerChanged.self,
    LogMessage.self,
  ]

  /// The names of all error codes, for descriptions.
  package static let errors: [(name: String, code: RPCError.Code)] = [
    ("parseError", .parseError), ("invalidRequest", .invalidRequest), ("methodNotFound", .methodNotFound),
    ("invalidParams", .invalidParams), ("internalError", .internalError), ("notInitialized", .notInitialized),
    ("overloaded", .overloaded), ("requestCancelled", .requestCancelled), ("requestFailed", .requestFailed),
  ]
}
