package import OperatingSystem
package import Protocol

/// What makes a model an agent: its tools, what they may do, and what it is told of its place.
package struct Agent: Sendable {
  /// What of the machine the agent sees.
  package struct Place: Sendable {
    /// The folder of sessions that name none.
    package var folder: String
    /// The system's name.
    package var operatingSystem: String
    /// Reads project instructions and the state of git.
    package var files: FileSource
    /// Follows links on the way to them.
    package var links: LinkResolver

    /// A place.
    package init(folder: String, operatingSystem: String, files: FileSource, links: LinkResolver) {
      self.folder = folder
      self.operatingSystem = operatingSystem
      self.files = files
      self.links = links
    }
  }

  /// The server's own tools.
  package let toolbox: Toolbox
  /// The client's.
  package let clientTools: ClientTools
  /// Who decides what they may do.
  package let desk: PermissionDesk
  private let models: Models
  private let place: Place

  /// An agent.
  package init(toolbox: Toolbox, clientTools: ClientTools, desk: PermissionDesk, models: Models, place: Place) {
    self.toolbox = toolbox
    self.clientTools = clientTools
    self.desk = desk
    self.models = models
    self.place = place
  }

  /// Answers `tools/list`.
  package func list() -> ToolsList.Response {
    let own = toolbox.definitions.map { tool in
      ToolInfo(name: tool.name, description: tool.description, inputSchema: tool.inputSchema, isClientTool: false)
    }
    return ToolsList.Response(tools: own + clientTools.all)
  }

  /// Answers `tools/register`.
  package func register(_ request: ToolsRegister) throws(RPCError) -> ToolsList.Response {
    try clientTools.register(request.tools)
    return list()
  }

  /// Answers `tools/unregister`.
  package func unregister(_ request: ToolsUnregister) -> ToolsList.Response {
    clientTools.unregister(request.names)
    return list()
  }
}

/// The agent in one session, as it is when a run begins: its workspace, its tools, and what it finds there.
package struct Workplace: Sendable {
  /// The definitions of the tools, in the API's form.
  package let tools: [JSON]
  /// What a person should know, like a folder that is not there.
  package let notices: [String]
  private let prompt: SystemPrompt
  private let toolbox: Toolbox
  private let workspace: Workspace?
  private let agent: Agent
  private let session: Session

  /// The names of the tools that are offered.
  private var names: Set<String> { Set(tools.compactMap { $0["name"]?.string }) }

  /// The blocks of the API's `system`, for a model, with what callers say at their end.
  package func system(model: String, provider: ProviderID, caller: [String]) -> [JSON] {
    var prompt = prompt
    prompt.model = model
    prompt.provider = provider
    prompt.permissionMode = tools.isEmpty ? nil : agent.desk.line(of: session)
    prompt.caller = caller
    return prompt.blocks
  }

  /// What the project says to those who work in it.
  package var instructions: ProjectInstructions { prompt.instructions }

  /// What runs the calls of a run.
  package func calls(of run: Run) -> ToolCalls? {
    guard let workspace else { return nil }
    return ToolCalls(
      run: run, offered: names, toolbox: toolbox, clientTools: agent.clientTools, desk: agent.desk,
      workspace: workspace, journal: session.journal)
  }

  fileprivate init(
    _ agent: Agent, session: Session, prompt: SystemPrompt, toolbox: Toolbox, workspace: Workspace?, tools: [JSON],
    notices: [String]
  ) {
    self.agent = agent
    self.session = session
    self.prompt = prompt
    self.toolbox = toolbox
    self.workspace = workspace
    self.tools = tools
    self.notices = notices
  }
}

extension Agent {
  /// Looks around in a session's workspace; `names` are the tools that a run or its session wants, `nil` for all.
  package func workplace(of session: Session, tools names: [String]?, now: Int) -> Workplace {
    let folder = session.options.cwd ?? place.folder
    var notices: [String] = []
    let workspace: Workspace?
    do throws(ToolError) {
      workspace = try Workspace(path: folder)
    } catch {
      workspace = nil
      notices.append("there are no tools in this session: \(error.message)")
    }
    let isWanted = { (name: String) in names?.contains(name) ?? true }
    let box = toolbox.adding([SwitchModel(session: session, models: models)]).filtered(isWanted)
    let clients = clientTools.all.filter { isWanted($0.name) }.map { tool in
      ToolDefinition(name: tool.name, description: tool.description, inputSchema: tool.inputSchema)
    }
    let definitions = workspace == nil ? [] : (box.definitions + clients).map(\.apiForm)
    var prompt = SystemPrompt(model: "", provider: session.info.provider)
    prompt.tools = definitions.compactMap { $0["name"]?.string }
    prompt.now = now
    prompt.operatingSystem = place.operatingSystem
    if let workspace, let path = FolderPath(workspace.place.absolute) {
      prompt.workspace = path.description
      prompt.git = GitState.read(at: path, files: place.files)
      prompt.instructions = ProjectInstructions(
        workspace: path, repository: prompt.git?.root, files: place.files, links: place.links)
      notices += prompt.instructions.notices
    }
    return Workplace(
      self, session: session, prompt: prompt, toolbox: box, workspace: workspace, tools: definitions, notices: notices)
  }
}
