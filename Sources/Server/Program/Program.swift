internal import CPlatform
internal import Protocol
package import Providers

/// The program put together: which parts there are, and what each is given.
package struct Program {
  /// What the program gets from the system.
  package struct Surroundings: Sendable {
    /// Its variables.
    package var environment: ProcessEnvironment
    /// Its clocks.
    package var time: TimeSource
    /// Where names come from.
    package var names: NameSource
    /// The user's files.
    package var files: FileSource
    /// What runs programs.
    package var processes: ProcessRunner
    /// What of the machine an agent sees.
    package var place: Agent.Place
    /// All variables as they are, for commands.
    package var variables: [String: String]

    /// What a process really has.
    package static let system = Surroundings(
      environment: .system, time: .system, names: .random, files: .system, processes: .system,
      place: Agent.Place(
        folder: SystemPlace.folder, operatingSystem: SystemPlace.name, files: .system, links: .system),
      variables: SystemPlace.variables)
  }

  /// What one conversation works with.
  package struct Backend: Sendable {
    /// The sessions.
    package var sessions: Sessions
    /// The runs.
    package var runs: Runs
    /// The credentials.
    package var auth: Auth
    /// The models.
    package var models: Models
    /// What models are reached with.
    package var connectors: Connectors
    /// The tools.
    package var agent: Agent
  }

  private let options: Options
  private let surroundings: Surroundings
  private let control: ControlPipe
  /// Where messages come from.
  private let input: Int32
  /// Where answers go: the real stdout, which nothing else reaches.
  private let output: Int32

  /// A program for these options.
  package init(
    options: Options, surroundings: Surroundings, control: ControlPipe, input: Int32 = STDIN_FILENO, output: Int32
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
    case .unsaid where isatty(STDIN_FILENO) == 1: return say(HelpText.hint)
    case .unsaid, .serve: return try serve()
    case .ask(let prompt, let readsInput): return try ask(prompt, readsInput: readsInput)
    case .call(let method, let params): return try call(method, params: params)
    }
  }

  private func say(_ text: String) -> Int32 { Descriptor.write(Array(text.utf8), to: output) ? 0 : 1 }
}

// MARK: - The parts

extension Program {
  private func backend(sink: any EventSink, client: ClientCalls, asker: any PermissionAsking) throws -> Backend {
    let (time, names, control) = (surroundings.time, surroundings.names, control)
    let connectors = try Connectors(
      options: options, surroundings: surroundings, requests: CredentialRequests(client, time: time))
    let sessions = Sessions(
      defaults: connectors.defaults, sink: sink, time: time, names: names, folder: surroundings.place.folder)
    let auth = Auth(
      connectors.authentications, active: connectors.defaults.provider, sink: sink, time: time)
    let providers = connectors.providers.wrapped { WatchedProvider($0, id: $1, auth: auth) }
    let models = Models(sessions: sessions, providers: providers, auth: auth)
    let agent = agent(models: models, client: client, asker: asker, secrets: connectors.secrets)
    let runs = Runs(sessions: sessions, providers: providers, agent: agent, time: time, names: names) {
      control.wake(.idle)
    }
    return Backend(
      sessions: sessions, runs: runs, auth: auth, models: models, connectors: connectors, agent: agent)
  }

  private func agent(models: Models, client: ClientCalls, asker: any PermissionAsking, secrets: [Secret]) -> Agent {
    let commands = CommandSettings(
      environment: CommandEnvironment(surroundings.variables, secrets: secrets), mask: SecretMask(secrets),
      time: surroundings.time)
    let toolbox = Toolbox.standard(commands: commands)
    let desk = PermissionDesk(
      asker: asker, mode: options.permissionMode ?? .ask, grant: options.allow, time: surroundings.time)
    let own = Set(toolbox.definitions.map(\.name)).union(["switch_model"])
    return Agent(
      toolbox: toolbox, clientTools: ClientTools(client, own: own, time: surroundings.time), desk: desk, models: models,
      place: surroundings.place)
  }

  /// Everything between the pipe and the backend.
  private func conversation(_ backend: Backend, outbox: Outbox, sink: OutboxSink, client: ClientCalls)
    -> (Connection, Calls, Router)
  {
    let control = control
    let calls = Calls { control.wake(.idle) }
    let connection = Connection(
      outbox: outbox, calls: calls, client: client, time: surroundings.time, log: Log(level: options.log))
    let lifecycle = Lifecycle(
      connection: connection, calls: calls, client: client, outbox: outbox, sink: sink, backend: backend,
      time: surroundings.time)
    let router = Routes.router(
      Routes.Owners(
        connection: connection, calls: calls, lifecycle: lifecycle, backend: backend))
    connection.use(router)
    return (connection, calls, router)
  }

  private func makeOutbox() -> Outbox {
    let control = control
    return Outbox(descriptor: output, style: options.framing) { change in
      control.wake(change == .drained ? .drained : .outputClosed)
    }
  }
}

extension Program {
  /// Every method that has a handler, to be held against the catalog.
  package func routedMethods() throws -> Set<String> {
    let outbox = makeOutbox()
    let sink = OutboxSink(outbox: outbox)
    let client = ClientCalls.nobody
    let backend = try backend(sink: sink, client: client, asker: ClientAsker(client, sink: sink))
    return conversation(backend, outbox: outbox, sink: sink, client: client).2.methods
  }
}

// MARK: - What it does

extension Program {
  private func serve() throws -> Int32 {
    let outbox = makeOutbox()
    let sink = OutboxSink(outbox: outbox)
    let client = ClientCalls { message in outbox.send { sink in sink.message { message(&$0) } } }
    let backend = try backend(sink: sink, client: client, asker: ClientAsker(client, sink: sink))
    let (connection, calls, _) = conversation(backend, outbox: outbox, sink: sink, client: client)
    let parts = ReadLoop.Parts(
      input: input, output: output, control: control, connection: connection, outbox: outbox, calls: calls,
      runs: backend.runs, time: surroundings.time, log: Log(level: options.log), drainMs: options.drainMs)
    return ReadLoop(parts, style: options.framing).run()
  }

  private func ask(_ prompt: String, readsInput: Bool) throws -> Int32 {
    let piped = PipedText.read(isExpected: readsInput).map { String(decoding: $0, as: UTF8.self) }
    let words = [prompt, piped ?? ""].filter { !$0.allSatisfy(\.isWhitespace) }
    let backend = try backend(
      sink: ConsoleSink(output: output, showsText: !options.json), client: .nobody,
      asker: TerminalAsker())
    let status = backend.auth.known()
    if status.active == .anthropic, !status.authenticated {
      StandardError.write(MissingKeyMessage.commandLine + "\n")
      return 1
    }
    var request = AgentRun(prompt: Prompt(words.joined(separator: "\n\n")))
    request.model = options.model
    request.system = options.system
    request.maxTokens = options.maxTokens
    request.maxTurns = options.maxTurns
    request.thinking = options.thinking
    request.tools = options.tools
    request.budget = options.budget
    let asked = request
    let outcome = Once(control: control, output: output).wait {
      // A role's credentials are known only once they were looked for, and nothing is to be said of a model without any.
      if status.active == .bedrock { try await backend.auth.requireCredentials() }
      for line in backend.connectors.banner(of: backend.sessions.defaults) { StandardError.write(line + "\n") }
      return try JSON(encoding: try await backend.runs.run(asked))
    }
    switch outcome {
    case .interrupted(let signal): return 128 + signal
    case .failed(let error): return tell(error)
    case .done(let result):
      let text = result["text"]?.string ?? ""
      let line = options.json ? result.text + "\n" : text.hasSuffix("\n") ? "" : "\n"
      let written = Descriptor.write(Array(line.utf8), to: output)
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
    let backend = try backend(sink: SilentSink(), client: .nobody, asker: TerminalAsker())
    let outbox = makeOutbox()
    let (_, _, router) = conversation(backend, outbox: outbox, sink: OutboxSink(outbox: outbox), client: .nobody)
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
