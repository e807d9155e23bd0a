internal import Protocol

/// What a client is told of a run while it waits: a line now and then.
struct AskProgress {
  /// How many lines were told.
  private(set) var count = 0
  /// What was to be told last, told or not.
  private var said = "Beginning"
  /// The line of that.
  var last: String { VisibleText.line(said, most: MCPFaceLimits.messageMax) }
  /// When a line of each kind was told that streams.
  private var streamedAt: [Stream: Int] = [:]

  /// What comes in pieces.
  private enum Stream {
    case model, command
  }

  /// The line that an event makes; `nil` for none.
  mutating func line(for event: AgentEvent, at now: Int) -> String? {
    guard let told = Self.line(event) else { return nil }
    // What is not told now is told with the next sign of life.
    said = told.text
    if let stream = told.stream {
      if let at = streamedAt[stream], now < at + MCPFaceLimits.streamedEveryMs { return nil }
      streamedAt[stream] = now
    }
    return last
  }

  /// The number of the next line: they only grow.
  mutating func next() -> Int {
    count += 1
    return count
  }

  private static func line(_ event: AgentEvent) -> (text: String, stream: Stream?)? {
    switch event {
    case .started(let model, _): return ("Asking \(model)", nil)
    case .delta(.thinking, _, _): return ("Thinking", .model)
    case .delta: return ("Writing", .model)
    case .toolCall(let call): return call.name.map { ("Calling \($0)", nil) }
    case .toolOutput(_, let text):
      let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
      return lines.last.map { (String($0), .command) }
    case .toolResult(let call): return ((call.isError ? "Failed: " : "Done: ") + call.title, nil)
    case .plan(let steps): return steps.first { $0.status == .inProgress }.map { ($0.content, nil) }
    case .compaction: return ("The conversation was summarized", nil)
    case .retry(let retry): return ("Trying again: \(retry.reason)", nil)
    case .stalled: return ("Waiting for the model", nil)
    case .notice(let text): return (text, nil)
    case .delegated(_, let event): return line(event)
    case .modelChanged(let model, let notice): return (notice ?? "Asking \(model.model) from now on", nil)
    case .messageStart, .messageEnd, .usage, .toolCallBegun, .toolStarted, .completed: return nil
    }
  }
}
