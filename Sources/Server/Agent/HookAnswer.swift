internal import OperatingSystem
internal import Protocol

/// What a hook has said: by its status, or as JSON on its standard output.
struct HookAnswer: Sendable {
  /// Why what it was asked about does not happen; after a call, what the model should know of it.
  var refusal: String?
  /// Why a person should be asked.
  var question: String?
  /// Another input for the call.
  var input: JSON?
  /// More for the model to read.
  var words: [String] = []
  /// What a person should know.
  var notices: [String] = []

  /// Nothing.
  init() {}

  /// What an ending means: 0 is fine, 2 refuses with what was written to standard error; anything else is a failure of the
  /// hook, which decides nothing.
  init(_ outcome: ProcessOutcome, of command: HookCommand, at event: HookEvent) {
    let output = Self.text(outcome.output)
    switch outcome.ending {
    case .exited(0):
      if output.hasPrefix("{"), let json = try? JSON.parse(output) {
        read(json, at: event)
      } else if event == .userPromptSubmit, !output.isEmpty {
        words.append(output)
      }
    case .exited(2):
      let said = Self.text(outcome.errors)
      refusal = said.isEmpty ? "a hook refused it, and gave no reason" : said
    case .cancelled: break
    case .exited, .signalled, .timedOut, .tooMuchOutput:
      let said = Self.text(outcome.errors)
      notices.append(
        VisibleText.line(
          "the hook '\(command.command)' decided nothing: \(outcome.ending)" + (said.isEmpty ? "" : " (\(said))"),
          most: HookLimits.shownMax))
    }
  }

  private mutating func read(_ json: JSON, at event: HookEvent) {
    let own = json["hookSpecificOutput"]
    let reason = own?["permissionDecisionReason"]?.string ?? json["reason"]?.string
    switch own?["permissionDecision"]?.string ?? json["decision"]?.string {
    case "deny", "block": refusal = reason ?? "a hook refused it, and gave no reason"
    case "ask": question = reason ?? "a hook wants it asked"
    default: break
    }
    if json["continue"] == false {
      // Who ends the run when it is to end says nothing new.
      refusal = event == .stop ? nil : json["stopReason"]?.string ?? reason ?? "a hook stopped it"
    }
    if event == .preToolUse, let updated = own?["updatedInput"], updated.object != nil { input = updated }
    if let more = own?["additionalContext"]?.string, !more.isEmpty { words.append(Self.bounded(more)) }
    if let message = json["systemMessage"]?.string {
      notices.append(VisibleText.line(message, most: HookLimits.shownMax))
    }
  }

  /// The answers of several together: a refusal goes before a question, the last input counts.
  static func joined(_ answers: [HookAnswer]) -> HookAnswer {
    var all = HookAnswer()
    for answer in answers {
      all.refusal = all.refusal ?? answer.refusal
      all.question = all.question ?? answer.question
      all.input = answer.input ?? all.input
      all.words += answer.words
      all.notices += answer.notices
    }
    return all
  }

  private static func text(_ bytes: [UInt8]) -> String {
    bounded(Trimmed.of(String(decoding: bytes, as: UTF8.self)))
  }

  private static func bounded(_ text: String) -> String {
    text.count <= HookLimits.wordsMax ? text : text.prefix(HookLimits.wordsMax) + "…"
  }
}
