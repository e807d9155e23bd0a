package import Protocol

/// What a caller wants of a request, made fit for the model that is asked: models differ in what they take, and refuse the
/// whole request for what they do not.
///
/// What is sent in the place of what was asked is told, each with its reason, in words that stay the same from turn to turn.
/// What nobody asked for is left to the model's own default.
package struct RequestFit: Sendable {
  /// What a caller wants; nothing where nobody said anything.
  package struct Wishes: Sendable {
    /// How to think.
    package var thinking: Thinking?
    /// How hard to try.
    package var effort: Effort?
    /// The most tokens of the answer.
    package var maxTokens: Int?
    /// Whether a tool has to be used.
    package var toolChoice: ToolChoice?
    /// The names of the tools that are offered.
    package var tools: [String] = []

    /// No wishes.
    package init() {}
  }

  /// The API's `thinking`; `nil` leaves it out.
  package internal(set) var thinking: JSON?
  /// The API's `output_config.effort`; `nil` leaves it out.
  package internal(set) var effort: Effort?
  /// The API's `max_tokens`.
  package internal(set) var maxTokens: Int
  /// The API's `tool_choice`; `nil` leaves it out.
  package internal(set) var toolChoice: JSON?
  /// What is to be said to the model in the place of a choice that it does not take, at the end of the user's words.
  ///
  /// It has to stay in the conversation, as what has been sent once may not change.
  package internal(set) var toolInWords: String?
  /// Features in trial that it needs.
  package internal(set) var betas: [String] = []
  /// What was asked, what is sent instead, and why; for a person.
  package internal(set) var notices: [String] = []

  let wishes: Wishes
  let traits: ModelTraits
  /// The most tokens that the model writes there.
  let ceiling: Int?
  /// The model, for notices.
  let model: String

  /// Wishes fit for a model at a service; what the service says of it goes before the table.
  package init(_ wishes: Wishes, for choice: ModelChoice, onBedrock: Bool) {
    self.wishes = wishes
    model = ModelName(choice.known).shown
    traits = choice.traits
    ceiling = choice.window(onBedrock: onBedrock)?.output
    maxTokens = 1
    fitMaxTokens(isEarlier: Self.isEarlier(choice.known))
    fitThinking()
    fitEffort()
    fitToolChoice()
  }

  /// The request with all of that.
  package func applied(to request: ModelRequest) -> ModelRequest {
    var request = request
    request.thinking = thinking
    request.effort = effort
    request.maxTokens = maxTokens
    request.toolChoice = toolChoice
    request.betas += betas
    return request
  }

  mutating func tell(_ asked: String, _ sent: String, _ reason: String) {
    notices.append("\(asked) was asked for, \(sent): \(reason)")
  }
}

// MARK: - The length of the answer

extension RequestFit {
  private mutating func fitMaxTokens(isEarlier: Bool) {
    let most = ceiling ?? ProviderLimits.outputUnknown
    if let asked = wishes.maxTokens {
      maxTokens = min(asked, ceiling ?? asked)
      if maxTokens < asked {
        tell("maxTokens \(asked)", "\(maxTokens) is sent", "that is the most that \(model) writes here")
      }
    } else if wishes.effort.map({ $0 >= .xhigh }) == true {
      maxTokens = most
    } else {
      maxTokens = min(most, isEarlier ? ProviderLimits.outputEarlier : ProviderLimits.outputUsual)
      // A budget of thinking is a part of the answer's length, and leaves room for the answer.
      let budget = wishes.thinking?.budgetTokens ?? 0
      if budget > maxTokens / 2 { maxTokens = min(most, min(budget, most).plus(maxTokens / 2)) }
    }
  }

  /// Whether it is a model of the time when long answers were rare.
  private static func isEarlier(_ model: String) -> Bool {
    guard let family = ModelCatalog.find(model)?.family else { return false }
    return !ProviderLimits.earlierVersionMax.lexicographicallyPrecedes(family.version)
      || family.line == .sonnet && family.version == [4, 6]
  }
}

// MARK: - Thinking

extension RequestFit {
  private mutating func fitThinking() {
    let types = traits.thinkingTypes
    switch wishes.thinking?.type {
    case nil:
      // What such a model says between calls comes as thinking, which nobody sees unless it is asked for so.
      guard traits.showsUpdates, traits.thinkingDefault == "adaptive" else { return }
      thinking = shown("adaptive", as: .updates)
    case _? where types.isEmpty: tellNoThinking()
    case .adaptive: fitAdaptive()
    case .enabled: fitEnabled()
    case .disabled:
      if types.contains("disabled") { return thinking = ["type": "disabled"] }
      instead("thinking off", ["between_tools"])
    case .betweenTools:
      if types.contains("between_tools") { return thinking = ["type": "between_tools"] }
      instead("thinking between tools only", ["disabled"])
    }
  }

  private mutating func tellNoThinking() {
    guard let type = wishes.thinking?.type, type == .adaptive || type == .enabled else { return }
    tell("thinking", "it is left out", "\(model) does not think")
  }

  private mutating func fitAdaptive() {
    if traits.thinkingTypes.contains("adaptive") { return thinking = shown("adaptive", as: wishes.thinking?.display) }
    guard let budget = ThinkingBudget.fitting(ThinkingBudget.usual(maxTokens), below: maxTokens) else {
      return tellNoRoom("adaptive thinking")
    }
    thinking = shown("enabled", as: wishes.thinking?.display, budget: budget)
    tell("adaptive thinking", "a budget of tokens is sent", "\(model) takes no other thinking")
  }

  private mutating func fitEnabled() {
    let asked = wishes.thinking?.budgetTokens
    let isManual = traits.thinkingTypes.contains("enabled")
    guard isManual, asked != nil || !traits.thinkingTypes.contains("adaptive") else {
      thinking = shown("adaptive", as: wishes.thinking?.display)
      guard let asked else { return }
      let effort = wishes.effort ?? ThinkingBudget.effort(for: asked)
      let means = traits.efforts.isEmpty ? "" : " at the effort '\(effort.rawValue)'"
      return tell(
        "thinking with a budget", "adaptive thinking\(means) is sent", "\(model) decides itself how long it thinks")
    }
    guard let budget = ThinkingBudget.fitting(asked ?? ThinkingBudget.usual(maxTokens), below: maxTokens) else {
      return tellNoRoom("thinking with a budget")
    }
    thinking = shown("enabled", as: wishes.thinking?.display, budget: budget)
    if let asked, budget < asked { notices.append(ThinkingBudget.lowered) }
  }

  /// Leaves a budget of thinking out where a turn goes on that did not begin with thoughts of the model: such a model takes
  /// results of tools only behind the thinking that made their calls.
  ///
  /// The first block of that turn is its `beginning`; `nil` when none goes on. Where another model said it (`isForeign`), its
  /// thoughts are left out by the service.
  package mutating func follow(_ beginning: JSON?, isForeign: Bool = false) {
    guard thinking?["type"] == "enabled", let beginning, isForeign || !Conversation.isThinking(beginning) else {
      return
    }
    thinking = nil
    tell("thinking", "it is left out until the turn ends", "\(model) had begun to use tools without it")
  }

  private mutating func tellNoRoom(_ asked: String) { tell(asked, "it is left out", ThinkingBudget.noRoom) }

  /// Sends the first of other types that the model takes, else as little thinking as effort allows.
  private mutating func instead(_ asked: String, _ others: [String]) {
    if let other = others.first(where: traits.thinkingTypes.contains) {
      thinking = ["type": .string(other)]
      let words = other == "disabled" ? "no thinking" : "thinking between tools only"
      tell(asked, "\(words) is sent", "\(model) takes nothing that is nearer to it")
    } else if traits.thinkingDefault == "disabled" {
      tell(asked, "nothing is sent", "that means no thinking to \(model)")
    } else {
      let means = wishes.effort ?? (traits.efforts.contains("low") ? .low : nil)
      let sent = means.map { "the effort '\($0.rawValue)' is sent" } ?? "nothing is sent"
      tell(asked, sent, "\(model) always thinks")
    }
  }

  /// Thinking of that type, which shows itself as is wanted and possible; a summary when nobody says how.
  private mutating func shown(_ type: String, as wish: Thinking.Display?, budget: Int? = nil) -> JSON {
    var object: JSONObject = ["type": .string(type)]
    object["budget_tokens"] = budget.map { .number(JSONNumber($0)) }
    var display = wish ?? .summarized
    if display == .updates, !(traits.showsUpdates && type == "adaptive") {
      display = .summarized
      tell("thinking shown as updates", "a summary is asked for", "\(model) gives no updates")
    }
    // Where nothing is known of a model, nothing is sent that was not asked for.
    guard traits.displayDefault.map({ $0 != display.rawValue }) ?? (wish != nil) else { return .object(object) }
    object["display"] = .string(display.rawValue)
    if display == .updates { betas.append(TrialFeatures.updates) }
    return .object(object)
  }
}

// MARK: - Effort

extension RequestFit {
  private mutating func fitEffort() {
    let known = traits.efforts.compactMap(Effort.init)
    guard let wanted = wishes.effort ?? derivedEffort else { return }
    guard let least = known.first else {
      if wishes.effort != nil { tell("effort '\(wanted.rawValue)'", "it is left out", "\(model) knows no efforts") }
      return
    }
    var sent = known.last { $0 <= wanted } ?? least
    var reason = "\(model) has no such effort"
    let type = thinking?["type"]?.string
    let isOff = type == "disabled" || type == "between_tools"
    if isOff, let most = traits.effortMaxWithoutThinking.flatMap(Effort.init), sent > most {
      sent = most
      reason = "\(model) tries no harder without thinking"
    }
    effort = sent
    if sent != wanted, wishes.effort != nil {
      tell("effort '\(wanted.rawValue)'", "'\(sent.rawValue)' is sent", reason)
    }
  }

  /// The effort that stands for a way of thinking which the model does not take.
  private var derivedEffort: Effort? {
    guard let wish = wishes.thinking, !traits.thinkingTypes.isEmpty else { return nil }
    switch wish.type {
    case .enabled: return thinking?["type"] == "adaptive" ? wish.budgetTokens.map(ThinkingBudget.effort) : nil
    case .disabled, .betweenTools: return thinking == nil && traits.thinkingDefault != "disabled" ? .low : nil
    case .adaptive: return nil
    }
  }
}

// MARK: - The choice of a tool

extension RequestFit {
  private mutating func fitToolChoice() {
    guard let wish = wishes.toolChoice, wish.type != .auto, !wishes.tools.isEmpty || wish.type != .none else { return }
    let asked = wish.name.map { "the tool '\($0)'" } ?? "a tool"
    guard !wishes.tools.isEmpty, wish.type != .tool || wishes.tools.contains(wish.name ?? "") else {
      return tell("toolChoice of \(asked)", "it is left out", "it is not among the tools of this run")
    }
    let isForced = wish.type == .any || wish.type == .tool
    let isManual = thinking?["type"] == "enabled"
    guard isForced, traits.forcedToolChoice == .never || traits.forcedToolChoice == .withoutManualThinking && isManual
    else {
      var object: JSONObject = ["type": .string(wish.type.rawValue)]
      object["name"] = wish.type == .tool ? wish.name.map { .string($0) } : nil
      return toolChoice = .object(object)
    }
    toolInWords = Self.words(forTool: wish.name)
    let reason =
      traits.forcedToolChoice == .never
      ? "\(model) cannot be made to use a tool" : "\(model) cannot be made to use a tool while it thinks by a budget"
    tell("toolChoice of \(asked)", "it is asked for in words", reason)
  }

  /// A choice in words.
  static func words(forTool name: String?) -> String {
    name.map { "Use the tool `\($0)` now, before you answer." } ?? "Use one of your tools now, before you answer."
  }
}
