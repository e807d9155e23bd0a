package import OperatingSystem
internal import Protocol
internal import Synchronization

/// Sends events down the pipe as `session/update`s.
///
/// Only sessions that the client opened in this protocol are told of: clients pass over the others, or worse.
package final class ACPSink: EventSink {
  private struct State {
    var client = ACPClient()
    var sessions: [String: ACPProgress] = [:]
    var told: ACPTold?
    /// Whether the client has called a method of the native dialect, and so reads its events.
    var isNative = false
    /// Whether the client was warned that its answers are none.
    var isWarned = false
  }

  private let outbox: Outbox
  private let time: TimeSource
  private let state = Mutex(State())

  /// Sends into that outbox.
  package init(outbox: Outbox, time: TimeSource) {
    self.outbox = outbox
    self.time = time
  }

  /// What the client said that it can do.
  var client: ACPClient {
    get { state.withLock { $0.client } }
    set { state.withLock { $0.client = newValue } }
  }

  /// From now on changes of sessions are told, too.
  func tellChanges(_ told: ACPTold) { state.withLock { $0.told = told } }

  /// From now on events of sessions that were not opened in this protocol go to the client, too.
  func speaksNatively() { state.withLock { $0.isNative = true } }

  /// Takes note that the client knows a session, and what its options are.
  func opened(_ session: Session, _ mode: PermissionMode, _ options: [ACPOption]) {
    let info = session.info
    state.withLock { state in
      var progress = state.sessions[session.id] ?? ACPProgress(client: state.client)
      _ = progress.changes(info, mode: mode, options: options)
      state.sessions[session.id] = progress
    }
  }

  /// Whether the client knows a session.
  func knows(_ id: String) -> Bool { state.withLock { $0.sessions[id] != nil } }

  /// Whether this is a session's first prompt since it was opened.
  func isFirstPrompt(of id: String) -> Bool {
    state.withLock { state in
      guard state.sessions[id]?.knowsCommands == false else { return false }
      state.sessions[id]?.knowsCommands = true
      return true
    }
  }

  /// Takes note of how much the model of a session reads.
  func measure(_ window: Int?, of id: String) { state.withLock { $0.sessions[id]?.window = window } }

  /// The client has cancelled what goes on in a session, and answers as cancelled what it was asked about it.
  func cancelled(_ id: String) { state.withLock { $0.sessions[id]?.isCancelled = true } }

  /// Whether the client has cancelled what goes on in a session.
  func isCancelled(_ id: String) -> Bool { state.withLock { $0.sessions[id]?.isCancelled == true } }

  /// Forgets a session.
  func forget(_ id: String) { state.withLock { $0.sessions[id] = nil } }

  package func send(_ batch: [SessionEvent]) {
    guard let first = batch.first else { return }
    let now = time.monotonic()
    let isForeign = state.withLock { state in
      guard let place = state.sessions.index(forKey: first.sessionId) else { return state.isNative }
      enqueue(state.sessions.values[place].updates(for: batch, at: now), in: first.sessionId)
      return false
    }
    guard isForeign else { return outbox.flush() }
    outbox.send { sink in
      for event in batch { sink.message { EventWriter.write(event, behindUnderscore: true, to: &$0) } }
    }
  }

  package func tell(_ event: ServerEvent) {
    let (told, client) = state.withLock { ($0.told, $0.client) }
    switch event {
    case .sessionUpdated(let info):
      guard knows(info.sessionId), let (mode, options) = told?.now(info.sessionId, client) else { return }
      measure(told?.window(info.sessionId), of: info.sessionId)
      change(info.sessionId) { $0.changes(info, mode: mode, options: options) }
    case .mcpServerChanged(let change):
      // A server's prompts are commands while it is there.
      guard knows(change.sessionId), change.server.state != .starting, let update = told?.commands(change.sessionId)
      else { return }
      tell([update], in: change.sessionId)
    default: break
    }
  }

  /// Warns, once, of answers to permission questions that are none.
  func warnOfAnswers(in sessionId: String) {
    let isFirst = state.withLock { state in
      defer { state.isWarned = true }
      return !state.isWarned
    }
    guard isFirst else { return }
    change(sessionId) {
      $0.warning("An answer to a question was none of those that it named, and was taken for a refusal")
    }
  }

  /// Has the client show a command on a screen.
  func show(_ screen: ACPProgress.Screen, for call: CommandCall) {
    change(call.sessionId) { $0.show(screen, of: call.callId) }
  }

  /// Tells how a command that is on a display ended.
  func endDisplay(of call: CommandCall, status: Int?, signal: Int?) {
    change(call.sessionId) { $0.endDisplay(of: call.callId, status: status, signal: signal) }
  }

  private func change(_ sessionId: String, _ work: (inout ACPProgress) -> [ACPProgress.Update]) {
    state.withLock { state in
      guard let place = state.sessions.index(forKey: sessionId) else { return }
      enqueue(work(&state.sessions.values[place]), in: sessionId)
    }
    outbox.flush()
  }

  /// Sends updates of a session.
  func tell(_ updates: [ACPProgress.Update], in sessionId: String) {
    enqueue(updates, in: sessionId)
    outbox.flush()
  }

  /// Queues updates of a session; most of what is no text has no form here.
  ///
  /// What rests on what was told is queued under the lock it was found out under: a call that has failed never goes on.
  private func enqueue(_ updates: [ACPProgress.Update], in sessionId: String) {
    guard !updates.isEmpty else { return }
    outbox.enqueue { sink in
      for update in updates { sink.message { update.write(of: sessionId, to: &$0) } }
    }
  }

  package var isBehind: Bool { outbox.isBehind }

  package func room() async { await outbox.room() }
}

/// Looks up what of a session is told when it has changed.
struct ACPTold: Sendable {
  /// The mode and the options of the session of that name; `nil` when it is gone.
  let now: @Sendable (_ sessionId: String, _ client: ACPClient) -> (PermissionMode, [ACPOption])?
  /// How much the model of the session of that name reads; `nil` when nobody knows.
  let window: @Sendable (_ sessionId: String) -> Int?
  /// The commands of the session of that name; `nil` when it is gone.
  let commands: @Sendable (_ sessionId: String) -> ACPProgress.Update?
}
