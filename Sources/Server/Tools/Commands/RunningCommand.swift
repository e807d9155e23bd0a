internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// A command that goes on while the model does other things, and what it has printed since that was read last.
final class RunningCommand: Sendable {
  /// How it ended.
  enum End: Sendable {
    case over(ChildResult)
    /// It could not be started.
    case failed(ToolError)
  }

  /// What there is to tell of it.
  struct News: Sendable {
    /// What it has printed since it was read last, as a terminal shows it; a line that is not done may come again.
    var output: KeptOutput
    /// What of its bytes is no text.
    var remarks: [String]
    /// How it ended; `nil` while it goes on.
    var end: End?
  }

  fileprivate struct State {
    var text = TerminalText()
    /// What can change no more, and was not read.
    var settled = RunningCommand.keeper
    /// What still could change when it was read last.
    var shown: [UInt8] = []
    var end: End?
    /// Whether its end was read.
    var isRead = false
    /// Set at the next change.
    var change = Promise<Void>()
    var task: Task<Void, Never>?
  }

  /// The number it is called by.
  let number: Int
  /// The command's first line.
  let line: String
  private let state = Mutex(State())

  /// A command that was not started yet.
  init(_ number: Int, _ command: String) {
    self.number = number
    line = ToolPlan.firstLine(of: command)
  }

  private static var keeper: KeptOutput {
    KeptOutput(headMax: ToolLimits.backgroundHeadMax, tailMax: ToolLimits.backgroundTailMax)
  }

  /// What it is called in a list.
  var name: String { "\(number) (\(line))" }

  /// Whether it goes on.
  var goesOn: Bool { state.withLock { $0.end == nil } }

  /// How it ended, where nobody has read that yet.
  var unreadEnd: End? { state.withLock { $0.isRead ? nil : $0.end } }

  /// Starts it, on a thread of its own.
  func start(_ work: @escaping @Sendable (Cancellation) throws(ToolError) -> ChildResult) {
    let task = Task {
      let end: End
      do throws(ToolError) { end = .over(try await ToolThread.run(work)) } catch { end = .failed(error) }
      finish(end)
    }
    state.withLock { $0.task = task }
  }

  /// Ends it, soon.
  func stop() { state.withLock { $0.task }?.cancel() }

  /// Waits until it has ended, or has printed these words since it was read last, but no longer than that.
  func wait(until words: String?, atMost milliseconds: Int, _ time: TimeSource) async {
    _ = await time.limited(to: milliseconds) { [self] in
      while !Task.isCancelled {
        let change = state.withLock { state -> Promise<Void>? in
          if state.end != nil { return nil }
          if let words, state.holds(words) { return nil }
          return state.change
        }
        guard let change else { return }
        _ = await change.wait()
      }
    }
  }

  /// What there is to tell since this was asked last.
  func news() -> News {
    state.withLock { state in
      let rest = state.rest
      defer {
        (state.settled, state.shown) = (Self.keeper, rest)
        state.isRead = state.end != nil
      }
      var output = state.settled
      if let settled = output.whole {
        output = Self.keeper
        output.append(state.unseen(settled + rest))
      } else {
        output.append(rest[...])
      }
      return News(output: output, remarks: state.text.remarks, end: state.end)
    }
  }

  fileprivate func take(_ bytes: ArraySlice<UInt8>) {
    change { state in
      state.text.feed(bytes)
      state.settle()
    }
  }

  private func finish(_ end: End) {
    change { state in
      state.text.finish()
      state.settle()
      state.end = end
      state.task = nil
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let change = state.withLock { state in
      body(&state)
      defer { state.change = Promise() }
      return state.change
    }
    change.set(())
  }
}

extension RunningCommand.State {
  fileprivate mutating func settle() { settled.append(text.take()[...]) }

  /// What can still change, as it looks now.
  fileprivate var rest: [UInt8] {
    var ahead = text
    ahead.finish()
    return ahead.take()
  }

  /// An output less the whole lines of it that were shown when they still could change.
  fileprivate func unseen(_ output: [UInt8]) -> ArraySlice<UInt8> {
    let same = zip(output, shown).prefix { $0 == $1 }.count
    let end = output[..<same].lastIndex(of: Byte.newline).map { $0 + 1 } ?? 0
    return output[end...]
  }

  fileprivate func holds(_ words: String) -> Bool {
    let output = (settled.whole ?? Array(settled.text.utf8)) + rest
    return output[unseen(output).startIndex...].firstRange(of: Array(words.utf8)) != nil
  }
}

/// Takes what a command prints.
struct RunningCommandReader: ChildReader {
  let command: RunningCommand

  mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool {
    command.take(bytes)
    return true
  }

  func dueMs(now: Int) -> Int? { nil }

  mutating func turn(now: Int) {}
}

extension RunningCommand {
  /// What there is to tell of it, for the model.
  func outcome(_ mask: SecretMask, _ outputs: CommandOutputs?, in confinement: Confinement?) -> ToolOutcome {
    let news = news()
    var notes = news.remarks
    if news.output.count > ToolLimits.outputKeptMin, let outputs {
      notes.append("[this can be read on: read_file \(outputs.keep(mask.masked(news.output.text)))]")
    }
    var isError = false
    switch news.end {
    case nil: notes.append("[command \(number) goes on]")
    case .over(let result):
      notes += result.end.remark.map { ["[command \(number) has ended: \($0)]"] } ?? ["[command \(number) has ended]"]
      notes += result.remarks
      isError = result.end != .exited(0) && result.end != .cancelled
    case .failed(let error):
      notes.append(error.message)
      isError = true
    }
    var shown = KeptOutput()
    shown.append(Array(news.output.text.utf8)[...])
    if let remark = confinement?.remark(on: shown.text) { notes.append(remark) }
    return ToolOutcome(text: CommandText.joined(mask.masked(shown.text), notes), isError: isError)
  }
}
