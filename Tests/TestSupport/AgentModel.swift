package import Protocol
internal import Synchronization

/// A model that works as an agent, turn by turn as a test tells it, over the Anthropic API and over Bedrock alike.
///
/// It takes no conversation that the real one would refuse, and asks for a call's result only under names of its own.
package final class AgentModel: Sendable {
  /// A piece of what the model says.
  package enum Block: Sendable {
    case text(String)
    /// A call of a tool.
    case call(String, JSON)
    /// A call whose input is that text, whole or not.
    case rawCall(String, String)
    /// Any other block, as it is.
    case other(JSON)
  }

  /// One answer.
  package struct Turn: Sendable {
    package var blocks: [Block]
    package var stopReason: String
    package var usage: Usage
    /// Whether the last block never comes to its end.
    package var isCut = false

    /// An answer; it stops for its calls when there are some.
    package init(_ blocks: Block..., stopReason: String? = nil, usage: Usage = Usage(input: 100, output: 20)) {
      self.blocks = blocks
      let hasCalls = blocks.contains { block in
        switch block {
        case .call, .rawCall: true
        case .text, .other: false
        }
      }
      self.stopReason = stopReason ?? (hasCalls ? "tool_use" : "end_turn")
      self.usage = usage
    }
  }

  /// What one call used.
  package struct Usage: Sendable {
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    package var cacheWrite: Int

    /// So many tokens.
    package init(input: Int, output: Int, cacheRead: Int = 0, cacheWrite: Int = 0) {
      (self.input, self.output, self.cacheRead, self.cacheWrite) = (input, output, cacheRead, cacheWrite)
    }
  }

  /// A request as the model sees it.
  package struct Question: Sendable {
    /// Which one it is, from 1.
    package var number: Int
    /// The model that is asked, from the body or from Bedrock's path.
    package var model: String
    /// The body.
    package var body: JSON

    /// The messages.
    package var messages: [JSON] { body["messages"]?.array ?? [] }
    /// The last text of the person's.
    package var prompt: String { messages.last?["content"]?.array?.last?["text"]?.string ?? "" }
    /// The results at the end, by the number of the call in the turn before.
    package var results: [JSON] {
      (messages.last?["content"]?.array ?? []).filter { $0["type"] == "tool_result" }
    }
    /// The texts of those results.
    package var resultTexts: [String] {
      results.map { result in
        result["content"]?.string
          ?? (result["content"]?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
      }
    }
    /// All of the system prompt.
    package var system: String {
      (body["system"]?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }
  }

  private struct State {
    var questions: [Question] = []
    var flaws: [String] = []
    var lastCall = 0
  }

  private final class Log: Sendable {
    let state = Mutex(State())
  }

  /// Takes requests.
  package let server: LoopbackServer
  private let log: Log

  /// Starts a model; the script may block its thread.
  package init(_ script: @escaping @Sendable (Question) throws -> Turn) throws {
    let log = Log()
    self.log = log
    server = try LoopbackServer { request, connection in
      guard request.method == "POST" else { return try connection.reply(404, body: []) }
      var body = try JSON.parse(request.body)
      let isBedrock = request.target.hasPrefix("/model/")
      if isBedrock, var object = body.object {
        object["model"] = .string(Self.decoded(request.target.split(separator: "/")[1]))
        body = .object(object)
      }
      if let flaw = Self.flaw(in: body, isBedrock: isBedrock) {
        log.state.withLock { $0.flaws.append(flaw) }
        let error: JSON = ["type": "error", "error": ["type": "invalid_request_error", "message": .string(flaw)]]
        return try connection.reply(400, [("content-type", "application/json")], body: error.serialized)
      }
      let question = log.state.withLock { state in
        let question = Question(number: state.questions.count + 1, model: body["model"]?.string ?? "", body: body)
        state.questions.append(question)
        return question
      }
      let events = Self.events(try script(question), of: question.model) {
        log.state.withLock { state in
          state.lastCall += 1
          return "toolu_\(state.lastCall)"
        }
      }
      let type = isBedrock ? "application/vnd.amazon.eventstream" : "text/event-stream"
      try connection.beginChunks(200, [("content-type", type), ("request-id", "req_1")])
      for event in events {
        if isBedrock {
          try connection.chunk(EventStreamFrames.chunk(event))
        } else {
          try connection.chunk(MessagesServer.event(event))
        }
      }
      try connection.endChunks()
    }
  }

  /// A model that gives these answers, one after the other.
  package convenience init(_ turns: [Turn]) throws {
    try self.init { question in
      guard turns.indices.contains(question.number - 1) else { throw LoopbackError.closed }
      return turns[question.number - 1]
    }
  }

  /// What it was asked, in order.
  package var questions: [Question] { log.state.withLock { $0.questions } }
  /// Why requests were refused.
  package var flaws: [String] { log.state.withLock { $0.flaws } }

  /// What a child process needs to ask this model.
  package func environment(_ provider: String = "anthropic") -> [String: String] {
    guard provider == "bedrock" else {
      return ["ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-canary-8b1f"]
    }
    return [
      "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url,
      "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "canary-secret/1+x=",
    ]
  }

  /// The usual rules, but for a turn that paused: the API takes it back as it was.
  private static func flaw(in body: JSON, isBedrock: Bool) -> String? {
    var judged = body.object ?? JSONObject()
    let messages = body["messages"]?.array ?? []
    if let last = messages.last, last["role"] == "assistant",
      last["content"]?.array?.last?["type"] == "server_tool_use"
    {
      judged["messages"] = .array(messages.dropLast())
    }
    guard isBedrock else { return ConversationRules.flaw(in: .object(judged), for: .anthropic) }
    judged["model"] = nil
    return ConversationRules.flaw(in: .object(judged), for: .bedrock(model: body["model"]?.string ?? ""))
  }

  // MARK: What it says

  private static func events(_ turn: Turn, of model: String, newID: () -> String) -> [String] {
    let usage = turn.usage
    var events = [
      #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":\#(JSON.string(model).text),"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":\#(usage.input),"cache_read_input_tokens":\#(usage.cacheRead),"cache_creation_input_tokens":\#(usage.cacheWrite),"output_tokens":1}}}"#
    ]
    func start(_ index: Int, _ block: JSON) -> String {
      #"{"type":"content_block_start","index":\#(index),"content_block":\#(block.text)}"#
    }
    func delta(_ index: Int, _ type: String, _ name: String, _ text: String) -> String {
      #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"\#(type)","\#(name)":\#(JSON.string(text).text)}}"#
    }
    for (index, block) in turn.blocks.enumerated() {
      switch block {
      case .text(let text):
        events += [start(index, ["type": "text", "text": ""]), delta(index, "text_delta", "text", text)]
      case .call(let name, let input): events += call(name, input.text)
      case .rawCall(let name, let input): events += call(name, input)
      case .other(let json): events.append(start(index, json))
      }
      func call(_ name: String, _ input: String) -> [String] {
        let start = start(index, ["type": "tool_use", "id": .string(newID()), "name": .string(name), "input": [:]])
        // In two pieces, wherever that cuts it.
        let scalars = Array(input.unicodeScalars)
        let pieces = [scalars[..<(scalars.count / 2)], scalars[(scalars.count / 2)...]].map { piece in
          var text = String.UnicodeScalarView()
          text.append(contentsOf: piece)
          return delta(index, "input_json_delta", "partial_json", String(text))
        }
        return [start] + pieces
      }
      if !turn.isCut || index < turn.blocks.count - 1 {
        events.append(#"{"type":"content_block_stop","index":\#(index)}"#)
      }
    }
    events.append(
      #"{"type":"message_delta","delta":{"stop_reason":\#(JSON.string(turn.stopReason).text),"stop_sequence":null},"usage":{"output_tokens":\#(usage.output)}}"#
    )
    return events + [#"{"type":"message_stop"}"#]
  }

  private static func decoded(_ segment: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(segment.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
