package import OperatingSystem
internal import Protocol
internal import Providers

/// The program put together: which parts there are, and what each is given.
package struct Program {
  private let options: Options
  private let surroundings: Surroundings
  private let control: ControlPipe
  /// Where messages come from.
  private let input: Descriptor
  /// Where answers go: the real stdout, which nothing else reaches.
  private let output: Descriptor
  private let console: Console
  private let log: Log
  /// Why the folder that options name cannot be worked in.
  private let flaw: Failure?

  /// A program for these options.
  ///
  /// `control` wakes it: for signals, and for its own parts. Messages come from `input`, which is stdin but for tests, and
  /// answers go to `output`.
  package init(
    options: Options, surroundings: Surroundings, control: ControlPipe, input: Descriptor = .standardInput,
    output: Descriptor
  ) {
    self.options = options
    var surroundings = surroundings
    flaw = surroundings.move(to: options.folder)
    self.surroundings = surroundings
    self.control = control
    self.input = input
    self.output = output
    let console = Console(output: output)
    self.console = console
    log = Log(level: options.log) { console.say($0) }
  }

  /// Runs it.
  ///
  /// - Returns: The exit status.
  package func run() throws -> Int32 {
    switch options.mode {
    case .help: return oneShot.say(HelpText.text)
    case .version: return oneShot.say("\(Version.name) \(Version.number) (\(Build.line))\n")
    case .generate(let what): return oneShot.say(what.text)
    case .unsaid where input.isTerminal && output.isTerminal: return try chat()
    case .unsaid where input.isTerminal: return oneShot.say(HelpText.hint)
    case .unsaid, .serve: return try serve()
    case .ask(let prompt, let readsInput): return try ask(prompt, readsInput: readsInput)
    case .call(let method, let params): return try call(method, params: params)
    case .doctor: return try doctor()
    case .chat: return try chat()
    case .sessions(let command): return try carryOut(command)
    }
  }

  /// Tells whoever started it why it did not run.
  ///
  /// - Returns: The exit status.
  package func tell(_ error: any Error) -> Int32 { oneShot.tell(ErrorMapping.rpcError(error)) }

  /// Tells whoever started it that these arguments make no sense, in JSON where they ask for it.
  ///
  /// - Returns: The exit status.
  package static func tell(_ error: Options.UsageError, of arguments: [String], output: Descriptor) -> Int32 {
    let console = Console(output: output)
    if arguments.prefix(while: { $0 != "--" }).contains("--json") {
      console.write(json: .object(["error": RPCError.invalidParams(error.message).json]))
    }
    console.say("wyn360: \(error.message)\nSee wyn360 --help.")
    return ExitStatus.usage.rawValue
  }
}

// MARK: - The parts

extension Program {
  /// What models are reached with, for whoever has that face.
  private func services(_ face: ChosenFace) throws -> Services {
    if let flaw { throw flaw }
    return try Services(
      options: options, surroundings: surroundings, settings: settings,
      requests: CredentialRequests(face, time: surroundings.time),
      log: log
    ) { [console] in console.say("wyn360: \($0)") }
  }

  /// What files of settings say, looked at for the folder that it works in.
  private var settings: SettingsDesk {
    let place = surroundings.place
    let desk = SettingsDesk(
      SettingsPlaces(surroundings.variables), files: place.files, links: place.links, time: surroundings.time,
      given: GivenSettings.layers(options, surroundings.environment), isForbidden: keepsNothing)
    if let folder = place.folder { _ = desk.look(in: folder) }
    return desk
  }

  /// All that can be asked of this program, for whoever has that face.
  private func backend(_ face: ChosenFace) throws -> Backend { backend(face, try services(face)) }

  private func backend(_ face: ChosenFace, _ services: Services) -> Backend {
    let (time, names, control, log) = (surroundings.time, surroundings.names, control, log)
    let sessions = Sessions(
      defaults: services.defaults, sink: face, time: time, names: names,
      folder: surroundings.place.folder, settings: services.settings)
    let found = surroundings.place.folder.flatMap { services.settings.known(in: $0) }
    let storing = storing(found)
    if let path = options.sessions ?? surroundings.environment["WYN360_SESSIONS"] ?? found?.sessions,
      let problem = storing.use(path, for: sessions)
    {
      console.say("wyn360: \(problem)")
    }
    let auth = Auth(
      services.authentications, verifications: services.verifications, active: sessions.defaults.provider, sink: face,
      time: time)
    let providers = services.providers.wrapped {
      ObservedProvider($0, id: $1, auth: auth, audit: services.audit, log: log, time: time)
    }
    let models = Models(sessions: sessions, providers: providers, auth: auth, timeouts: services.timeouts) {
      services.use(overrides: $0)
    }
    let questions = QuestionDesk(face, time: time)
    let environment = CommandEnvironment(surroundings.variables, secrets: services.secrets)
    let own: [any ToolSource] = [
      toolbox(services.secrets, environment), SwitchModel(sessions: sessions, models: models),
      AskUser(questions),
    ]
    let taken =
      own.flatMap(\.definitions).map(\.name) + [AskUser.name, SkillTool.name, DelegateTool.name] + MCPTools.ownNames
    let clientTools = ClientTools(face, own: Set(taken), time: time)
    let desk = PermissionDesk(
      asker: face, mode: options.permissionMode, grant: options.allow, given: options.rules,
      links: surroundings.place.links, time: time, home: surroundings.variables["HOME"],
      settings: services.settings)
    var engine = Engine(
      providers: providers, tools: ToolSources(own + [clientTools]), desk: desk,
      servers: servers(face, asking: questions, secrets: services.secrets, log: log),
      place: surroundings.place, time: time)
    engine.sandbox = SandboxDesk(options.sandbox, variables: surroundings.variables, kernel: surroundings.sandboxes)
    engine.fallbackModel = options.fallbackModel
    engine.settings = services.settings
    engine.day = DaySpending(time: time, ledger: ledger(services.settings))
    engine.hooks = Hooks(surroundings.processes, environment: environment)
    engine.editor = EditorDesk(face, time: time)
    engine.terminals = face
    engine.diagnostics = DiagnosticsDesk(face, time: time)
    let runs = Runs(sessions: sessions, engine: engine, names: names) { control.wake(.idle) }
    return Backend(
      sessions: sessions, runs: runs, upkeep: SessionUpkeep(sessions: sessions, runs: runs, engine: engine),
      engine: engine, clientTools: clientTools, auth: auth, models: models, storing: storing)
  }

  /// Where a day's costs are written down; `nil` where nothing may be, and where what is counted costs nobody anything.
  private func ledger(_ settings: SettingsDesk) -> DayLedger? {
    guard !keepsNothing, options.replay == nil, let folder = settings.folder else { return nil }
    return DayLedger(in: folder) { [console] in
      console.say("wyn360: \($0)")
    } isWanted: {
      settings.boundsDays
    }
  }

  /// Whether nothing of ours may be written, whoever wants it.
  private var keepsNothing: Bool {
    surroundings.environment[Storing.forbidding].map { !["0", "false"].contains($0.lowercased()) } ?? false
  }

  private func storing(_ settings: SettingsInForce?) -> Storing {
    var rules = options.storeRules
    if let found = try? StoreRules(keep: settings?.sessionsKeep, bytes: settings?.sessionsMax) {
      (rules.keepMs, rules.bytesMax) = (rules.keepMs ?? found.keepMs, rules.bytesMax ?? found.bytesMax)
    }
    return Storing(
      isForbidden: keepsNothing, home: surroundings.variables["HOME"], folder: surroundings.place.folder,
      holder: SessionHolder(pid: CurrentProcess.id, host: CurrentProcess.host), rules: rules)
  }

  private func servers(
    _ sink: any EventSink, asking questions: QuestionDesk, secrets: [Secret], log: Log
  ) -> MCPServers {
    let (variables, time) = (surroundings.variables, surroundings.time)
    let network = MCPNetwork(
      CurlTransport(proxy: HTTPProxySettings(environment: surroundings.environment), trust: trust), time: time, log: log
    )
    let given = MCPVariables(variables, secrets: secrets)
    return MCPServers(sink: sink, log: log, time: time, variables: given, questions: questions) {
      settings, folder, inbox async throws(MCPFailure) in
      guard case .command(let command, let arguments, let environment) = settings.way else {
        return try network.open(settings, inbox: inbox)
      }
      var order = StdioOrder(
        settings.name, command, arguments: arguments, environment: environment, folder: folder, inherited: variables)
      order.confinement = settings.confinement
      return try StdioTransport.open(order, inbox: inbox, time: time, log: log)
    }
  }

  /// Whom we trust beyond the services that a person configured: who we are is for those.
  private var trust: TrustSettings {
    var trust = TrustSettings(environment: surroundings.environment)
    trust.identity = nil
    return trust
  }

  private func toolbox(_ secrets: [Secret], _ environment: CommandEnvironment) -> Toolbox {
    let commands = CommandSettings(environment: environment, mask: SecretMask(secrets), time: surroundings.time)
    let proxy = HTTPProxySettings(environment: surroundings.environment)
    let web = WebAccess(transport: CurlTransport(proxy: proxy, trust: trust), proxy: proxy)
    return Toolbox.standard(commands: commands, files: surroundings.place.files, web: web)
  }

  private func makeOutbox() -> Outbox {
    let control = control
    return Outbox(descriptor: output, style: options.framing) { change in
      control.wake(change == .drained ? .drained : .outputClosed)
    }
  }

  private func nativeConnection(_ outbox: Outbox) -> NativeConnection {
    let control = control
    let limits = Peer.Limits(
      incomingMax: ServerLimits.requestsInFlightMax, outgoingMax: ServerLimits.clientCallsMax,
      retryAfterMs: ServerLimits.overloadRetryAfterMs)
    let peer = Peer(limits: limits, idPrefix: Version.name, other: "the client") { message in
      outbox.send { sink in sink.message { message(&$0) } }
    } onIdle: {
      control.wake(.idle)
    }
    return NativeConnection(outbox: outbox, handshake: Handshake(), peer: peer)
  }
}

extension Program {
  /// Every method that has a handler, to be held against the catalog.
  package func routedMethods() throws -> Set<String> {
    let native = nativeConnection(makeOutbox())
    let backend = try backend(ChosenFace(native.face))
    return native.reception(backend: backend, time: surroundings.time).router.methods
  }
}

// MARK: - What it does

extension Program {
  private func serve() throws -> Int32 {
    let outbox = makeOutbox()
    let native = nativeConnection(outbox)
    let acp = ACPConnection(outbox: outbox, handshake: native.handshake, peer: native.peer, time: surroundings.time)
    let mcp = AskConnection(outbox: outbox, handshake: native.handshake, peer: native.peer, time: surroundings.time)
    let face = ChosenFace(native.face, others: [.native: native.face, .acp: acp.face, .mcp: mcp.face])
    let backend = try backend(face)
    if let reason = backend.engine.sandbox.refusal { console.say("wyn360: no command will be run: \(reason)") }
    let (time, startedMs) = (surroundings.time, surroundings.time.monotonic())
    let connection = Connection(
      outbox: outbox, traffic: native.traffic, handshake: native.handshake, peer: native.peer,
      reception: { dialect in
        let spoken = { native.reception(backend: backend, time: time, startedMs: startedMs) }
        return switch dialect {
        case .native: spoken()
        case .acp:
          acp.reception(
            backend: backend, native: spoken().router,
            commands: [OwnCommands(upkeep: backend.upkeep), MCPCommands(backend.engine.servers)])
        case .mcp: mcp.reception(backend: backend)
        }
      },
      onChoice: { dialect in
        face.use(dialect)
        // Clients of the other protocols know of no log.
        if dialect != .native { native.events.optOut(of: [LogMessage.method]) }
      }, time: surroundings.time, log: log)
    let parts = ReadLoop.Parts(
      input: input, output: output, control: control, connection: connection, outbox: outbox, runs: backend.runs,
      time: surroundings.time, log: log, drainMs: options.drainMs)
    let status = ReadLoop(parts, style: options.framing).run()
    endServers(of: backend)
    return status
  }

  private func ask(_ prompt: String, readsInput: Bool) throws -> Int32 {
    guard surroundings.place.folder != nil else { throw Failure.folderGone }
    // A value is shown once it was checked, and whole.
    let sink: any EventSink =
      options.events
      ? EventLines(console) : ConsoleSink(console, showsText: !options.json && options.outputSchema == nil)
    let backend = try backend(ChosenFace(TerminalFace.face(console, events: sink)))
    try checkSandbox(of: backend)
    defer { endServers(of: backend) }
    return oneShot.ask(prompt, readsInput: readsInput, of: backend)
  }

  private func chat() throws -> Int32 {
    guard input.isTerminal, output.isTerminal else {
      throw Failure.invalidParams(
        "chat is for a terminal, and stdin or stdout is none; a script asks: wyn360 \"prompt\"")
    }
    guard surroundings.place.folder != nil else { throw Failure.folderGone }
    let sink = ConsoleSink(console, showsText: true, tellsStarts: true)
    let backend = try backend(ChosenFace(TerminalFace.face(console, events: sink)))
    try checkSandbox(of: backend)
    defer { endServers(of: backend) }
    return oneShot.chat(
      of: backend, commands: [OwnCommands(upkeep: backend.upkeep), MCPCommands(backend.engine.servers)])
  }

  private func checkSandbox(of backend: Backend) throws(Failure) {
    guard let reason = backend.engine.sandbox.refusal else { return }
    throw .failed(
      "commands cannot be confined: \(reason)", FailureData(kind: .toolFailed, hint: SandboxDesk.withoutIt))
  }

  private func call(_ method: String, params: String?) throws -> Int32 {
    let backend = try backend(ChosenFace(TerminalFace.face(console, events: SilentSink())))
    let reception = nativeConnection(makeOutbox()).reception(backend: backend, time: surroundings.time)
    defer { endServers(of: backend) }
    return oneShot.call(method, params: params, of: reception.router)
  }

  private func doctor() throws -> Int32 {
    let face = ChosenFace(TerminalFace.face(console, events: SilentSink()))
    let services = try services(face)
    return oneShot.tell(
      Doctor(
        options: options, backend: backend(face, services), reach: services.reach(options),
        environment: surroundings.environment))
  }

  private func carryOut(_ command: SessionsCommand) throws -> Int32 {
    let backend = try backend(ChosenFace(TerminalFace.face(console, events: SilentSink())))
    return oneShot.carryOut(command, of: backend)
  }

  /// Ends all MCP servers: those that know what they are told to end by themselves.
  private func endServers(of backend: Backend) {
    guard backend.engine.servers.areThere else { return }
    _ = Once(control: control, output: output).wait {
      await backend.engine.servers.closeAll()
      return .null
    }
  }

  private var oneShot: OneShot {
    OneShot(options: options, console: console, control: control, input: input, output: output)
  }
}
