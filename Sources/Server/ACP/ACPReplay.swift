internal import Protocol
internal import Providers

/// What was said in a session, told again as it was told live.
struct ACPReplay {
  private let client: ACPClient
  /// The names of the messages of runs: one may have been summarized in part.
  private var names: [String: ACPMessageName] = [:]
  private var updates: [ACPProgress.Update] = []
  /// How many messages of people were told.
  private var asked = 0
  /// The tools that the last message called, by the ids of the calls.
  private var tools: [String: String] = [:]

  private init(client: ACPClient) { self.client = client }

  /// The updates for all of it, the oldest first: also what a summary stands for by now.
  static func updates(of past: SessionPast, for client: ACPClient) -> [ACPProgress.Update] {
    var replay = ACPReplay(client: client)
    for exchange in past.archive.exchanges + past.exchanges { replay.tell(exchange) }
    return replay.updates
  }

  private mutating func tell(_ exchange: Exchange) {
    guard !Compaction.isSummary(exchange) else {
      let texts = exchange.messages.first.map(Conversation.blocks) ?? []
      let summary = texts.compactMap { $0["text"]?.string }.joined(separator: "\n")
      let bare = summary.dropFirst(Compaction.heading.count).drop { $0.isWhitespace }
      return updates.append(ACPToolCall.compaction(exchange.runId, String(bare), for: client))
    }
    var name = names[exchange.runId] ?? ACPMessageName(of: exchange.runId)
    for message in exchange.messages {
      let blocks = Conversation.blocks(of: message)
      switch message["role"]?.string {
      case "assistant":
        name.begin()
        tools = [:]
        for block in blocks { tell(said: block, &name) }
        name.end(because: nil)
      case "user":
        asked += 1
        for block in blocks where !SystemMessages.isReminder(block) { tell(asked: block) }
      default: break
      }
    }
    names[exchange.runId] = name
  }

  private mutating func tell(asked block: JSON) {
    switch block["type"]?.string {
    case "text":
      guard let text = block["text"] else { return }
      tell(user: ["type": "text", "text": text])
    case "image":
      guard let image = ACPToolCall.image(block) else { return }
      tell(user: image)
    case "tool_result":
      guard let id = block["tool_use_id"]?.string else { return }
      let content = block["content"]?.array ?? block["content"].map { [["type": "text", "text": $0]] } ?? []
      let done = ToolCallDone(
        callId: id, name: "", title: "", content: MCPTools.shown(content, of: tools[id] ?? ""),
        isError: block["is_error"]?.bool ?? false)
      var update = ACPToolCall.done(done)
      (update["title"], update["kind"]) = (nil, nil)
      updates.append(.other("tool_call_update", update))
    default: break
    }
  }

  private mutating func tell(user content: JSON) {
    updates.append(.other("user_message_chunk", ["content": content, "messageId": .string("user-\(asked)")]))
  }

  private mutating func tell(said block: JSON, _ name: inout ACPMessageName) {
    switch block["type"]?.string {
    case "text":
      guard let text = block["text"]?.string else { return }
      updates.append(.chunk(isThought: false, text: text, messageId: name.text()))
    case "thinking":
      guard let text = block["thinking"]?.string, !text.isEmpty else { return }
      updates.append(.chunk(isThought: true, text: text, messageId: name.thought()))
    case "tool_use":
      guard let id = block["id"]?.string else { return }
      tools[id] = block["name"]?.string
      let begun = ACPToolCall.begun(id, name: block["name"]?.string ?? "tool", input: block["input"])
      updates.append(.other("tool_call", begun))
    default:
      guard let done = ToolCallDone(ofService: block) else { return }
      updates.append(.other("tool_call", ACPToolCall.done(done)))
    }
  }
}
