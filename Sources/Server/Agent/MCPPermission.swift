package import Protocol

/// The MCP servers of a run's session: found out and started before its first turn, those of a project after the person has
/// agreed to each.
package enum MCPPermission {
  /// Starts the servers; nothing that goes wrong with one keeps the run from going on.
  static func settle(_ run: Run, engine: Engine) async {
    let session = run.session
    // Who delegates has them started already.
    guard run.delegation == nil else { return }
    guard let folder = session.options.cwd ?? engine.place.folder else { return }
    let project = await project(of: session, in: folder, engine: engine)
    guard let servers = prepare(session, in: folder, project, engine) else { return }
    let waiting = servers.waiting
    for (server, name) in waiting where !run.isCancelled {
      await ask(server, name, of: run, in: folder, engine: engine)
    }
    if !waiting.isEmpty { _ = prepare(session, in: folder, project, engine) }
    await servers.start()
    tell(run, engine: engine)
  }

  /// What is known of a session's servers, the project's included; none is started.
  package static func infos(of session: Session, engine: Engine) async -> [MCPServerInfo] {
    await servers(of: session, engine: engine)?.infos ?? []
  }

  /// Starts a server anew, and waits for it.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when there is none of that name, or it may not be started.
  package static func restart(
    _ name: String, of session: Session, engine: Engine
  ) async throws(Failure) -> MCPServerInfo {
    guard let servers = await servers(of: session, engine: engine) else {
      throw .invalidParams("the session is closed, or the program ends")
    }
    return try await servers.restart(name)
  }

  /// Tells what a person should know of the servers, once.
  static func tell(_ run: Run, engine: Engine) {
    for notice in engine.servers.session(run.session.id)?.takeNotices() ?? [] { run.tell(notice) }
  }

  /// A session's servers, the project's included; none is started.
  private static func servers(of session: Session, engine: Engine) async -> MCPSession? {
    guard let folder = session.options.cwd ?? engine.place.folder else { return nil }
    await SettingsPermission.look(at: session, engine: engine)
    return prepare(session, in: folder, await project(of: session, in: folder, engine: engine), engine)
  }

  /// A session's servers, told of its folder and the others that it may work in; none for one that is closed by now.
  private static func prepare(
    _ session: Session, in folder: String, _ project: MCPConfiguration.Reading?, _ engine: Engine
  ) -> MCPSession? {
    let (options, others) = (session.options, session.options.additionalDirectories ?? [])
    let confinement = engine.sandbox.confinement(options.sandbox, folders: [folder] + others, ofServers: true)
    return engine.servers.prepare(
      session.id, in: [folder] + others, project: joined(project, of: session, in: folder, engine),
      confinement: confinement
    ) { session.isClosed }
  }

  /// What the project's file names, with what files of settings do: those that the person has agreed to go before the
  /// person's own, and these before what nobody has agreed to.
  private static func joined(
    _ project: MCPConfiguration.Reading?, of session: Session, in folder: String, _ engine: Engine
  ) -> MCPConfiguration.Reading? {
    let settings = session.settings.inForce
    var (trusted, own) = (MCPConfiguration.Reading(), MCPConfiguration.Reading())
    for layer in settings.layers where !layer.settings.mcpServers.isEmpty {
      let (path, isOwn) = (layer.path ?? "", layer.source == .userFile)
      let reading = MCPProject.servers(
        layer.settings.mcpServers, from: isOwn ? .user(file: path) : .project(file: path), of: path,
        engine.servers.variables)
      if isOwn { own = reading } else { trusted = reading }
    }
    // Of those all that is said was shown to whoever trusted the file.
    for server in trusted.servers {
      engine.servers.answer(true, for: server, in: folder, isForAll: false, of: session.id)
    }
    for server in project?.servers ?? [] where engine.servers.answer(for: server, in: folder, of: session.id) == nil {
      guard let kept = settings.servers[MCPProject.fingerprint(of: server, in: folder)] else { continue }
      engine.servers.answer(kept, for: server, in: folder, isForAll: false, of: session.id)
    }
    let isAgreed = { engine.servers.answer(for: $0, in: folder, of: session.id) == true }
    let known = project?.servers ?? []
    var all = MCPConfiguration.Reading(
      trusted.servers + known.filter(isAgreed) + own.servers + known.filter { !isAgreed($0) })
    all.notices = trusted.notices + (project?.notices ?? []) + own.notices
    return all
  }

  /// What the project's file names, where it may be read and followed.
  private static func project(
    of session: Session, in folder: String, engine: Engine
  ) async -> MCPConfiguration.Reading? {
    let policy = engine.desk.policy(of: session, workspace: folder)
    let reading = policy.reading(by: ["read_file"], in: PermissionSubject(tool: "read_file", actions: []))
    let place = engine.place
    return try? await engine.threads.run { _ throws(ToolError) in
      MCPProject.servers(
        in: folder, files: place.files, links: place.links, variables: engine.servers.variables,
        mayRead: { reading.permits($0) }, mayFollow: { policy.isNamed($0, for: "read_file") })
    }
  }

  /// Asks the person for a server of the project's; what they say holds for this process.
  ///
  /// `name` is that of its tools in rules.
  private static func ask(
    _ server: MCPServerSettings, _ name: String, of run: Run, in folder: String, engine: Engine
  ) async {
    let shown = MCPProject.shown(server)
    let file = if case .project(let file) = server.source { file } else { "" }
    let call = GatedCall(
      info: ToolCallInfo(
        toolCallId: "mcp:\(server.name)", name: name, title: "Start the MCP server \(server.name): \(shown)",
        input: MCPProject.input(of: server, in: folder)),
      subject: PermissionSubject(tool: name, actions: [.startServer(command: shown, file: file)]),
      workspace: folder, preview: { nil })
    let (permits, kind, keeps) = await engine.desk.asks(
      call, of: run,
      ifEdited:
        "the MCP server '\(MCPLimits.shown(server.name))' is off: a server's command cannot be edited here")
    guard let kind else { return }
    engine.servers.answer(permits, for: server, in: folder, isForAll: kind.isAlways, of: run.session.id)
    guard keeps else { return }
    do throws(Failure) {
      try await engine.settings?.keep(server: MCPProject.fingerprint(of: server, in: folder), permits)
    } catch {
      run.tell(error.message)
    }
  }
}
