internal import Protocol
package import Providers

/// What a provider streams, as the events of a run.
package enum StreamedEvents {
  /// What a provider's events mean; `merging` puts adjacent deltas of a block into one, for a reader that is behind.
  package static func events(_ streamed: [ModelEvent], merging: Bool) -> [AgentEvent] {
    var events: [AgentEvent] = []
    events.reserveCapacity(streamed.count)
    for one in streamed {
      guard let event = AgentEvent(one) else { continue }
      if merging, let merged = events.last?.merged(with: event) {
        events[events.count - 1] = merged
      } else {
        events.append(event)
      }
    }
    return events
  }

  /// What a person is to be told, among a provider's events.
  package static func notices(_ streamed: [ModelEvent]) -> [String] {
    streamed.compactMap { if case .notice(let text) = $0 { text } else { nil } }
  }
}

extension AgentEvent {
  /// What one of a provider's events means for a client; `nil` for those that only history needs.
  fileprivate init?(_ event: ModelEvent) {
    switch event {
    case .textDelta(let index, let text): self = .delta(.text, index: index, text: text)
    case .thinkingDelta(let index, let text): self = .delta(.thinking, index: index, text: text)
    case .toolInputDelta(let index, let json): self = .delta(.toolInput, index: index, text: json)
    case .blockStart(let index, let block):
      guard block["type"]?.string?.hasSuffix("tool_use") == true, let id = block["id"]?.string,
        let name = block["name"]?.string
      else { return nil }
      self = .toolCallBegun(index: index, callId: id, name: name)
    case .blockEnd(let index, let block):
      if let done = ToolCallDone(ofService: block) {
        self = .toolResult(done)
        return
      }
      guard let type = block["type"]?.string, type.hasSuffix("tool_use") else { return nil }
      self = .toolCall(
        ToolCallMade(index: index, callId: block["id"]?.string, name: block["name"]?.string, input: block["input"]))
    case .messageStart(let id, let model): self = .messageStart(id: id, model: model)
    case .usage(let usage): self = .usage(usage)
    case .messageEnd(let reason): self = .messageEnd(reason: reason)
    case .retry(let notice):
      self = .retry(
        RetryAhead(attempt: notice.attempt, of: notice.of, delayMs: notice.delayMs, reason: notice.reason))
    case .stalled(let idleMs): self = .stalled(idleMs: idleMs)
    case .notice(let text): self = .notice(text)
    }
  }

  fileprivate func merged(with next: AgentEvent) -> AgentEvent? {
    guard case .delta(let kind, let index, let text) = self, case .delta(kind, index, let more) = next,
      text.utf8.count + more.utf8.count <= ServerLimits.mergedDeltaMax
    else { return nil }
    return .delta(kind, index: index, text: text + more)
  }
}

extension ToolCallDone {
  /// What came of a tool of the service's own, by the block that tells of it; `nil` for other blocks.
  init?(ofService block: JSON) {
    guard let shown = WebTools.shown(block) else { return nil }
    self.init(
      callId: block["tool_use_id"]?.string ?? "", name: shown.name, title: shown.name,
      content: [["type": "text", "text": .string(shown.text)]], isError: shown.isError)
  }
}
