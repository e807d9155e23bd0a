internal import Protocol
internal import Providers

/// What was said in a session, told again as it was told live.
enum ACPReplay {
  /// The updates of one exchange.
  static func updates(of exchange: Exchange) -> [(kind: String, update: JSONObject)] {
    if Compaction.isSummary(exchange) {
      let texts = exchange.messages.first.map(Conversation.blocks) ?? []
      let summary = texts.compactMap { $0["text"]?.string }.joined(separator: "\n")
      return [("tool_call", ACPToolCall.compaction(exchange.runId, summary))]
    }
    var updates: [(String, JSONObject)] = []
    var answers = 0
    for message in exchange.messages {
      let blocks = Conversation.blocks(of: message)
      switch message["role"]?.string {
      case "assistant":
        let id = ACPProgress.messageId(of: exchange.runId, answers)
        answers += 1
        updates += blocks.compactMap { said($0, id) }
      case "user": updates += blocks.filter { !SystemMessages.isReminder($0) }.compactMap(asked)
      default: break
      }
    }
    return updates
  }

  private static func asked(_ block: JSON) -> (kind: String, update: JSONObject)? {
    switch block["type"]?.string {
    case "text":
      return block["text"].map { ("user_message_chunk", ["content": ["type": "text", "text": $0]]) }
    case "tool_result":
      guard let id = block["tool_use_id"]?.string else { return nil }
      let content = block["content"]?.array ?? block["content"].map { [["type": "text", "text": $0]] } ?? []
      let done = ToolCallDone(
        callId: id, name: "", title: "", content: content, isError: block["is_error"]?.bool ?? false)
      var update = ACPToolCall.done(done)
      (update["title"], update["kind"]) = (nil, nil)
      return ("tool_call_update", update)
    default: return nil
    }
  }

  private static func said(_ block: JSON, _ id: String) -> (kind: String, update: JSONObject)? {
    switch block["type"]?.string {
    case "text":
      return block["text"].map {
        ("agent_message_chunk", ["content": ["type": "text", "text": $0], "messageId": .string(id)])
      }
    case "thinking":
      guard let text = block["thinking"], text.string?.isEmpty == false else { return nil }
      return (
        "agent_thought_chunk", ["content": ["type": "text", "text": text], "messageId": .string(id + "-thought")]
      )
    case "tool_use":
      guard let call = block["id"]?.string else { return nil }
      let made = ToolCallMade(index: 0, callId: call, name: block["name"]?.string, input: block["input"])
      return ("tool_call", ACPToolCall.begun(made, id: call))
    default: return nil
    }
  }
}
