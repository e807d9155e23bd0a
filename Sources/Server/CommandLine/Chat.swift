package import OperatingSystem
internal import Protocol
internal import Synchronization

/// A conversation at a terminal: what is typed is a prompt, or a command that begins with a slash.
///
/// Nothing steers the terminal, neither what comes from elsewhere nor what is ours: all that is shown is text in lines,
/// whatever the terminal can do. An interrupt ends what goes on, and a second one the conversation.
package struct Chat {
  private let backend: Backend
  private let session: Session
  private let words: ChatWords
  private let maxTurns: Int?
  private let console: Console
  private let control: ControlPipe
  private let input: Descriptor
  private let output: Descriptor
  private let reader: LineReader

  /// What was typed, as far as it was read.
  private struct Typed: Sendable {
    var lines: [String] = []
    var isAtEnd = false
  }

  /// How waiting for something went.
  private struct Waited<Value: Sendable> {
    /// What came of it; `nil` where it was not waited for to its end.
    var value: Value?
    /// The signal that came meanwhile.
    var signal: Int32?
  }

  /// A conversation in that session, with these commands beside its own, over a terminal's descriptors.
  package init(
    in session: Session, of backend: Backend, commands: [any CommandSource], options: Options, console: Console,
    control: ControlPipe, input: Descriptor, output: Descriptor
  ) {
    (self.session, self.backend, self.console, self.control) = (session, backend, console, control)
    (self.input, self.output, maxTurns) = (input, output, options.maxTurns)
    words = ChatWords(session: session, backend: backend, sources: commands)
    reader = LineReader(input)
  }

  /// Talks until the person leaves.
  ///
  /// - Returns: The exit status.
  package func run() -> Int32 {
    let (model, past) = (session.info.model, session.info.exchanges)
    let after = past == 0 ? "" : ", after \(past) exchange\(past == 1 ? "" : "s")"
    console.say("wyn360: \(model) answers\(after); /help lists what can be typed, Ctrl-D leaves")
    var typed = Typed()
    var isWarned = false
    while true {
      let read = read(&typed)
      guard let text = read.value else { return ExitStatus.signal(read.signal ?? CurrentProcess.interruptSignal) }
      if read.signal != nil {
        // The terminal shows the key and stays in the line.
        output.write([Byte.newline])
        if isWarned { return ExitStatus.signal(CurrentProcess.interruptSignal) }
        isWarned = true
        console.say("(once more leaves)")
        continue
      }
      isWarned = false
      guard let text else {
        output.write([Byte.newline])
        return ExitStatus.answered.rawValue
      }
      if let status = take(text) { return status }
      if console.failure != nil { return ExitStatus.failed.rawValue }
    }
  }
}

// MARK: - Reading

extension Chat {
  /// What is typed next: a command, or a prompt of as many lines as came at once, or were told to go on by a backslash; the
  /// inner `nil` is the end of input.
  private func read(_ typed: inout Typed) -> Waited<String?> {
    var text = ""
    while true {
      if typed.lines.isEmpty, !typed.isAtEnd {
        output.write(Array((console.hold() + (text.isEmpty ? "> " : "… ")).utf8))
        let (reader, input) = (reader, input)
        let waited = wait { await Self.lines(from: reader, at: input) }
        console.goOn()
        guard let read = waited.value, waited.signal == nil else { return Waited(value: "", signal: waited.signal) }
        typed = read
      }
      guard !typed.lines.isEmpty else { return Waited(value: text.isEmpty ? .some(nil) : text) }
      if text.isEmpty, words.isCommand(typed.lines[0]) { return Waited(value: typed.lines.removeFirst()) }
      while !typed.lines.isEmpty, !words.isCommand(typed.lines[0]) { text += typed.lines.removeFirst() + "\n" }
      guard text.hasSuffix("\\\n"), typed.lines.isEmpty, !typed.isAtEnd else { return Waited(value: text) }
      text = text.dropLast(2) + "\n"
    }
  }

  /// A line, and those that came with it: what is pasted is one prompt.
  private static func lines(from reader: LineReader, at input: Descriptor) async -> Typed {
    let read = try? await ToolThread.run { cancellation throws(ToolError) in
      var typed = Typed()
      repeat {
        switch reader.next(cancellation) {
        case .line(let line): typed.lines.append(line)
        case .end: typed.isAtEnd = true
        case .cancelled: return typed
        }
      } while !typed.isAtEnd && reader.hasMore
      return typed
    }
    return read ?? Typed(isAtEnd: true)
  }

  /// Waits for some work, which the first interrupt cancels; a second one, and any other signal, are not waited out.
  private func wait<Value: Sendable>(for work: @escaping @Sendable () async -> Value) -> Waited<Value> {
    let (box, control) = (Box<Value>(), control)
    let task = Task {
      let value = await work()
      box.value.withLock { $0 = value }
      control.wake(.idle)
    }
    var interrupts = 0
    while true {
      let ready = Descriptor.poll(
        [Descriptor.Watch(control.readEnd, for: .readable), Descriptor.Watch(output)], milliseconds: nil)
      let wakes = control.take()
      interrupts += wakes.count { $0 == .interrupt }
      let end = ready[1].has(.failed) ? .hangUp : wakes.first { $0 == .hangUp || $0 == .terminate }
      if interrupts > 0 || end != nil { task.cancel() }
      if let end { return Waited(signal: Int32(end.rawValue)) }
      guard interrupts < 2 else { return Waited(signal: CurrentProcess.interruptSignal) }
      if let value = box.value.withLock({ $0 }) {
        return Waited(value: value, signal: interrupts > 0 ? CurrentProcess.interruptSignal : nil)
      }
    }
  }

  private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }
}

// MARK: - Answering

extension Chat {
  /// Does what was typed; a status where the conversation is over.
  private func take(_ text: String) -> Int32? {
    guard !text.allSatisfy(\.isWhitespace) else { return nil }
    console.begin()
    guard words.isCommand(text) else { return ask(Prompt(blocks: [.text(String(text.dropLast()))])) }
    if words.leaves(text) { return ExitStatus.answered.rawValue }
    let words = words
    let waited = wait { await Result { try await words.carryOut(text) } }
    switch waited.value {
    case nil: return ExitStatus.signal(waited.signal ?? CurrentProcess.interruptSignal)
    case .failure(let error)?: tell(error, isStopped: waited.signal != nil)
    case .success(.said(let text))?: say(text)
    case .success(.compacted(let exchanges, _))?:
      console.say("• a summary stands for \(exchanges) exchange\(exchanges == 1 ? "" : "s")")
    case .success(.prompt(let prompt))?: return ask(prompt)
    }
    return nil
  }

  private func ask(_ prompt: Prompt) -> Int32? {
    var request = AgentRun(prompt: prompt)
    request.sessionId = session.id
    request.maxTurns = maxTurns
    let (runs, asked) = (backend.runs, request)
    let waited = wait { await Result { try await runs.run(asked) } }
    if waited.signal != nil {
      // The terminal shows the key, and stays in the line.
      _ = console.hold()
      output.write([Byte.newline])
      console.goOn()
    }
    console.endText()
    switch waited.value {
    case nil: return ExitStatus.signal(waited.signal ?? CurrentProcess.interruptSignal)
    case .failure(let error)?: tell(error, isStopped: waited.signal != nil)
    case .success(let result)?:
      if let line = AnswerEnding(result).line { console.say("wyn360: \(line)") }
    }
    return nil
  }

  private func say(_ text: String) {
    console.write(text)
    console.endText()
  }

  private func tell(_ error: any Error, isStopped: Bool) {
    guard !isStopped else { return console.say("• stopped") }
    let told = ErrorMapping.rpcError(error)
    console.say("Error: \(told.message)\(told.data?["hint"]?.string.map { "\n\($0)" } ?? "")")
  }
}

extension Result where Failure == any Error {
  /// What came of some work.
  fileprivate init(_ work: () async throws -> Success) async {
    do { self = .success(try await work()) } catch { self = .failure(error) }
  }
}
