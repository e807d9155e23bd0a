internal import OperatingSystem
package import Protocol

/// What the process says by its end.
///
/// A script can tell a whole answer from any other end; an end by a signal is 128 and the signal's number.
package enum ExitStatus: Int32, CaseIterable, Sendable {
  case answered = 0
  case failed
  case usage
  case cut
  case turns
  case refused
  case budget
  case window
  case empty
  /// As timeout(1) ends.
  case timedOut = 124

  /// The end by a signal.
  package static func signal(_ number: Int32) -> Int32 { 128 + number }

  /// The end by a failure: what was asked for makes no sense, or it did not work.
  package static func failure(_ error: RPCError) -> ExitStatus {
    [.invalidParams, .methodNotFound, .parseError].contains(error.code) ? .usage : .failed
  }

  /// What it means, for the help.
  package var meaning: String {
    switch self {
    case .answered: "answered, whole"
    case .failed: "failed"
    case .usage: "the command line makes no sense"
    case .cut: "the answer was cut at the limit of its tokens"
    case .turns: "stopped by --max-turns"
    case .refused: "the model refused"
    case .budget: "stopped by --budget"
    case .window: "the conversation does not fit the model's window"
    case .empty: "the answer is empty"
    case .timedOut: "stopped by --timeout"
    }
  }
}

/// How a run's end looks to a shell: a status, and what is said of it.
package struct AnswerEnding: Sendable, Hashable {
  /// What the process ends with.
  package var status: ExitStatus
  /// What happened and what to do, in a line; `nil` for a whole answer.
  package var line: String?

  /// The end of a run that gave this.
  package init(_ result: RunResult) {
    let isBlank = result.text?.allSatisfy(\.isWhitespace) != false
    switch result.stopReason {
    case .endTurn where isBlank, .stopSequence where isBlank:
      (status, line) = (.empty, "the model ended without a word; ask again, or ask it to say what it did")
    case .endTurn, .stopSequence: (status, line) = (.answered, nil)
    case .maxTokens:
      let what = isBlank ? "all tokens went into thoughts, and nothing was said" : "the answer is not whole: it was cut"
      (status, line) = (.cut, "\(what) at the limit of its tokens; allow for more with --max-tokens, or ask for less")
    case .maxTurns:
      let turns = result.turns.map { "after \($0) turns, " } ?? ""
      (status, line) = (
        .turns, "stopped \(turns)before the model had done all it wanted; --max-turns allows for more"
      )
    case .refusal: (status, line) = (.refused, "the model refused to answer; ask in another way, or another model")
    case .budgetExceeded: (status, line) = (.budget, "stopped, as --budget would not last; raise it, or ask for less")
    case .contextWindowExceeded:
      (status, line) = (.window, "the conversation does not fit the model's window; give it less to read at a time")
    case .cancelled, nil: (status, line) = (.failed, "the run was cancelled before its end")
    }
  }
}
