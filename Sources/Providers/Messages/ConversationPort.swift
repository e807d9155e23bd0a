package import Protocol

/// Makes what one model or service said fit for another.
package enum ConversationPort {
  /// Messages as they may be sent to a target; `model` is the one that spoke in them, `nil` when nobody knows.
  ///
  /// Another model cannot read the thinking of the first, as its signature is that one's; a model is the same at both
  /// services, and so are its signatures (Anthropic's documentation of extended thinking).
  package static func fit(_ messages: [JSON], from model: String?, for target: ConversationTarget?) -> [JSON] {
    guard let target else { return messages }
    let isForeign = model.map { !isSameModel($0, target.model) } ?? false
    guard isForeign || target.provider == .bedrock else { return messages }
    return portable(messages, to: target.provider, keepsThinking: !isForeign)
  }

  /// Whether two names are of one model, whichever service gave them.
  package static func isSameModel(_ one: String, _ other: String) -> Bool {
    guard one != other else { return true }
    guard let family = ModelCatalog.find(one)?.family else { return false }
    return family == ModelCatalog.find(other)?.family
  }

  /// A past exchange's messages made fit for another model or another provider; sound messages stay sound.
  ///
  /// Another model cannot read the thoughts of this one: without `keepsThinking` they are left out. Bedrock has none of the
  /// API's own tools, fetches no URL and keeps no files: the calls of such tools go with their results, and an image or a
  /// document that is not there itself is named in words. Instructions in mid-conversation stay as they are. Calls of our tools and their results always stay, in pairs. What
  /// has been made fit once stays as it is the second time.
  package static func portable(_ messages: [JSON], to provider: ProviderID, keepsThinking: Bool) -> [JSON] {
    messages.map { message in
      guard message["role"] != "system" else { return message }
      let isAssistant = message["role"] == "assistant"
      guard let content = message["content"]?.array else { return message }
      var kept = keepsThinking ? content : content.filter { !Conversation.isThinking($0) }
      if provider == .bedrock { kept = kept.compactMap(forBedrock) }
      if isAssistant { return Conversation.assistant(kept) }
      if kept.isEmpty { kept = [["type": "text", "text": .string(Conversation.leftOut)]] }
      return ["role": "user", "content": .array(kept)]
    }
  }

  /// A block as Bedrock takes it; `nil` when it has no such block.
  private static func forBedrock(_ block: JSON) -> JSON? {
    guard Conversation.serverCall(block) == nil, Conversation.serverResult(block) == nil, var object = block.object
    else { return nil }
    switch block["type"]?.string {
    case "container_upload": return nil
    case "text":
      guard let citations = object["citations"] else { return block }
      let kept = (citations.array ?? []).filter { $0["type"] != "web_search_result_location" }
      object["citations"] = kept.isEmpty ? nil : .array(kept)
    case "tool_use":
      // A call that a program of the provider's made names that program, which is gone.
      guard let caller = object["caller"], caller["type"] != "direct" else { return block }
      object["caller"] = nil
    case "tool_result":
      guard let content = object["content"]?.array else { return block }
      object["content"] = .array(content.compactMap(forBedrock))
    case "image", "document":
      guard let type = block["source"]?["type"]?.string, type == "url" || type == "file" else { return block }
      let name = block["source"]?["url"]?.string ?? block["source"]?["file_id"]?.string ?? "no name"
      return ["type": "text", "text": .string("(\(block["type"]?.string ?? "file") left out: \(name))")]
    default: return block
    }
    return .object(object)
  }
}
