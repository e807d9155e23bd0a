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

  /// A program for these options.
  ///
  /// `control` wakes it: for signals, and for its own parts. Messages come from `input`, which is stdin but for tests, and
  /// answers go to `output`.
  package init(
    options: Options, surroundings: Surroundings, control: ControlPipe, input: Descriptor = .standardInput,
    output: Descriptor
  ) {
    self.options = options
    self.surroundings = surroundings
    self.control = control
    self.input = input
    self.output = output
  }

  /// Runs it.
  ///
  /// - Returns: The exit status.
  package func run() throws -> Int32 {
    switch options.mode {
    case .help: return say(HelpText.text)
    case .version: return say("\(Version.name) \(Version.number)\n")
    case .unsaid where Descriptor.standardInput.isTerminal: return say(HelpText.hint)
    case .unsaid, .serve: return try serve()
    case .ask(let prompt, let readsInput): return try ask(prompt, readsInput: readsInput)
    case .call(let method, let params): return try call(method, params: params)
    }
  }

  private func say(_ text: String) -> Int32 { output.write(Array(text.utf8)) ? 0 : 1 }
}

// MARK: - The parts

extension Program {
  /// All that can be asked of this program, for whoever has that face.
  private func backend(_ face: ChosenFace) throws -> Backend {
    let (time, names, control) = (surroundings.time, surroundings.names, control)
    let services = try Services(
      options: options, surroundings: surroundings, requests: CredentialRequests(face, time: time))
    let sessions = Sessions(
      defaults: services.defaults, sink: face, time: time, names: names,
      hasFolder: surroundings.place.folder != nil)
    let auth = Auth(
      services.authentications, verifications: services.verifications, active: services.defaults.provider, sink: face,
      time: time)
    let providers = services.providers.wrapped {
      ObservedProvider($0, id: $1, auth: auth, audit: services.audit, time: time)
    }
    let models = Models(sessions: sessions, providers: providers, auth: auth, timeouts: services.timeouts) {
      services.use(overrides: $0)
    }
    let own: [any ToolSource] = [
      toolbox(secrets: services.secrets), SwitchModel(sessions: sessions, models: models),
    ]
    let clientTools = ClientTools(face, own: Set(own.flatMap(\.definitions).map(\.name)), time: time)
    let desk = PermissionDesk(
      asker: face, mode: options.permissionMode ?? .ask, grant: options.allow, given: options.rules,
      links: surroundings.place.links, time: time)
    let engine = Engine(
      providers: providers, tools: ToolSources(own + [clientTools]), desk: desk, place: surroundings.place, time: time)
    let runs = Runs(sessions: sessions, engine: engine, names: names) { control.wake(.idle) }
    return Backend(
      sessions: sessions, runs: runs, upkeep: SessionUpkeep(sessions: sessions, runs: runs, engine: engine),
      engine: engine, clientTools: clientTools, auth: auth, models: models)
  }

  private func toolbox(secrets: [Secret]) -> Toolbox {
    let commands = CommandSettings(
      environment: CommandEnvironment(surroundings.variables, secrets: secrets), mask: SecretMask(secrets),
      time: surroundings.time)
    let environment = surroundings.environment
    let proxy = HTTPProxySettings(environment: environment)
    // Who we are is for the services that a person configured.
    var trust = TrustSettings(environment: environment)
    trust.identity = nil
    let web = WebAccess(
      transport: CurlTransport(proxy: proxy, trust: trust), proxy: proxy)
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
    let face = ChosenFace(native.face, others: [.native: native.face])
    let backend = try backend(face)
    let log = Log(level: options.log)
    let connection = Connection(
      outbox: outbox, traffic: native.traffic, handshake: native.handshake, peer: native.peer,
      receptions: [.native: native.reception(backend: backend, time: surroundings.time)],
      onChoice: { face.use($0) }, time: surroundings.time, log: log)
    let parts = ReadLoop.Parts(
      input: input, output: output, control: control, connection: connection, outbox: outbox, runs: backend.runs,
      time: surroundings.time, log: log, drainMs: options.drainMs)
    return ReadLoop(parts, style: options.framing).run()
  }

  private func ask(_ prompt: String, readsInput: Bool) throws -> Int32 {
    guard surroundings.place.folder != nil else { throw Failure.folderGone }
    let piped = PipedText.read(isExpected: readsInput).map { String(decoding: $0, as: UTF8.self) }
    let words = [prompt, piped ?? ""].filter { !$0.allSatisfy(\.isWhitespace) }
    let backend = try backend(
      ChosenFace(TerminalFace.face(events: ConsoleSink(output: output, showsText: !options.json))))
    let status = backend.auth.known(backend.auth.active)
    if status.active == .anthropic, !status.authenticated {
      let flaw = status.providers.first { $0.id == .anthropic }?.error.map { "Error: \($0)" }
      StandardError.write((flaw ?? MissingKeyMessage.commandLine) + "\n")
      return 1
    }
    var request = AgentRun(prompt: Prompt(words.joined(separator: "\n\n")))
    request.model = options.model
    request.system = options.system
    request.maxTokens = options.maxTokens
    request.maxTurns = options.maxTurns
    request.thinking = options.thinking
    request.effort = options.effort
    request.tools = options.tools
    request.budget = options.budget
    let asked = request
    let outcome = Once(control: control, output: output).wait {
      // A role's credentials are known only once they were looked for, and nothing is to be said of a model without any.
      if status.active == .bedrock { try await backend.auth.requireCredentials() }
      for line in backend.models.banner(of: backend.sessions.defaults) { StandardError.write(line + "\n") }
      return try JSON(encoding: try await backend.runs.run(asked))
    }
    switch outcome {
    case .interrupted(let signal): return 128 + signal
    case .failed(let error): return tell(error)
    case .done(let result):
      let text = result["text"]?.string ?? ""
      let line = options.json ? result.text + "\n" : text.hasSuffix("\n") ? "" : "\n"
      let written = output.write(Array(line.utf8))
      return written && Outcome.isAnswer(result["stopReason"]?.string) ? 0 : 1
    }
  }

  private func call(_ method: String, params: String?) throws -> Int32 {
    let bytes = params == "-" ? PipedText.read(isExpected: true) ?? [] : Array((params ?? "{}").utf8)
    let json: JSON
    do throws(JSONSyntaxError) {
      json = try JSON.parse(bytes)
    } catch {
      throw Options.UsageError(message: "the params are not JSON: \(error.reason) at byte \(error.offset)")
    }
    let backend = try backend(ChosenFace(TerminalFace.face(events: SilentSink())))
    let router = nativeConnection(makeOutbox()).reception(backend: backend, time: surroundings.time).router
    let handler = Result { () throws(RPCError) in try router.handler(of: method) }
    let outcome = Once(control: control, output: output).wait {
      switch try handler.get() {
      case .now(let work): try work(json)
      case .later(let work): try await work(json)
      }
    }
    switch outcome {
    case .interrupted(let signal): return 128 + signal
    case .failed(let error):
      StandardError.write(error.json.text + "\n")
      return 1
    case .done(let result): return say(result.text + "\n")
    }
  }

  /// Tells a person of a failure.
  private func tell(_ error: RPCError) -> Int32 {
    if options.json { _ = say(JSON.object(["error": error.json]).text + "\n") }
    let hint = error.data?["hint"]?.string.map { "\n\($0)" } ?? ""
    StandardError.write("Error: \(error.message)\(hint)\n")
    return 1
  }
}

/// Which ends of a run count as an answer for a shell.
private enum Outcome {
  static func isAnswer(_ stopReason: String?) -> Bool {
    switch stopReason.flatMap(StopReason.init) {
    case .endTurn, .stopSequence, .maxTokens: true
    default: false
    }
  }
}
