package import Protocol
package import Providers

/// What the API takes as a conversation, and how a run's messages become that whatever cut them short.
package enum History {
  /// The messages to send: the last exchanges, then the run's own, roles alternating and every call answered.
  ///
  /// An exchange whose answer never came ends with the user; what the user says next joins it in one message. Without a
  /// target nothing is left out for it.
  package static func messages(past exchanges: [Exchange], maxHistory: Int, current: [JSON], target: HistoryTarget?)
    -> [JSON]
  {
    let past = visible(exchanges, maxHistory: maxHistory).flatMap { fit($0.messages, from: $0.model, for: target) }
    return repaired(joined(past + current))
  }

  /// The past exchanges that the model may see: the last ones, and before them the newest summary, which does not count.
  ///
  /// History is cut between exchanges only. A summary that fell out when enough had come after it would be forgotten twice.
  package static func visible(_ exchanges: [Exchange], maxHistory: Int) -> [Exchange] {
    guard maxHistory > 0 else { return [] }
    guard let place = exchanges.lastIndex(where: Compaction.isSummary) else { return exchanges.suffix(maxHistory) }
    return [exchanges[place]] + exchanges[(place + 1)...].suffix(maxHistory)
  }

  /// A prompt as the API's user message.
  package static func userMessage(_ prompt: Prompt) -> JSON {
    let blocks = prompt.blocks.compactMap { block -> JSON? in
      switch block {
      case .text(let text) where text.allSatisfy(\.isWhitespace): nil
      case .text(let text): ["type": "text", "text": .string(text)]
      case .image(let mimeType, let data):
        [
          "type": "image",
          "source": ["type": "base64", "media_type": .string(mimeType), "data": .string(data)],
        ]
      case .imageURL(let url): ["type": "image", "source": ["type": "url", "url": .string(url)]]
      }
    }
    return ["role": "user", "content": .array(blocks)]
  }

  /// The tool results that a message asks for, each saying the same; `nil` when it asks for none.
  package static func results(for message: JSON, saying text: String) -> JSON? {
    let calls = (message["content"]?.array ?? []).filter { $0["type"] == "tool_use" }
    guard !calls.isEmpty else { return nil }
    let results = calls.map { call -> JSON in
      [
        "type": "tool_result", "tool_use_id": call["id"] ?? "", "content": .string(text), "is_error": true,
      ]
    }
    return ["role": "user", "content": .array(results)]
  }

  /// A model's message as history keeps it: all that may be sent back, verbatim; `nil` when nothing may.
  ///
  /// The API refuses a blank text, a thinking block without its signature, a tool call without its whole input, and a message
  /// that ends with thinking.
  package static func assistantMessage(_ message: ModelMessage) -> JSON? {
    var kept = message.content.enumerated().compactMap { index, block -> JSON? in
      switch block["type"]?.string {
      case "text": block["text"]?.string?.allSatisfy(\.isWhitespace) == true ? nil : block
      default: isUnfinished(index, of: message) ? nil : block
      }
    }
    let answered = Set(kept.compactMap { $0["tool_use_id"]?.string })
    kept.removeAll { $0["type"] == "server_tool_use" && !answered.contains($0["id"]?.string ?? "") && wasCut(message) }
    while let last = kept.last?["type"]?.string, last == "thinking" || last == "redacted_thinking" { kept.removeLast() }
    return kept.isEmpty ? nil : ["role": "assistant", "content": .array(kept)]
  }

  /// The texts of a model's message, in order.
  package static func text(of message: ModelMessage) -> String {
    message.content.compactMap { $0["type"] == "text" ? $0["text"]?.string : nil }.joined()
  }

  /// Whether a block never came to its end, so that a call in it must not be made.
  ///
  /// A call that an output limit cut off before its first argument looks like one without arguments: it is taken for
  /// unfinished, as the model can make it again and a call cannot be unmade.
  package static func isUnfinished(_ index: Int, of message: ModelMessage) -> Bool {
    if message.incomplete.contains(index) { return true }
    guard index == message.content.count - 1, limits.contains(message.stopReason ?? "") else { return false }
    let block = message.content[index]
    return block["type"]?.string?.hasSuffix("tool_use") == true && block["input"]?.object?.isEmpty != false
  }

  /// The reasons that mean a message was cut off by a limit.
  private static let limits: Set = ["max_tokens", "model_context_window_exceeded"]

  private static func wasCut(_ message: ModelMessage) -> Bool { message.stopReason == nil }

  /// The messages with neighbours of one role put together.
  package static func joined(_ messages: [JSON]) -> [JSON] {
    var joined: [JSON] = []
    for message in messages {
      guard let last = joined.last, last["role"] == message["role"], case .object(var object) = last else {
        joined.append(message)
        continue
      }
      object["content"] = .array(blocks(of: last) + blocks(of: message))
      joined[joined.count - 1] = .object(object)
    }
    return joined
  }

  /// A message's content as blocks, also when it is a string.
  static func blocks(of message: JSON) -> [JSON] {
    switch message["content"] {
    case .array(let blocks)?: blocks
    case .string(let text)?: [["type": "text", "text": .string(text)]]
    default: []
    }
  }
}
