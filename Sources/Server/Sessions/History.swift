package import Protocol
package import Providers

/// What the API takes as a conversation, and how a run's messages become that whatever cut them short.
package enum History {
  /// The messages to send: the last exchanges, then the run's own, roles alternating.
  ///
  /// An exchange whose answer never came ends with the user; what the user says next joins it in one message.
  package static func messages(past exchanges: [Exchange], maxHistory: Int, current: [JSON], target: HistoryTarget)
    -> [JSON]
  {
    joined(exchanges.suffix(maxHistory).flatMap { fit($0.messages, from: $0.model, for: target) } + current)
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
      default: message.incomplete.contains(index) ? nil : block
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

  /// Why a list of messages is no conversation the API takes; `nil` when it is one.
  ///
  /// Source: the Messages API's own refusals (roles, blank texts, tool results without their call and the reverse).
  package static func flaw(in messages: [JSON]) -> String? {
    var openCalls: Set<String> = []
    for (number, message) in messages.enumerated() {
      guard let role = message["role"]?.string, role == (number.isMultiple(of: 2) ? "user" : "assistant") else {
        return "message \(number) is not the \(number.isMultiple(of: 2) ? "user" : "assistant")'s"
      }
      let content: [JSON]
      switch message["content"] {
      case .string(let text)?: content = [["type": "text", "text": .string(text)]]
      case .array(let blocks)?: content = blocks
      default: return "message \(number) has no content"
      }
      guard !content.isEmpty else { return "message \(number) is empty" }
      let results = content.filter { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"]?.string }
      guard Set(results) == openCalls, results.count == openCalls.count else {
        return "message \(number) does not answer the tool calls before it"
      }
      for block in content {
        guard block["type"]?.string != nil else { return "message \(number) has a block without a type" }
        if block["type"] == "text", block["text"]?.string?.allSatisfy(\.isWhitespace) ?? true {
          return "message \(number) has a blank text"
        }
      }
      openCalls = Set(content.filter { $0["type"] == "tool_use" }.compactMap { $0["id"]?.string })
    }
    return openCalls.isEmpty ? nil : "the last message's tool calls have no results"
  }

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

  private static func blocks(of message: JSON) -> [JSON] {
    switch message["content"] {
    case .array(let blocks)?: blocks
    case .string(let text)?: [["type": "text", "text": .string(text)]]
    default: []
    }
  }
}
