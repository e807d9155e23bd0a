package import Protocol

/// What is left out of a conversation, as the service refuses it: a refusal that is asked again unchanged is refused again,
/// in this prompt and in all that follow.
package struct HistoryCure: Sendable {
  /// What was done and why, for a person.
  package let notice: String
  private let gone: Set<JSON>
  private let word: String

  private init?(_ gone: [JSON], notice: String, because reason: String) {
    guard !gone.isEmpty else { return nil }
    self.gone = Set(gone)
    self.notice = notice
    word = "(left out, as the service refused it: \(reason.prefix(ProviderLimits.excerptMax)))"
  }

  /// Messages without what was refused; thinking goes, for anything else stands a word.
  package func applied(to messages: [JSON]) -> [JSON] {
    Conversation.without(messages) { Conversation.isThinking($0) && gone.contains($0) }.map { message in
      let content = Conversation.blocks(of: message)
      let kept = content.map(replaced)
      guard kept != content, var object = message.object else { return message }
      object["content"] = .array(kept)
      return .object(object)
    }
  }

  private func replaced(_ block: JSON) -> JSON {
    guard var object = block.object else { return block }
    if block["type"] == "tool_result" {
      if gone.contains(block) {
        object["content"] = .string(word)
      } else if let inner = block["content"]?.array {
        object["content"] = .array(inner.map(replaced))
      }
      return .object(object)
    }
    return gone.contains(block) && block["type"] != "tool_use" ? ["type": "text", "text": .string(word)] : block
  }
}

extension HistoryCure {
  /// The ways that were gone already for one question, so that none is gone twice.
  package struct Tried: Sendable {
    fileprivate enum Way: Hashable {
      case thinkingFrom, allThinking, place(Int, Int), newestImages, allImages
    }
    fileprivate var ways: Set<Way> = []

    /// None yet.
    package init() {}
  }

  /// What to leave out after a refusal, the least first; `nil` when the refusal names nothing, or all has been tried.
  ///
  /// `messages` are those that were sent. Thinking that is bound to another conversation goes from the refused block on,
  /// then altogether: what stays must begin the conversation without a gap (Anthropic's documentation of preserved
  /// thinking).
  package static func of(_ refusal: ProviderError, in messages: [JSON], _ tried: inout Tried) -> HistoryCure? {
    let thinking = messages.map { Conversation.blocks(of: $0).filter(Conversation.isThinking) }
    let place = refusal.refusedPlace
    let block = place.flatMap { Self.block(at: $0, in: messages) }
    if refusal.refusesThinking || block.map(Conversation.isThinking) == true {
      let from = thinking.dropFirst(place?.message ?? 0).flatMap(\.self)
      if tried.ways.insert(.thinkingFrom).inserted, !from.isEmpty {
        return HistoryCure(from, notice: thinkingNotice, because: refusal.message)
      }
      guard tried.ways.insert(.allThinking).inserted else { return nil }
      return HistoryCure(thinking.flatMap(\.self), notice: thinkingNotice, because: refusal.message)
    }
    if let place, let block, let number = place.block, tried.ways.insert(.place(place.message, number)).inserted,
      let cure = HistoryCure([block], notice: notice(refusal), because: refusal.message),
      cure.applied(to: messages) != messages
    {
      return cure
    }
    guard refusal.kind == .invalidRequest, refusal.message.lowercased().contains("image") else { return nil }
    if tried.ways.insert(.newestImages).inserted,
      let cure = HistoryCure(
        images(in: Array(messages.suffix(newest))), notice: notice(refusal), because: refusal.message)
    {
      return cure
    }
    guard tried.ways.insert(.allImages).inserted else { return nil }
    return HistoryCure(images(in: messages), notice: notice(refusal), because: refusal.message)
  }

  /// The user's last message and what may stand behind it.
  private static let newest = 2

  private static func block(at place: (message: Int, block: Int?), in messages: [JSON]) -> JSON? {
    guard messages.indices.contains(place.message), let number = place.block else { return nil }
    let blocks = Conversation.blocks(of: messages[place.message])
    return blocks.indices.contains(number) ? blocks[number] : nil
  }

  private static func images(in messages: [JSON]) -> [JSON] {
    messages.flatMap(Conversation.blocks).flatMap { [$0] + ($0["content"]?.array ?? []) }.filter {
      $0["type"] == "image"
    }
  }

  private static let thinkingNotice =
    "the service no longer takes the model's earlier thinking, which is left out of the conversation from now on"

  private static func notice(_ refusal: ProviderError) -> String {
    "the service refused a part of the conversation, which is left out from now on: \(refusal.message)"
  }
}
