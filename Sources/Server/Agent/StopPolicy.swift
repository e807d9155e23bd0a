package import Protocol
package import Providers

/// What follows a model's message, by the reason for which the model really stopped.
///
/// A pure function of the message and of how often a run has gone on already; it starts nothing and keeps nothing.
package struct StopPolicy: Hashable, Sendable {
  /// Whether an answer of words that `max_tokens` cut off is gone on with; a caller that wants short answers says no.
  package var continuesText: Bool
  /// Pauses since the model last stopped for another reason.
  package private(set) var pauses = 0
  /// Times in this run that the model was asked to go on after `max_tokens`.
  package private(set) var continuations = 0
  /// Whether the model has been given all the tokens that it can write.
  package private(set) var askedForMore = false
  /// Whether the message follows what tools gave; an end without a word follows on that now and then.
  package var followsTools = false
  /// Whether an empty answer was asked for again.
  private var askedAgain = false

  /// The policy at the start of a run.
  package init(continuesText: Bool) { self.continuesText = continuesText }

  /// A tool call that the model made in full.
  package struct ToolCall: Hashable, Sendable {
    /// The provider's id of the call.
    package var id: String
    /// The tool as the model named it, whether there is one or not.
    package var name: String
    /// What it is given.
    package var input: JSON
  }

  /// What to do.
  package enum Decision: Hashable, Sendable {
    /// The run ends, unless the reason is ``StopReason/endTurn`` and the person has said more meanwhile.
    ///
    /// `results` answers the calls that nobody will run, and belongs behind the message; `notice` is for the person.
    case finish(StopReason, results: JSON?, notice: String?)
    /// The calls are to be run and their results sent; `remark` belongs behind the results in the same message.
    case runTools([ToolCall], remark: String?)
    /// The conversation is sent again as it is, the message at its end.
    case sendBack
    /// This is said in the user's place, and the model asked again; `joins` when its answer goes on where the last stopped.
    case goOn(saying: String, joins: Bool)
    /// The same is asked once more, with as many tokens for the answer as the model can write.
    case askForMore
  }

  /// Decides, and counts.
  ///
  /// Source: the API's documentation of `stop_reason`. The message is that of a stream that came to its end.
  package mutating func decide(after message: ModelMessage) -> Decision {
    let reason = message.stopReason
    if reason != Self.paused { pauses = 0 }
    let calls = Self.calls(in: message)
    switch reason {
    case Self.paused?, "compaction": return pause(message, calls)
    case "max_tokens": return goOn(after: message, calls)
    case "stop_sequence": return end(.stopSequence, message)
    case "refusal": return end(.refusal, message, notice: Self.explanation(of: message))
    case "model_context_window_exceeded":
      return end(.contextWindowExceeded, message, notice: "the conversation no longer fits the model's window")
    case "end_turn", "tool_use", nil: break
    case let unknown?:
      if calls.isEmpty {
        return end(.endTurn, message, notice: "the model stopped for the unknown reason '\(unknown)'")
      }
    }
    // Calls count whatever the reason says: the API takes no message behind them but their results.
    let cut = Self.unfinished(in: message)
    if !calls.isEmpty { return .runTools(calls, remark: cut.isEmpty ? nil : Self.remark(cut, message)) }
    guard cut.isEmpty else { return again(saying: Self.remark(cut, message)) ?? end(.maxTokens, message) }
    guard followsTools, Conversation.assistantMessage(message) == nil, !askedAgain else {
      return end(.endTurn, message)
    }
    askedAgain = true
    return .goOn(saying: Self.saySomething, joins: false)
  }

  private mutating func pause(_ message: ModelMessage, _ calls: [ToolCall]) -> Decision {
    guard calls.isEmpty else { return .runTools(calls, remark: nil) }
    pauses += 1
    guard pauses <= ContextLimits.pausesMax else {
      return end(.maxTurns, message, notice: "the model paused \(pauses) times in a row; say 'go on' if it should")
    }
    return .sendBack
  }

  private mutating func goOn(after message: ModelMessage, _ calls: [ToolCall]) -> Decision {
    let cut = Self.unfinished(in: message)
    if !cut.isEmpty {
      guard continuations < ContextLimits.continuationsMax else { return end(.maxTokens, message) }
      continuations += 1
      if !calls.isEmpty { return .runTools(calls, remark: Self.remark(cut, message)) }
      return .goOn(saying: Self.remark(cut, message), joins: false)
    }
    if !calls.isEmpty {
      // The calls are whole; only what the model might have said behind them is missing.
      return .runTools(calls, remark: nil)
    }
    guard Conversation.assistantMessage(message) != nil else {
      // Thoughts that were cut off cannot be gone on with.
      guard continuesText, !askedForMore else { return end(.maxTokens, message, notice: Self.thoughtOnly) }
      askedForMore = true
      return .askForMore
    }
    guard continuesText, message.content.last?["type"] == "text" else { return end(.maxTokens, message) }
    return again(saying: Self.goOnText, joins: true) ?? end(.maxTokens, message)
  }

  private mutating func again(saying text: String, joins: Bool = false) -> Decision? {
    guard continuations < ContextLimits.continuationsMax else { return nil }
    continuations += 1
    return .goOn(saying: text, joins: joins)
  }

  private func end(_ reason: StopReason, _ message: ModelMessage, notice: String? = nil) -> Decision {
    let kept = Conversation.assistantMessage(message)
    return .finish(reason, results: kept.flatMap { Conversation.results(for: $0, saying: Self.notRun) }, notice: notice)
  }

  // MARK: What a message holds

  /// The calls that are whole.
  private static func calls(in message: ModelMessage) -> [ToolCall] {
    message.content.enumerated().compactMap { index, block in
      guard block["type"] == "tool_use", !isUnfinished(index, message) else { return nil }
      return ToolCall(
        id: block["id"]?.string ?? "", name: block["name"]?.string ?? "", input: block["input"] ?? .object(JSONObject())
      )
    }
  }

  /// The tools whose calls were cut off.
  private static func unfinished(in message: ModelMessage) -> [String] {
    message.content.enumerated().compactMap { index, block in
      guard block["type"] == "tool_use", isUnfinished(index, message) else { return nil }
      return block["name"]?.string ?? "a tool"
    }
  }

  private static func isUnfinished(_ index: Int, _ message: ModelMessage) -> Bool {
    Conversation.isUnfinished(index, of: message)
  }

  /// What a refusal says of itself.
  private static func explanation(of message: ModelMessage) -> String? {
    let details = message.raw["stop_details"]
    return details?["explanation"]?.string ?? details?["category"]?.string.map { "the model refused: \($0)" }
  }

  /// What is told of calls that were not run: their input was cut off, or is no JSON.
  private static func remark(_ names: [String], _ message: ModelMessage) -> String {
    let flaws = message.stopReason == "max_tokens" ? [:] : message.inputFlaws
    guard flaws.isEmpty else {
      let told = flaws.sorted { $0.key < $1.key }.map { index, flaw in
        "'\(message.content[index]["name"]?.string ?? "a tool")' (\(flaw))"
      }
      return "The input of your call of \(told.joined(separator: ", ")) is no valid JSON, so it was not run. "
        + "Make it again; its input must be one JSON object."
    }
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    return "Your call of \(list) was cut off at the output limit before its input was whole, and was not run. "
      + "Make it again with a shorter input, or in several parts."
  }

  private static let paused = "pause_turn"
  private static let thoughtOnly =
    "the model thought for as long as its answer could be, and said nothing; ask for less effort, or raise maxTokens"
  private static let goOnText =
    "Your answer was cut off at the output limit. Go on exactly where it stopped, without repeating anything."
  private static let saySomething = "Your answer was empty. Go on with what was asked, or say that it is done."
  private static let notRun = "The run ended before this was done."
}
