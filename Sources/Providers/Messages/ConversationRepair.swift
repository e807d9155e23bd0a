package import Protocol

/// Puts right what a cancel, a limit or a crash left of a conversation.
package enum ConversationRepair {
  /// The messages with all that a cut may have left behind put right, so that the API takes them; sound ones come back as
  /// they are.
  ///
  /// Every call gets a sound id of its own and a result, and every result a call; results come first in their message; a
  /// call of the provider's own tools that can no longer be answered is dropped; no message of the model ends with thoughts,
  /// and the last one not with blanks.
  package static func repaired(_ messages: [JSON]) -> [JSON] {
    var repaired = withServerCallsAnswered(withCallsAnswered(SoundCalls.sound(messages)))
    if let last = repaired.last, last["role"] == "assistant" {
      repaired[repaired.count - 1] = withoutBlanksAtEnd(last)
    }
    return repaired
  }

  // MARK: Calls of our tools

  private static func withCallsAnswered(_ messages: [JSON]) -> [JSON] {
    var made: [JSON] = []
    made.reserveCapacity(messages.count)
    var open: [String] = []
    for message in messages {
      guard message["role"] != "system" else {
        made.append(message)
        continue
      }
      guard message["role"] == "user" else {
        if let results = results(for: open) { made.append(results) }
        made.append(message)
        open = Conversation.blocks(of: message).compactMap { $0["type"] == "tool_use" ? $0["id"]?.string : nil }
        continue
      }
      made.append(answering(open, message))
      open = []
    }
    if let results = results(for: open) { made.append(results) }
    return made
  }

  /// A user's message with exactly one result for each call, in front.
  private static func answering(_ calls: [String], _ message: JSON) -> JSON {
    let content = Conversation.blocks(of: message)
    let given = content.map { $0["type"] == "tool_result" ? $0["tool_use_id"]?.string ?? "" : nil }
    guard
      given.prefix(calls.count).compactMap(\.self).sorted() != calls.sorted()
        || given.compactMap(\.self).count != calls.count
    else { return message }
    let results = calls.map { call in
      given.firstIndex(of: call).map { content[$0] } ?? result(for: call)
    }
    let words = zip(content, given).compactMap { $1 == nil ? $0 : nil }
    let whole = results + words
    return [
      "role": "user",
      "content": .array(whole.isEmpty ? [["type": "text", "text": .string(Conversation.leftOut)]] : whole),
    ]
  }

  private static func results(for calls: [String]) -> JSON? { Conversation.results(for: calls, saying: unmade) }

  private static func result(for call: String) -> JSON { Conversation.result(for: call, saying: unmade) }

  private static let unmade = "The run ended before this was done."

  // MARK: Calls of the provider's tools

  private static func withServerCallsAnswered(_ messages: [JSON]) -> [JSON] {
    var made = messages
    var start = 0
    while start < messages.count {
      // A turn of the model ends where the person says something.
      let end =
        messages[(start + 1)...].firstIndex { $0["role"] == "user" && !Conversation.isResultsOnly($0) }
        ?? messages.count
      repairTurn(&made, start..<end, mayGoOn: end == messages.count)
      start = end
    }
    return made
  }

  private static func repairTurn(_ messages: inout [JSON], _ turn: Range<Int>, mayGoOn: Bool) {
    var calls: Set<String> = []
    var results: Set<String> = []
    for place in turn where messages[place]["role"] == "assistant" {
      for block in messages[place]["content"]?.array ?? [] {
        if let call = Conversation.serverCall(block) { calls.insert(call) }
        if let result = Conversation.serverResult(block) { results.insert(result) }
      }
    }
    let unanswered = mayGoOn ? [] : calls.subtracting(results)
    let unasked = results.subtracting(calls)
    for place in turn where messages[place]["role"] == "assistant" {
      guard let content = messages[place]["content"]?.array else { continue }
      let kept = content.filter { block in
        !unanswered.contains(Conversation.serverCall(block) ?? "-")
          && !unasked.contains(Conversation.serverResult(block) ?? "-")
      }
      guard kept.count < content.count || content.last.map(Conversation.isThinking) == true else { continue }
      messages[place] = Conversation.assistant(kept)
    }
  }

  // MARK: The end

  private static func withoutBlanksAtEnd(_ message: JSON) -> JSON {
    var content = Conversation.blocks(of: message)
    guard var last = content.last?.object, last["type"] == "text", let text = last["text"]?.string,
      text.last?.isWhitespace == true
    else { return message }
    // Looked at from the end: a text may be megabytes long.
    last["text"] = .string(text.lastIndex { !$0.isWhitespace }.map { String(text[...$0]) } ?? Conversation.leftOut)
    content[content.count - 1] = .object(last)
    return ["role": "assistant", "content": .array(content)]
  }
}
