internal import OperatingSystem
package import Protocol
internal import Synchronization

/// Asks the person at the terminal, one question at a time, on stderr; there is nobody where it is no terminal.
package final class TerminalAsker: PermissionAsking {
  /// Whether stdin and stderr are a terminal's.
  package let canAsk: Bool
  private let turn = Mutex(())

  /// A terminal, if there is one.
  package init() { canAsk = Descriptor.standardInput.isTerminal && Descriptor.standardError.isTerminal }

  package func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    // The thread may outlive a question that is taken back: it waits for a line that nobody needs any more.
    let isStarted = ToolThread.start { [self] in
      turn.withLock { _ in
        guard question.settled == nil else { return }
        for line in (call.diff ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
          StandardError.write("        \(TerminalQuestion.shown(String(line)))\n")
        }
        while question.settled == nil {
          StandardError.write(TerminalQuestion.text(call.name, title: call.title, prompt: question.prompt))
          switch TerminalQuestion.read(readLine(), question.prompt) {
          case .choice(let option): question.answer(option.id)
          case .help: StandardError.write(TerminalQuestion.help(question.prompt))
          case .unclear: continue
          }
        }
      }
    }
    if !isStarted { question.answer(question.defaultOption.id) }
  }

  package func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {}
}
