import Protocol
import Providers
import Testing

/// What answers cost, by what the API says of them.
@Suite struct BillTests {
  /// An answer as it came: its first word on usage, and its last.
  private func answer(_ usage: JSON, text: String? = "hi", stop: String? = "end_turn") throws -> ModelMessage {
    var accumulator = MessageAccumulator()
    var events: [ModelEvent] = []
    let message: JSON = ["id": "msg_1", "model": "m", "usage": ["input_tokens": 1, "output_tokens": 1]]
    try accumulator.take(["type": "message_start", "message": message], into: &events)
    if let text {
      let block: JSON = ["type": "text", "text": .string(text)]
      try accumulator.take(["type": "content_block_start", "index": 0, "content_block": block], into: &events)
    }
    if let stop {
      let delta: JSON = ["stop_reason": .string(stop)]
      try accumulator.take(["type": "message_delta", "delta": delta, "usage": usage], into: &events)
    }
    return accumulator.soFar
  }

  private func cost(_ message: ModelMessage, _ model: String, _ provider: ProviderID = .anthropic) -> CallCost {
    CallCost(of: message.bill, model: model, provider: provider)
  }

  static let documented: JSON = [
    "input_tokens": 12, "cache_read_input_tokens": 81_000, "cache_creation_input_tokens": 950,
    "cache_creation": ["ephemeral_5m_input_tokens": 950, "ephemeral_1h_input_tokens": 0], "output_tokens": 640,
    "output_tokens_details": ["thinking_tokens": 410], "service_tier": "standard", "inference_geo": "global",
    "speed": "standard", "iterations": [["type": "message", "input_tokens": 12, "output_tokens": 640]],
  ]

  @Test func `the documented example costs what it says`() throws {
    let message = try answer(Self.documented)
    #expect(cost(message, "claude-opus-5-5").picodollars == 33_798_000_000)
    #expect(message.bill.total == message.usage && message.bill.last == message.usage)
    #expect(cost(message, "us.anthropic.claude-opus-5-5", .bedrock).picodollars == 37_177_800_000)
    #expect(
      cost(message, "claude-haiku-5-5").picodollars == 12 * 100_000 + 81_000 * 10_000 + 950 * 125_000 + 640 * 500_000)
  }

  private func changed(_ members: [String: JSON]) -> JSON {
    var usage = Self.documented.object ?? [:]
    for (name, value) in members { usage[name] = value }
    return .object(usage)
  }

  @Test(
    arguments: [
      (["speed": "fast"], 67_596_000_000), (["inference_geo": "us"], 37_177_800_000),
      (["service_tier": "batch"], 16_899_000_000), (["service_tier": "priority"], 33_798_000_000),
      (["speed": "fast", "inference_geo": "us", "service_tier": "batch"], 37_177_800_000),
      (["server_tool_use": ["web_search_requests": 3]], 63_798_000_000),
    ] as [([String: JSON], Int)])
  func `how it was served is paid for`(members: [String: JSON], picodollars: Int) throws {
    #expect(cost(try answer(changed(members)), "claude-opus-5-5").picodollars == picodollars)
  }

  @Test func `a fast answer of a model that has no price for it is of unknown price`() throws {
    let message = try answer(changed(["speed": "fast"]))
    for (model, provider) in [("claude-sonnet-5-5", ProviderID.anthropic), ("us.anthropic.claude-opus-5-5", .bedrock)] {
      let cost = cost(message, model, provider)
      #expect(cost.picodollars == nil && cost.source.contains("fast"))
    }
  }

  @Test func `a summary made on the way is paid for, by its own prompt, and fills no window`() throws {
    let summary: JSON = ["type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500]
    let said: JSON = ["type": "message", "input_tokens": 23_000, "output_tokens": 1_000]
    let whole = try answer(["input_tokens": 23_000, "output_tokens": 1_000, "iterations": [summary, said]])
    #expect(whole.bill.total.input == 203_000 && whole.bill.total.output == 4_500)
    #expect(whole.bill.last.prompt == 23_000)
    let amount = 5 * (180_000 * 100_000 + 3_500 * 500_000) + 23_000 * 100_000 + 1_000 * 500_000
    #expect(cost(whole, "claude-haiku-5-5").picodollars == amount)
    let onDemand = try answer(["input_tokens": 0, "output_tokens": 0, "iterations": [summary]])
    #expect(cost(onDemand, "claude-haiku-5-5").picodollars == 5 * (180_000 * 100_000 + 3_500 * 500_000))
  }

  @Test func `of two calls each is priced by its own prompt`() throws {
    let one: JSON = ["type": "message", "input_tokens": 60_000, "output_tokens": 10]
    let two = try answer(["input_tokens": 120_000, "output_tokens": 20, "iterations": [one, one]])
    #expect(two.bill.total == two.usage && two.bill.last.input == 60_000)
    #expect(cost(two, "claude-haiku-5-5").picodollars == 2 * (60_000 * 100_000 + 10 * 500_000))
  }

  @Test func `what was refused before a word costs nothing, though tokens are shown; later it does`() throws {
    let before = try answer(Self.documented, text: nil, stop: "refusal")
    #expect(cost(before, "claude-opus-5-5").picodollars == 0 && before.bill.total.cacheRead == 81_000)
    #expect(cost(before, "gpt-4").picodollars == 0)
    #expect(cost(try answer(Self.documented, stop: "refusal"), "claude-opus-5-5").picodollars == 33_798_000_000)
  }

  @Test func `of an answer that was cut off counts what was told until then`() throws {
    #expect(cost(try answer([:], stop: nil), "claude-opus-5-5").picodollars == 4_000_000 + 20_000_000)
  }
}
