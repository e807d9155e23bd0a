package import Protocol

/// Writes events as notifications of the native dialect.
package enum EventWriter {
  /// Writes the notification that tells of an event; other dialects have its method behind an underscore.
  package static func write(
    _ numbered: SessionEvent, behindUnderscore isNested: Bool = false, to writer: inout JSONWriter
  ) {
    switch numbered.event {
    case .delta(let kind, let index, let text): write(kind, index, text, numbered, isNested, to: &writer)
    case .started(let model, let provider):
      writer.write(
        notification: RunStarted(
          sessionId: numbered.sessionId, runId: numbered.runId, seq: numbered.seq, at: numbered.at, model: model,
          provider: provider), behindUnderscore: isNested)
    case .completed(let end):
      writer.write(
        notification: RunCompleted(
          sessionId: numbered.sessionId, runId: numbered.runId, seq: numbered.seq, at: numbered.at,
          stopReason: end.stopReason, error: end.failure.map { ErrorMapping.rpcError($0).json }, usage: end.usage,
          turns: end.turns), behindUnderscore: isNested)
    default:
      guard let type = kind(of: numbered.event) else { return }
      var event = RunEvent(
        sessionId: numbered.sessionId, runId: numbered.runId, seq: numbered.seq, at: numbered.at, type: type)
      fill(&event, from: numbered.event)
      writer.write(notification: event, behindUnderscore: isNested)
    }
  }

  /// The notification that tells of an event, as JSON.
  package static func json(_ event: SessionEvent) -> JSON {
    var writer = JSONWriter()
    write(event, to: &writer)
    return (try? JSON.parse(writer.bytes)) ?? .null
  }

  /// The notification's method.
  static func method(of event: AgentEvent) -> String {
    switch event {
    case .started: RunStarted.method
    case .completed: RunCompleted.method
    default: RunEvent.method
    }
  }

  /// The type of `run/event`; `nil` for what has a notification of its own.
  static func kind(of event: AgentEvent) -> RunEvent.Kind? {
    switch event {
    case .started, .completed: nil
    case .delta(.text, _, _): .textDelta
    case .delta(.thinking, _, _): .thinkingDelta
    case .delta(.toolInput, _, _): .toolInputDelta
    case .messageStart: .messageStart
    case .usage: .usage
    case .messageEnd: .messageEnd
    case .toolCallBegun: .toolCallBegin
    case .toolCall: .toolCall
    case .toolStarted: .toolStart
    case .toolOutput: .toolOutputDelta
    case .toolResult: .toolResult
    case .plan: .plan
    case .compaction: .compaction
    case .retry: .retry
    case .stalled: .stalled
    case .notice: .notice
    case .modelChanged: .modelChanged
    case .delegated(_, let event): kind(of: event)
    }
  }

  /// A delta, by far the most frequent, is written without detours.
  private static func write(
    _ kind: AgentEvent.DeltaKind, _ index: Int, _ text: String, _ numbered: SessionEvent, _ isNested: Bool,
    to writer: inout JSONWriter
  ) {
    writer.raw(isNested ? #"{"jsonrpc":"2.0","method":"_run/event""# : #"{"jsonrpc":"2.0","method":"run/event""#)
    writer.raw(#","params":{"sessionId":"#)
    writer.write(numbered.sessionId)
    writer.raw(#","runId":"#)
    writer.write(numbered.runId)
    writer.raw(#","seq":"#)
    writer.write(numbered.seq)
    writer.raw(#","at":"#)
    writer.write(numbered.at)
    switch kind {
    case .text: writer.raw(#","type":"textDelta","index":"#)
    case .thinking: writer.raw(#","type":"thinkingDelta","index":"#)
    case .toolInput: writer.raw(#","type":"toolInputDelta","index":"#)
    }
    writer.write(index)
    writer.raw(kind == .toolInput ? #","json":"# : #","text":"#)
    writer.write(text)
    writer.raw("}}")
  }

  private static func fill(_ event: inout RunEvent, from happened: AgentEvent) {
    switch happened {
    case .started, .completed, .delta: break
    case .delegated(let callId, let inner):
      event.parentToolCallId = callId
      fill(&event, from: inner)
    case .messageStart(let id, let model): (event.messageId, event.model) = (id, model)
    case .usage(let usage): event.usage = usage
    case .messageEnd(let reason): event.stopReason = reason
    case .toolCallBegun(let index, let id, let name): (event.index, event.toolCallId, event.name) = (index, id, name)
    case .toolCall(let call):
      (event.index, event.toolCallId, event.name, event.input) = (call.index, call.callId, call.name, call.input)
    case .toolStarted(let call):
      (event.toolCallId, event.name, event.title) = (call.toolCallId, call.name, call.title)
      event.locations = call.locations.flatMap { $0.isEmpty ? nil : $0 }
    case .toolOutput(let callId, let text): (event.toolCallId, event.text) = (callId, text)
    case .toolResult(let result): fill(&event, from: result)
    case .plan(let steps): event.steps = steps
    case .compaction(let exchanges, let summary): (event.exchanges, event.text) = (exchanges, summary)
    case .retry(let retry):
      event.retry = RunEvent.Retry(
        attempt: retry.attempt, of: retry.of, delayMs: retry.delayMs, reason: retry.reason)
    case .stalled(let idleMs): event.idleMs = idleMs
    case .notice(let text): event.text = text
    case .modelChanged(let model, let notice):
      (event.model, event.provider, event.text) = (model.providerModelId, model.provider, notice)
    }
  }

  private static func fill(_ event: inout RunEvent, from result: ToolCallDone) {
    event.toolCallId = result.callId
    event.name = result.name
    event.title = result.title
    event.locations = result.locations
    event.content = .array(result.content)
    event.isError = result.isError
    event.diff = result.diff
  }
}
