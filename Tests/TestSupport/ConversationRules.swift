package import Protocol

/// What the services refuse in a body that asks a model; both have the same rules, and Bedrock some of its own.
///
/// Source: the refusals of the Messages API and of Bedrock's schema, as far as a history can break them.
package enum ConversationRules {
  /// Which service judges.
  package enum Service: Sendable {
    /// The Messages API.
    case anthropic
    /// Bedrock's InvokeModel; the model stands in the path.
    case bedrock(model: String)
  }

  /// Why a service would refuse this body; `nil` when it would not.
  package static func flaw(in body: JSON, for service: Service) -> String? {
    guard body["max_tokens"]?.int ?? 0 > 0 else { return "max_tokens: must be at least 1" }
    let asked: String
    switch service {
    case .anthropic:
      guard let model = body["model"]?.string, !model.isEmpty else { return "model: is missing" }
      asked = model
    case .bedrock(let model):
      asked = model
      if let flaw = bedrockFlaw(in: body) { return flaw }
    }
    guard let messages = body["messages"]?.array, !messages.isEmpty else { return "messages: at least one is required" }
    var expected = "user"
    var calls: [String] = []
    for (number, message) in messages.enumerated() {
      guard message["role"]?.string == expected else { return "messages.\(number): roles must alternate" }
      let text = message["content"]?.string.map { text -> [JSON] in [["type": "text", "text": .string(text)]] }
      guard let content = text ?? message["content"]?.array, !content.isEmpty else {
        return "messages.\(number): is empty"
      }
      let flaw =
        flaw(in: content, of: expected, answering: calls) ?? foreign(content, to: asked)
        ?? (isBedrock(service) ? serverTools(content) : nil)
      if let flaw { return "messages.\(number): \(flaw)" }
      calls = content.filter { $0["type"] == "tool_use" }.compactMap { $0["id"]?.string }
      expected = expected == "user" ? "assistant" : "user"
    }
    if expected == "user" { return "messages: the last one must be the user's" }
    return ContentRules.flaw(in: body, isBedrock: isBedrock(service)) ?? thinkingFlaw(body, messages)
  }

  /// The signature of thinking that a model of that name makes; the services take a model's own only.
  ///
  /// A model is the same at both services, whatever its name there.
  package static func signature(of model: String) -> String { "signed-by-\(family(model))" }

  // MARK: The rules

  private static func flaw(in content: [JSON], of role: String, answering calls: [String]) -> String? {
    let results = content.filter { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"]?.string }
    guard results.sorted() == calls.sorted() else { return "tool_use ids without tool_result, or the reverse" }
    for block in content {
      switch block["type"]?.string {
      case "text" where block["text"]?.string?.allSatisfy(\.isWhitespace) ?? true:
        return "text content blocks must contain non-whitespace text"
      case "thinking" where block["signature"]?.string?.isEmpty ?? true: return "thinking.signature: is missing"
      case "thinking" where role == "user", "tool_use" where role == "user": return "a block the user may not send"
      case nil: return "a block without a type"
      default: break
      }
    }
    if role == "assistant", content.last?["type"] == "thinking" { return "the final block cannot be thinking" }
    return nil
  }

  /// Thinking that another model signed; signatures of other forms are not judged.
  private static func foreign(_ content: [JSON], to model: String) -> String? {
    let signatures = content.compactMap { $0["signature"]?.string }.filter { $0.hasPrefix("signed-by-") }
    let isForeign = signatures.contains { $0 != signature(of: model) }
    return isForeign ? "Invalid `signature` in `thinking` block" : nil
  }

  private static func serverTools(_ content: [JSON]) -> String? {
    let found = content.compactMap { $0["type"]?.string }.first {
      $0 == "server_tool_use" || ($0.hasSuffix("_tool_result") && $0 != "tool_result")
    }
    return found.map { "Input tag '\($0)' found using 'type' does not match any of the expected tags" }
  }

  private static func thinkingFlaw(_ body: JSON, _ messages: [JSON]) -> String? {
    guard body["thinking"]?["type"] == "enabled" else { return nil }
    let budget = body["thinking"]?["budget_tokens"]?.int ?? 0
    guard budget >= 1_024 else { return "thinking.budget_tokens: must be at least 1024" }
    guard budget < body["max_tokens"]?.int ?? 0 else { return "max_tokens must be greater than thinking.budget_tokens" }
    let isInTurn = messages.last?["content"]?.array?.contains { $0["type"] == "tool_result" } ?? false
    let first = messages.dropLast().last?["content"]?.array?.first?["type"]?.string ?? ""
    guard isInTurn, first != "thinking", first != "redacted_thinking" else { return nil }
    return "Expected `thinking` or `redacted_thinking`, but found `\(first)`"
  }

  private static let bedrockMembers: Set = [
    "anthropic_version", "anthropic_beta", "max_tokens", "messages", "system", "temperature", "top_p", "top_k", "tools",
    "tool_choice", "stop_sequences", "thinking", "output_config",
  ]

  private static func bedrockFlaw(in body: JSON) -> String? {
    guard body["anthropic_version"] == "bedrock-2023-05-31" else { return "anthropic_version: is not supported" }
    let unknown = (body.object ?? [:]).map(\.key).filter { !bedrockMembers.contains($0) }
    if let member = unknown.first { return "\(member): Extra inputs are not permitted" }
    return hasNull(body) ? "#: expected another type, found: Null" : nil
  }

  /// Whether there is a null where the schema has a say: a tool's input is the tool's own.
  private static func hasNull(_ json: JSON) -> Bool {
    switch json {
    case .null: true
    case .array(let elements): elements.contains(where: hasNull)
    case .object(let members): members.contains { $0.key != "input" && hasNull($0.value) }
    default: false
    }
  }

  private static func isBedrock(_ service: Service) -> Bool { if case .bedrock = service { true } else { false } }

  /// A model's name without what differs between the services: geography, vendor, version of the offer.
  private static func family(_ name: String) -> String {
    let start = name.firstRange(of: "claude")?.lowerBound ?? name.startIndex
    let bare = name[start...]
    let versioned = String(bare[..<(bare.firstRange(of: "-v")?.lowerBound ?? bare.endIndex)])
    // Two models share a name but for the date only among those of the third generation.
    guard !versioned.hasPrefix("claude-3"), let date = versioned.firstMatch(of: #/-\d{8}$/#) else { return versioned }
    return String(versioned[..<date.range.lowerBound])
  }
}
