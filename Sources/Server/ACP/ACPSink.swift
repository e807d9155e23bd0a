package import OperatingSystem
internal import Protocol
internal import Synchronization

/// Sends events down the pipe as `session/update`s.
///
/// Only sessions that the client opened in this protocol are told of: clients pass over the others, or worse.
package final class ACPSink: EventSink {
  private struct State {
    var sessions: [String: ACPProgress] = [:]
    var options: ACPOptions?
    /// Whether the client has called a method of the native dialect, and so reads its events.
    var isNative = false
  }

  private let outbox: Outbox
  private let time: TimeSource
  private let state = Mutex(State())

  /// Sends into that outbox.
  package init(outbox: Outbox, time: TimeSource) {
    self.outbox = outbox
    self.time = time
  }

  /// What can be chosen in sessions, to be told when it has changed.
  var options: ACPOptions? {
    get { state.withLock { $0.options } }
    set { state.withLock { $0.options = newValue } }
  }

  /// From now on events of sessions that were not opened in this protocol go to the client, too.
  func speaksNatively() { state.withLock { $0.isNative = true } }

  /// Takes note that the client knows a session, and what its options are.
  func opened(_ id: String, knowing title: String?, _ mode: JSON?, _ options: JSON?) {
    state.withLock { state in
      var progress = state.sessions[id] ?? ACPProgress()
      _ = progress.changes(title: title, mode: mode, options: options ?? .null)
      state.sessions[id] = progress
    }
  }

  /// Whether the client knows a session.
  func knows(_ id: String) -> Bool { state.withLock { $0.sessions[id] != nil } }

  /// Forgets a session.
  func forget(_ id: String) { state.withLock { $0.sessions[id] = nil } }

  package func send(_ batch: [SessionEvent]) {
    guard let first = batch.first else { return }
    let now = time.monotonic()
    let (updates, isNative) = state.withLock { state -> ([ACPProgress.Update]?, Bool) in
      guard state.sessions[first.sessionId] != nil else { return (nil, state.isNative) }
      return (batch.flatMap { state.sessions[first.sessionId]?.updates(for: $0, at: now) ?? [] }, false)
    }
    // Most of what is no text has no form here.
    guard isNative || updates?.isEmpty == false else { return }
    outbox.send { sink in
      for update in updates ?? [] { sink.message { update.write(of: first.sessionId, to: &$0) } }
      guard isNative else { return }
      for event in batch {
        var message = EventWriter.json(event).object ?? JSONObject()
        message["method"] = message["method"]?.string.map { .string("_" + $0) }
        sink.message { $0.write(.object(message)) }
      }
    }
  }

  package func tell(_ event: ServerEvent) {
    guard case .sessionUpdated(let info) = event, let options,
      state.withLock({ $0.sessions[info.sessionId] != nil }),
      let session = try? options.backend.sessions.session(info.sessionId)
    else { return }
    let (modes, all) = (options.modes(of: session), options.all(of: session))
    let updates = state.withLock { state in
      state.sessions[info.sessionId]?.changes(title: info.title, mode: modes["currentModeId"], options: all) ?? []
    }
    tell(updates, in: info.sessionId)
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
    let updates = state.withLock { state -> [ACPProgress.Update] in
      guard var progress = state.sessions[sessionId] else { return [] }
      defer { state.sessions[sessionId] = progress }
      return work(&progress)
    }
    guard !updates.isEmpty else { return }
    outbox.send { sink in
      for update in updates { sink.message { update.write(of: sessionId, to: &$0) } }
    }
  }

  /// Sends updates, by their kinds.
  func tell(_ updates: [(kind: String, update: JSONObject)], in sessionId: String) {
    guard !updates.isEmpty else { return }
    outbox.send { sink in
      for (kind, update) in updates {
        sink.message { ACPProgress.Update.other(kind, update).write(of: sessionId, to: &$0) }
      }
    }
  }

  package var isBehind: Bool { outbox.isBehind }

  package func room() async { await outbox.room() }
}
