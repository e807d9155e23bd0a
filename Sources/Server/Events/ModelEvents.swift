internal import Protocol
package import Providers

extension Happening {
  /// What a provider's events mean for a client; `merging` puts adjacent deltas of a block into one, for one that is behind.
  package static func list(_ events: [ModelEvent], merging: Bool) -> [Happening] {
    var list: [Happening] = []
    list.reserveCapacity(events.count)
    for event in events {
      guard let happening = Happening(event) else { continue }
      if merging, let merged = list.last?.merged(with: happening) {
        list[list.count - 1] = merged
      } else {
        list.append(happening)
      }
    }
    return list
  }

  private init?(_ event: ModelEvent) {
    switch event {
    case .textDelta(let index, let text): self = .delta(.text, index: index, text: text)
    case .thinkingDelta(let index, let text): self = .delta(.thinking, index: index, text: text)
    case .toolInputDelta(let index, let json): self = .delta(.toolInput, index: index, text: json)
    case .blockStart: return nil
    case .blockEnd(let index, let block):
      guard let type = block["type"]?.string, type.hasSuffix("tool_use") else { return nil }
      self = .event(.toolCall, index: index) {
        $0.toolCallId = block["id"]?.string
        $0.name = block["name"]?.string
        $0.input = block["input"]
      }
    case .messageStart(let id, let model):
      self = .event(.messageStart) {
        $0.messageId = id
        $0.model = model
      }
    case .usage(let usage): self = .event(.usage) { $0.usage = usage }
    case .messageEnd(let reason): self = .event(.messageEnd) { $0.stopReason = reason }
    case .retry(let notice):
      self = .event(.retry) {
        $0.retry = RunEvent.Retry(
          attempt: notice.attempt, of: notice.of, delayMs: notice.delayMs, reason: notice.reason)
      }
    case .stalled(let idleMs): self = .event(.stalled) { $0.idleMs = idleMs }
    case .notice(let text): self = .event(.notice(text))
    }
  }

  private static func event(_ kind: RunEvent.Kind, index: Int? = nil, _ fill: (inout RunEvent) -> Void) -> Happening {
    var event = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: kind)
    event.index = index
    fill(&event)
    return .event(event)
  }

}

extension RunEvent {
  /// Something that a person should know; the event has its place still to come.
  static func notice(_ text: String) -> RunEvent {
    var event = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: .notice)
    event.text = text
    return event
  }

  /// Another model is asked from now on.
  static func modelChanged(to model: ModelInUse, notice: String?) -> RunEvent {
    var event = RunEvent(sessionId: "", runId: "", seq: 0, at: 0, type: .modelChanged)
    event.model = model.providerModelId
    event.provider = model.provider
    event.text = notice
    return event
  }
}

extension Happening {
  private func merged(with next: Happening) -> Happening? {
    guard case .delta(let kind, let index, let text) = self, case .delta(kind, index, let more) = next,
      text.utf8.count + more.utf8.count <= ServerLimits.mergedDeltaMax
    else { return nil }
    return .delta(kind, index: index, text: text + more)
  }
}
