internal import Protocol

/// What the services refuse in the messages of a body; both have the same rules, and Bedrock some of its own.
///
/// Source: the refusals of the Messages API and of Bedrock's schema, as far as a history can break them. What depends on
/// the model is held against the facts of a known one; of others it is only known what no model takes.
package struct ConversationRules {
  let service: Upstream.Service
  /// Who is asked, by the name that came.
  let name: String
  let model: StrictModel?
  let betas: Set<String>
  private var ids: Set<String> = []
  /// The calls that the next message must answer.
  private var open: [String] = []
  private var media = MediaRules()

  init(service: Upstream.Service, name: String, model: StrictModel?, betas: Set<String>) {
    (self.service, self.name, self.model, self.betas) = (service, name, model, betas)
  }

  /// The signature of thinking that a model of that name makes, where no facts are known; such take their own only.
  ///
  /// A model is the same at both services, whatever its name there.
  package static func signature(of model: String) -> String { "signed-by-\(family(model))" }

  /// The blocks of a message or of a system prompt, a text alone as one.
  static func blocks(_ content: JSON?) -> [JSON] {
    content?.string.map { [["type": "text", "text": .string($0)]] } ?? content?.array ?? []
  }

  /// Throws what a service would answer.
  mutating func check(_ body: JSON) throws(UpstreamRefusal) {
    guard let messages = body["messages"]?.array, let first = messages.first, let last = messages.last else {
      throw .invalid("messages: at least one message is required")
    }
    let opening = Self.blocks(first["content"])
    guard first["role"] == "user" || (opening.count == 1 && opening[0]["type"] == "compaction") else {
      throw .invalid("messages: first message must use the \"user\" role")
    }
    if last["role"] == "assistant", Self.blocks(last["content"]).last?["type"] != "server_tool_use",
      model?.takesPrefill != true
    {
      throw .invalid(
        "This model does not support assistant message prefill. The conversation must end with a user message.")
    }
    for (index, message) in messages.enumerated() {
      guard let role = message["role"]?.string, ["user", "assistant", "system"].contains(role) else {
        throw .invalid("messages.\(index).role: Input should be 'user', 'assistant' or 'system'")
      }
      if role == "system" {
        try SystemMessageRules(rules: self, open: open).check(index, in: messages)
      } else {
        try check(message, at: index, isLast: index == messages.count - 1)
      }
    }
    try unanswered(open, at: messages.count - 1)
    try media.checkTogether()
    try checkOpenTurn(body, messages)
  }

  // MARK: A message

  private mutating func check(_ message: JSON, at index: Int, isLast: Bool) throws(UpstreamRefusal) {
    let content = Self.blocks(message["content"])
    let isUser = message["role"] == "user"
    if message["content"] == "" { throw .invalid("messages.\(index): user messages must have non-empty content") }
    guard !content.isEmpty || (!isUser && isLast) else {
      throw .invalid(
        "messages.\(index): all messages must have non-empty content except for the optional final assistant message")
    }
    for (number, block) in content.enumerated() {
      try check(block, "messages.\(index).content.\(number)", isUser: isUser)
    }
    guard isUser else {
      try unanswered(open, at: index - 1)
      // Known models take it back as they gave it.
      if model == nil, content.last?["type"] == "thinking" {
        throw .invalid("messages.\(index): the final block cannot be thinking")
      }
      open = content.filter { $0["type"] == "tool_use" }.compactMap { $0["id"]?.string }
      return
    }
    let results = content.filter { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"]?.string }
    if let stray = results.first(where: { !open.contains($0) }) {
      throw .invalid("messages.\(index).content.0: unexpected `tool_use_id` found in `tool_result` blocks: \(stray)")
    }
    try unanswered(open.filter { !results.contains($0) }, at: index - 1)
    guard results.count == open.count else {
      throw .invalid("messages.\(index): each tool_use must have a single result")
    }
    guard content.prefix(results.count).allSatisfy({ $0["type"] == "tool_result" }) else {
      throw .invalid("messages.\(index): `tool_result` blocks must come first")
    }
    open = []
  }

  private func unanswered(_ calls: [String], at index: Int) throws(UpstreamRefusal) {
    guard !calls.isEmpty else { return }
    throw .invalid(
      "messages.\(index): `tool_use` ids were found without `tool_result` blocks immediately after: "
        + calls.joined(separator: ", "))
  }

  // MARK: A block

  private mutating func check(_ block: JSON, _ path: String, isUser: Bool) throws(UpstreamRefusal) {
    switch block["type"]?.string {
    case "text": try Self.check(text: block["text"]?.string)
    case "thinking":
      guard block["signature"]?.string?.isEmpty == false else {
        throw .invalid("\(path).thinking.signature: Field required")
      }
      if isUser { throw .invalid("\(path): a block the user may not send") }
    case "redacted_thinking" where isUser: throw .invalid("\(path): a block the user may not send")
    case "tool_use": try check(call: block, path, isUser: isUser)
    case "tool_result": try check(result: block, path)
    case let type? where service == .bedrock && (type == "server_tool_use" || type.hasSuffix("_tool_result")):
      throw .invalid("\(path): Input tag '\(type)' found using 'type' does not match any of the expected tags")
    case nil: throw .invalid("\(path): a block without a type")
    default: try media.check(block, path, service)
    }
  }

  private static func check(text: String?) throws(UpstreamRefusal) {
    guard let text, !text.isEmpty else { throw .invalid("messages: text content blocks must be non-empty") }
    guard !text.allSatisfy(\.isWhitespace) else {
      throw .invalid("messages: text content blocks must contain non-whitespace text")
    }
  }

  private mutating func check(call: JSON, _ path: String, isUser: Bool) throws(UpstreamRefusal) {
    if isUser { throw .invalid("\(path): a block the user may not send") }
    guard call["input"]?.object != nil else {
      throw .invalid("\(path).tool_use.input: Input should be a valid dictionary")
    }
    let id = call["id"]?.string ?? ""
    guard ToolRules.isName(id, atMost: .max) else {
      throw .invalid("\(path).tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
    }
    guard ToolRules.isName(call["name"]?.string ?? "", atMost: 200) else {
      throw .invalid("\(path).tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'")
    }
    guard ids.insert(id).inserted else { throw .invalid("\(path): `tool_use` ids must be unique") }
  }

  private mutating func check(result: JSON, _ path: String) throws(UpstreamRefusal) {
    // An empty text alone is an empty result; a text within a list is a block.
    let parts = result["content"]?.array ?? []
    if result["is_error"] == true, parts.contains(where: { $0["type"] != "text" }) {
      throw .invalid("\(path): all content must be type `text` if `is_error` is true")
    }
    for part in parts {
      if part["type"] == "text" { try Self.check(text: part["text"]?.string) }
      try media.check(part, path, service)
    }
  }

  /// With thinking by budget a turn that goes on must have begun with thinking.
  private func checkOpenTurn(_ body: JSON, _ messages: [JSON]) throws(UpstreamRefusal) {
    guard body["thinking"]?["type"] == "enabled",
      Self.blocks(messages.last?["content"]).contains(where: { $0["type"] == "tool_result" })
    else { return }
    let first = Self.blocks(messages.dropLast().last?["content"]).first?["type"]?.string ?? ""
    guard first != "thinking", first != "redacted_thinking" else { return }
    throw .invalid("Expected `thinking` or `redacted_thinking`, but found `\(first)`")
  }

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
