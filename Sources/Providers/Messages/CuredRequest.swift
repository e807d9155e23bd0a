import Protocol

/// A request whose settings were changed to what a service takes; its conversation says the same as before.
struct CuredRequest: Sendable {
  /// A cure that helped, and the way of thinking that it was for.
  struct Learned: Sendable, Hashable {
    var cure: Refusal.Cure
    var thinking: String?
  }

  fileprivate(set) var request: ModelRequest
  /// What was added at the end of the user's words.
  private(set) var added: String?
  /// The messages without it.
  fileprivate var plain: [JSON]?

  init(_ request: ModelRequest) {
    self.request = request
    added = request.added
  }

  /// What is to be remembered of a cure, before it is taken.
  func learned(_ cure: Refusal.Cure) -> Learned {
    if case .thinkingType = cure { return Learned(cure: cure, thinking: thinking) }
    return Learned(cure: cure)
  }

  /// Takes a cure that helped before, if it is for such a request.
  mutating func take(_ learned: Learned) {
    if learned.thinking == nil || learned.thinking == thinking { _ = take(learned.cure) }
  }

  /// Takes a cure.
  ///
  /// - Returns: What changed, for a person; `nil` when nothing did, and the same would be asked again.
  mutating func take(_ cure: Refusal.Cure) -> String? {
    switch cure {
    case .betas(let named): dropBetas(named)
    case .thinkingType(let betweenTools): changeThinking(betweenTools: betweenTools)
    case .noThinking: dropThinking()
    case .thinkingMember(let name): drop(name).map { "\($0) was refused, and is left out" }
    case .effort(let instead, let withoutThinkingOnly): lowerEffort(instead, withoutThinkingOnly: withoutThinkingOnly)
    case .format: askForFormInWords()
    case .strictTools: dropStrictness()
    case .toolChoice(let withThinkingOnly): chooseInWords(withThinkingOnly: withThinkingOnly)
    case .maxTokens(let most): lowerLength(most)
    case .cacheMarks: dropMarks()
    case .systemMessages: lowerMessages()
    case .foundTools: tellFoundTools()
    }
  }

  private var thinking: String? { request.thinking?["type"]?.string }

  private mutating func dropBetas(_ named: [String]) -> String? {
    let dropped = named.isEmpty ? request.betas : request.betas.filter(named.contains)
    guard !dropped.isEmpty else { return nil }
    request.betas.removeAll(where: dropped.contains)
    if dropped.contains(TrialFeatures.updates), request.thinking?["display"] == "updates" { _ = drop("display") }
    if dropped.contains(TrialFeatures.binding) { _ = drop("block_binding") }
    if dropped.contains(TrialFeatures.foundTools) { _ = tellFoundTools() }
    return "features in trial were refused, and are left out: \(dropped.joined(separator: ", "))"
  }

  /// Leaves out a member of `thinking`, with the feature in trial that it needs.
  ///
  /// - Returns: The member's name on the wire; `nil` when it was not there.
  private mutating func drop(_ member: String) -> String? {
    guard var object = request.thinking?.object, object[member] != nil else { return nil }
    object[member] = nil
    request.thinking = .object(object)
    let gate = member == "display" ? TrialFeatures.updates : TrialFeatures.binding
    request.betas.removeAll { $0 == gate }
    return "thinking.\(member)"
  }

  private mutating func changeThinking(betweenTools: Bool) -> String? {
    guard let asked = thinking, let object = request.thinking?.object else { return nil }
    let budget = object["budget_tokens"]?.int
    var sent = "nothing is sent"
    let display = asked == "enabled" || asked == "adaptive" ? object["display"] : nil
    request.thinking = nil
    switch asked {
    case "enabled":
      request.thinking = Self.thinking("adaptive", display: display)
      request.effort = request.effort ?? budget.map(ThinkingBudget.effort)
      sent = "adaptive thinking is sent"
    // Nobody asked for thoughts that are only to be shown as notes.
    case "adaptive" where display == "updates": break
    case "adaptive":
      guard let budget = ThinkingBudget.fitting(ThinkingBudget.usual(request.maxTokens), below: request.maxTokens)
      else { break }
      request.thinking = Self.thinking("enabled", display: display, budget: budget)
      sent = "thinking with a budget of \(budget) tokens is sent"
    case "disabled" where betweenTools:
      request.thinking = ["type": "between_tools"]
      sent = "thinking between tools only is sent"
    default:
      request.effort = request.effort ?? .low
      sent = "the effort '\(request.effort?.rawValue ?? "low")' is sent"
    }
    if display == "updates", request.thinking == nil { request.betas.removeAll { $0 == TrialFeatures.updates } }
    return "thinking of type '\(asked)' was refused by the model, so \(sent)"
  }

  private static func thinking(_ type: String, display: JSON?, budget: Int? = nil) -> JSON {
    var object: JSONObject = ["type": .string(type)]
    object["budget_tokens"] = budget.map { .number(JSONNumber($0)) }
    object["display"] = display
    return .object(object)
  }

  private mutating func dropThinking() -> String? {
    guard thinking == "enabled" else { return nil }
    request.thinking = nil
    return "thinking was left out: it cannot begin in the middle of a turn that began without it"
  }

  private mutating func lowerEffort(_ instead: [Effort], withoutThinkingOnly: Bool) -> String? {
    guard let asked = request.effort, !instead.contains(asked) else { return nil }
    if withoutThinkingOnly, thinking != "disabled", thinking != "between_tools" { return nil }
    let lower = instead.filter { $0 < asked }.max()
    // One level alone is the highest one, and all below it are taken.
    if lower == nil, instead.count == 1 { return nil }
    request.effort = lower
    let sent = lower.map { "'\($0.rawValue)' is sent" } ?? "it is left out"
    return "the effort '\(asked.rawValue)' was refused by the model, so \(sent)"
  }

  private mutating func chooseInWords(withThinkingOnly: Bool) -> String? {
    guard let choice = request.toolChoice, ["any", "tool"].contains(choice["type"]?.string) else { return nil }
    if withThinkingOnly, thinking == nil || thinking == "disabled" { return nil }
    let words = RequestFit.words(forTool: choice["name"]?.string)
    request.toolChoice = nil
    say(words)
    return "the model refused to be made to use a tool, so it is asked for in words"
  }

  private mutating func askForFormInWords() -> String? {
    guard let format = request.format else { return nil }
    request.format = nil
    say(format.words)
    return "a schema for the answer was refused, so it is asked for in words"
  }

  private mutating func dropStrictness() -> String? {
    guard request.tools.contains(where: { $0["strict"] != nil }) else { return nil }
    request.tools = StrictTools.fitted(request.tools, for: ModelTraits())
    return "strict tools were refused, so calls are held against their schemas here"
  }

  /// Says something at the end of the user's words, with what was said there before.
  private mutating func say(_ words: String) {
    let before = plain ?? request.messages
    added = added.map { "\($0)\n\n\(words)" } ?? words
    plain = before
    request.messages = SystemMessages.placed(before + [SystemMessages.reminding(added ?? words)])
  }

  private mutating func lowerLength(_ most: Int) -> String? {
    guard most >= 1, request.maxTokens > most else { return nil }
    let asked = request.maxTokens
    _ = request.limit(to: most)
    return "an answer of \(asked) tokens was refused: the model writes \(most) at most"
  }

  private mutating func dropMarks() -> String? {
    guard request.caching else { return nil }
    request.caching = false
    return "the prompt cannot be cached with this model here, so all of it is paid for each time"
  }

  private mutating func lowerMessages() -> String? {
    let lowered = SystemMessages.lowered(request.messages)
    guard lowered != request.messages else { return nil }
    request.messages = lowered
    plain = plain.map(SystemMessages.lowered)
    return "the model takes no messages of the system's among the others, so the user's messages carry them"
  }
}

extension CuredRequest {
  /// What helps against a refusal, if anything does.
  ///
  /// In which words a gateway refuses what it does not know is its own: tools that are loaded as they are found are the
  /// first to be suspected, where nothing else is named.
  func cure(for failure: ProviderError) -> Refusal.Cure? {
    if let cure = failure.refusal?.cure { return cure }
    guard request.loadsTools, failure.kind == .invalidRequest, !failure.refusesThinking,
      !failure.message.lowercased().contains("image")
    else { return nil }
    return failure.refusal?.place.map(request.refersToTools) ?? true ? .foundTools : nil
  }

  fileprivate mutating func tellFoundTools() -> String? {
    guard request.loadsTools else { return nil }
    let known = request.tools.filter(FoundTools.isDeferred)
    let byName = Dictionary(known.compactMap { tool in tool["name"]?.string.map { ($0, tool) } }) { one, _ in one }
    request = request.withoutLoadedTools()
    plain = plain?.map { FoundTools.told($0, byName) }
    return "loading tools as they are found was refused, so they are shown to the model in words"
  }
}

extension Refusal.Cure {
  /// Which part of a request it changes: each is changed once in a call.
  var part: String {
    switch self {
    case .betas: "betas"
    case .thinkingType, .noThinking: "thinking"
    case .thinkingMember(let name): "thinking.\(name)"
    case .effort: "effort"
    case .format: "output_config.format"
    case .strictTools: "tools.strict"
    case .toolChoice: "tool_choice"
    case .maxTokens: "max_tokens"
    case .cacheMarks: "cache_control"
    case .systemMessages: "system messages"
    case .foundTools: "tools.defer_loading"
    }
  }
}
