package import Protocol

/// Makes what was said fit for a model and its service, without changing what is kept.
///
/// Thinking stays, whichever model it is of: a model that cannot read it has it left out by its service, unbilled, and
/// the model that can reads it again when the session comes back to it (Anthropic's documentation of preserved thinking).
package enum ConversationPort {
  /// Messages as they may be sent to a target; sound messages stay sound, and what is fit stays as it is.
  ///
  /// A model that cannot think gets no thinking. Bedrock has none of the API's own tools, fetches no URL and keeps no
  /// files: the calls of such tools go with their results, and an image or a document that is not there itself is named in
  /// words. Calls of our tools and their results always stay, in pairs.
  package static func fit(_ messages: [JSON], for target: ConversationTarget?) -> [JSON] {
    guard let target else { return messages }
    let mayThink = target.mayThink
    guard target.provider == .bedrock || !mayThink else { return messages }
    return messages.map { message in
      guard let content = message["content"]?.array, message["role"] != "system" else { return message }
      var kept = mayThink ? content : content.filter { !Conversation.isThinking($0) }
      if target.provider == .bedrock { kept = kept.compactMap(forBedrock) }
      guard kept != content else { return message }
      if message["role"] == "assistant" { return Conversation.assistant(kept) }
      if kept.isEmpty { kept = [["type": "text", "text": .string(Conversation.leftOut)]] }
      return ["role": "user", "content": .array(kept)]
    }
  }

  /// Whether two names are of one model, whichever service gave them.
  package static func isSameModel(_ one: String, _ other: String) -> Bool {
    guard one != other else { return true }
    guard let family = ModelCatalog.find(one)?.family else { return false }
    return family == ModelCatalog.find(other)?.family
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
