package import Protocol

extension Conversation {
  /// Why a list of messages is no conversation the API takes; `nil` when it is one, as an empty list is.
  ///
  /// A call of the provider's own tools may stand open in the last turn: the API pauses there.
  ///
  /// Images are judged by their content, as they stand in one message each; what a request takes of them together is
  /// ``ImageBounds``' to say.
  ///
  /// Source: the Messages API's own refusals, and its documentation of tool use, extended thinking, vision and of system
  /// messages in mid-conversation.
  package static func flaw(in messages: [JSON]) -> String? {
    var rules = ConversationRules()
    for (number, message) in messages.enumerated() {
      do throws(ConversationRules.Broken) {
        try rules.take(message, number)
      } catch {
        return "message \(number) \(error.reason)"
      }
    }
    return rules.openCalls.isEmpty ? nil : "the last message's tool calls have no results"
  }
}

/// The API's rules of a conversation, held against one message after another.
struct ConversationRules {
  /// A rule that a message breaks: what it does, after its number.
  struct Broken: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// Whose turn it is.
  private var expected = "user"
  /// Whether instructions may stand here: behind a message of the user, once.
  private var takesSystem = false
  /// The calls that the next message must answer.
  private(set) var openCalls: Set<String> = []
  /// All calls so far.
  private var calls: Set<String> = []
  /// The provider's calls that wait for a result.
  private var openServerCalls: Set<String> = []

  /// Takes the next message.
  mutating func take(_ message: JSON, _ number: Int) throws(Broken) {
    let isSystem = message["role"] == "system" && takesSystem
    guard isSystem || message["role"]?.string == expected else { throw Broken("is not the \(expected)'s") }
    if let other = message.object?.members.first(where: { $0.key != "role" && $0.key != "content" }) {
      throw Broken("has a member '\(other.key)', which the API does not know")
    }
    let content: [JSON]
    switch message["content"] {
    case .string(let text)?: content = [["type": "text", "text": .string(text)]]
    case .array(let blocks)?: content = blocks
    default: throw Broken("has no content")
    }
    guard !content.isEmpty else { throw Broken("is empty") }
    takesSystem = !isSystem && expected == "user"
    if isSystem { return try takeSystem(content) }
    if expected == "user" { try takeUser(content) } else { try takeAssistant(content) }
    expected = expected == "user" ? "assistant" : "user"
  }

  private func takeSystem(_ content: [JSON]) throws(Broken) {
    for block in content {
      guard try type(of: block) == "text" else { throw Broken("has instructions that are no text") }
      try check(text: block)
    }
  }

  private mutating func takeUser(_ content: [JSON]) throws(Broken) {
    let isResult = content.map { $0["type"] == "tool_result" }
    let results = content.filter { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"]?.string }
    guard Set(results) == openCalls, results.count == openCalls.count else {
      throw Broken("does not answer the tool calls before it")
    }
    guard !zip(isResult, isResult.dropFirst()).contains(where: { !$0 && $1 }) else {
      throw Broken("has tool results behind other blocks; they must come first")
    }
    openCalls = []
    if isResult.contains(false), let call = openServerCalls.min() {
      throw Broken("comes before the result of the provider's tool call '\(call)'")
    }
    for block in content {
      switch try type(of: block) {
      case "text": try check(text: block)
      case "image": try check(image: block)
      case "tool_result": try check(result: block)
      case let type where Self.ofAssistant.contains(type) || type.hasSuffix("_tool_result"):
        throw Broken("has a block '\(type)', which only the assistant may send")
      default: break
      }
    }
  }

  private mutating func takeAssistant(_ content: [JSON]) throws(Broken) {
    for block in content {
      switch try type(of: block) {
      case "text": try check(text: block)
      case "thinking":
        guard block["thinking"]?.string != nil, block["signature"]?.string?.isEmpty == false else {
          throw Broken("has thinking without its signature")
        }
      case "redacted_thinking":
        guard block["data"]?.string?.isEmpty == false else { throw Broken("has redacted thinking without its data") }
      case "tool_use": try take(call: block)
      case "server_tool_use", "mcp_tool_use":
        let id = try id(of: block, "id")
        guard calls.insert(id).inserted else { throw Broken("has the tool call id '\(id)' a second time") }
        openServerCalls.insert(id)
      case let type where type.hasSuffix("_tool_result"):
        let id = try id(of: block, "tool_use_id")
        guard openServerCalls.remove(id) != nil else { throw Broken("has a \(type) without its call '\(id)'") }
      case let type where Self.ofUser.contains(type):
        throw Broken("has a block '\(type)', which only the user may send")
      default: break
      }
    }
    if let last = content.last, Conversation.isThinking(last) { throw Broken("ends with thinking") }
  }

  private mutating func take(call block: JSON) throws(Broken) {
    let id = try id(of: block, "id")
    guard calls.insert(id).inserted else { throw Broken("has the tool call id '\(id)' a second time") }
    guard let name = block["name"]?.string, Self.isName(name), name.utf8.count <= ProviderLimits.toolNameMax else {
      throw Broken("has the tool call '\(id)' without a name the API takes")
    }
    guard block["input"]?.object != nil else { throw Broken("has the tool call '\(id)' without an input object") }
    openCalls.insert(id)
  }

  // MARK: Blocks

  private func type(of block: JSON) throws(Broken) -> String {
    guard let type = block["type"]?.string else { throw Broken("has a block without a type") }
    return type
  }

  private func id(of block: JSON, _ member: String) throws(Broken) -> String {
    guard let id = block[member]?.string, Self.isName(id) else {
      throw Broken("has a \(block["type"]?.string ?? "block") without a valid \(member)")
    }
    return id
  }

  private func check(text block: JSON) throws(Broken) {
    guard block["text"]?.string.map(BlankText.isBlank) == false else { throw Broken("has a blank text") }
  }

  private func check(image block: JSON) throws(Broken) {
    guard block["source"]?["type"] == "base64", let data = block["source"]?["data"]?.string else {
      guard Self.isImage(block) else { throw Broken("has an image without a source the API takes") }
      return
    }
    do throws(SoundImage.Flaw) {
      let image = try SoundImage(text: data, for: .anthropic)
      let type = block["source"]?["media_type"]?.string ?? "no type"
      guard type == image.mediaType else { throw .init(reason: "it is called \(type), and is \(image.mediaType)") }
      guard data == image.data else { throw .init(reason: "it is no plain Base64") }
    } catch {
      throw Broken("has an image the API does not take: \(error.reason)")
    }
  }

  /// Whether an image says where it is to be had from: an address, or a file that the service keeps.
  static func isImage(_ block: JSON) -> Bool {
    switch block["source"]?["type"]?.string {
    case "url": block["source"]?["url"]?.string?.isEmpty == false
    case "file": block["source"]?["file_id"]?.string?.isEmpty == false
    default: false
    }
  }

  private func check(result block: JSON) throws(Broken) {
    let isError = block["is_error"]?.bool == true
    switch block["content"] {
    case nil, .null?: if isError { throw Broken("has a failed tool result without a text") }
    case .string(let text)?: if isError, text.isEmpty { throw Broken("has a failed tool result without a text") }
    case .array(let blocks)?:
      if isError, blocks.isEmpty { throw Broken("has a failed tool result without a text") }
      for inner in blocks {
        switch try type(of: inner) {
        case "text": try check(text: inner)
        case let type where isError: throw Broken("has a failed tool result with a block '\(type)'; it takes text only")
        case "image": try check(image: inner)
        case let type where !Self.ofResult.contains(type): throw Broken("has a tool result with a block '\(type)'")
        default: break
        }
      }
    default: throw Broken("has a tool result whose content is neither text nor blocks")
    }
  }

  /// The characters of ids and names: letters, digits, `_` and `-`.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(Byte.isName)
  }

  private static let ofAssistant: Set = [
    "thinking", "redacted_thinking", "tool_use", "server_tool_use", "mcp_tool_use",
  ]
  private static let ofUser: Set = ["image", "document", "search_result", "tool_result"]
  /// The blocks of a tool result beside text and images.
  static let ofResult: Set = ["document", "search_result", "tool_reference"]
}
