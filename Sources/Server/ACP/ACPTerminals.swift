internal import Protocol
internal import Synchronization

/// The editor's terminals, by `terminal/*`, or its displays of what commands print here.
final class ACPTerminals: CommandTerminals {
  private let peer: Peer
  private let events: ACPSink
  /// Whether the editor could not open one, or did not say so in time: it is not asked again.
  private let hasNone = Mutex(false)

  init(_ peer: Peer, _ events: ACPSink) {
    self.peer = peer
    self.events = events
  }

  func open(_ order: TerminalOrder, for call: CommandCall) async -> (any CommandTerminal)? {
    guard events.knows(call.sessionId) else { return nil }
    guard events.client.runsCommands, !hasNone.withLock({ $0 }) else {
      if events.client.showsCommands { events.show(.display(folder: order.folder), for: call) }
      return nil
    }
    let request = ACPTerminalCreate(
      sessionId: call.sessionId, command: order.program, args: order.arguments,
      env: order.variables.map { ACPTerminalCreate.Variable(name: $0.name, value: $0.value) }, cwd: order.folder,
      outputByteLimit: order.outputBytesMax)
    guard let id = (try? await peer.ask(request))?["terminalId"]?.string else {
      giveUpTerminals()
      return nil
    }
    events.show(.terminal(id), for: call)
    return ACPTerminal(peer: peer, sessionId: call.sessionId, id: id)
  }

  func giveUpTerminals() { hasNone.withLock { $0 = true } }

  func ended(_ call: CommandCall, status: Int?, signal: Int?) {
    guard events.client.showsCommands, events.knows(call.sessionId) else { return }
    events.endDisplay(of: call, status: status, signal: signal)
  }
}

/// One terminal of the editor's.
private struct ACPTerminal: CommandTerminal {
  let peer: Peer
  let sessionId: String
  let id: String

  func exit() async -> TerminalExit? {
    // Whoever waits no longer kills the terminal, or lets it go.
    let wait = ACPTerminalWait(sessionId: sessionId, terminalId: id)
    return (try? await peer.ask(wait, isAnsweredAnyway: { true })).map(Self.exit)
  }

  func output() async -> TerminalOutput? {
    guard let answer = try? await peer.ask(ACPTerminalOutput(sessionId: sessionId, terminalId: id)),
      let text = answer["output"]?.string
    else { return nil }
    let status = answer["exitStatus"].flatMap { $0.object == nil ? nil : Self.exit($0) }
    return TerminalOutput(text: text, isCut: answer["truncated"] == true, exit: status)
  }

  func kill() async { _ = try? await peer.ask(ACPTerminalKill(sessionId: sessionId, terminalId: id)) }

  func release() async { _ = try? await peer.ask(ACPTerminalRelease(sessionId: sessionId, terminalId: id)) }

  private static func exit(_ answer: JSON) -> TerminalExit {
    TerminalExit(status: answer["exitCode"]?.int, signal: answer["signal"]?.string)
  }
}
