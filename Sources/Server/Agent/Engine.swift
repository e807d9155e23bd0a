package import OperatingSystem
internal import Protocol
internal import Providers

/// What all runs work with.
package struct Engine: Sendable {
  /// Who answers for models.
  package let providers: ProviderSet
  /// What models can have done.
  package let tools: ToolSources
  /// Who decides what they may have done.
  package let desk: PermissionDesk
  /// The MCP servers of sessions.
  package let servers: MCPServers
  /// What of the machine models are told.
  package let place: Place
  /// The clocks.
  package let time: TimeSource
  /// The model that answers when another is overloaded, or refuses, where neither run nor session names one.
  package var fallbackModel: String?
  /// What commands and MCP servers are kept to.
  package var sandbox = SandboxDesk(nil, variables: [:], kernel: .current)
  /// What runs commands of a person's; `nil` where nothing does.
  package var hooks: Hooks?
  /// What files of settings say; `nil` where none is read.
  package var settings: SettingsDesk?
  /// What runs have cost today.
  package var day: DaySpending
  /// The editor that has the files open; `nil` where there is none.
  package var editor: EditorDesk?
  /// Who asks the editor what is wrong in files; `nil` where nobody does.
  package var diagnostics: DiagnosticsDesk?
  /// Who shows commands in terminals; `nil` where nobody does.
  package var terminals: (any CommandTerminals)?
  /// Where work is done that blocks.
  let threads = ToolThreads()

  /// An engine of these parts.
  package init(
    providers: ProviderSet, tools: ToolSources, desk: PermissionDesk, servers: MCPServers, place: Place,
    time: TimeSource
  ) {
    self.providers = providers
    self.tools = tools
    self.desk = desk
    self.servers = servers
    self.place = place
    self.time = time
    day = DaySpending(time: time)
  }

  /// What every tool call passes before it is done, in this order.
  var gates: [any ToolGate] { hooks.map { [HookGate(hooks: $0, desk: desk), desk] } ?? [desk] }

  /// What models of a session can have done: its skills, and the tools of its MCP servers, besides all others.
  func tools(of session: Session) -> ToolSources {
    tools.joined(with: SkillTool(session, self)).joined(with: DelegateTool(session, self)).joined(
      with: mcp(of: session))
  }

  /// The tools of a session's MCP servers.
  func mcp(of session: Session) -> MCPTools { MCPTools(servers.session(session.id)) }

  /// A session's folder as its tools see it.
  ///
  /// - Throws: A ``ToolError`` when there is no such folder.
  func workspace(at folder: String, of session: Session) throws(ToolError) -> Workspace {
    var workspace = try Workspace(path: folder, home: place.home, others: session.options.additionalDirectories ?? [])
    workspace.editor = editor.map { SessionEditor($0, sessionId: session.id, folder: folder) }
    workspace.confinement = sandbox.confinement(session.options.sandbox, folders: workspace.paths)
    return workspace
  }

  /// The provider of that name.
  ///
  /// - Throws: ``Failure/Reason/failed`` when this program has none.
  func provider(_ id: ProviderID) throws(Failure) -> any Provider {
    guard let provider = providers[id] else { throw providers.missing(id) }
    return provider
  }
}

/// What of the machine models are told, and where it is read.
package struct Place: Sendable {
  /// The folder of sessions that name none; `nil` where it is gone.
  package var folder: String?
  /// The person's own folder, by which paths with `~` go.
  package var home: String?
  /// The system's name.
  package var operatingSystem: String
  /// Reads project instructions and the state of git.
  package var files: FileSource
  /// Follows links on the way to them.
  package var links: LinkResolver

  /// A place.
  package init(
    folder: String?, home: String? = nil, operatingSystem: String, files: FileSource, links: LinkResolver
  ) {
    self.folder = folder
    self.home = home
    self.operatingSystem = operatingSystem
    self.files = files
    self.links = links
  }
}
