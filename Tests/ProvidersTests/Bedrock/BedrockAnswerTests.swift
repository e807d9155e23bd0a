import Protocol
import Providers
import TestSupport
import Testing

/// What is heard in Bedrock's frames.
@Suite(.ownThread) struct BedrockAnswerTests {
  static let question = BedrockQuestion(model: "m", region: "us-east-1", source: "profile dev (SSO)")

  static let start = [
    #"{"type":"message_start","message":{"id":"msg_1","model":"claude-x","content":[],"usage":{"input_tokens":7}}}"#,
    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
  ]
  static let end = [
    #"{"type":"content_block_stop","index":0}"#,
    #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}"#,
    #"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":7,"outputTokenCount":3}}"#,
  ]

  static func delta(_ text: String) -> String {
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#
  }

  static func frames(_ events: [String]) -> [UInt8] { events.flatMap { EventStreamFrames.chunk($0) } }
  static let answer = frames(start + [delta("Hello"), delta("!")] + end)

  /// What a body gives that comes in pieces of that many bytes.
  static func read(_ bytes: [UInt8], pieces: Int = .max / 2) -> (
    message: ModelMessage, events: [ModelEvent], error: ProviderError?
  ) {
    var reader = BedrockStreamAnswer(question)
    var events: [ModelEvent] = []
    do throws(ProviderError) {
      for start in Swift.stride(from: 0, to: bytes.count, by: pieces) {
        try reader.read(bytes[start..<min(start + pieces, bytes.count)].span, into: &events)
      }
      try reader.finish(into: &events)
    } catch {
      return (reader.answer.soFar, events, error)
    }
    return (reader.answer.soFar, events, nil)
  }

  static func text(_ events: [ModelEvent]) -> String {
    events.map { event in if case .textDelta(_, let text) = event { text } else { "" } }.joined()
  }

  @Test(arguments: [1, 7, 100, Int.max / 2]) func `an answer is the same however it is cut`(pieces: Int) {
    let read = Self.read(Self.answer, pieces: pieces)
    #expect(read.error == nil)
    #expect(read.message.content == [["type": "text", "text": "Hello!"]])
    #expect(read.message.usage.input == 7)
    #expect(read.events == Self.read(Self.answer).events)
    #expect(Self.text(read.events) == "Hello!")
    #expect(read.events.last == .messageEnd(stopReason: "end_turn"))
  }

  @Test(arguments: [
    #"{"bytes":"$"}"#, #"{"bytes":"$","p":""}"#, #"{"bytes":"$","p":"abc~ "}"#, #"{"p":"abc","bytes":"$"}"#,
    #" {"bytes" : "$", "p" : "ab\"c"} "#, #"{"bytes":"$","other":1}"#, #"{"bytes":"$","p":"é"}"#,
    #"{"bytes":"$","p":null}"#, #"{"\u0062ytes":"$"}"#, #"{"bytes":"$", "p":"x"}"#,
  ])
  func `a chunk is read in whatever form it is written`(form: String) {
    let encoded = EventStreamFrames.base64(Array(Self.delta("a/b?>~ü").utf8))
    for text in [encoded, encoded.replacing("/", with: #"\/"#)] {
      let chunk = EventStreamFrames.event("chunk", form.replacing("$", with: text))
      let read = Self.read(Self.frames(Self.start) + chunk + Self.frames(Self.end))
      #expect(read.error == nil)
      #expect(Self.text(read.events) == "a/b?>~ü")
    }
  }

  @Test(arguments: ["", "a", "ab", "abc", "abcd", "a\\n\\u00e9", "😀"])
  func `text of any length is whole`(text: String) throws {
    let read = Self.read(Self.frames(Self.start + [Self.delta(text)] + Self.end))
    #expect(read.error == nil)
    let expected = try JSON.parse("\"\(text)\"").string
    #expect(Self.text(read.events) == expected)
  }

  @Test(arguments: [
    (EventStreamFrames.event("chunk", ""), "not JSON"), (EventStreamFrames.event("chunk", "{"), "not JSON"),
    (EventStreamFrames.event("chunk", #"{"bytes":"e30="}x"#), "not JSON"),
    (EventStreamFrames.event("chunk", #"{"bytes":"e30=","p":"a"x}"#), "not JSON"),
    (EventStreamFrames.event("chunk", "{\"bytes\":\"e30=\",\"p\":\"a\n\"}"), "not JSON"),
    (EventStreamFrames.event("chunk", #"{"bytes":"e30"}"#), "not base64"),
    (EventStreamFrames.event("chunk", #"{"bytes":"e3!0"}"#), "not base64"),
    (EventStreamFrames.event("chunk", #"{"bytes":""}"#), "not JSON"),
    (EventStreamFrames.chunk("{broken"), "not JSON"), (EventStreamFrames.chunk(""), "not JSON"),
    (EventStreamFrames.frame([(":message-type", .string("news"))], payload: []), "'news'"),
  ])
  func `what cannot be understood is an error that keeps what was said`(frame: [UInt8], reason: String) {
    let read = Self.read(Self.frames(Self.start + [Self.delta("Hel")]) + frame + Self.frames(Self.end))
    #expect(read.error?.message.contains(reason) == true)
    #expect(read.message.content == [["type": "text", "text": "Hel"]])
    #expect(Self.text(read.events) == "Hel")
  }

  @Test(arguments: [
    EventStreamFrames.event("chunk", "{}"), EventStreamFrames.event("chunk", #"{"bytes":null}"#),
    EventStreamFrames.event("chunk", "[]"), EventStreamFrames.chunk("{}"), EventStreamFrames.chunk(#"{"type":1}"#),
    EventStreamFrames.chunk("[1]"), EventStreamFrames.chunk("null"), EventStreamFrames.chunk(#"{"type":"news"}"#),
    EventStreamFrames.chunk(#"{"type":"ping"}"#), EventStreamFrames.event("initial-response", "{}"),
    EventStreamFrames.event("news", "no JSON"), EventStreamFrames.frame([], payload: [1]),
    EventStreamFrames.frame([(":message-type", .string("event"))], payload: []),
    EventStreamFrames.event("chunks", "no JSON"), EventStreamFrames.event("exceptionHappened", "no JSON"),
  ])
  func `what means nothing here is passed over`(frame: [UInt8]) {
    let read = Self.read(
      Self.frames(Self.start + [Self.delta("a")]) + frame + Self.frames([Self.delta("b")] + Self.end))
    #expect(read.error == nil)
    #expect(Self.text(read.events) == "ab")
  }

  @Test func `a chunk without a message type is a chunk`() {
    let payload = #"{"bytes":"\#(EventStreamFrames.base64(Array(Self.delta("b").utf8)))"}"#
    let bare = EventStreamFrames.frame([(":event-type", .string("chunk"))], payload: Array(payload.utf8))
    #expect(Self.text(Self.read(Self.frames(Self.start) + bare + Self.frames(Self.end)).events) == "b")
  }

  @Test(arguments: [
    ("throttlingException", ProviderError.Kind.rateLimited, true), ("internalServerException", .providerError, true),
    ("modelStreamErrorException", .providerError, true), ("validationException", .invalidRequest, false),
    ("modelTimeoutException", .timeout, true), ("serviceUnavailableException", .overloaded, true),
    ("newException", .providerError, false),
  ])
  func `an exception is an error, in all forms in which it comes`(
    name: String, kind: ProviderError.Kind, retryable: Bool
  ) throws {
    let body = #"{"message":"why not"}"#
    let typed = EventStreamFrames.frame(
      [(":exception-type", .string(name))], payload: Array(body.utf8))
    let coded = EventStreamFrames.frame(
      [
        (":message-type", .string("error")), (":error-code", .string(name)), (":error-message", .string("why not")),
      ], payload: [])
    let forms = [
      EventStreamFrames.exception(name, body), EventStreamFrames.event(name, body), typed, coded,
      EventStreamFrames.exception(name, "why not"), EventStreamFrames.exception(name, #"{"Message":"why not"}"#),
    ]
    for form in forms {
      let early = Self.read(form)
      let error = try #require(early.error)
      #expect(error.kind == kind)
      #expect(error.retryable == retryable)
      #expect(error.status == 200)
      #expect(error.type == name.prefix(1).uppercased() + name.dropFirst())
      #expect(error.message.hasPrefix("Bedrock broke off its answer with "))
      #expect(error.message.hasSuffix(": why not"))
      let late = Self.read(Self.frames(Self.start + [Self.delta("Hel")]) + form)
      #expect(late.message.content == [["type": "text", "text": "Hel"]])
      #expect(late.error?.kind == kind)
    }
  }

  @Test func `an exception tells what lies behind it, and one without a reason says so`() {
    let body = #"{"message":"The model failed.","originalStatusCode":500,"originalMessage":"out of memory"}"#
    let read = Self.read(EventStreamFrames.exception("modelStreamErrorException", body))
    #expect(read.error?.message.hasSuffix("The model failed. (out of memory)") == true)
    let bare = EventStreamFrames.frame([(":message-type", .string("error"))], payload: [])
    #expect(Self.read(bare).error?.message == "Bedrock broke off its answer: no reason was given")
  }

  @Test func `an error event of the model's own is the API's error`() {
    let event = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
    #expect(Self.read(Self.frames([event])).error?.kind == .overloaded)
  }

  @Test func `an answer without its end is an error`() {
    let whole = Self.start + [Self.delta("a")] + Self.end
    for count in 0..<whole.count {
      let read = Self.read(Self.frames(Array(whole[..<count])))
      #expect(read.error?.kind == .network)
      #expect(read.error?.retryable == true)
      #expect(read.error?.message.contains("the stream ended before") == true)
      let cut = Self.read(Self.frames(Array(whole[..<count])) + EventStreamFrames.chunk("{}").dropLast(3))
      #expect(cut.error?.message.contains("of a frame") == true)
    }
  }

  @Test(arguments: [1, 7, Int.max / 2]) func `what comes after the end does not matter`(pieces: Int) {
    let rest: [[UInt8]] = [
      [0, 1, 2], Array("garbage that is longer than a frame's lengths".utf8), EventStreamFrames.chunk("{broken"),
      EventStreamFrames.exception("throttlingException", "{}"), Array(Self.answer.dropLast(5)),
    ]
    for more in rest {
      let read = Self.read(Self.answer + more, pieces: pieces)
      #expect(read.error == nil)
      #expect(Self.text(read.events) == "Hello!")
    }
  }

  @Test func `an answer larger than any model's is refused`() {
    var reader = BedrockStreamAnswer(Self.question)
    var events: [ModelEvent] = []
    let big = #"{"type":"ping","x":"\#(String(repeating: "a", count: 4_000_000))"}"#
    let frame = EventStreamFrames.chunk(big)
    let failure = #expect(throws: ProviderError.self) {
      for _ in 0..<100 { try reader.read(frame.span, into: &events) }
    }
    #expect(failure?.message.contains("larger than") == true)
  }
}
