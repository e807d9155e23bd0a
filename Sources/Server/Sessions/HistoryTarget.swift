package import Protocol
internal import Providers

/// Whom a history is sent to: what one model or service said is not all fit for another.
package struct HistoryTarget: Sendable, Hashable {
  /// The service.
  package var provider: ProviderID
  /// The model, by the provider's name of it.
  package var model: String

  /// A model at a service.
  package init(provider: ProviderID, model: String) {
    self.provider = provider
    self.model = model
  }
}

extension History {
  /// Messages as they may be sent to a target; `model` is the one that spoke in them, `nil` when nobody knows.
  ///
  /// Another model cannot read the thinking of the first, as its signature is that one's. Bedrock runs no tools of the
  /// Anthropic API's own, and refuses their blocks. A model is the same at both services, and so are its signatures
  /// (Anthropic's documentation of extended thinking).
  package static func fit(_ messages: [JSON], from model: String?, for target: HistoryTarget) -> [JSON] {
    let isForeign = model.map { !isSameModel($0, target.model) } ?? false
    guard isForeign || target.provider == .bedrock else { return messages }
    return messages.map { message in
      guard message["role"] == "assistant", let content = message["content"]?.array, var object = message.object else {
        return message
      }
      let kept = content.filter { block in
        let type = block["type"]?.string ?? ""
        if isForeign, thinkingTypes.contains(type) { return false }
        return target.provider != .bedrock || !isServerBlock(type)
      }
      guard kept.count < content.count || target.provider == .bedrock else { return message }
      let blocks = target.provider == .bedrock ? kept.map(withoutWebCitations) : kept
      object["content"] = .array(blocks.isEmpty ? [leftOut] : blocks)
      return .object(object)
    }
  }

  /// Whether two names are of one model, whichever service gave them.
  package static func isSameModel(_ one: String, _ other: String) -> Bool {
    guard one != other else { return true }
    guard let family = ModelCatalog.find(one)?.family else { return false }
    return family == ModelCatalog.find(other)?.family
  }

  /// Whether there is thinking in messages.
  package static func hasThinking(_ messages: [JSON]) -> Bool {
    messages.contains { message in
      message["content"]?.array?.contains { thinkingTypes.contains($0["type"]?.string ?? "") } ?? false
    }
  }

  private static let thinkingTypes: Set = ["thinking", "redacted_thinking"]
  private static let leftOut: JSON = ["type": "text", "text": "(left out)"]

  /// Whether a block is of a tool that the service itself runs, or of its results.
  private static func isServerBlock(_ type: String) -> Bool {
    type == "server_tool_use" || type == "container_upload" || type.hasPrefix("mcp_tool")
      || type.hasSuffix("_tool_result")
  }

  /// A text without citations of pages that the service looked up, which no other service can read.
  private static func withoutWebCitations(_ block: JSON) -> JSON {
    guard var object = block.object, let citations = block["citations"]?.array else { return block }
    let kept = citations.filter { $0["type"] != "web_search_result_location" }
    object["citations"] = kept.isEmpty ? nil : .array(kept)
    return .object(object)
  }
}
