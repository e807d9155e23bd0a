package import Protocol
package import Providers

/// The messages of one run, in the API's form, only ever added to, and how many of them may stay whatever happens next.
package struct RunMessages: Sendable {
  /// What was asked.
  private let prompt: Prompt
  /// The messages, the first one the user's.
  package private(set) var all: [JSON]
  /// How many may stay in history when the next turn fails.
  private var settled = 0
  /// How many a service has taken, or a model has said.
  private var accepted = 0
  /// What they told of circumstances, each with the number of messages that it came with.
  private var news: [(end: Int, told: JSONObject)] = []
  /// How many had been said when another model began to speak.
  private var foreignEnd = 0
  /// What the model said last, all blocks and continued messages together.
  package private(set) var text = ""
  private var continuesText = false
  /// What a person has said on the way since the model spoke.
  private var unanswered: [Prompt] = []

  /// A run that begins with that prompt.
  package init(_ prompt: Prompt) {
    self.prompt = prompt
    all = [Conversation.userMessage(prompt)]
  }

  /// Adds what a person says on the way.
  package mutating func add(_ prompt: Prompt) {
    all.append(Conversation.userMessage(prompt))
    unanswered.append(prompt)
  }

  /// Adds what we say in a person's place; `goesOn` when what the model says next belongs to what it said last.
  package mutating func add(remark: String, goesOn: Bool) {
    all.append(SystemMessages.reminding(remark))
    // Another remark before the model speaks does not part what goes on.
    if goesOn { continuesText = true }
  }

  /// Adds what has changed around the conversation.
  package mutating func add(news text: String, told: JSONObject) {
    all.append(SystemMessages.message(text))
    news.append((all.count, told))
  }

  /// What a model that sees all this, after it was told these marks, has been told.
  package func told(after past: JSONObject) -> JSONObject { news.reduce(past) { $0.told(also: $1.told) } }

  /// Whether something may be told behind what the user said last: while a call of the provider's own tools is open, the
  /// API takes nothing but results.
  package var mayBeTold: Bool { all.last?["role"] == "user" && !Conversation.hasOpenServerCalls(all) }

  /// Adds a message of the user that answers tool calls; a turn that was cut short is not settled.
  package mutating func add(results: JSON, isSettled: Bool) {
    all.append(results)
    if isSettled { settled = all.count }
  }

  /// What stands in the place of a result that will not come.
  static let interrupted = "The person stopped this before it was done."

  /// From now on another model speaks.
  package mutating func modelHasChanged() { foreignEnd = all.count }

  /// Whether another model has spoken in this run, too.
  package var hasForeignParts: Bool { all.prefix(foreignEnd).contains { $0["role"] == "assistant" } }

  /// Whether a model has said anything in this run.
  package var hasAnswers: Bool { all.contains { $0["role"] == "assistant" } }

  /// Whether an image came with what the user said last.
  package var hasNewImages: Bool {
    all.reversed().prefix { $0["role"] != "assistant" }.flatMap(Conversation.blocks).contains { block in
      block["type"] == "image" || block["content"]?.array?.contains { $0["type"] == "image" } == true
    }
  }

  /// Whether the user's last message holds what tools gave.
  package var endsWithResults: Bool {
    all.last { $0["role"] == "user" }.map { Conversation.blocks(of: $0).first?["type"] == "tool_result" } ?? false
  }

  /// Changes messages that a service has refused.
  package mutating func revise(_ body: ([JSON]) -> [JSON]) { all = body(all) }

  /// What history keeps, of what came to its end or of all: put right, and with what it told of circumstances.
  package func exchange(_ which: Kept, of run: String, at time: Int) -> Exchange? {
    let (kept, told) = kept(which)
    guard !kept.isEmpty else { return nil }
    let messages = Conversation.messages(past: [], current: kept, target: nil)
    var exchange = Exchange(runId: run, at: time, messages: messages, usage: Usage(), stopReason: nil)
    exchange.told = told
    return exchange
  }

  private func kept(_ which: Kept) -> (messages: [JSON], told: JSONObject?) {
    let end =
      switch which {
      case .all: all.count
      case .settled: settled
      case .accepted: accepted
      }
    var told = JSONObject()
    for piece in news where piece.end <= end { for (name, mark) in piece.told { told[name] = mark } }
    let kept = Array(all.prefix(end))
    guard which == .accepted, let results = kept.last.flatMap({ Conversation.results(for: $0, saying: Self.refused) })
    else { return (kept, told.isEmpty ? nil : told) }
    return (kept + [results], told.isEmpty ? nil : told)
  }

  /// Which messages stay.
  package enum Kept: Sendable {
    case all
    /// Those that came to their end.
    case settled
    /// Those that were not refused: what a service has taken, and what a model has said.
    case accepted
  }

  private static let refused = "The service refused what came of this, so it is left out."

  /// Begins again with the prompt, as a summary stands for the rest, and what was said on the way since; the text so far
  /// stays.
  package mutating func restart() {
    let said = unanswered.map(Conversation.userMessage)
    all = SystemMessages.placed([Conversation.userMessage(prompt), SystemMessages.reminding(Self.begun)] + said)
    (settled, accepted, news, foreignEnd) = (0, 0, [], 0)
  }

  private static let begun =
    "This request was begun before the summary above was made, which tells what has been done for it. Go on with it."

  /// Adds what the model said; what it had only begun to say is not settled.
  ///
  /// - Returns: The message as it is kept; `nil` when nothing of it may be sent back.
  package mutating func add(_ message: ModelMessage, isWhole: Bool) -> JSON? {
    if all.last?["role"] != "assistant", !continuesText { text = "" }
    continuesText = false
    unanswered = []
    let said = Conversation.text(of: message)
    let room = max(0, ServerLimits.textBytesMax - text.utf8.count)
    // No model writes as much.
    text += UTF8Cut.beginning(of: said, bytesMax: room)
    let kept = Conversation.assistantMessage(message)
    if let kept {
      let end = SystemMessages.placed(all.suffix(1) + [kept])
      all.replaceSubrange((all.count - 1)..., with: end)
      if isWhole { (settled, accepted) = (all.count, all.count) }
    }
    return kept
  }
}
