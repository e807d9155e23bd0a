package import Protocol
internal import Synchronization

/// A Messages API on this machine that does as it is told and takes no conversation that the real one would refuse.
package final class MessagesServer: Sendable {
  /// What a request is answered with.
  package typealias Script = @Sendable (_ prompt: String, LoopbackConnection) throws -> Void

  /// Takes requests.
  package let server: LoopbackServer
  private let log: FlawLog

  /// What a request is answered with by its whole body.
  package typealias Conversation = @Sendable (_ body: JSON, LoopbackConnection) throws -> Void

  /// Starts a server; the script gets the text of the last user message.
  package convenience init(_ script: @escaping Script) throws {
    try self.init(FlawLog()) { body, connection in
      try script(body["messages"]?.array?.last?["content"]?.array?.last?["text"]?.string ?? "", connection)
    }
  }

  /// Starts a server whose script gets the whole body.
  package static func readingBodies(_ script: @escaping Conversation) throws -> MessagesServer {
    try MessagesServer(FlawLog(), script)
  }

  private init(_ log: FlawLog, _ script: @escaping Conversation) throws {
    self.log = log
    server = try LoopbackServer { request, connection in
      let body = try JSON.parse(request.body)
      if let flaw = ConversationRules.flaw(in: body, for: .anthropic) {
        log.add(flaw)
        let error: JSON = [
          "type": "error", "error": ["type": "invalid_request_error", "message": .string(flaw)],
        ]
        return try connection.reply(400, [("content-type", "application/json")], body: error.serialized)
      }
      try script(body, connection)
    }
  }

  /// Why requests were refused.
  package var flaws: [String] { log.all }

  /// What a child process needs to ask this server.
  package var environment: [String: String] {
    ["ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-canary-8b1f"]
  }

  /// The conversations it was asked about, in order.
  package var conversations: [[JSON]] {
    server.requests.compactMap { try? JSON.parse($0.body)["messages"]?.array }
  }

  private final class FlawLog: Sendable {
    private let flaws = Mutex<[String]>([])
    var all: [String] { flaws.withLock { $0 } }
    func add(_ flaw: String) { flaws.withLock { $0.append(flaw) } }
  }
}

// MARK: - Answers

extension MessagesServer {
  /// One streamed event.
  package static func event(_ json: String) -> String {
    let type = (try? JSON.parse(json))?["type"]?.string ?? ""
    return "event: \(type)\ndata: \(json)\n\n"
  }

  /// A whole streamed answer of thinking and text, event by event.
  package static func answer(_ pieces: [String], stopReason: String = "end_turn") -> [String] {
    let deltas = pieces.map { piece in
      #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":\#(JSON.string(piece).text)}}"#
    }
    let events = [
      #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-test","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
    ]
    let end = [
      #"{"type":"content_block_stop","index":1}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"\#(stopReason)","stop_sequence":null},"usage":{"output_tokens":15}}"#,
      #"{"type":"message_stop"}"#,
    ]
    return (events + deltas + end).map(event)
  }

  /// Streams events, and ends the answer.
  package static func stream(_ events: [String], to connection: LoopbackConnection) throws {
    try connection.beginChunks(200, [("content-type", "text/event-stream"), ("request-id", "req_test")])
    for event in events { try connection.chunk(event) }
    try connection.endChunks()
  }
}
