import Protocol
import Providers
import Server
import Testing

@Suite struct `What follows a message` {
  private let words: JSON = ["type": "text", "text": "so"]

  private func call(_ id: String, input: JSON = ["x": 1]) -> JSON {
    ["type": "tool_use", "id": .string(id), "name": "read_file", "input": input]
  }

  private func message(_ reason: String?, _ content: [JSON], incomplete: Set<Int> = []) -> ModelMessage {
    var message = ModelMessage(content: content)
    message.stopReason = reason
    message.incomplete = incomplete
    return message
  }

  private func decision(_ message: ModelMessage, continuesText: Bool = false) -> StopPolicy.Decision {
    var policy = StopPolicy(continuesText: continuesText)
    return policy.decide(after: message)
  }

  private func ids(_ decision: StopPolicy.Decision) -> [String]? {
    if case .runTools(let calls, _) = decision { calls.map(\.id) } else { nil }
  }

  @Test(arguments: [
    ("end_turn", StopReason.endTurn), ("stop_sequence", .stopSequence), ("max_tokens", .maxTokens),
    ("model_context_window_exceeded", .contextWindowExceeded), ("refusal", .refusal), ("brand_new", .endTurn),
  ]) func `is the end, for the reason that was given`(reason: String, end: StopReason) {
    guard case .finish(end, results: nil, _) = decision(message(reason, [words])) else {
      Issue.record("\(decision(message(reason, [words])))")
      return
    }
  }

  @Test func `is a notice where the reason is new, and the explanation of a refusal`() {
    #expect(
      decision(message("brand_new", [words]))
        == .finish(.endTurn, results: nil, notice: "the model stopped for the unknown reason 'brand_new'"))
    var refusal = message("refusal", [words])
    refusal.raw["stop_details"] = ["type": "refusal", "category": "cyber", "explanation": "no malware"]
    #expect(decision(refusal) == .finish(.refusal, results: nil, notice: "no malware"))
  }

  @Test(arguments: ["tool_use", "end_turn", "brand_new", "pause_turn"])
  func `is the run of the tools that were called`(reason: String) {
    #expect(ids(decision(message(reason, [words, call("a"), call("b", input: [:])]))) == ["a", "b"])
  }

  @Test(arguments: ["refusal", "stop_sequence", "model_context_window_exceeded"])
  func `answers calls that nobody will run`(reason: String) throws {
    guard case .finish(_, let results?, _) = decision(message(reason, [call("a"), call("b")])) else {
      Issue.record("no results")
      return
    }
    #expect(results["content"]?.array?.compactMap { $0["tool_use_id"]?.string } == ["a", "b"])
  }

  @Test func `is the same conversation after a pause, until there were too many`() {
    var policy = StopPolicy(continuesText: false)
    let paused = message("pause_turn", [words])
    for _ in 0..<ContextLimits.pausesMax { #expect(policy.decide(after: paused) == .sendBack) }
    guard case .finish(.maxTurns, nil, .some) = policy.decide(after: paused) else {
      Issue.record("no end")
      return
    }
    // Whoever does something in between pauses anew.
    _ = policy.decide(after: message("tool_use", [call("a")]))
    #expect(policy.decide(after: paused) == .sendBack)
  }

  @Test func `goes on with words that were cut off, if the caller likes, so many times`() {
    let cut = message("max_tokens", [words])
    #expect(decision(cut) == .finish(.maxTokens, results: nil, notice: nil))
    var policy = StopPolicy(continuesText: true)
    for _ in 0..<ContextLimits.continuationsMax {
      guard case .goOn(_, joins: true) = policy.decide(after: cut) else {
        Issue.record("does not go on")
        return
      }
    }
    #expect(policy.decide(after: cut) == .finish(.maxTokens, results: nil, notice: nil))
  }

  @Test func `asks once for more room when thoughts took all of it`() {
    let thought: JSON = ["type": "thinking", "thinking": "x", "signature": ""]
    for content in [[], [thought], [["type": "text", "text": " "]]] as [[JSON]] {
      let cut = message("max_tokens", content, incomplete: [content.count - 1])
      var policy = StopPolicy(continuesText: true)
      #expect(policy.decide(after: cut) == .askForMore)
      for mayGoOn in [policy, StopPolicy(continuesText: false)] {
        var policy = mayGoOn
        guard case .finish(.maxTokens, results: nil, let notice?) = policy.decide(after: cut) else {
          Issue.record("does not end")
          continue
        }
        #expect(notice.contains("maxTokens"))
      }
    }
    let half = message("max_tokens", [words, thought], incomplete: [1])
    #expect(decision(half, continuesText: true) == .finish(.maxTokens, results: nil, notice: nil))
  }

  @Test func `asks once more when the answer to tools is empty`() {
    var policy = StopPolicy(continuesText: true)
    #expect(policy.decide(after: message("end_turn", [])) == .finish(.endTurn, results: nil, notice: nil))
    policy.followsTools = true
    guard case .goOn(_, joins: false) = policy.decide(after: message("end_turn", [])) else {
      Issue.record("does not ask again")
      return
    }
    #expect(policy.decide(after: message("end_turn", [])) == .finish(.endTurn, results: nil, notice: nil))
  }

  @Test func `tells the model of a call that was cut off, and runs none of it`() {
    let alone = message("max_tokens", [words, call("a", input: [:])], incomplete: [1])
    guard case .goOn(let said, joins: false) = decision(alone) else {
      Issue.record("does not go on")
      return
    }
    #expect(said.contains("'read_file'"))
    #expect(Conversation.assistantMessage(alone)?["content"]?.array == [words])
    let second = message("max_tokens", [call("a"), call("b", input: ["half": "x"])], incomplete: [1])
    guard case .runTools(let calls, .some) = decision(second) else {
      Issue.record("no remark")
      return
    }
    #expect(calls.map(\.id) == ["a"])
  }

  @Test func `takes a last call without arguments for cut off, but no other`() {
    let cut = message("max_tokens", [call("a", input: [:]), call("b", input: [:])])
    #expect(ids(decision(cut)) == ["a"])
    #expect(Conversation.assistantMessage(cut)?["content"]?.array?.count == 1)
    let whole = message("max_tokens", [call("a"), call("b")])
    #expect(ids(decision(whole)) == ["a", "b"])
    #expect(ids(decision(message("tool_use", [call("a", input: [:])]))) == ["a"])
  }

  @Test func `ends when calls are cut off again and again`() {
    var policy = StopPolicy(continuesText: false)
    let cut = message("max_tokens", [call("a", input: [:])], incomplete: [0])
    for _ in 0..<ContextLimits.continuationsMax {
      guard case .goOn = policy.decide(after: cut) else {
        Issue.record("does not go on")
        return
      }
    }
    #expect(policy.decide(after: cut) == .finish(.maxTokens, results: nil, notice: nil))
  }
}
