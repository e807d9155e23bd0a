package import OperatingSystem
package import Protocol

/// Shows a run on a terminal: the answer on stdout as it comes, everything else on stderr.
package struct ConsoleSink: EventSink {
  private let output: Descriptor
  private let showsText: Bool

  /// Writes the answer there; only what is not the answer when the text is not to be shown.
  package init(output: Descriptor, showsText: Bool) {
    self.output = output
    self.showsText = showsText
  }

  package func send(_ batch: [NumberedHappening]) {
    var text: [UInt8] = []
    for numbered in batch {
      switch numbered.happening {
      case .delta(.text, _, let piece): text.append(contentsOf: piece.utf8)
      case .event(let event): tell(event)
      default: break
      }
    }
    if showsText, !text.isEmpty { output.write(text) }
  }

  package func tell(_ notification: some NotificationMessage) {}

  package var isBehind: Bool { false }

  package func room() async {}

  private func tell(_ event: RunEvent) {
    switch event.type {
    case .retry:
      guard let retry = event.retry else { return }
      StandardError.write(
        "wyn360: \(retry.reason); try \(retry.attempt) of \(retry.of) in \(retry.delayMs) ms\n")
    case .stalled: StandardError.write("wyn360: nothing has come for \((event.idleMs ?? 0) / 1_000) s\n")
    case .toolResult:
      StandardError.write("\(event.isError == true ? "✗" : "•") \(TerminalQuestion.shown(event.title ?? ""))\n")
    case .modelChanged:
      StandardError.write("✅ Now using: \(event.model ?? "")\n\(event.text.map { "\($0)\n" } ?? "")")
    case .notice: StandardError.write("wyn360: \(event.text ?? "")\n")
    default: break
    }
  }
}

/// Shows nothing: for a single call, whose result is all that counts.
package struct SilentSink: EventSink {
  /// Silence.
  package init() {}
  package func send(_ batch: [NumberedHappening]) {}
  package func tell(_ notification: some NotificationMessage) {}
  package var isBehind: Bool { false }
  package func room() async {}
}
