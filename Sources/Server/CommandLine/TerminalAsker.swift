internal import OperatingSystem
package import Protocol
internal import Synchronization

/// Asks the person at the terminal, one question at a time, on stderr; there is nobody where it is no terminal.
package final class TerminalAsker: PermissionAsking {
  /// Whether stdin and stderr are a terminal's.
  package let canAsk: Bool
  private let lines = LineReader(.standardInput)
  private let turn = Mutex(())

  /// A terminal, if there is one.
  package init() { canAsk = Descriptor.standardInput.isTerminal && Descriptor.standardError.isTerminal }

  package func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    do throws(ToolError) {
      try await ToolThread.run { [self] cancellation in
        turn.withLock { _ in ask(question, about: call, cancellation) }
      }
    } catch {
      question.answer(question.defaultOption.id)
    }
  }

  /// Asks until there is an answer; a question that is taken back waits for no line, and takes none.
  private func ask(_ question: PermissionQuestion, about call: ToolCallInfo, _ cancellation: Cancellation) {
    guard question.settled == nil else { return }
    for line in (call.diff ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      StandardError.write("        \(TerminalQuestion.shown(String(line)))\n")
    }
    while question.settled == nil {
      StandardError.write(TerminalQuestion.text(call.name, title: call.title, prompt: question.prompt))
      let typed: String?
      switch lines.next(cancellation) {
      case .line(let line): typed = line
      case .end: typed = nil
      case .cancelled: return
      }
      switch TerminalQuestion.read(typed, question.prompt) {
      case .choice(let option): question.answer(option.id)
      case .help: StandardError.write(TerminalQuestion.help(question.prompt))
      case .unclear: continue
      }
    }
  }

  package func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {}
}
