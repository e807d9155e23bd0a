internal import Protocol

/// What a client is told of a run while it waits: a line now and then.
struct AskProgress {
  /// How many lines were told.
  private(set) var count = 0
  /// The line that was told last.
  private(set) var last = "Beginning"
  private var streamedAt = Int.min

  /// The line that an event makes; `nil` for none.
  mutating func line(for event: AgentEvent, at now: Int) -> String? {
    guard let told = Self.line(event) else { return nil }
    if told.isStreamed {
      guard now >= streamedAt &+ MCPFaceLimits.streamedEveryMs || streamedAt == .min else { return nil }
      streamedAt = now
    }
    last = String(VisibleText.line(told.text, most: MCPFaceLimits.messageMax))
    return last
  }

  /// The number of the next line: they only grow.
  mutating func next() -> Int {
    count += 1
    return count
  }

  private static func line(_ event: AgentEvent) -> (text: String, isStreamed: Bool)? {
    switch event {
    case .started(let model, _): return ("Asking \(model)", false)
    case .delta(.thinking, _, _): return ("Thinking", true)
    case .delta: return ("Writing", true)
    case .toolCall(let call): return call.name.map { ("Calling \($0)", false) }
    case .toolOutput(_, let text):
      let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
      return lines.last.map { (String($0), true) }
    case .toolResult(let call): return ((call.isError ? "Failed: " : "Done: ") + call.title, false)
    case .plan(let steps): return steps.first { $0.status == .inProgress }.map { ($0.content, false) }
    case .compaction: return ("The conversation was summarized", false)
    case .retry(let retry): return ("Trying again: \(retry.reason)", false)
    case .stalled: return ("Waiting for the model", false)
    case .notice(let text): return (text, false)
    case .modelChanged(let model, let notice): return (notice ?? "Asking \(model.model) from now on", false)
    case .messageStart, .messageEnd, .usage, .toolCallBegun, .toolStarted, .completed: return nil
    }
  }
}
