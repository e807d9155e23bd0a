package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// One thing that a shell asks for: done, shown, and told by an exit status.
package struct OneShot {
  private let options: Options
  private let console: Console
  private let control: ControlPipe
  private let input: Descriptor
  private let output: Descriptor

  /// What those options ask for, over these descriptors.
  package init(
    options: Options, console: Console, control: ControlPipe, input: Descriptor, output: Descriptor
  ) {
    self.options = options
    self.console = console
    self.control = control
    self.input = input
    self.output = output
  }

  /// A text of ours on stdout.
  package func say(_ text: String) -> Int32 {
    console.write(text)
    return end(.answered)
  }

  /// Tells of a failure: a person on stderr, a program on stdout.
  package func tell(_ error: RPCError) -> Int32 {
    console.endText()
    if wantsJSON { console.write(json: .object(["error": error.json])) }
    let hint = error.data?["hint"]?.string.map { "\n\($0)" } ?? ""
    let status = ExitStatus.failure(error)
    console.say("Error: \(error.message)\(hint)\(status == .usage ? "\nSee wyn360 --help." : "")")
    return end(status)
  }

  /// The exit status, once all is written that there is.
  private func end(_ status: ExitStatus) -> Int32 {
    console.endText()
    switch console.failure {
    case nil: return status.rawValue
    // What a pipe's reader that went away means is told by the status alone, as by any program.
    case .brokenPipe?: return ExitStatus.signal(CurrentProcess.brokenPipeSignal)
    case let failure?:
      console.say("Error: stdout cannot be written: \(failure.text)")
      return ExitStatus.failed.rawValue
    }
  }

  /// The end by a signal, with what had come of the work.
  private func interrupted(_ signal: Int32, _ result: JSON?) -> Int32 {
    // Who is told to end does not wait for a reader.
    guard console.isFree || signal == CurrentProcess.brokenPipeSignal else { return ExitStatus.signal(signal) }
    console.endText()
    if wantsJSON {
      console.write(json: result ?? .object(["error": RPCError(.requestCancelled, "interrupted").json]))
    }
    if signal != CurrentProcess.brokenPipeSignal { console.say("wyn360: stopped by signal \(signal)") }
    return ExitStatus.signal(signal)
  }

  /// The end by `--timeout`.
  private func timedOut() -> Int32 {
    guard console.isFree else { return ExitStatus.timedOut.rawValue }
    console.endText()
    let seconds = (options.timeoutMs ?? 0) / 1_000
    let error = RPCError(
      .requestFailed, "stopped by --timeout: it was not done within \(seconds) s",
      data: FailureData(kind: .timeout, retryable: true).json)
    if wantsJSON { console.write(json: .object(["error": error.json])) }
    console.say("wyn360: \(error.message)")
    return end(.timedOut)
  }

  /// Whether a program reads what came of it.
  private var wantsJSON: Bool { options.json || options.events }

  private func wait(for work: @escaping @Sendable () async throws -> JSON) -> Once.Outcome {
    Once(control: control, output: output).wait(limitMs: options.timeoutMs, for: work)
  }
}

// MARK: - A look around

extension OneShot {
  /// Shows what a look found; a prompt that would fail is a failure.
  package func tell(_ doctor: Doctor) -> Int32 {
    let found = Mutex(DoctorReport())
    let outcome = wait {
      let report = await doctor.report()
      found.withLock { $0 = report }
      return report.json
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .timedOut: return timedOut()
    case .failed(let error): return tell(error)
    case .done(let json):
      let report = found.withLock(\.self)
      if options.json { console.write(json: json) } else { console.write(report.text) }
      return end(report.isReady ? .answered : .failed)
    }
  }
}

// MARK: - A question

extension OneShot {
  /// Asks a model.
  package func ask(_ prompt: String, readsInput: Bool, of backend: Backend) -> Int32 {
    let status = backend.auth.known(backend.auth.active)
    if !wantsJSON, tellsOfMissingKey(status) { return end(.failed) }
    let parts: PromptParts
    switch PromptParts.gather(options, input: input, control: control, for: backend.sessions.defaults.provider) {
    case .interrupted(let signal): return interrupted(signal, nil)
    case .failed(let error): return tell(error)
    case .parts(let gathered): parts = gathered
    }
    let piped: String
    switch ContradictingOptions(options: options).leaveStdin ? .text(nil) : read(isExpected: readsInput) {
    case .interrupted(let signal): return interrupted(signal, nil)
    case .failed(let error): return tell(error)
    case .text(let bytes): piped = String(decoding: bytes ?? [], as: UTF8.self)
    }
    let words = [prompt, piped].filter { !$0.allSatisfy(\.isWhitespace) }
    guard !words.isEmpty else {
      let what = readsInput ? "the prompt is empty, and so is stdin" : "the prompt is empty"
      return tell(.invalidParams("there is nothing to ask: \(what)"))
    }
    var request = request(parts.blocks + [.text(words.joined(separator: "\n\n"))])
    request.outputSchema = parts.schema
    let (asked, console, folders) = (request, console, parts.folders)
    let outcome = wait {
      // A role's credentials are known only once they were looked for, and nothing is to be said of a model without any.
      if status.active == .bedrock || !status.authenticated { try await backend.auth.requireCredentials() }
      for line in backend.models.banner(of: backend.sessions.defaults) { console.say(line) }
      var asked = asked
      asked.sessionId = try await goOn(of: backend)?.id
      return try JSON(encoding: try await backend.runs.run(try Self.placed(asked, with: folders, in: backend.sessions)))
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .timedOut: return timedOut()
    case .failed(let error): return tell(error)
    case .done(let result):
      console.endText()
      if !wantsJSON, let output = result["output"] { console.write(json: output) }
      let failure = write(result, to: parts.output)
      if wantsJSON { console.write(json: result) }
      if let failure { console.say("Error: \(failure.message)") }
      let status = end(of: result)
      return failure == nil || status != ExitStatus.answered.rawValue ? status : ExitStatus.failed.rawValue
    }
  }

  /// A question in a session that works in these folders, too.
  private static func placed(_ request: AgentRun, with folders: [String], in sessions: Sessions) throws(Failure)
    -> AgentRun
  {
    guard !folders.isEmpty else { return request }
    var (request, set) = (request, SessionOptions())
    set.additionalDirectories = folders
    request.sessionId = try sessions.makeSession(set).id
    return request
  }

  /// Writes what the model said last to a file, where there is one and something was said: of a value all or nothing.
  private func write(_ result: JSON, to file: OutputFile?) -> FileFailure? {
    let last = options.outputSchema == nil ? result["text"]?.string : result["output"]?.text
    guard let file, let said = last, !said.allSatisfy(\.isWhitespace) else { return nil }
    do throws(FileFailure) {
      try file.write(Array((said.hasSuffix("\n") ? said : said + "\n").utf8))
      return nil
    } catch {
      return error
    }
  }

  /// Talks to a person in a session that is set up as options say, with these commands.
  package func chat(of backend: Backend, commands: [any CommandSource]) -> Int32 {
    if tellsOfMissingKey(backend.auth.known(backend.auth.active)) { return end(.failed) }
    let parts: PromptParts
    switch PromptParts.gather(options, input: input, control: control, for: backend.sessions.defaults.provider) {
    case .interrupted(let signal): return interrupted(signal, nil)
    case .failed(let error): return tell(error)
    case .parts(let gathered): parts = gathered
    }
    let begun = Mutex<Session?>(nil)
    let (options, folders) = (options, parts.folders)
    let outcome = wait {
      for line in backend.models.banner(of: backend.sessions.defaults) { console.say(line) }
      let known = try await goOn(of: backend)
      let session = try known ?? backend.sessions.makeSession(Self.setUp(options, folders))
      if known != nil { _ = session.change { $0.merge(Self.setUp(options, [])) } }
      begun.withLock { $0 = session }
      return .null
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .timedOut: return timedOut()
    case .failed(let error): return tell(error)
    case .done:
      guard let session = begun.withLock(\.self) else { return end(.failed) }
      let chat = Chat(
        in: session, of: backend, commands: commands, options: options, console: console, control: control,
        input: input,
        output: output)
      let status = chat.run()
      return status == ExitStatus.answered.rawValue ? end(.answered) : status
    }
  }

  private static func setUp(_ options: Options, _ folders: [String]) -> SessionOptions {
    var setUp = SessionOptions()
    (setUp.model, setUp.system, setUp.maxTokens) = (options.model, options.system, options.maxTokens)
    (setUp.thinking, setUp.effort, setUp.tools) = (options.thinking, options.effort, options.tools)
    (setUp.budget, setUp.additionalDirectories) = (options.budget, folders.isEmpty ? nil : folders)
    return setUp
  }

  /// The stored session that was named, or is the folder's last; `nil` where a new one is to begin.
  private func goOn(of backend: Backend) async throws(Failure) -> Session? {
    guard options.session != nil || options.continuesLast else { return nil }
    guard backend.sessions.store != nil else {
      throw .invalidParams("sessions are kept nowhere; name a folder with --sessions DIR or WYN360_SESSIONS")
    }
    let session: Session
    if let name = options.session {
      session = try backend.sessions.load(name, making: SessionOptions())
    } else {
      let folder = backend.engine.place.folder ?? "/"
      guard let last = try await backend.sessions.last(about: folder) else {
        throw .invalidParams("no stored session is about '\(folder)'; leave --continue out to begin one")
      }
      session = try backend.sessions.load(last.sessionId)
    }
    if let provider = options.provider, provider != session.info.provider {
      _ = session.change { $0.provider = provider }
    }
    return session
  }

  private func tellsOfMissingKey(_ status: AuthStatus.Response) -> Bool {
    guard status.active == .anthropic, !status.authenticated else { return false }
    let flaw = status.providers.first { $0.id == .anthropic }?.error.map { "Error: \($0)" }
    console.say(flaw ?? MissingKeyMessage.commandLine)
    return true
  }

  private func read(isExpected: Bool) -> PipedText.Reading {
    PipedText(input, control: control, console: console).read(
      isExpected: isExpected, firstByteMs: options.stdinMs == 0 ? nil : options.stdinMs)
  }

  private func request(_ blocks: [ContentBlock]) -> AgentRun {
    var request = AgentRun(prompt: Prompt(blocks: blocks))
    request.model = options.model
    request.system = options.system
    request.maxTokens = options.maxTokens
    request.maxTurns = options.maxTurns
    request.thinking = options.thinking
    request.effort = options.effort
    request.tools = options.tools
    request.budget = options.budget
    return request
  }

  /// The status that a run's result means, and a line for what is no whole answer.
  private func end(of result: JSON) -> Int32 {
    guard let run = try? result.decode(RunResult.self) else { return end(.answered) }
    let ending = AnswerEnding(run)
    if let line = ending.line { console.say("wyn360: \(line)") }
    return end(ending.status)
  }
}

// MARK: - A method

extension OneShot {
  /// Calls a method with params as they were given; `-` for what stdin holds.
  package func call(_ method: String, params: String?, of router: Router) -> Int32 {
    var bytes = Array((params ?? "{}").utf8)
    if params == "-" {
      switch read(isExpected: true) {
      case .interrupted(let signal): return interrupted(signal, nil)
      case .failed(let error): return fail(error)
      case .text(let piped): bytes = piped ?? []
      }
    }
    let json: JSON
    do throws(JSONSyntaxError) {
      json = try JSON.parse(bytes)
    } catch {
      return tell(.invalidParams("the params are not JSON: \(error.reason) at byte \(error.offset)"))
    }
    let handler = Result { () throws(RPCError) in try router.handler(of: method) }
    let outcome = wait {
      let done =
        switch try handler.get() {
        case .now(let work): work(json)
        case .later(let work): await work(json)
        }
      done.afterwards()
      return try done.answer.get()
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .timedOut: return timedOut()
    case .failed(let error): return fail(error)
    case .done(let result):
      console.write(json: result)
      return method == AgentRun.method && result["stopReason"] != nil ? end(of: result) : end(.answered)
    }
  }

  /// Looks at stored sessions, or removes some.
  package func carryOut(_ command: SessionsCommand, of backend: Backend) -> Int32 {
    let wantsJSON = options.json
    let outcome = wait {
      let (lines, json) = try await command.carryOut(of: backend)
      return wantsJSON ? json : .array(lines.map { .string($0) })
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .timedOut: return timedOut()
    case .failed(let error): return tell(error)
    case .done(let result):
      if wantsJSON {
        console.write(json: result)
      } else {
        for line in result.array ?? [] { console.write((line.string ?? "") + "\n") }
      }
      return end(.answered)
    }
  }

  /// Tells of a method's failure, which is JSON in any case.
  private func fail(_ error: RPCError) -> Int32 {
    if options.json { console.write(json: .object(["error": error.json])) } else { console.say(error.json.text) }
    return end(.failure(error))
  }
}
