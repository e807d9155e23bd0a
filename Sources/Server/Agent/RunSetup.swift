internal import OperatingSystem
internal import Protocol
internal import Providers

/// A session as it is when a run begins: its workspace, its tools, and what the project says.
package struct RunSetup: Sendable {
  /// What a person should know, like a folder that is not there.
  package let notices: [String]
  /// What the project says to those who work in it.
  package let instructions: ProjectInstructions
  /// What is asked in the place of a prompt that calls a skill or a command; `nil` where it calls none.
  let asked: Prompt?
  /// The names of the tools that may be called.
  package private(set) var offered: Set<String>
  /// The definitions of the session's tools, in the API's form.
  private let tools: [JSON]
  /// Why calls are not run where there is no workspace, for the model.
  let whyNoTools: String
  private let prompt: SystemPrompt
  private var circumstances: Circumstances
  private let workspace: Workspace?
  /// What folders below it say; `nil` where there is no workspace.
  private let below: FoldersBelow?
  private let engine: Engine
  private let session: Session
  /// Those of them that are no MCP server's.
  private let own: Set<String>
  /// The tools that the run wants; `nil` for its session's.
  private let wanted: [String]?
  /// The form that the answer must have.
  private var form = AnswerForm(nil)

  /// What would stand before the messages of a session that begins now, with that model.
  func prefix(for model: AskedModel) -> ConversationPrefix {
    let now = circumstances(model: model, tools: tools)
    var prompt = prompt
    prompt.circumstances = now.lines
    return ConversationPrefix(system: prompt.blocks, tools: tools, told: now.marks, caller: prompt.caller)
  }

  /// What a model is shown: a session's past, and a run's messages.
  struct Shown: Sendable {
    let past: Session.View
    let messages: RunMessages
    /// The form of the answer, where the service sees to it.
    var format: AnswerFormat?
    /// What a person should know of it.
    var notices: [String] = []
  }

  /// What a model is shown of a run, with what has changed around the conversation told behind what the user said last.
  func shown(_ messages: RunMessages, of run: Run, to model: AskedModel) -> Shown {
    let past = run.session.view(fresh: prefix(for: model))
    let format = form.format(for: model, besides: past.prefix.tools)
    let notices = [form.notice(of: format)].compactMap(\.self)
    guard messages.mayBeTold else { return Shown(past: past, messages: messages, format: format, notices: notices) }
    var now = circumstances(model: model, tools: past.prefix.tools)
    let known = past.prefix.tools.compactMap { $0["name"]?.string }
    let found = FoundTools.names(
      foundBy: MCPTools.searchName, in: past.exchanges.flatMap(\.messages) + messages.all)
    now.tell(withheld: (known + found.filter { !known.contains($0) }).filter { !offered.contains($0) })
    now.tell(request: run.request.system)
    now.tell(answer: format == nil ? form.words : nil)
    var told = messages
    if let news = now.news(since: messages.told(after: past.told)) { told.add(news: news.text, told: news.told) }
    return Shown(past: past, messages: told, format: format, notices: notices)
  }

  /// What holds, for a model that is given these tools.
  private func circumstances(model: AskedModel, tools: [JSON]) -> Circumstances {
    var now = circumstances
    now.tell(model: model.inUse.providerModelId, provider: model.inUse.provider)
    if tools.isEmpty { now.tell(permissions: nil) }
    return now
  }

  /// The same with what tools may do by now: a client may change that at any moment, but not within a turn.
  func asOfNow(_ form: AnswerForm) -> RunSetup {
    var setup = self
    setup.form = form
    setup.look(at: engine.mcp(of: session))
    setup.circumstances.tell(permissions: engine.desk.line(of: session))
    if let below { setup.circumstances.tell(below) }
    setup.circumstances.tell(endedCommands: session.background.ended)
    return setup
  }

  /// Looks at the session's MCP servers, as they come and go; what stands before the conversation stays.
  private mutating func look(at servers: MCPTools) {
    guard workspace != nil else { return }
    let offer = Self.offer(of: servers, in: session, wanted: wanted, engine: engine)
    offered = own.union(offer.names.filter { Self.isWanted($0, wanted, in: session) })
    circumstances.tell(servers: offer.line, words: offer.words)
  }

  /// What a session's models are told of its MCP servers.
  private static func offer(
    of servers: MCPTools, in session: Session, wanted: [String]?, engine: Engine
  ) -> MCPTools.Offer {
    guard !servers.isEmpty else { return MCPTools.Offer() }
    let info = session.info
    let choice = try? engine.providers[info.provider]?.choice(of: info.model)
    let options = session.options
    return servers.offer(
      frozen: session.frozenTools, window: choice?.window(onBedrock: info.provider == .bedrock)?.context,
      isWanted: { isWanted($0, options.tools, in: session) || isWanted($0, wanted, in: session) })
  }

  /// Whether a list of names means a tool, by its own name or its MCP server's; no list means those that files of settings
  /// do not withhold.
  static func isWanted(_ name: String, _ list: [String]?, in session: Session) -> Bool {
    guard let list else { return session.settings.inForce.offers(name) { isNamed(name, in: $0) } }
    return isNamed(name, in: list)
  }

  private static func isNamed(_ name: String, in list: [String]) -> Bool {
    guard !list.contains(name) else { return true }
    guard !MCPTools.ownNames.contains(name) else { return list.contains { $0.hasPrefix(RuleTools.ofServers) } }
    return list.contains { (try? PermissionRule($0))?.isAbout(server: name) ?? false }
  }

  /// What runs the calls of a run; `nil` where there is no workspace to run them in.
  package func calls(of run: Run) -> ToolCalls? {
    guard let workspace else { return nil }
    return ToolCalls(run: run, offered: offered, workspace: workspace, below: below, engine: engine)
  }
}

extension RunSetup {
  /// Looks around in a session's workspace, on a thread of its own: a folder may be far away, or not answer.
  ///
  /// `wanted` are the tools that a run wants, `nil` for its session's.
  static func look(at session: Session, wanted: [String]?, engine: Engine) async throws(Failure) -> RunSetup {
    try await look(at: session, wanted: wanted, engine: engine, for: nil)
  }

  /// The same for a run, whose prompt may call a skill or a command.
  static func look(for run: Run, with options: SessionOptions, engine: Engine) async throws(Failure) -> RunSetup {
    let wanted = run.request.tools ?? options.tools
    // What a model asks for calls nothing of a person's.
    let prompt = run.delegation == nil ? run.request.prompt : nil
    return try await look(at: run.session, wanted: wanted, engine: engine, for: prompt)
  }

  private static func look(
    at session: Session, wanted: [String]?, engine: Engine, for prompt: Prompt?
  ) async throws(Failure) -> RunSetup {
    do throws(ToolError) {
      return try await engine.threads.run { _ throws(ToolError) in
        try RunSetup(session, wanted: wanted, engine: engine, for: prompt)
      }
    } catch {
      throw .failed(error.message, FailureData(kind: .overloaded, retryable: true))
    }
  }

  private init(_ session: Session, wanted: [String]?, engine: Engine, for asking: Prompt?) throws(ToolError) {
    let place = engine.place
    let options = session.options
    var notices: [String] = []
    var why = "There are no tools here."
    let workspace: Workspace?
    do throws(ToolError) {
      guard let folder = options.cwd ?? place.folder else { throw ToolError(.notFound, "the current folder is gone") }
      workspace = try engine.workspace(at: folder, of: session)
    } catch {
      // For want of descriptors a run fails: without tools it would do what nobody meant.
      guard error.kind != .exhausted else { throw error }
      workspace = nil
      why += " \(error.message)"
      notices.append("there are no tools in this session: \(error.message)")
    }
    notices += (workspace?.missing ?? []).map { "the additional directory '\($0)' is not there" }
    let ground = workspace.flatMap { Ground(of: $0, session, engine) }
    let skills = ground?.skills ?? Skills()
    if let asking, let ground {
      let setting = ground.setting(of: session, in: engine)
      let filled = FilledPrompt(asking, calling: skills, in: setting)
      asked = filled?.prompt
      notices += filled?.notices ?? [FilledPrompt.notice(of: asking, among: skills)].compactMap(\.self)
      notices += session.toldNotices.new(skills.notices)
    } else {
      asked = nil
    }
    let known = workspace == nil ? [] : Self.known(to: session, with: skills, wanted: wanted, engine).definitions
    let own = Set(known.map(\.name).filter { Self.isWanted($0, wanted ?? options.tools, in: session) })
    let offer =
      workspace == nil
      ? MCPTools.Offer() : Self.offer(of: engine.mcp(of: session), in: session, wanted: wanted, engine: engine)
    let offered = own.union(offer.names.filter { Self.isWanted($0, wanted ?? options.tools, in: session) })
    // A run that wants fewer tools leaves the definitions as they are: they are what every request begins with.
    let defined =
      known.filter { Self.isWanted($0.name, options.tools, in: session) || offered.contains($0.name) }
      + offer.definitions.sorted { $0.name < $1.name }
    var prompt = SystemPrompt()
    let web = WebPermission.definitions(of: session)
    prompt.hasTools = !defined.isEmpty || !web.isEmpty
    prompt.caller = options.system
    var circumstances = Circumstances()
    circumstances.tell(now: engine.time.now())
    circumstances.tell(workspace: workspace?.place.absolute, operatingSystem: place.operatingSystem)
    circumstances.tell(otherFolders: workspace == nil ? [] : options.additionalDirectories ?? [])
    below = ground.map { ground in
      circumstances.tell(git: ground.git)
      prompt.instructions = ground.instructions(engine)
      notices += prompt.instructions.notices
      let folders = ground.below(prompt.instructions, engine)
      // What was told holds as long as it is there.
      notices += folders.look(into: Circumstances.foldersBelow(in: session.told).compactMap { FolderPath($0) })
      circumstances.tell(folders)
      return folders
    }
    if own.contains(SkillTool.name), let told = skills.told {
      circumstances.tell(skills: told, mark: SHA256.hexadecimal(Array(told.utf8)))
    }
    circumstances.tell(permissions: engine.desk.line(of: session))
    circumstances.tell(confinement: workspace?.confinement?.words)
    circumstances.tell(instructions: prompt.instructions, mark: prompt.instructions.mark)
    circumstances.tell(servers: offer.line, words: offer.words)
    self.own = own.union(web.compactMap { $0["name"]?.string })
    self.wanted = wanted
    self.offered = offered.union(self.own)
    self.engine = engine
    self.session = session
    self.circumstances = circumstances
    self.workspace = workspace
    self.notices = notices
    whyNoTools = why
    self.prompt = prompt
    instructions = prompt.instructions
    tools = defined.map(\.apiForm.sortedByName) + web
  }
}

extension RunSetup {
  /// The tools that are told of one by one: `skill` only where there are any, and where the conversation did not begin without
  /// it, as what it began with stays; `delegate` where it is asked for.
  private static func known(
    to session: Session, with skills: Skills, wanted: [String]?, _ engine: Engine
  ) -> ToolSources {
    let frozen = session.frozenTools
    let isOpen = frozen.map { $0.contains { $0["name"]?.string == SkillTool.name } } ?? true
    var known = engine.tools
    if skills.told != nil, isOpen { known = known.joined(with: SkillTool(session, engine)) }
    let options = session.options
    let isAskedFor = (wanted ?? options.tools).map { $0.contains(DelegateTool.name) } ?? (options.delegates == true)
    return isAskedFor ? known.joined(with: DelegateTool(session, engine)) : known
  }
}

/// Where a session works, and what is read there for it.
private struct Ground {
  let path: FolderPath
  let git: GitState?
  let sources: InstructionSources
  let skills: Skills

  init?(of workspace: Workspace, _ session: Session, _ engine: Engine) {
    guard let path = FolderPath(workspace.place.absolute) else { return nil }
    self.path = path
    git = GitState.read(at: path, files: engine.place.files)
    sources = engine.sources(of: session, in: path.description)
    skills = engine.skills.find(in: path, repository: git?.root, reading: sources)
  }

  func instructions(_ engine: Engine) -> ProjectInstructions {
    ProjectInstructions(workspace: path, repository: git?.root, home: engine.home, reading: sources)
  }

  func below(_ own: ProjectInstructions, _ engine: Engine) -> FoldersBelow {
    FoldersBelow(of: path, repository: git?.root, home: engine.home, own: own, reading: sources)
  }

  /// Where commands are filled in.
  func setting(of session: Session, in engine: Engine) -> FilledPrompt.Setting {
    let others = (session.options.additionalDirectories ?? []).compactMap { FolderPath($0) }
    return FilledPrompt.Setting(folders: [path] + others, home: engine.home, sessionId: session.id, sources: sources)
  }
}

extension Circumstances {
  /// What folders below the workspace say by now.
  fileprivate mutating func tell(_ below: FoldersBelow) {
    for (folder, instructions) in below.found {
      tell(instructions: instructions, mark: instructions.mark, below: folder.description)
    }
  }
}

extension ProjectInstructions {
  /// What tells one state of them from another.
  fileprivate var mark: String {
    // Lengths keep the end of one text from passing for the beginning of the next.
    let files = files.map { "\($0.path.utf8.count) \($0.text.utf8.count) \($0.path)\($0.text)" }
    return SHA256.hexadecimal(Array(files.joined().utf8))
  }
}
