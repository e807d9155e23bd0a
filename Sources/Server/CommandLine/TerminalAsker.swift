internal import OperatingSystem
package import Protocol
internal import Synchronization

/// Asks the person at the terminal, one question at a time: on stdin and stderr where both are one, else at the terminal
/// that the process belongs to, where anything shows that somebody sits there.
package final class TerminalAsker: PermissionAsking, PersonAsking {
  private struct Place {
    var input: LineReader
    var output: Descriptor
  }

  private let place: Place?
  private let console: Console
  private let turn = Mutex(())

  /// A terminal, if there is one; the console's other lines wait for an answer.
  package init(_ console: Console) {
    self.console = console
    let input = Descriptor.standardInput
    if input.isTerminal, input.isOurs, Descriptor.standardError.isTerminal {
      place = Place(input: LineReader(input), output: .standardError)
    } else if console.isSeen || input.isTerminal, let terminal = Terminal.open() {
      place = Place(input: LineReader(terminal), output: terminal)
    } else {
      place = nil
    }
  }

  package var canAsk: Bool { place != nil }

  package func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    do throws(ToolError) {
      try await ToolThread.run { [self] cancellation in
        turn.withLock { _ in ask(question, about: call, cancellation) }
      }
    } catch {
      question.refuse()
    }
  }

  /// Asks until there is an answer; a question that is taken back waits for no line, and takes none.
  private func ask(_ question: PermissionQuestion, about call: ToolCallInfo, _ cancellation: Cancellation) {
    guard let place, question.settled == nil else { return }
    let gap = console.hold()
    defer { console.goOn() }
    var shown = TerminalQuestion(call, question.prompt, columns: place.output.columns)
    show(gap + shown.beginning, shown, at: place)
    while question.settled == nil {
      let typed: String?
      switch Self.next(at: place, cancellation) {
      case .line(let line): typed = line
      case .end: typed = nil
      case .cancelled: return
      }
      switch shown.read(typed) {
      case .choice(let option): question.answer(option.id)
      case .help: show(shown.help, shown, at: place)
      case .all: show(shown.all(), shown, at: place)
      case .unseen: show(shown.refusalOfUnseen, shown, at: place)
      case .unclear: show(shown.complaint(of: typed ?? ""), shown, at: place)
      }
    }
  }

  /// The next line; where none comes the one that asks is ended.
  private static func next(at place: Place, _ cancellation: Cancellation) -> LineReader.Reading {
    let reading = place.input.next(cancellation)
    if case .line = reading { return reading }
    place.output.write([Byte.newline])
    return reading
  }

  /// Shows a text and asks; what was typed before that was shown answers nothing.
  private func show(_ text: String, _ question: TerminalQuestion, at place: Place) {
    place.input.discard()
    let isLong = text.utf8.count > ServerLimits.writeInPlaceMax
    if isLong {
      place.output.write(Array(text.utf8))
      place.input.discard()
    }
    place.output.write(Array(((isLong ? "" : text) + question.asking).utf8))
  }

  package func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {
    guard outcome == .expired else { return }
    console.say("• nobody answered in time, so it did not happen")
  }

  // MARK: Other questions

  package var canAskPerson: Bool { place != nil }

  package func ask(_ question: PersonQuestion) async -> PersonAnswer {
    do throws(ToolError) {
      return try await ToolThread.run { [self] cancellation in
        turn.withLock { _ in answer(to: question, cancellation) }
      }
    } catch {
      return .cancelled
    }
  }

  private func answer(to question: PersonQuestion, _ cancellation: Cancellation) -> PersonAnswer {
    guard let place, !cancellation.isCancelled else { return .cancelled }
    let gap = console.hold()
    defer { console.goOn() }
    var form = TerminalForm(question, columns: place.output.columns)
    var shown = gap + form.beginning
    while true {
      place.input.discard()
      place.output.write(Array((shown + form.asking).utf8))
      let typed: String?
      switch Self.next(at: place, cancellation) {
      case .line(let line): typed = line
      case .end: typed = nil
      case .cancelled: return .cancelled
      }
      switch form.read(typed) {
      case .next: shown = ""
      case .done(let content): return .accepted(content)
      case .declined: return .declined
      case .unclear(let reason): shown = "        \(reason)\n"
      }
    }
  }
}
