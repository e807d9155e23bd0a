package import Protocol

/// What a service's words say of a request that it refused: which part it would not take, and what it would take instead.
package struct Refusal: Sendable, Hashable {
  /// A block of the conversation, or a message of it, by its index as sent.
  package struct Place: Sendable, Hashable {
    /// The index of the message.
    package var message: Int
    /// The index of the block in it; `nil` for all of the message.
    package var block: Int?

    /// A place.
    package init(message: Int, block: Int? = nil) {
      self.message = message
      self.block = block
    }
  }

  /// What helps against a part of a request that is no part of the conversation.
  package enum Cure: Sendable, Hashable {
    /// Leave out features in trial: those that are named, all when none is.
    case betas(named: [String])
    /// Think in another way; `betweenTools` when the text says that there is that one.
    case thinkingType(betweenTools: Bool)
    /// Do not think: the conversation has not what this way of thinking needs.
    case noThinking
    /// Leave out a member of `thinking`.
    case thinkingMember(String)
    /// Try less hard, at one of these levels, or say nothing of it when there is none.
    case effort(instead: [Effort], withoutThinkingOnly: Bool)
    /// Ask for the form of the answer in words; `ofSchema` where only this schema is refused, and not all of them.
    case format(ofSchema: Bool)
    /// Let tools be called as the model likes.
    case strictTools
    /// Ask for a tool in words.
    case toolChoice(withThinkingOnly: Bool)
    /// Write no more tokens than that.
    case maxTokens(Int)
    /// Mark nothing for the cache.
    case cacheMarks
    /// Say in the user's messages what stands in the system's.
    case systemMessages
    /// Show tools that were found in words, in the place of having them loaded.
    case foundTools
  }

  /// The place in the conversation that it is about; `nil` where it is about another part, or names none.
  package internal(set) var place: Place?
  /// Whether a model's own thoughts are refused: changed, cut off, without their seal, or sealed in another conversation.
  package private(set) var refusesThinking = false
  /// What helps, where the conversation is not what is wrong.
  package private(set) var cure: Cure?

  /// What a text says; `nil` when it is about nothing that is known here.
  package init?(_ text: String) {
    let text = text.lowercased()
    refusesThinking = Self.thoughts.contains { $0.allSatisfy(text.contains) }
    if !refusesThinking { cure = RefusalText(text).cure }
    if cure == nil { place = Self.place(in: text) }
    guard refusesThinking || cure != nil || place != nil else { return nil }
  }

  /// How thoughts are refused: all words of one line.
  private static let thoughts = [
    ["bound to a different conversation"], ["invalid `signature`"], ["signature: field required"],
    ["thinking", "blocks", "cannot be modified"],
  ]

  /// The first place that a text names, as `messages.3.content.1`, `messages[3]` or `#/messages/3`.
  private static func place(in text: String) -> Place? {
    var rest = text[...]
    while let found = rest.firstRange(of: "messages") {
      rest = rest[found.upperBound...]
      guard let message = index(at: &rest) else { continue }
      var block: Int?
      let separated = rest.drop { $0 == "]" }.dropFirst()
      if separated.hasPrefix("content") {
        var inner = separated.dropFirst("content".count)
        block = index(at: &inner)
      }
      return Place(message: message, block: block)
    }
    return nil
  }

  /// The number that follows a separator, which is passed over with it.
  private static func index(at text: inout Substring) -> Int? {
    guard let separator = text.first, ".[/".contains(separator) else { return nil }
    let digits = text.dropFirst().prefix { "0"..."9" ~= $0 }
    guard let index = Int(digits) else { return nil }
    text = text[digits.endIndex...]
    return index
  }
}

/// The words of a refusal, in lower case.
private struct RefusalText {
  private let text: String

  init(_ text: String) { self.text = text }

  /// What helps by these words.
  ///
  /// Texts about thinking name the effort, too, and texts about an old system prompt the role: the order matters.
  var cure: Refusal.Cure? {
    let ofThinking = betas ?? foundTools ?? thinkingMember ?? thinkingType
    return ofThinking ?? strictTools ?? format ?? toolChoice ?? maxTokens ?? cacheMarks ?? systemMessages ?? effort
  }

  private func says(_ words: String...) -> Bool { words.allSatisfy(text.contains) }

  /// Whether a member is refused because there is no such member, in the API's words or those of Bedrock's checks.
  private var isUnknownMember: Bool {
    says("extra inputs are not permitted") || says("extraneous key") || says("unknown value")
  }

  private var isUnsupported: Bool {
    isUnknownMember || says("not support") || says("input should be") || says("not allow")
  }

  /// Whether it is about a message of the conversation.
  private var isOfMessage: Bool { says("messages.") || says("messages[") || says("#/messages/") }

  private var betas: Refusal.Cure? {
    if says("invalid beta flag") { return .betas(named: []) }
    guard says("anthropic-beta"), says("unexpected value") else { return nil }
    return .betas(named: quoted("`").filter { $0 != "anthropic-beta" })
  }

  private var foundTools: Refusal.Cure? {
    let isMeant =
      says("defer_loading") || says("tool_reference") || says("tool reference") || says("deferred", "tool")
    return isMeant
      && (isUnsupported || says("input tag") || says("not found") || says("only supported")
        || says("deferred tools require") || says("unexpected"))
      ? .foundTools : nil
  }

  private var thinkingMember: Refusal.Cure? {
    guard !isOfMessage, says("thinking"), isUnknownMember || says("input should be") else { return nil }
    return ["block_binding", "display"].first { text.contains($0) }.map(Refusal.Cure.thinkingMember)
  }

  private var thinkingType: Refusal.Cure? {
    if says("expected `thinking`", "but found") { return .noThinking }
    guard !isOfMessage else { return nil }
    let isRefused =
      says("thinking.type", "not supported") || says("thinking is not supported") || says("not support thinking")
      || says("thinking.type: input should be") || says("thinking: input tag") || says("thinking: extra inputs")
      || says("extraneous key [thinking]")
    guard isRefused else { return nil }
    return .thinkingType(betweenTools: says("between_tools") && !says("\"thinking.type.between_tools\" is not"))
  }

  private var strictTools: Refusal.Cure? {
    let isOfTool = says("tools.") && (says(".strict") || says("[strict]"))
    return isOfTool && isUnsupported || says("number of strict tools") || says("too many strict tools")
      ? .strictTools : nil
  }

  private var format: Refusal.Cure? {
    if says("schema is too complex") || says("compiled grammar") || says("grammar compilation") {
      return .format(ofSchema: true)
    }
    guard says("output_config.format") || says("output_format") || says("structured output") else { return nil }
    return .format(ofSchema: says("schema") && !isUnknownMember)
  }

  private var toolChoice: Refusal.Cure? {
    guard says("tool_choice") else { return nil }
    if says("thinking", "forces tool use") { return .toolChoice(withThinkingOnly: true) }
    return says("not supported") || says("does not support") ? .toolChoice(withThinkingOnly: false) : nil
  }

  private var maxTokens: Refusal.Cure? {
    guard says("max_tokens:") || says("maximum tokens you requested exceeds") else { return nil }
    return (number(after: " > ") ?? number(after: "limit of ")).map(Refusal.Cure.maxTokens)
  }

  private var cacheMarks: Refusal.Cure? {
    let isRefused =
      says("cache_control") && isUnsupported || says("not allow prompt caching")
      || says("not support prompt caching") || says("prompt caching is not")
    return isRefused ? .cacheMarks : nil
  }

  private var systemMessages: Refusal.Cure? {
    let isRefused =
      says("role 'system' is not supported") || says("unexpected role \"system\"")
      || says("support system messages") || says("role: input should be 'user' or 'assistant'")
    return isRefused ? .systemMessages : nil
  }

  private var effort: Refusal.Cure? {
    guard !isOfMessage, says("effort") || says("output_config"), isUnsupported else { return nil }
    let refused = text.firstRange(of: "effort '").map { text[$0.upperBound...].prefix { $0 != "'" } }
    let levels = quoted("'").filter { $0 != refused.map(String.init) }.compactMap(Effort.init)
    return .effort(instead: levels, withoutThinkingOnly: says("thinking is disabled"))
  }

  /// The words between two such marks.
  private func quoted(_ mark: Character) -> [String] {
    let parts = text.split(separator: mark, omittingEmptySubsequences: false)
    return parts.indices.filter { $0 % 2 == 1 && $0 < parts.count - 1 }.map { String(parts[$0]) }
  }

  private func number(after words: String) -> Int? {
    text.firstRange(of: words).flatMap { Int(text[$0.upperBound...].prefix { "0"..."9" ~= $0 }) }
  }
}
