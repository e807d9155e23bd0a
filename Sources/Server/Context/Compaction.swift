package import Protocol
package import Providers

/// Makes a long conversation short: the oldest exchanges go to the model once more, and what it says of them takes their
/// place.
///
/// Only whole exchanges are cut, the newest stay word for word, and a run that goes on is never touched. The summary is
/// itself an exchange, so the next compaction summarizes it with the rest. The system prompt and the project's instructions
/// are no part of history and cannot be lost by it. The exchanges themselves go to a ``CompactionArchive``.
package struct Compaction: Sendable {
  /// How many of the past exchanges are cut, the oldest first.
  package let count: Int
  /// Those exchanges.
  package let exchanges: [Exchange]
  /// Whether long results and images must be shortened, so that the question itself fits the window.
  package let isLightened: Bool

  /// Whether a request that fills so much of a window calls for compaction before it is sent; never for a window that is
  /// not known.
  ///
  /// Due above ``ContextLimits/compactionPercent`` of the window, and sooner when the answer would not fit behind it; never
  /// below half, or a long answer that is allowed would have everything forgotten.
  package static func isDue(used: Int, size: Int?, maxTokens: Int) -> Bool {
    guard let size, size > 0 else { return false }
    let share = size / 100 * ContextLimits.compactionPercent + size % 100 * ContextLimits.compactionPercent / 100
    return used > min(share, max(size / 2, size - maxTokens))
  }

  /// Plans a compaction of what a model sees of a session; `nil` when there is nothing to cut, or when not even one exchange
  /// could be put before the model.
  ///
  /// `overhead` is the tokens of system prompt and tools. When all that is to be cut does not fit the window together with
  /// the question, its long parts are shortened, then fewer exchanges are cut; the rest is for the next time.
  package init?(
    of exchanges: [Exchange], keeping kept: Int = ContextLimits.exchangesKept, size: Int?, overhead: Int,
    calibration: TokenCalibration? = nil, model: String
  ) {
    let most = max(0, exchanges.count - max(0, kept))
    // One summary alone would be summarized for nothing.
    guard most > 0, !(most == 1 && Self.isSummary(exchanges[0])) else { return nil }
    let room = size.map { $0 - ContextLimits.summaryTokens - overhead } ?? .max
    func fits(_ messages: [JSON]) -> Bool {
      let estimate = TokenEstimate.messages(messages) + Self.questionTokens
      return max(estimate, calibration?.corrected(estimate, model: model) ?? 0) <= room
    }
    isLightened = !fits(Self.messages(of: Array(exchanges.prefix(most)), isLightened: false))
    // The largest number that fits, by halving.
    var (fitting, tooMany) = isLightened ? (0, most + 1) : (most, most + 1)
    while tooMany - fitting > 1 {
      let middle = (fitting + tooMany) / 2
      if fits(Self.messages(of: Array(exchanges.prefix(middle)), isLightened: true)) {
        fitting = middle
      } else {
        tooMany = middle
      }
    }
    guard fitting > 0, !(fitting == 1 && Self.isSummary(exchanges[0])) else { return nil }
    count = fitting
    self.exchanges = Array(exchanges.prefix(fitting))
  }

  /// The question to the model: what was said, and what to do with it.
  ///
  /// `like` is the session's usual request: its model, system prompt and tools stay, so that the provider's cache serves the
  /// beginning. Thinking does not: it would be paid for and thrown away.
  package func request(like usual: ModelRequest) -> ModelRequest {
    var request = usual
    let question = Conversation.userMessage(Prompt(Self.question))
    request.messages = ConversationRepair.repaired(
      Conversation.joined(Self.messages(of: exchanges, isLightened: isLightened) + [question]))
    request.maxTokens = min(usual.maxTokens, ContextLimits.summaryTokens)
    request.thinking = nil
    request.toolChoice = request.tools.isEmpty ? nil : ["type": "none"]
    return request
  }

  /// The summary in a model's answer; `nil` when there is none, or it was cut off.
  package static func summary(in message: ModelMessage) -> String? {
    guard message.stopReason == "end_turn" || message.stopReason == "stop_sequence" else { return nil }
    let text = Conversation.text(of: message)
    return text.allSatisfy(\.isWhitespace) ? nil : text
  }

  /// The past exchanges after it: the summary, then those that stayed.
  ///
  /// `name` becomes the summary's run id behind ``runIDPrefix``; `past` may have grown since the plan was made, but must
  /// begin as it did.
  package func exchanges(after past: [Exchange], summary: String, name: String, at time: Int, usage: Usage)
    -> [Exchange]
  {
    let messages: [JSON] = [
      Conversation.userMessage(Prompt(Self.heading + "\n\n" + summary)),
      ["role": "assistant", "content": [["type": "text", "text": .string(Self.acknowledgement)]]],
    ]
    let exchange = Exchange(
      runId: Self.runIDPrefix + name, at: time, messages: messages, usage: usage, stopReason: .endTurn)
    return [exchange] + past.dropFirst(count)
  }

  /// Whether an exchange is a summary of others: it has both the name and the words of one.
  package static func isSummary(_ exchange: Exchange) -> Bool {
    exchange.runId.hasPrefix(runIDPrefix)
      && exchange.messages.first.flatMap { Conversation.blocks(of: $0).first?["text"]?.string }?.hasPrefix(heading)
        == true
  }

  /// The past exchanges that the model may see: the last ones, and before them the newest summary, which does not count.
  ///
  /// History is cut between exchanges only. A summary that fell out when enough had come after it would be forgotten twice.
  package static func visible(_ exchanges: [Exchange], maxHistory: Int) -> [Exchange] {
    guard maxHistory > 0 else { return [] }
    guard let place = exchanges.lastIndex(where: isSummary) else { return exchanges.suffix(maxHistory) }
    return [exchanges[place]] + exchanges[(place + 1)...].suffix(maxHistory)
  }

  /// What a summary's run id begins with.
  package static let runIDPrefix = "compaction-"
  /// What a summary's message begins with.
  package static let heading = "[Summary of the conversation so far, in place of its first part]"
  private static let acknowledgement = "Understood. I go on from there."
  private static let questionTokens = 400

  private static let question = """
    The beginning of this conversation will be replaced by a summary that you write now. Whoever goes on will know nothing of \
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

  private static func messages(of exchanges: [Exchange], isLightened: Bool) -> [JSON] {
    let messages = Conversation.messages(past: exchanges, current: [], target: nil)
    return isLightened ? messages.map(lightened) : messages
  }

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
