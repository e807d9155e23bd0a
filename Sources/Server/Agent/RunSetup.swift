internal import OperatingSystem
package import Protocol
internal import Providers

/// A session as it is when a run begins: its workspace, its tools, and what the project says.
package struct RunSetup: Sendable {
  /// The definitions of the tools that are offered, in the API's form.
  package let tools: [JSON]
  /// What a person should know, like a folder that is not there.
  package let notices: [String]
  private let prompt: SystemPrompt
  private let workspace: Workspace?
  private let engine: Engine
  private let session: Session

  /// What the project says to those who work in it.
  package var instructions: ProjectInstructions { prompt.instructions }

  /// The blocks of the API's `system`, for a model, with what callers say at their end.
  package func system(model: String, provider: ProviderID, caller: [String]) -> [JSON] {
    var prompt = prompt
    prompt.model = model
    prompt.provider = provider
    prompt.permissionMode = tools.isEmpty ? nil : engine.desk.line(of: session)
    prompt.caller = caller
    return prompt.blocks
  }

  /// What runs the calls of a run; `nil` where there is no workspace to run them in.
  package func calls(of run: Run) -> ToolCalls? {
    guard let workspace else { return nil }
    return ToolCalls(run: run, offered: Set(prompt.tools), workspace: workspace, engine: engine)
  }
}

extension RunSetup {
  /// Looks around in a session's workspace, on a thread of its own: a folder may be far away, or not answer.
  ///
  /// `wanted` are the tools that a run or its session wants, `nil` for all.
  package static func look(at session: Session, wanted: [String]?, engine: Engine) async throws(Failure) -> RunSetup {
    do throws(ToolError) {
      return try await ToolThread.run { _ in RunSetup(session, wanted: wanted, engine: engine) }
    } catch {
      throw .overloaded(error.message)
    }
  }

  private init(_ session: Session, wanted: [String]?, engine: Engine) {
    let place = engine.place
    var notices: [String] = []
    let workspace: Workspace?
    do throws(ToolError) {
      workspace = try Workspace(path: session.options.cwd ?? place.folder)
    } catch {
      workspace = nil
      notices.append("there are no tools in this session: \(error.message)")
    }
    let offered = workspace == nil ? [] : engine.tools.definitions.filter { wanted?.contains($0.name) ?? true }
    var prompt = SystemPrompt(model: "", provider: session.info.provider)
    prompt.tools = offered.map(\.name)
    prompt.now = engine.time.now()
    prompt.operatingSystem = place.operatingSystem
    if let workspace, let path = FolderPath(workspace.place.absolute) {
      prompt.workspace = path.description
      prompt.git = GitState.read(at: path, files: place.files)
      // Instructions are shown to the model as by read_file, so what holds for that tool holds for them.
      let reading = engine.desk.policy(of: session, workspace: path.description)
        .reading(by: ["read_file"], in: PermissionSubject(tool: "read_file", actions: []))
      prompt.instructions = ProjectInstructions(
        workspace: path, repository: prompt.git?.root, files: place.files, links: place.links,
        mayRead: { reading.permits($0) })
      notices += prompt.instructions.notices
    }
    self.engine = engine
    self.session = session
    self.prompt = prompt
    self.workspace = workspace
    self.tools = offered.map(\.apiForm)
    self.notices = notices
  }
}
