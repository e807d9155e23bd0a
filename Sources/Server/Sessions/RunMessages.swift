package import Protocol
package import Providers

/// The messages of one run, in the API's form, and how many of them may stay whatever happens next.
package struct RunMessages: Sendable {
  /// The messages, the first one the user's.
  package private(set) var all: [JSON]
  /// How many may stay in history when the next turn fails.
  package private(set) var settled = 0
  /// How many of the first messages are another model's, whose thinking this one cannot read.
  private var foreign = 0
  /// Who said those.
  private var foreignModel: String?
  /// What the model said last, all blocks and continued messages together.
  package private(set) var text = ""

  /// A run that begins with that prompt.
  package init(_ prompt: Prompt) { all = [History.userMessage(prompt)] }

  /// The messages that have come to their end.
  package var settledOnes: [JSON] { Array(all.prefix(settled)) }

  /// Adds what a person says on the way.
  package mutating func add(_ prompt: Prompt) { all.append(History.userMessage(prompt)) }

  /// Adds what is said for a person, in the API's form.
  package mutating func add(_ message: JSON) { all.append(message) }

  /// Adds a message of the user that answers tool calls; a turn that was cut short is not settled.
  package mutating func add(results: JSON, isSettled: Bool) {
    all.append(results)
    if isSettled { settled = all.count }
  }

  /// From now on another model speaks than that one.
  package mutating func modelHasChanged(from model: String) {
    foreign = all.count
    foreignModel = model
  }

  /// Whether another model has spoken in this run, too.
  package var hasForeignParts: Bool { all.prefix(foreign).contains { $0["role"] == "assistant" } }

  /// The messages as they may be sent to a target.
  package func fit(for target: HistoryTarget) -> [JSON] {
    History.fit(Array(all.prefix(foreign)), from: foreignModel, for: target)
      + History.fit(Array(all.dropFirst(foreign)), from: nil, for: target)
  }

  /// Adds what the model said; what it had only begun to say is not settled.
  ///
  /// - Returns: The message as it is kept; `nil` when nothing of it may be sent back.
  package mutating func add(_ message: ModelMessage, isWhole: Bool) -> JSON? {
    if all.last?["role"] != "assistant" { text = "" }
    text += History.text(of: message)
    let kept = History.assistantMessage(message)
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
