internal import OperatingSystem

/// A shell command in somebody else's terminal, from its start until the terminal is let go.
struct TerminalCommand {
  /// What to run.
  let order: TerminalOrder
  /// How long it may take.
  let timeoutMs: Int
  let time: TimeSource

  /// Runs it in one of these terminals; `nil` where there is none, so that it has not been run.
  ///
  /// - Throws: A ``ToolError`` when nobody said in time whether it was started.
  func run(
    in terminals: any CommandTerminals, for call: CommandCall
  ) async throws(ToolError) -> CommandProcess.Result? {
    let opening = Promise<Opened>()
    let asking = Task { [order] in opening.set(Opened(terminal: await terminals.open(order, for: call))) }
    guard let opened = await time.limited(to: ToolLimits.editorWorkMs, { await opening.wait() }) ?? nil else {
      // It may come yet: then it is not wanted any more, and nobody waits for ever.
      Task {
        if await time.limited(to: ToolLimits.editorWorkMs, { await opening.wait() }) ?? nil == nil { asking.cancel() }
        guard let late = await opening.outcome().terminal else { return }
        _ = await close(late, kills: true)
      }
      guard !Task.isCancelled else { throw .cancelled }
      terminals.giveUpTerminals()
      throw ToolError(
        .failed,
        "The editor did not say within \(ToolLimits.editorWorkMs / 1_000) s whether it started the command in a terminal; "
          + "if it does so later, the command is ended.")
    }
    guard let terminal = opened.terminal else { return nil }
    let waited = await time.limited(to: timeoutMs) { Waited(exit: await exit(of: terminal)) }
    let end: ChildResult.End? = Task.isCancelled ? .cancelled : waited == nil ? .timedOut : nil
    let kills = end != nil || waited?.exit == nil
    // It is let go whatever happens, and nobody who cancelled waits long for that.
    let closing = Promise<Closed>()
    Task { closing.set(await close(terminal, kills: kills)) }
    let patience = end == .cancelled ? ToolLimits.commandCancelMs : 3 * ToolLimits.editorAnswerMs
    let closed = await Task { await time.limited(to: patience) { await closing.wait() ?? Closed() } }.value
    return CommandProcess.Result(of: closed?.output, end: end, exit: Self.exit(waited?.exit, closed?.output?.exit))
  }

  /// What opening a terminal brought.
  private struct Opened: Sendable {
    var terminal: (any CommandTerminal)?
  }

  /// What waiting for the end brought.
  private struct Waited: Sendable {
    var exit: TerminalExit?
  }

  /// What is left of a terminal.
  private struct Closed: Sendable {
    var output: TerminalOutput?
  }

  /// Waits for the end: the editor tells of it, or is asked again and again what there is, as long as it says that.
  private func exit(of terminal: any CommandTerminal) async -> TerminalExit? {
    if let exit = await terminal.exit() { return exit }
    var pause = ToolLimits.terminalLookMs
    while !Task.isCancelled, let output = await limited({ await terminal.output() }) ?? nil {
      if let exit = output.exit { return exit }
      guard (try? await time.sleep(pause)) != nil else { return nil }
      pause = min(2 * pause, ToolLimits.terminalLookMsMax)
    }
    return nil
  }

  /// How it ended by itself, as it was told of the end and later; `nil` when nobody knows.
  ///
  /// What is told later of a command that had to be killed, as there was no end to be had, is of that.
  private static func exit(_ told: TerminalExit?, _ later: TerminalExit?) -> TerminalExit? {
    guard let told else { return nil }
    return [told, later].lazy.compactMap(\.self).first { $0.status != nil || $0.signal != nil }
  }

  /// Ends a command, takes what it printed, and lets the terminal go.
  private func close(_ terminal: any CommandTerminal, kills: Bool) async -> Closed {
    if kills { await limited { await terminal.kill() } }
    let output = await limited { await terminal.output() } ?? nil
    await limited { await terminal.release() }
    return Closed(output: output)
  }

  @discardableResult
  private func limited<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value? {
    await time.limited(to: ToolLimits.editorAnswerMs, work)
  }
}

extension CommandProcess.Result {
  /// What a command in a terminal gave; `end` is why it was ended, `exit` how it ended by itself.
  fileprivate init(of output: TerminalOutput?, end: ChildResult.End?, exit: TerminalExit?) {
    var text = TerminalText()
    text.feed(Array((output?.text ?? "").utf8)[...])
    text.finish()
    let settled = text.take()
    var (kept, longer) = CommandProcess.keepers
    kept.append(settled[...])
    longer.append(settled[...])
    var remarks = text.remarks
    if output == nil { remarks.append("[the editor did not say what it printed]") }
    if output?.isCut == true { remarks.append("[the beginning of the output was not kept]") }
    var ending = end
    if ending == nil {
      if let status = exit?.status { ending = .exited(status) } else if exit?.signal != nil { ending = .signalled(0) }
    }
    self.init(
      end: ending, output: kept, longer: longer, remarks: remarks, leftBehind: 0, isStuck: false,
      signal: exit?.signal)
  }
}
