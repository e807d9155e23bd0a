package import Protocol

/// Something that happens in a run, before it has its number.
package enum Happening: Sendable, Hashable {
  /// What a piece of streamed text is part of.
  package enum DeltaKind: Sendable, Hashable {
    case text, thinking, toolInput
  }

  /// The run begins to ask that model.
  case started(model: String, provider: ProviderID)
  /// A piece of text: by far the most frequent, and written without detours.
  case delta(DeltaKind, index: Int, text: String)
  /// Anything else; its ids, `seq` and `at` are filled in when it is numbered.
  case event(RunEvent)
  /// The run is over.
  case completed(stopReason: StopReason?, error: JSON?, usage: Usage, turns: Int)

  /// The notification that says it.
  package var method: String {
    switch self {
    case .started: RunStarted.method
    case .delta, .event: RunEvent.method
    case .completed: RunCompleted.method
    }
  }

  /// The type of `run/event` that says it, when one does.
  package var kind: RunEvent.Kind? {
    switch self {
    case .started, .completed: nil
    case .delta(.text, _, _): .textDelta
    case .delta(.thinking, _, _): .thinkingDelta
    case .delta(.toolInput, _, _): .toolInputDelta
    case .event(let event): event.type
    }
  }
}

/// A happening that has its place in its session.
package struct NumberedHappening: Sendable, Hashable {
  /// The session.
  package var sessionId: String
  /// The run.
  package var runId: String
  /// The number in the session, from 1, without a gap.
  package var seq: Int
  /// When, in milliseconds since 1970.
  package var at: Int
  /// What happened.
  package var happening: Happening

  /// Writes the notification that says it.
  package func write(to writer: inout JSONWriter) {
    switch happening {
    case .delta(let kind, let index, let text):
      writer.raw(#"{"jsonrpc":"2.0","method":"run/event","params":{"sessionId":"#)
      writer.write(sessionId)
      writer.raw(#","runId":"#)
      writer.write(runId)
      writer.raw(#","seq":"#)
      writer.write(seq)
      writer.raw(#","at":"#)
      writer.write(at)
      switch kind {
      case .text: writer.raw(#","type":"textDelta","index":"#)
      case .thinking: writer.raw(#","type":"thinkingDelta","index":"#)
      case .toolInput: writer.raw(#","type":"toolInputDelta","index":"#)
      }
      writer.write(index)
      writer.raw(kind == .toolInput ? #","json":"# : #","text":"#)
      writer.write(text)
      writer.raw("}}")
    case .started(let model, let provider):
      let message = RunStarted(
        sessionId: sessionId, runId: runId, seq: seq, at: at, model: model, provider: provider)
      writer.write(notification: message)
    case .event(var event):
      (event.sessionId, event.runId, event.seq, event.at) = (sessionId, runId, seq, at)
      writer.write(notification: event)
    case .completed(let stopReason, let error, let usage, let turns):
      let message = RunCompleted(
        sessionId: sessionId, runId: runId, seq: seq, at: at, stopReason: stopReason, error: error, usage: usage,
        turns: turns)
      writer.write(notification: message)
    }
  }

  /// The notification that says it, as JSON.
  package var json: JSON {
    var writer = JSONWriter()
    write(to: &writer)
    return (try? JSON.parse(writer.bytes)) ?? .null
  }
}

extension JSONWriter {
  /// Writes a notification with its envelope.
  package mutating func write<Notification: NotificationMessage>(notification: Notification) {
    raw(#"{"jsonrpc":"2.0","method":"#)
    write(Notification.method)
    raw(#","params":"#)
    write((try? JSON(encoding: notification)) ?? .object(JSONObject()))
    raw("}")
  }
}

/// Where happenings go: the pipe, or a terminal.
package protocol EventSink: Sendable {
  /// Takes happenings of one run, in order; called with the session's lock held, so it must not call back.
  func send(_ batch: [NumberedHappening])
  /// Tells of something that belongs to no run.
  func tell(_ notification: some NotificationMessage)
  /// Whether the reader is behind, so that adjacent deltas should be merged.
  var isBehind: Bool { get }
  /// Waits until the reader has caught up far enough for more to be made.
  func room() async
}
