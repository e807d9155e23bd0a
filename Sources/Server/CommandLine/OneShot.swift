package import OperatingSystem
package import Protocol
internal import Providers

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
    if options.json { console.write(json: .object(["error": error.json])) }
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
    console.endText()
    if options.json {
      console.write(json: result ?? .object(["error": RPCError(.requestCancelled, "interrupted").json]))
    }
    if signal != CurrentProcess.brokenPipeSignal { console.say("wyn360: stopped by signal \(signal)") }
    return ExitStatus.signal(signal)
  }
}

// MARK: - A question

extension OneShot {
  /// Asks a model.
  package func ask(_ prompt: String, readsInput: Bool, of backend: Backend) -> Int32 {
    let status = backend.auth.known(backend.auth.active)
    if status.active == .anthropic, !status.authenticated, !options.json {
      let flaw = status.providers.first { $0.id == .anthropic }?.error.map { "Error: \($0)" }
      console.say(flaw ?? MissingKeyMessage.commandLine)
      return end(.failed)
    }
    let piped: String
    switch options.readsStdin ? read(isExpected: readsInput) : .text(nil) {
    case .interrupted(let signal): return interrupted(signal, nil)
    case .failed(let error): return tell(error)
    case .text(let bytes): piped = String(decoding: bytes ?? [], as: UTF8.self)
    }
    let words = [prompt, piped].filter { !$0.allSatisfy(\.isWhitespace) }
    guard !words.isEmpty else {
      let what = readsInput ? "the prompt is empty, and so is stdin" : "the prompt is empty"
      return tell(.invalidParams("there is nothing to ask: \(what)"))
    }
    let request = request(words.joined(separator: "\n\n"))
    let console = console
    let outcome = Once(control: control, output: output).wait {
      // A role's credentials are known only once they were looked for, and nothing is to be said of a model without any.
      if status.active == .bedrock || !status.authenticated { try await backend.auth.requireCredentials() }
      for line in backend.models.banner(of: backend.sessions.defaults) { console.say(line) }
      var request = request
      request.sessionId = try await goOn(of: backend)?.id
      return try JSON(encoding: try await backend.runs.run(request))
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .failed(let error): return tell(error)
    case .done(let result):
      console.endText()
      if options.json { console.write(json: result) }
      return end(of: result)
    }
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

  private func read(isExpected: Bool) -> PipedText.Reading {
    PipedText(input, control: control, console: console).read(
      isExpected: isExpected, firstByteMs: options.stdinMs == 0 ? nil : options.stdinMs)
  }

  private func request(_ prompt: String) -> AgentRun {
    var request = AgentRun(prompt: Prompt(prompt))
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
    let outcome = Once(control: control, output: output).wait {
      switch try handler.get() {
      case .now(let work):
        let done = try work(json)
        done.afterwards()
        return done.answer
      case .later(let work): return try await work(json)
      }
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
    case .failed(let error): return fail(error)
    case .done(let result):
      console.write(json: result)
      return method == AgentRun.method && result["stopReason"] != nil ? end(of: result) : end(.answered)
    }
  }

  /// Looks at stored sessions, or removes some.
  package func carryOut(_ command: SessionsCommand, of backend: Backend) -> Int32 {
    let wantsJSON = options.json
    let outcome = Once(control: control, output: output).wait {
      let (lines, json) = try await command.carryOut(of: backend)
      return wantsJSON ? json : .array(lines.map { .string($0) })
    }
    switch outcome {
    case .interrupted(let signal, let result): return interrupted(signal, result)
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
