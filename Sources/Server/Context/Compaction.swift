package import Protocol
package import Providers

/// Makes a long conversation short: the model is asked to summarize it, behind the history as it stands, and what it says
/// takes the place of all of it.
///
/// Nothing of the history stays beside the summary: thinking would be sealed over what is gone. The summary is itself an
/// exchange, so the next compaction summarizes it with the rest. The system prompt and the project's instructions are no
/// part of history and cannot be lost by it. The exchanges themselves go to a ``CompactionArchive``.
package enum Compaction {
  /// Why there is no summary, for a person.
  package struct Refusal: Error, Hashable {
    /// What stood in the way.
    package var reason: String
  }

  // MARK: When

  /// The tokens of a request above which a conversation is summarized; `nil` when nothing is known of the model.
  ///
  /// A session's wish counts as far as there is room for it. Otherwise it is ``ContextLimits/compactionTokens``, or
  /// ``ContextLimits/compactionPercent`` of the window when that is less, and a little below `dearAbove`, where all tokens of
  /// a request cost more.
  package static func threshold(wish: Int?, window: Int?, dearAbove: Int?) -> Int? {
    guard let window, window > 0 else { return wish }
    if let wish { return min(wish, share(ContextLimits.compactionPercentMax, of: window)) }
    let usual = min(ContextLimits.compactionTokens, share(ContextLimits.compactionPercent, of: window))
    return min(usual, dearAbove.map { share(ContextLimits.dearPercent, of: $0) } ?? usual)
  }

  private static func share(_ percent: Int, of whole: Int) -> Int {
    whole / 100 * percent + whole % 100 * percent / 100
  }

  // MARK: The question

  /// The question to the model: all that would be sent next, and what to do with it.
  ///
  /// `usual` is the request that would be sent: its model, system prompt, tools, thinking and messages stay, so that the
  /// provider's cache serves all of it.
  package static func request(like usual: ModelRequest) -> ModelRequest {
    var request = usual
    request.messages = ConversationRepair.repaired(
      SystemMessages.placed(usual.messages + [SystemMessages.reminding(question)]))
    request.maxTokens = ContextLimits.summaryTokensMax
    request.toolChoice = nil
    // Made anew, it would ask for an answer, and that would pass for the summary.
    request.remake = nil
    return request
  }

  /// The same question where the whole does not fit the window: without thinking and images, long parts shortened, and of
  /// the messages the first and the last that fit in so many bytes.
  package static func lightened(_ request: ModelRequest, bytesMax: Int) -> ModelRequest {
    var request = request
    let messages = request.messages.map { lightened(Conversation.without([$0], where: Conversation.isThinking)[0]) }
    request.messages = ConversationRepair.repaired(SystemMessages.placed(Self.fitting(messages, bytesMax)))
    request.thinking = nil
    request.toolChoice = request.tools.isEmpty ? nil : ["type": "none"]
    return request
  }

  /// The first message and as many of the last ones as fit, with a word in the place of what is left out between.
  private static func fitting(_ messages: [JSON], _ bytesMax: Int) -> [JSON] {
    guard let first = messages.first else { return [] }
    var bytes = first.text.utf8.count
    var start = messages.count
    while start > 1, bytes + messages[start - 1].text.utf8.count <= bytesMax || start == messages.count {
      start -= 1
      bytes += messages[start].text.utf8.count
    }
    guard start > 1 else { return messages }
    // What answers calls that are left out would answer nothing.
    while start < messages.count - 1, messages[start]["role"] != "assistant" { start += 1 }
    let gap = SystemMessages.reminding("\(start - 1) messages are left out here, as they do not fit.")
    return [first, gap] + messages[start...]
  }

  /// The summary in a model's answer.
  package static func summary(in message: ModelMessage) -> Result<String, Refusal> {
    let text = Conversation.text(of: message)
    switch message.stopReason {
    case "end_turn", "stop_sequence":
      guard !BlankText.isBlank(text) else { return .failure(Refusal(reason: "the model said nothing")) }
      return .success(text)
    case "max_tokens":
      return .failure(Refusal(reason: "the summary was cut off at the output limit"))
    case "tool_use": return .failure(Refusal(reason: "the model called a tool instead of summarizing"))
    case "refusal": return .failure(Refusal(reason: "the model refused to summarize this conversation"))
    case let other: return .failure(Refusal(reason: "the model stopped for '\(other ?? "no reason")'"))
    }
  }

  // MARK: The summary

  /// The exchange that a summary is; `name` becomes its run id behind ``runIDPrefix``.
  package static func exchange(summary: String, name: String, at time: Int, usage: Usage) -> Exchange {
    let messages: [JSON] = [
      Conversation.userMessage(Prompt(heading + "\n\n" + summary)),
      ["role": "assistant", "content": [["type": "text", "text": .string(acknowledgement)]]],
    ]
    return Exchange(runId: runIDPrefix + name, at: time, messages: messages, usage: usage, stopReason: .endTurn)
  }

  /// Whether an exchange is a summary of others: it has both the name and the words of one.
  package static func isSummary(_ exchange: Exchange) -> Bool {
    exchange.runId.hasPrefix(runIDPrefix)
      && exchange.messages.first.flatMap { Conversation.blocks(of: $0).first?["text"]?.string }?.hasPrefix(heading)
        == true
  }

  /// What a summary's run id begins with.
  package static let runIDPrefix = "compaction-"
  /// What a summary's message begins with.
  package static let heading = "[Summary of the conversation so far, in its place]"
  private static let acknowledgement = "Understood. I go on from there."

  private static let question = """
    This conversation will be replaced by a summary that you write now. Whoever goes on will know nothing of \
    it but your words. Write it for yourself, in the language of the conversation, with these headings, and leave out a \
    heading that has nothing under it:
    1. Goals: what the person wants, in their own words where the wording matters, and every wish or ban they stated.
    2. Decisions: what was decided, and why; what was tried and given up.
    3. Files: every file that was read, made or changed, by its exact path, and what matters in it.
    4. Facts: exact names, commands, versions, numbers, addresses, error messages, and results that are still needed.
    5. State: what is done and verified, and what is not.
    6. Open work: what is asked for and not done, and the next step.
    A summary that stands above is to be taken over into yours, shortened but not lost. Call no tool. Write the summary and \
    nothing else.
    """

  // MARK: Shortening

  /// A message without its images, and its tools' inputs and results cut to what tells them apart.
  private static func lightened(_ message: JSON) -> JSON {
    let blocks = Conversation.blocks(of: message).map { block -> JSON in
      guard var object = block.object else { return block }
      switch block["type"]?.string {
      case "image", "document": return ["type": "text", "text": "(an image or document was here)"]
      case "tool_use":
        if block["input"]?.text.utf8.count ?? 0 > ContextLimits.summarizedBlockMax {
          object["input"] = ["_shortened": .string(shortened(block["input"]?.text ?? ""))]
        }
      case "tool_result":
        switch block["content"] {
        case .string(let text)?: object["content"] = .string(shortened(text))
        case .array(let inner)?: object["content"] = .array(inner.map(lightenedPart))
        default: break
        }
      default: break
      }
      return .object(object)
    }
    return ["role": message["role"] ?? "user", "content": .array(blocks)]
  }

  private static func lightenedPart(_ block: JSON) -> JSON {
    guard block["type"] == "text", var object = block.object else {
      return ["type": "text", "text": "(an image or document was here)"]
    }
    object["text"] = .string(shortened(object["text"]?.string ?? ""))
    return .object(object)
  }

  /// A text's beginning and end, cut between characters.
  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > ContextLimits.summarizedBlockMax else { return text }
    let half = ContextLimits.summarizedBlockMax / 2
    let bytes = Array(text.utf8)
    let end = UTF8Cut.before(half, in: bytes[...])
    let start = UTF8Cut.behind(bytes.count - half, in: bytes[...])
    return String(decoding: bytes[..<end], as: UTF8.self) + "\n[… \(start - end) bytes left out …]\n"
      + String(decoding: bytes[start...], as: UTF8.self)
  }
}
