package import OperatingSystem
internal import Protocol

/// Shows a run on a terminal: the answer on stdout as it comes, everything else on stderr.
package struct ConsoleSink: EventSink {
  private let output: Descriptor
  private let showsText: Bool

  /// Writes the answer there; only what is not the answer when the text is not to be shown.
  package init(output: Descriptor, showsText: Bool) {
    self.output = output
    self.showsText = showsText
  }

  package func send(_ batch: [SessionEvent]) {
    var text: [UInt8] = []
    for numbered in batch {
      if case .delta(.text, _, let piece) = numbered.event {
        text.append(contentsOf: piece.utf8)
      } else if let line = Self.line(numbered.event) {
        StandardError.write(line + "\n")
      }
    }
    if showsText, !text.isEmpty { output.write(text) }
  }

  package func tell(_ event: ServerEvent) {}

  package var isBehind: Bool { false }

  package func room() async {}

  /// What is said of an event beside the answer; `nil` for nothing.
  private static func line(_ event: AgentEvent) -> String? {
    switch event {
    case .retry(let retry): "wyn360: \(retry.reason); try \(retry.attempt) of \(retry.of) in \(retry.delayMs) ms"
    case .stalled(let idleMs): "wyn360: nothing has come for \(idleMs / 1_000) s"
    case .toolResult(let result): "\(result.isError ? "✗" : "•") \(TerminalQuestion.shown(result.title))"
    case .modelChanged(let model, let notice):
      "✅ Now using: \(model.providerModelId)\(notice.map { "\n\($0)" } ?? "")"
    case .notice(let text): "wyn360: \(text)"
    default: nil
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
