import Protocol
import Providers
import Testing

@Suite struct MessageAccumulatorTests {
  /// The events and the message of a stream given as JSON texts.
  static func take(_ events: [String]) throws -> (message: ModelMessage, events: [ModelEvent]) {
    var accumulator = MessageAccumulator()
    var said: [ModelEvent] = []
    for event in events { try accumulator.take(event.utf8.span, into: &said) }
    return (accumulator.soFar, said)
  }

  static let start =
    #"{"type":"message_start","message":{"id":"m","model":"x","content":[],"usage":{"input_tokens":5}}}"#
  static func block(_ json: String, _ index: Int = 0) -> String {
    #"{"type":"content_block_start","index":\#(index),"content_block":\#(json)}"#
  }
  static func delta(_ json: String, _ index: Int = 0) -> String {
    #"{"type":"content_block_delta","index":\#(index),"delta":\#(json)}"#
  }
  static func stop(_ index: Int = 0) -> String { #"{"type":"content_block_stop","index":\#(index)}"# }

  @Test(arguments: [
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é\n\"😀\\"}}"#,
    #"{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "é\n\"😀\\"} }   "#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\u00e9\n\"\ud83d\ude00\\"},"p":1}"#,
    #"{"index":0,"type":"content_block_delta","delta":{"text":"é\n\"😀\\","type":"text_delta"}}"#,
    #"""
    {
      "type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"é\n\"😀\\"}}
    """#,
  ])
  func `a delta means the same in whatever form it is written`(event: String) throws {
    let taken = try Self.take([Self.start, Self.block(#"{"type":"text","text":""}"#), event])
    #expect(taken.events.last == .textDelta(index: 0, text: "é\n\"😀\\"))
    #expect(taken.message.content == [["type": "text", "text": "é\n\"😀\\"]])
  }

  @Test(arguments: [
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}} x"#,
    #"{"type":"content_block_delta","index":00,"delta":{"type":"text_delta","text":"a"}}"#,
    #"{"type":"content_block_delta","index":,"delta":{"type":"text_delta","text":"a"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\x"}}"#,
    "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\tb\"}}",
    "not JSON", "",
  ])
  func `a delta that is not JSON is refused`(event: String) throws {
    #expect(throws: ProviderError.self) {
      try Self.take([Self.start, Self.block(#"{"type":"text","text":""}"#), event])
    }
  }

  @Test func `a delta that is not UTF-8 is refused`() throws {
    var accumulator = MessageAccumulator()
    var said: [ModelEvent] = []
    for event in [Self.start, Self.block(#"{"type":"text","text":""}"#)] {
      try accumulator.take(event.utf8.span, into: &said)
    }
    let text = Self.delta(#"{"type":"text_delta","text":"@"}"#)
    let bytes = text.utf8.map { $0 == UInt8(ascii: "@") ? 0xFF : $0 }
    #expect(throws: ProviderError.self) { try accumulator.take(bytes.span, into: &said) }
  }

  @Test func `a tool's input is put together, and begins empty`() throws {
    let tool = #"{"type":"tool_use","id":"t","name":"n","input":{}}"#
    let taken = try Self.take([
      Self.start, Self.block(tool), Self.delta(#"{"type":"input_json_delta","partial_json":""}"#),
      Self.delta(#"{"type":"input_json_delta","partial_json":"{\"a\": 12345"}"#),
      Self.delta(#"{"type":"input_json_delta","partial_json":"67890123456789}"}"#), Self.stop(),
    ])
    let whole: JSON = try .parse(#"{"type":"tool_use","id":"t","name":"n","input":{"a":1234567890123456789}}"#)
    #expect(taken.message.content == [whole])
    #expect(taken.message.incomplete.isEmpty)
    #expect(
      taken.events.suffix(4) == [
        .blockStart(index: 0, block: try .parse(tool)), .toolInputDelta(index: 0, json: #"{"a": 12345"#),
        .toolInputDelta(index: 0, json: "67890123456789}"), .blockEnd(index: 0, block: whole),
      ])
  }

  @Test(arguments: [
    (#"{"a": 1, "b": "x"#, #"{"a":1}"#), (#"{"a": [1, {"b": true, "c": fal"#, #"{"a":[1,{"b":true}]}"#),
    (#"{"a": 12"#, "{}"), (#"{"a": 12,"#, #"{"a":12}"#), (#"{"a": "x", "b"#, #"{"a":"x"}"#),
    (#"{"a": "x", "b""#, #"{"a":"x"}"#), (#"{"a": "x", "b":"#, #"{"a":"x"}"#),
    (#"{"a": "x\"y", "b": ""#, #"{"a":"x\"y"}"#),
    (#"{"a": null"#, #"{"a":null}"#), (#"{"a": nul"#, "{}"), ("{", "{}"), ("[1", "{}"),
    (#"{"a": {"b": {"#, #"{"a":{"b":{}}}"#),
    (#"{"a": -1.5e3 "#, #"{"a":-1.5e3}"#), (#"{"a": "\u00"#, "{}"), (#"{"a": 1}}"#, "{}"), ("}{", "{}"),
    (#"{"a" 1, "b": 2"#, "{}"),
    (#""text"#, "{}"),
  ])
  func `of an input that is not whole only what is certain is kept`(input: String, kept: String) throws {
    let piece = JSON.string(input).text
    let taken = try Self.take([
      Self.start, Self.block(#"{"type":"tool_use","id":"t","name":"n","input":{}}"#),
      Self.delta(#"{"type":"input_json_delta","partial_json":\#(piece)}"#), Self.stop(),
    ])
    #expect(taken.message.content.first?["input"] == (try JSON.parse(kept)))
    #expect(taken.message.incomplete == [0])
    #expect(!taken.events.contains { if case .blockEnd = $0 { true } else { false } })
  }

  @Test func `what is unknown is kept in blocks and passed over in events`() throws {
    let strange = #"{"type":"hologram","depth":1.50,"nested":{"z":[null]}}"#
    let taken = try Self.take([
      #"{"type":"weather","rain":true}"#, #"{"no":"type"}"#, "[]", Self.start, Self.block(strange),
      Self.delta(#"{"type":"hologram_delta","depth":2}"#), Self.stop(), #"{"type":"ping"}"#,
    ])
    #expect(taken.message.content.first?.text == strange)
    #expect(taken.events.count == 4)
  }

  @Test func `text that stands in a block from the start is said like a delta`() throws {
    let taken = try Self.take([
      Self.start, Self.block(#"{"type":"text","text":"He"}"#), Self.delta(#"{"type":"text_delta","text":"y"}"#),
      Self.stop(),
      Self.block(#"{"type":"thinking","thinking":"Hm","signature":""}"#, 1),
    ])
    #expect(
      taken.events.dropFirst(2).prefix(3) == [
        .blockStart(index: 0, block: ["type": "text", "text": ""]), .textDelta(index: 0, text: "He"),
        .textDelta(index: 0, text: "y"),
      ])
    #expect(taken.events.last == .thinkingDelta(index: 1, text: "Hm"))
    #expect(taken.message.content.first?["text"] == "Hey")
    #expect(taken.message.incomplete == [1])
  }

  @Test func `blocks may overlap, and need not be numbered from zero`() throws {
    let taken = try Self.take([
      Self.start, Self.block(#"{"type":"text","text":""}"#, 4), Self.block(#"{"type":"text","text":""}"#, 7),
      Self.delta(#"{"type":"text_delta","text":"a"}"#, 4), Self.delta(#"{"type":"text_delta","text":"b"}"#, 7),
      Self.stop(4),
      Self.stop(7),
    ])
    #expect(taken.message.content.compactMap { $0["text"]?.string } == ["a", "b"])
    #expect(taken.events.last == .blockEnd(index: 1, block: ["type": "text", "text": "b"]))
  }

  @Test func `a summary of a compaction is a block like others`() throws {
    let taken = try Self.take([
      Self.start, Self.block(#"{"type":"compaction","content":null}"#),
      Self.delta(#"{"type":"compaction_delta","content":"long ago"}"#), Self.stop(),
    ])
    #expect(taken.message.content == [["type": "compaction", "content": "long ago"]])
  }

  @Test func `the end's report corrects the message, and null corrects nothing`() throws {
    let taken = try Self.take([
      #"""
      {"type":"message_start","message":{"id":"m","content":[],"stop_reason":null,"usage":{
        "input_tokens":5,"cache_read_input_tokens":9,"cache_creation_input_tokens":30,
        "cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":20},
        "service_tier":"standard","output_tokens":1}}}
      """#,
      #"""
      {"type":"message_delta","delta":{"stop_reason":"refusal","stop_sequence":null,
        "stop_details":{"type":"refusal","category":"cyber"},"container":{"id":"c"}},
        "usage":{"input_tokens":null,"output_tokens":40,"server_tool_use":{"web_search_requests":1}},
        "context_management":{"applied_edits":[]}}
      """#,
      #"{"type":"message_delta","delta":{"stop_reason":null,"container":null},"usage":{"output_tokens":41}}"#,
      #"{"type":"message_stop"}"#, Self.start, #"{"type":"error","error":{"type":"api_error","message":"too late"}}"#,
    ])
    let raw = taken.message.raw
    #expect(raw["stop_reason"] == "refusal")
    #expect(raw["stop_sequence"]?.isNull == true)
    #expect(raw["stop_details"]?["category"] == "cyber")
    #expect(raw["container"] == ["id": "c"])
    #expect(raw["context_management"] == ["applied_edits": []])
    #expect(raw["usage"]?["service_tier"] == "standard")
    #expect(raw["usage"]?["input_tokens"] == 5)
    #expect(raw["usage"]?["server_tool_use"]?["web_search_requests"] == 1)
    var usage = Usage()
    (usage.input, usage.output, usage.cacheRead, usage.cacheWrite, usage.cacheWriteHour) = (5, 41, 9, 30, 20)
    #expect(taken.message.usage == usage)
    #expect(taken.events.suffix(2) == [.usage(usage), .messageEnd(stopReason: "refusal")])
  }

  @Test(arguments: [
    stop(3), delta(#"{"type":"text_delta","text":"x"}"#, 3), delta(#"{"type":"signature_delta","signature":"x"}"#, 3),
  ])
  func `an event for a block that never began is an error`(event: String) throws {
    let failure = #expect(throws: ProviderError.self) { try Self.take([Self.start, event]) }
    #expect(failure?.message.contains("block 3") == true)
  }

  @Test(arguments: [
    stop(), block(#"{"type":"text","text":""}"#), delta(#"{"type":"text_delta","text":"x"}"#),
    #"{"type":"message_stop"}"#,
    #"{"type":"message_delta","delta":{}}"#,
  ])
  func `a message must begin before it goes on`(event: String) throws {
    let failure = #expect(throws: ProviderError.self) { try Self.take([event]) }
    #expect(failure?.message.contains("before message_start") == true)
  }

  @Test func `an answer of too many blocks is refused`() throws {
    let block = Self.block(#"{"type":"text","text":""}"#)
    let most = [Self.start] + [String](repeating: block, count: ProviderLimits.blocksMax)
    #expect(try Self.take(most).message.content.count == ProviderLimits.blocksMax)
    #expect(throws: ProviderError.self) { try Self.take(most + [block]) }
  }

  @Test func `200,000 deltas arrive complete and in order`() throws {
    var accumulator = MessageAccumulator()
    var said: [ModelEvent] = []
    for event in [Self.start, Self.block(#"{"type":"text","text":""}"#)] {
      try accumulator.take(event.utf8.span, into: &said)
    }
    var expected = ""
    for number in 0..<200_000 {
      expected += "\(number) "
      try accumulator.take(Self.delta(#"{"type":"text_delta","text":"\#(number) "}"#).utf8.span, into: &said)
    }
    #expect(accumulator.soFar.content.first?["text"]?.string == expected)
    let spoken = said.map { event in if case .textDelta(_, let text) = event { text } else { "" } }.joined()
    #expect(spoken == expected)
  }
}
