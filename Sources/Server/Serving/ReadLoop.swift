package import OperatingSystem
internal import Protocol

/// The main thread: reads what the client sends, watches for every way a server may have to end, and ends it.
///
/// The ends (design: the table "End of input, signals, parent" of the specification): the end of input drains or cancels, a
/// signal, `exit` and a dead parent cancel, a closed stdout ends at once.
package struct ReadLoop: ~Copyable {
  /// What the loop works with.
  package struct Parts {
    /// Where messages come from.
    package var input: Descriptor
    /// Where answers go; watched for its reader's end.
    package var output: Descriptor
    /// What wakes the loop.
    package var control: ControlPipe
    /// Who takes the messages.
    package var connection: Connection
    /// Who sends the answers.
    package var outbox: Outbox
    package var runs: Runs
    /// The clocks.
    package var time: TimeSource
    /// Where to say what happens.
    package var log: Log
    /// How long a drain may take.
    package var drainMs: Int

    /// All the parts.
    package init(
      input: Descriptor, output: Descriptor, control: ControlPipe, connection: Connection, outbox: Outbox,
      runs: Runs, time: TimeSource, log: Log, drainMs: Int
    ) {
      self.input = input
      self.output = output
      self.control = control
      self.connection = connection
      self.outbox = outbox
      self.runs = runs
      self.time = time
      self.log = log
      self.drainMs = drainMs
    }
  }

  private enum Stage {
    case reading
    /// Everything read is being answered.
    case draining(deadline: Int)
    /// What runs was cancelled, and is being answered.
    case cancelling(deadline: Int)
    case over
  }

  private let parts: Parts
  private var framing: Framing
  private var stage = Stage.reading
  private var status: Int32 = 0
  private var parent: ProcessWatch?
  private var parentID: Int?
  private var styleIsKnown: Bool
  /// Whether anything came that was a message, and anything that was none.
  private var (hasMessage, hasGarbage) = (false, false)

  /// A loop that has read nothing.
  package init(_ parts: Parts, style: FramingStyle) {
    self.parts = parts
    framing = Framing(style: style)
    styleIsKnown = style != .auto
    if style != .auto { parts.connection.framingDecided(style) }
  }

  /// Reads until the end.
  ///
  /// - Returns: The exit status.
  package consuming func run() -> Int32 {
    var buffer = [UInt8](repeating: 0, count: ServerLimits.readBytes)
    while true {
      advance()
      if case .over = stage { break }
      let ready = wait()
      if ready.outputClosed { return abandon() }
      for wake in ready.wakes { take(wake) }
      if ready.parentGone { parentIsGone() }
      if ready.input { read(into: &buffer) }
    }
    parts.connection.answerAll(ErrorMapping.rpcError(.cancelled))
    _ = parts.outbox.drain(withinMs: ServerLimits.endMs)
    return status
  }
}

// MARK: - Waiting

extension ReadLoop {
  private struct Ready {
    var wakes: [Wake] = []
    var input = false
    var outputClosed = false
    var parentGone = false
  }

  private func wait() -> Ready {
    let found = Descriptor.poll(
      [
        Descriptor.Watch(parts.control.readEnd, for: .readable),
        // Nothing asked for still tells of a failure, like a reader that is gone.
        Descriptor.Watch(parts.output),
        Descriptor.Watch(wantsInput ? parts.input : nil, for: .readable),
        Descriptor.Watch(parent?.descriptor, for: .readable),
      ], milliseconds: timeout)
    var ready = Ready()
    if !found[0].isEmpty { ready.wakes = parts.control.take() }
    ready.outputClosed = found[1].has(.failed)
    ready.input = !found[2].isEmpty
    ready.parentGone = !found[3].isEmpty
    if let parent, parent.descriptor == nil, parent.isGone { ready.parentGone = true }
    return ready
  }

  private var wantsInput: Bool {
    if case .reading = stage { !parts.outbox.isFull } else { false }
  }

  private var timeout: Int? {
    var wait = Int.max
    switch stage {
    case .draining(let deadline), .cancelling(let deadline): wait = max(0, deadline - parts.time.monotonic())
    case .reading, .over: break
    }
    if let parent, parent.descriptor == nil { wait = min(wait, ServerLimits.parentPollMs) }
    return wait == Int.max ? nil : wait
  }
}

// MARK: - Reading

extension ReadLoop {
  private mutating func read(into buffer: inout [UInt8]) {
    let count: Int
    switch parts.input.read(into: &buffer) {
    case .bytes(let found): count = found
    case .nothing: return
    case .end, .failed: return inputEnded()
    }
    parts.connection.received(bytes: count)
    framing.feed(buffer.span.extracting(first: count))
    while let frame = framing.next(), parts.connection.handshake.exitStatus == nil { take(frame) }
    // Before it is told that it is begun with: the process may be gone the moment that its client hears so.
    watchParent()
    parts.outbox.flush()
  }

  private mutating func take(_ frame: Framing.Frame) {
    if framing.style != .auto, !styleIsKnown {
      styleIsKnown = true
      parts.connection.framingDecided(framing.style)
    }
    switch frame {
    case .problem(let reason): refuse(reason)
    case .tooLong(let beginning):
      hasMessage = true
      parts.connection.refuse(tooLong: Array(framing.buffer[beginning]))
    case .message(let range):
      do throws(JSONSyntaxError) {
        let json = try JSON.parse(framing.buffer.span.extracting(range), depthMax: ServerLimits.depthMax)
        hasMessage = true
        parts.connection.receive(json)
      } catch {
        take(unreadable: range, "\(error.reason) (at byte \(error.offset) of the message)")
      }
    }
  }

  /// A text with halves of characters, as some languages cut strings, can be read as what it was meant to be; another cannot.
  private mutating func take(unreadable range: Range<Int>, _ reason: String) {
    let text = Array(framing.buffer[range])
    if let json = try? JSON.parse(text, depthMax: ServerLimits.depthMax, loneSurrogates: .replace) {
      hasMessage = true
      return parts.connection.receive(json, flaw: reason)
    }
    refuse(reason, text: text)
    framing.lastMessageWasBroken(range)
  }

  /// Answers what is no message; whoever has sent none at all may have meant to ask a question.
  private mutating func refuse(_ reason: String, text: [UInt8] = []) {
    hasGarbage = true
    let reason = hasMessage ? reason : "\(reason); to ask a question, type: wyn360 - < FILE"
    parts.connection.refuse(reason, text: text)
  }

  private mutating func inputEnded() {
    if let frame = framing.finish() { take(frame) }
    parts.connection.inputEnded()
    parts.outbox.flush()
    let isScript = framing.style != .headers
    switch parts.connection.handshake.endOfInput ?? (isScript ? .drain : .cancel) {
    case .drain:
      parts.log.info("the input has ended; answering what was asked")
      stage = .draining(deadline: parts.time.monotonic() + parts.drainMs)
    case .cancel: cancel(status: parts.connection.handshake.isShutDown || isScript ? 0 : 1)
    }
  }

  private mutating func watchParent() {
    guard let id = parts.connection.handshake.parent, id != parentID else { return }
    parentID = id
    parent = ProcessWatch(process: id)
    if parent == nil { parts.log.info("there is no process \(id) here; its end is not waited for") }
  }
}

// MARK: - Ending

extension ReadLoop {
  /// Goes to the next stage when this one has done its work or taken too long.
  private mutating func advance() {
    if case .reading = stage, let status = parts.connection.handshake.exitStatus { cancel(status: status) }
    let isIdle = parts.connection.peer.count == 0 && parts.runs.isIdle
    let now = parts.time.monotonic()
    switch stage {
    case .reading, .over: break
    case .draining(let deadline):
      if isIdle {
        if hasGarbage, !hasMessage { status = 1 }
        stage = .over
      } else if now >= deadline {
        cancel(status: 1)
      }
    case .cancelling(let deadline): if isIdle || now >= deadline { stage = .over }
    }
  }

  private mutating func cancel(status: Int32) {
    if case .cancelling = stage { return }
    self.status = status
    stage = .cancelling(deadline: parts.time.monotonic() + ServerLimits.endMs)
    parts.runs.cancelAll { parts.connection.peer.cancelAll() }
  }

  private mutating func take(_ wake: Wake) {
    switch wake {
    case .hangUp, .interrupt, .terminate:
      parts.log.info("ending, as signal \(wake.rawValue) asks")
      cancel(status: 128 + Int32(wake.rawValue))
    case .outputClosed: stage = .over
    case .idle, .drained: break
    }
  }

  private mutating func parentIsGone() {
    parent = nil
    parts.log.info("ending, as the process \(parentID ?? 0) is gone")
    cancel(status: 1)
  }

  /// Ends without answers, as nobody reads them.
  private func abandon() -> Int32 {
    parts.runs.cancelAll { parts.connection.peer.cancelAll() }
    return 1
  }
}
