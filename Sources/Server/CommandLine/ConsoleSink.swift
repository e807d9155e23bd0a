internal import Protocol
internal import Synchronization

/// Shows a run on a console: the answer as it comes, and in a line each what else a person should see.
package final class ConsoleSink: EventSink {
  fileprivate struct Turn {
    /// Why the last message ended, in the API's word; `nil` while one is said.
    var reason: String?
    /// Whether text came last in it.
    var endsInText = false
  }

  private let console: Console
  private let showsText: Bool
  private let tellsStarts: Bool
  private let turn = Mutex(Turn())

  /// Writes to that console; only what is not the answer when the text is not to be shown.
  ///
  /// Calls of tools have their line when they are done, or with `tellsStarts` when they begin.
  package init(_ console: Console, showsText: Bool, tellsStarts: Bool = false) {
    self.console = console
    self.showsText = showsText
    self.tellsStarts = tellsStarts
  }

  package func send(_ batch: [SessionEvent]) { for numbered in batch { show(numbered.event) } }

  package func tell(_ event: ServerEvent) {}

  package var isBehind: Bool { false }

  package func room() async {}

  private func show(_ event: AgentEvent) {
    switch event {
    case .messageStart:
      if !turn.withLock({ $0.isGoneOnWith }) { console.beginTurn() }
      turn.withLock { $0 = Turn() }
    case .messageEnd(let reason): turn.withLock { $0.reason = reason ?? "" }
    case .delta(let kind, _, let text):
      turn.withLock { $0.endsInText = kind == .text }
      if kind == .text, showsText { console.write(text) }
    case .toolStarted(let call) where tellsStarts: console.say("• \(TerminalQuestion.shown(call.title))")
    case .toolResult(let result):
      turn.withLock { $0 = Turn() }
      guard !tellsStarts || result.isError else { break }
      if let line = Self.line(event) { console.say(line) }
    default: if let line = Self.line(event) { console.say(line) }
    }
  }

  /// What is said of an event beside the answer; `nil` for nothing.
  private static func line(_ event: AgentEvent) -> String? {
    switch event {
    case .retry(let retry): "• \(retry.reason); try \(retry.attempt) of \(retry.of) in \(retry.delayMs) ms"
    case .stalled(let idleMs): "• nothing has come for \(idleMs / 1_000) s"
    case .toolResult(let result): "\(result.isError ? "✗" : "•") \(TerminalQuestion.shown(result.title))"
    case .plan(let steps): steps.isEmpty ? nil : steps.map(line).joined(separator: "\n")
    case .modelChanged(let model, let notice):
      "✅ Now using: \(model.providerModelId)\(notice.map { "\n\($0)" } ?? "")"
    case .notice(let text): "• \(text)"
    case .delegated(_, let event): line(event).map { "  \($0)" }
    default: nil
    }
  }

  private static func line(_ step: PlanStep) -> String {
    let mark =
      switch step.status {
      case .completed: "x"
      case .inProgress: ">"
      case .pending: " "
      }
    return "  [\(mark)] " + step.content.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension ConsoleSink.Turn {
  /// Whether the next message goes on where the last one stopped, as a run's text does.
  fileprivate var isGoneOnWith: Bool {
    switch reason {
    case "pause_turn", "compaction": true
    case "max_tokens": endsInText
    default: false
    }
  }
}

/// Shows nothing: for a single call, whose result is all that counts.
package struct SilentSink: EventSink {
  /// Silence.
  package init() {}
  package func send(_ batch: [SessionEvent]) {}
  package func tell(_ event: ServerEvent) {}
  package var isBehind: Bool { false }
  package func room() async {}
}
