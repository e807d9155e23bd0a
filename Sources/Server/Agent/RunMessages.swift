package import Protocol
package import Providers

/// The messages of one run, in the API's form, and how many of them may stay whatever happens next.
package struct RunMessages: Sendable {
  /// The messages, the first one the user's.
  package private(set) var all: [JSON]
  /// How many may stay in history when the next turn fails.
  package private(set) var settled = 0
  /// Who spoke before the model of now, and up to which message; each may be unable to read what another thought.
  private var former: [(end: Int, model: String)] = []
  /// What the model said last, all blocks and continued messages together.
  package private(set) var text = ""

  /// A run that begins with that prompt.
  package init(_ prompt: Prompt) { all = [Conversation.userMessage(prompt)] }

  /// Adds what a person says on the way.
  package mutating func add(_ prompt: Prompt) { all.append(Conversation.userMessage(prompt)) }

  /// Adds what is said for a person, in the API's form.
  package mutating func add(_ message: JSON) { all.append(message) }

  /// Adds a message of the user that answers tool calls; a turn that was cut short is not settled.
  package mutating func add(results: JSON, isSettled: Bool) {
    all.append(results)
    if isSettled { settled = all.count }
  }

  /// From now on another model speaks than that one.
  package mutating func modelHasChanged(from model: String) { former.append((all.count, model)) }

  /// Whether another model has spoken in this run, too.
  package var hasForeignParts: Bool { all.prefix(former.last?.end ?? 0).contains { $0["role"] == "assistant" } }

  /// Whether the model has not said anything yet.
  package var isUnanswered: Bool { !all.contains { $0["role"] == "assistant" } }

  /// The messages as they may be sent to a target.
  package func fit(for target: ConversationTarget) -> [JSON] {
    var begin = 0
    var fitting: [JSON] = []
    for (end, model) in former {
      fitting += ConversationPort.fit(Array(all[begin..<end]), from: model, for: target)
      begin = end
    }
    return fitting + ConversationPort.fit(Array(all[begin...]), from: nil, for: target)
  }

  /// The messages that history keeps, those that came to their end or all: as one model's, which is the last one that
  /// spoke.
  package func kept(_ which: Kept, by model: String) -> [JSON] {
    let fitting = fit(for: ConversationTarget(provider: .anthropic, model: model))
    return which == .all ? fitting : Array(fitting.prefix(settled))
  }

  /// Which messages stay.
  package enum Kept: Sendable {
    case all, settled
  }

  /// Adds what the model said; what it had only begun to say is not settled.
  ///
  /// - Returns: The message as it is kept; `nil` when nothing of it may be sent back.
  package mutating func add(_ message: ModelMessage, isWhole: Bool) -> JSON? {
    if all.last?["role"] != "assistant" { text = "" }
    text += Conversation.text(of: message)
    let kept = Conversation.assistantMessage(message)
    if let kept {
      if all.last?["role"] == "assistant", var last = all.last?.object {
        last["content"] = .array((last["content"]?.array ?? []) + (kept["content"]?.array ?? []))
        all[all.count - 1] = .object(last)
      } else {
        all.append(kept)
      }
      if isWhole { settled = all.count }
    }
    return kept
  }
}
