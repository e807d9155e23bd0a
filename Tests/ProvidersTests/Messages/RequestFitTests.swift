import Foundation
import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// Every wish put to every model of the shared file, at both services: what would be sent is judged by the file's own words.
@Suite(.ownThread, .enabled(if: SharedData.url("models-2026-11.json") != nil, "the shared data are not here"))
struct `A request fit for its model, by the table` {
  typealias Table = ModelTraitsTableTests

  static let thoughts: [Thinking?] = [
    nil, Thinking(type: .disabled), Thinking(type: .enabled), Thinking(type: .enabled, budgetTokens: 2_000),
    Thinking(type: .enabled, budgetTokens: 10_000), Thinking(type: .enabled, budgetTokens: 200_000),
    Thinking(type: .adaptive), Thinking(type: .betweenTools),
  ]
  static let choices: [ToolChoice?] = [nil, ToolChoice(type: .any), ToolChoice(type: .tool, name: "pick")]

  /// All wishes: thinking, effort, length, tool.
  static let wishes: [RequestFit.Wishes] = thoughts.flatMap { thinking in
    ([nil] + Effort.allCases).flatMap { effort in
      [nil, 900, 5_000, 1_000_000].flatMap { maxTokens in
        choices.map { choice in
          var wishes = RequestFit.Wishes()
          (wishes.thinking, wishes.effort, wishes.maxTokens, wishes.toolChoice) = (thinking, effort, maxTokens, choice)
          wishes.tools = ["pick"]
          return wishes
        }
      }
    }
  }

  /// The names of a model by service, where it is to be had.
  private static func names(_ id: String, _ entry: JSON) -> [(name: String, onBedrock: Bool)] {
    let isAtAPI = ModelCatalog.family(id)?.api != nil
    let api = isAtAPI ? entry["anthropic_api_ids"]?.array?.first?.string.map { ($0, false) } : nil
    let bedrock = entry["bedrock"]?["foundation_id"]?.string.map { ("us.\($0)", true) }
    return [api, bedrock].compactMap(\.self)
  }

  @Test(arguments: Table.names) func `is one that it takes, and what was asked in vain is told:`(id: String) throws {
    let entry = try #require(Table.file[id])
    for (name, onBedrock) in Self.names(id, entry) {
      for wish in Self.wishes {
        let fit = RequestFit(wish, for: choice(of: name, onBedrock: onBedrock), onBedrock: onBedrock)
        let request = fit.applied(
          to: ModelRequest(model: name, messages: [["role": "user", "content": "x"]], maxTokens: 1))
        let flaw = Self.flaw(in: try JSON.parse(MessagesBody.bytes(request, envelope: [])), entry, onBedrock)
        let told = Self.untold(wish, request, fit, entry)
        guard flaw == nil, told == nil else {
          Issue.record("\(name), \(wish): \(flaw ?? told ?? ""); notices: \(fit.notices)")
          return
        }
      }
    }
  }

  // MARK: The rules again, from the file

  /// What the service would refuse in a body, by the file.
  private static func flaw(in body: JSON, _ entry: JSON, _ onBedrock: Bool) -> String? {
    let types = entry["thinkingTypes"]?.array?.compactMap(\.string) ?? []
    let thinking = body["thinking"]?.object
    let type = thinking?["type"]?.string
    let length = body["max_tokens"]?.int ?? 0
    let most = (onBedrock ? entry["bedrock"]?["max_output"]?.int : nil) ?? entry["max_output"]?.int
    if length < 1 || length > most ?? .max { return "max_tokens \(length) of \(most ?? 0)" }
    if let type, !types.contains(type) { return "thinking \(type)" }
    if type == "between_tools" || type == "disabled", thinking?.count != 1 { return "members beside \(type ?? "")" }
    if type == "adaptive", thinking?["budget_tokens"] != nil { return "adaptive with a budget" }
    if type == "enabled" {
      let budget = thinking?["budget_tokens"]?.int ?? 0
      if budget < 1_024 || budget >= length { return "a budget of \(budget) in \(length)" }
    }
    if let effort = body["output_config"]?["effort"]?.string {
      let efforts = entry["efforts"]?.array?.compactMap(\.string) ?? []
      guard efforts.contains(effort) else { return "effort \(effort)" }
      let bound = type == "disabled" ? entry["thinkingDisabledMaxEffort"] : entry["betweenToolsMaxEffort"]
      if type == "disabled" || type == "between_tools", let most = bound?.string,
        efforts.firstIndex(of: effort) ?? 0 > efforts.firstIndex(of: most) ?? 0
      {
        return "effort \(effort) with \(type ?? "")"
      }
    }
    if ["any", "tool"].contains(body["tool_choice"]?["type"]?.string) {
      if entry["forcedToolChoice"] == false { return "a forced tool" }
      if entry["forcedToolChoice"] != true, type == "enabled" { return "a forced tool with manual thinking" }
    }
    return nil
  }

  /// What was asked, is not sent, and was not told.
  private static func untold(_ wish: RequestFit.Wishes, _ request: ModelRequest, _ fit: RequestFit, _ entry: JSON)
    -> String?
  {
    func told(_ word: String) -> Bool { fit.notices.contains { $0.lowercased().contains(word) } }
    let sent = request.thinking?["type"]?.string
    let asked: String? =
      switch wish.thinking?.type {
      case nil: nil
      case .betweenTools: "between_tools"
      case let type?: type.rawValue
      }
    let neverThinks = entry["thinking"] == false
    let isAskedOff = asked == "disabled" || asked == "between_tools"
    let isAsIs = sent == asked || asked == "enabled" && wish.thinking?.budgetTokens == nil && sent == "adaptive"
    if asked != nil, !isAsIs, !(neverThinks && isAskedOff), !told("think") { return "thinking \(asked ?? "")" }
    if let effort = wish.effort, request.effort != effort, !told("effort '\(effort.rawValue)'") { return "effort" }
    if wish.toolChoice != nil, request.toolChoice == nil, fit.toolInWords == nil || !told("toolchoice") {
      return "tool"
    }
    if let most = wish.maxTokens, request.maxTokens != most, !told("maxtokens") { return "maxTokens" }
    if wish.thinking == nil, wish.effort == nil, wish.toolChoice == nil, wish.maxTokens == nil, !fit.notices.isEmpty {
      return "nothing was asked, and something told"
    }
    return nil
  }
}

@Suite(.ownThread) struct `A request fit for its model` {
  static func fit(
    _ model: String, thinking: Thinking? = nil, effort: Effort? = nil, maxTokens: Int? = nil,
    tool: ToolChoice? = nil, tools: [String] = ["pick"], onBedrock: Bool = false
  ) -> RequestFit {
    var wishes = RequestFit.Wishes()
    (wishes.thinking, wishes.effort, wishes.maxTokens, wishes.toolChoice) = (thinking, effort, maxTokens, tool)
    wishes.tools = tools
    return RequestFit(wishes, for: choice(of: model, onBedrock: onBedrock), onBedrock: onBedrock)
  }

  static let off = Thinking(type: .disabled)
  static func budget(_ tokens: Int) -> Thinking { Thinking(type: .enabled, budgetTokens: tokens) }

  @Test(
    arguments: [
      ("claude-opus-5-5", nil, 64_000), ("claude-haiku-5-5", nil, 64_000), ("claude-sonnet-4-6", nil, 32_000),
      ("claude-opus-4-6", nil, 64_000), ("claude-sonnet-4-5", nil, 32_000), ("claude-opus-4", nil, 32_000),
      ("claude-3-haiku-20240307", nil, 4_096), ("my-deployment", nil, 8_192), ("claude-opus-5-5", .xhigh, 128_000),
      ("claude-opus-5-5", .max, 128_000), ("claude-opus-5-5", .high, 64_000),
    ] as [(String, Effort?, Int)])
  func `has as many tokens as the model writes well`(model: String, effort: Effort?, expected: Int) {
    #expect(Self.fit(model, effort: effort).maxTokens == expected)
  }

  @Test func `shows what a model says between calls, where nobody asks for anything`() {
    for model in ["claude-opus-5-5", "claude-sonnet-5-5", "us.anthropic.claude-fable-5-1"] {
      let fit = Self.fit(model)
      #expect(fit.thinking == ["type": "adaptive", "display": "updates"])
      #expect(fit.betas == ["thinking-display-updates-2026-08-18"])
    }
    for model in ["claude-haiku-5-5", "claude-opus-5", "claude-opus-4-8", "claude-sonnet-4-5", "gpt-4"] {
      let fit = Self.fit(model)
      #expect(fit.thinking == nil && fit.betas == [] && fit.effort == nil && fit.notices == [])
    }
  }

  @Test(
    arguments: [
      ("claude-opus-5-5", budget(2_000), ["type": "adaptive", "display": "summarized"], .low),
      ("claude-opus-5-5", budget(5_000), ["type": "adaptive", "display": "summarized"], .medium),
      ("claude-opus-5-5", budget(20_000), ["type": "adaptive", "display": "summarized"], .high),
      ("claude-opus-5-5", off, nil, .low), ("claude-fable-5", off, nil, .low),
      ("claude-sonnet-5-5", off, ["type": "between_tools"], nil), ("claude-haiku-5-5", off, ["type": "disabled"], nil),
      ("claude-opus-4-6", budget(5_000), ["type": "enabled", "budget_tokens": 5_000], nil),
      ("claude-sonnet-4-5", Thinking(type: .adaptive), ["type": "enabled", "budget_tokens": 16_000], nil),
      ("claude-3-haiku-20240307", Thinking(type: .adaptive), nil, nil), ("claude-3-haiku-20240307", off, nil, nil),
      ("claude-opus-4-8", Thinking(type: .betweenTools), ["type": "disabled"], nil),
      ("my-deployment", budget(2_000), ["type": "enabled", "budget_tokens": 2_000], nil),
    ] as [(String, Thinking, JSON?, Effort?)])
  func `thinks in the way that is nearest to what was asked`(
    model: String, thinking: Thinking, sent: JSON?, effort: Effort?
  ) {
    let fit = Self.fit(model, thinking: thinking)
    #expect(fit.thinking == sent)
    #expect(fit.effort == effort)
  }

  @Test func `lets a caller say how thoughts are shown`() {
    var wish = Thinking(type: .adaptive)
    wish.display = .updates
    #expect(Self.fit("claude-opus-5-5", thinking: wish).thinking == ["type": "adaptive", "display": "updates"])
    let other = Self.fit("claude-haiku-5-5", thinking: wish)
    #expect(other.thinking == ["type": "adaptive", "display": "summarized"])
    #expect(other.notices.count == 1 && other.betas == [])
    wish.display = .omitted
    #expect(Self.fit("claude-opus-5-5", thinking: wish).thinking == ["type": "adaptive"])
    #expect(Self.fit("claude-opus-4-6", thinking: wish).thinking == ["type": "adaptive", "display": "omitted"])
  }

  @Test(
    arguments: [
      ("claude-opus-5", off, .max, .high), ("claude-opus-4-8", off, .max, .max),
      ("claude-opus-4-6", nil, .xhigh, .high),
      ("claude-opus-4-6", nil, .max, .max), ("claude-sonnet-4-5", nil, .low, nil),
      ("claude-opus-4-5", nil, .max, .high),
      ("claude-sonnet-5-5", off, .xhigh, .high), ("claude-opus-5-5", off, .xhigh, .xhigh),
    ] as [(String, Thinking?, Effort, Effort?)])
  func `tries as hard as the model can`(model: String, thinking: Thinking?, wish: Effort, sent: Effort?) {
    let fit = Self.fit(model, thinking: thinking, effort: wish)
    #expect(fit.effort == sent)
    if sent != wish { #expect(fit.notices.contains { $0.hasPrefix("effort '\(wish.rawValue)' was asked for, ") }) }
  }

  @Test func `asks in words for a tool that a model cannot be made to use`() {
    let choice = ToolChoice(type: .tool, name: "pick")
    let sealed = Self.fit("claude-opus-5-5", tool: choice)
    #expect(sealed.toolChoice == nil)
    #expect(sealed.toolInWords == "Use the tool `pick` now, before you answer.")
    #expect(sealed.notices.count == 1)
    #expect(Self.fit("claude-opus-5", tool: choice).toolChoice == ["type": "tool", "name": "pick"])
    #expect(Self.fit("claude-sonnet-4-5", tool: choice).toolChoice == ["type": "tool", "name": "pick"])
    #expect(Self.fit("claude-sonnet-4-5", thinking: Self.budget(2_000), tool: choice).toolInWords != nil)
    #expect(Self.fit("claude-opus-5-5", tool: ToolChoice(type: .none)).toolChoice == ["type": "none"])
    for tools in [[], ["other"]] {
      let missing = Self.fit("claude-opus-5", tool: choice, tools: tools)
      #expect(missing.toolChoice == nil && missing.toolInWords == nil)
      #expect(
        missing.notices == [
          "toolChoice of the tool 'pick' was asked for, it is left out: it is not among the tools of this run"
        ])
    }
  }

  @Test(arguments: [(5_000, 2_000, 2_000), (5_000, 4_999, 4_999), (2_000, 1_500, 1_500), (2_000, 1_025, 1_025)])
  func `keeps a budget of thinking below what a budget of money leaves`(budget: Int, tokens: Int, sent: Int) {
    var request = ModelRequest(model: "claude-sonnet-4-5", messages: [], maxTokens: 8_000)
    request.thinking = ["type": "enabled", "budget_tokens": .number(JSONNumber(budget))]
    #expect(
      request.limit(to: tokens)
        == (budget < tokens ? nil : "the budget of thinking was lowered: it must be less than the answer's most tokens")
    )
    #expect(request.maxTokens == sent)
    #expect(request.thinking?["budget_tokens"]?.int == min(budget, tokens - 1))
  }

  @Test(arguments: [1, 900, 1_024]) func `leaves thinking out where there is no room for it`(tokens: Int) throws {
    var request = ModelRequest(model: "claude-sonnet-4-5", messages: [], maxTokens: 8_000)
    request.thinking = ["type": "enabled", "budget_tokens": 5_000]
    #expect(request.limit(to: tokens)?.contains("thinking was left out") == true)
    #expect(request.thinking == nil)
    // Whoever lowered it without a word, the wire is right.
    request.thinking = ["type": "enabled", "budget_tokens": 5_000]
    let body = try JSON.parse(MessagesBody.bytes(request, envelope: []))
    #expect(body["thinking"] == nil)
  }

  private static let thought: JSON = ["type": "thinking", "thinking": "Hm.", "signature": "c2ln"]
  private static let call: JSON = ["type": "tool_use", "id": "c1", "name": "look", "input": [:]]
  private static let result: JSON = ["type": "tool_result", "tool_use_id": "c1", "content": "seen"]
  private static let news: JSON = ["role": "system", "content": "The branch is main now."]

  /// What the model said, what the user sent behind it, whether another model said it; whether thinking may begin.
  @Test(
    arguments: [
      ([thought, call], [result], false, true), ([thought, call], [result], true, false),
      ([call], [result], false, false), ([["type": "text", "text": "I look."], call], [result], false, false),
      ([call], [result, ["type": "text", "text": "Stop that."]], false, false),
      ([["type": "redacted_thinking", "data": "eA=="], call], [result], false, true),
      ([["type": "text", "text": "Done."]], [["type": "text", "text": "Thanks."]], false, true),
      ([["type": "text", "text": "Done."]], [["type": "text", "text": "Thanks."]], true, true),
    ] as [([JSON], [JSON], Bool, Bool)])
  func `lets no model begin to think by a budget in a turn that did not begin with its thoughts`(
    said: [JSON], sent: [JSON], isForeign: Bool, begins: Bool
  ) {
    let messages: [JSON] = [
      ["role": "user", "content": "Look."], ["role": "assistant", "content": .array(said)],
      ["role": "user", "content": .array(sent)],
    ]
    for messages in [messages, messages + [Self.news]] {
      var fit = Self.fit("claude-sonnet-4-5", thinking: Self.budget(2_000))
      fit.follow(Conversation.beginningOfOpenTurn(past: messages, current: []), isForeign: isForeign)
      #expect((fit.thinking != nil) == begins)
      #expect(fit.notices.contains { $0.contains("until the turn ends") } == !begins)
    }
    var adaptive = Self.fit("claude-sonnet-5-5", thinking: Thinking(type: .adaptive))
    adaptive.follow(said.first, isForeign: isForeign)
    #expect(adaptive.thinking != nil)
  }

  @Test func `knows where the turn that goes on began`() {
    let user: JSON = ["role": "user", "content": "Look."]
    let results: JSON = ["role": "user", "content": [Self.result]]
    let (first, second): (JSON, JSON) = (
      ["role": "assistant", "content": [Self.thought, Self.call]], ["role": "assistant", "content": [Self.call]]
    )
    func beginning(past: [JSON] = [], _ current: [JSON]) -> JSON? {
      Conversation.beginningOfOpenTurn(past: past + current, current: current)
    }
    #expect(beginning([user]) == nil)
    #expect(beginning([user, first, results]) == Self.thought)
    // A model that thinks before its first call only goes on without.
    #expect(beginning([user, first, results, second, Self.news, results]) == Self.thought)
    // It is to say more behind its own words.
    #expect(beginning([user, second]) == Self.call)
    #expect(beginning([user, first, results, second, user]) == nil)
    // A run that was stopped among its tools left the turn open.
    #expect(beginning(past: [user, first, results, second], [results]) == Self.call)
    #expect(beginning(past: [user, second], [results, first, results]) == Self.thought)
  }
}

/// What a provider makes of a name that it knows.
private func choice(of name: String, onBedrock: Bool) -> ModelChoice {
  let none = ModelOverrides(environment: ProcessEnvironment([:]))
  guard onBedrock, let oregon = try? Region("us-west-2") else {
    return AnthropicModelNames(overrides: none).resolve(name)
  }
  return BedrockModelNames(region: oregon, overrides: none).resolve(name)
}
