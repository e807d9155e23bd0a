package import Protocol

/// What both services take as a conversation, and how a run's messages become that whatever cut them short.
package enum Conversation {
  /// The messages to send: past exchanges, then the run's own messages, each speaker's neighbours joined and every call
  /// answered.
  ///
  /// What was sent once comes out the same again, whatever has been added behind it: the model's thinking is sealed over it,
  /// and the provider's cache is read by it. Without a target nothing is left out for it.
  package static func messages(past exchanges: [Exchange], current: [JSON], target: ConversationTarget?) -> [JSON] {
    let all = ConversationPort.fit(exchanges.flatMap(\.messages) + current, for: target)
    let placed = ConversationRepair.repaired(SystemMessages.placed(all))
    guard let target else { return placed }
    let fitted = ImageBounds.fitted(placed, for: target.provider).messages
    return target.takesSystemMessages ? fitted : SystemMessages.lowered(fitted)
  }

  /// A prompt as the API's user message; its blocks were made sound when it came (``SoundDocument/sound(_:for:)``).
  package static func userMessage(_ prompt: Prompt) -> JSON {
    ["role": "user", "content": .array(prompt.blocks.compactMap(SoundDocument.block))]
  }

  /// The prompt that a user's message was made of, less what was told with it; `nil` where there is nothing of it.
  package static func prompt(_ message: JSON) -> Prompt? {
    let pieces = blocks(of: message).filter { !SystemMessages.isReminder($0) }.compactMap { block -> ContentBlock? in
      let (source, title) = (block["source"], block["title"]?.string)
      let data = source?["data"]?.string
      switch (block["type"]?.string, source?["type"]?.string) {
      case ("text", _): return block["text"]?.string.map(ContentBlock.text)
      case ("image", "base64"):
        return data.map { .image(mimeType: source?["media_type"]?.string ?? "image/png", data: $0) }
      case ("image", "url"): return source?["url"]?.string.map(ContentBlock.imageURL)
      case ("document", "base64"): return data.map { .document(AttachedDocument(data: $0, title: title)) }
      case ("document", "text"): return data.map { .document(AttachedDocument(text: $0, title: title)) }
      default: return nil
      }
    }
    return pieces.isEmpty ? nil : Prompt(blocks: pieces)
  }

  /// The tool results that a message asks for, each saying the same; `nil` when it asks for none.
  package static func results(for message: JSON, saying text: String) -> JSON? {
    let calls = (message["content"]?.array ?? []).filter { $0["type"] == "tool_use" }
    return results(for: calls.map { $0["id"]?.string ?? "" }, saying: text)
  }

  /// The tool results for calls that were not made, each saying why; `nil` for no calls.
  package static func results(for calls: [String], saying text: String) -> JSON? {
    guard !calls.isEmpty else { return nil }
    return ["role": "user", "content": .array(calls.map { result(for: $0, saying: text) })]
  }

  /// The tool result for a call that was not made.
  static func result(for call: String, saying text: String) -> JSON {
    ["type": "tool_result", "tool_use_id": .string(call), "content": .string(text), "is_error": true]
  }

  /// A model's message as history keeps it: all that may be sent back, verbatim; `nil` when nothing may.
  ///
  /// The API refuses a blank text, a thinking block without its signature, a tool call without its whole input, and a message
  /// that ends with thinking. A call whose input is no object, or that names what cannot be a tool's name, is kept with `{}`
  /// or a name like it: its result says what was wrong.
  package static func assistantMessage(_ message: ModelMessage) -> JSON? {
    var kept = message.content.enumerated().compactMap { index, block -> JSON? in
      switch block["type"]?.string {
      case "text": block["text"]?.string.map(BlankText.isBlank) == false ? block : nil
      default: isUnfinished(index, of: message) ? nil : SoundContent.thought(SoundCalls.sound(block))
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

  /// A message's content as blocks, also when it is a string.
  package static func blocks(of message: JSON) -> [JSON] {
    switch message["content"] {
    case .array(let blocks)?: blocks
    case .string(let text)?: [["type": "text", "text": .string(text)]]
    default: []
    }
  }
}

// MARK: - Kinds of blocks and messages

extension Conversation {
  /// What stands in the place of a message that would be empty; the API takes no empty one.
  package static let leftOut = "(left out)"

  /// A message of these blocks, less thoughts at its end; never empty.
  static func assistant(_ blocks: [JSON]) -> JSON {
    var kept = blocks
    while let last = kept.last, isThinking(last) { kept.removeLast() }
    if kept.isEmpty { kept = [["type": "text", "text": .string(leftOut)]] }
    return ["role": "assistant", "content": .array(kept)]
  }

  /// Whether a block is the model's thinking.
  package static func isThinking(_ block: JSON) -> Bool {
    block["type"] == "thinking" || block["type"] == "redacted_thinking"
  }

  /// Whether there is thinking in messages.
  package static func hasThinking(_ messages: [JSON]) -> Bool {
    messages.contains { blocks(of: $0).contains(where: isThinking) }
  }

  /// The id of a call that the provider answers itself; `nil` for any other block.
  static func serverCall(_ block: JSON) -> String? {
    block["type"] == "server_tool_use" || block["type"] == "mcp_tool_use" ? block["id"]?.string ?? "" : nil
  }

  /// The id that a result of the provider's own tools answers; `nil` for any other block.
  static func serverResult(_ block: JSON) -> String? {
    guard let type = block["type"]?.string, type.hasSuffix("_tool_result") else { return nil }
    return block["tool_use_id"]?.string ?? ""
  }

  /// Whether a call of the provider's own tools waits for its result.
  package static func hasOpenServerCalls(_ messages: [JSON]) -> Bool {
    let blocks = messages.lazy.filter { $0["role"] == "assistant" }.flatMap(blocks)
    let calls = blocks.compactMap(serverCall)
    return !calls.isEmpty && !Set(calls).isSubset(of: blocks.compactMap(serverResult))
  }

  /// The first block of the turn that goes on: of what a run said in its own messages, `current`, since the user's last
  /// words, or where it said nothing yet, of what was said last in the past; `nil` when no turn goes on.
  package static func beginningOfOpenTurn(past: [JSON], current: [JSON]) -> JSON? {
    if current.contains(where: { $0["role"] == "assistant" }) { return beginningOfOpenTurn(current[...]) }
    return past.lastIndex { $0["role"] == "assistant" }.flatMap { beginningOfOpenTurn(past[$0...]) }
  }

  /// A turn goes on while its calls are answered, and when the model is to say more behind its own last words.
  private static func beginningOfOpenTurn(_ messages: ArraySlice<JSON>) -> JSON? {
    let said = messages.filter { $0["role"] != "system" }
    let start = said.lastIndex { $0["role"] == "user" && !hasResults($0) } ?? -1
    return said[(start + 1)...].first { $0["role"] == "assistant" }.flatMap { blocks(of: $0).first }
  }

  private static func hasResults(_ message: JSON) -> Bool {
    blocks(of: message).contains { $0["type"] == "tool_result" }
  }

  /// Whether a user's message only answers calls, so that the model's turn goes on behind it.
  package static func isResultsOnly(_ message: JSON) -> Bool {
    message["role"] == "user" && blocks(of: message).allSatisfy { $0["type"] == "tool_result" }
  }
}

// MARK: - Thinking that goes

extension Conversation {
  /// Messages without the thinking that a model seals over what comes before it, for when that has changed.
  ///
  /// Thinking of a model that seals nothing stays; where nobody knows whose it is, it goes.
  package static func withoutSealedThinking(_ messages: [JSON], of model: String?) -> [JSON] {
    if let model, !ModelCatalog.traits(of: model).sealsThinking { return messages }
    return without(messages, where: isThinking)
  }

  /// Messages without some blocks of the model's; no message becomes empty.
  package static func without(_ messages: [JSON], where isGone: (JSON) -> Bool) -> [JSON] {
    messages.map { message in
      guard message["role"] == "assistant", let content = message["content"]?.array, content.contains(where: isGone)
      else { return message }
      return assistant(content.filter { !isGone($0) })
    }
  }
}
