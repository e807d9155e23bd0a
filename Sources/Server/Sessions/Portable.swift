package import Protocol

extension History {
  /// A past exchange's messages made fit for another model or another provider; sound messages stay sound.
  ///
  /// Another model cannot read the thoughts of this one: without `keepsThinking` they are left out. Bedrock has none of the
  /// API's own tools, fetches no URL and keeps no files: the calls of such tools go with their results, and an image or a
  /// document that is not there itself is named in words. Calls of our tools and their results always stay, in pairs. What
  /// has been made fit once stays as it is the second time.
  package static func portable(_ messages: [JSON], to provider: ProviderID, keepsThinking: Bool) -> [JSON] {
    messages.map { message in
      let isAssistant = message["role"] == "assistant"
      guard let content = message["content"]?.array else { return message }
      var kept = keepsThinking ? content : content.filter { !isThinking($0) }
      if provider == .bedrock { kept = kept.compactMap(forBedrock) }
      if isAssistant { return assistant(kept) }
      if kept.isEmpty { kept = [["type": "text", "text": .string(leftOut)]] }
      return ["role": "user", "content": .array(kept)]
    }
  }

  /// An exchange made fit for another model or another provider.
  package static func portable(_ exchange: Exchange, to provider: ProviderID, keepsThinking: Bool) -> Exchange {
    var exchange = exchange
    exchange.messages = portable(exchange.messages, to: provider, keepsThinking: keepsThinking)
    return exchange
  }

  /// A block as Bedrock takes it; `nil` when it has no such block.
  private static func forBedrock(_ block: JSON) -> JSON? {
    guard serverCall(block) == nil, serverResult(block) == nil, var object = block.object else { return nil }
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
