package import Protocol

/// An ``Upstream`` of which only the Messages API is asked.
package final class MessagesServer: Sendable {
  /// What a request is answered with.
  package typealias Script = @Sendable (_ prompt: String, LoopbackConnection) throws -> Void
  /// What a request is answered with by its whole body.
  package typealias Conversation = @Sendable (_ body: JSON, LoopbackConnection) throws -> Void

  private let upstream: Upstream

  /// Starts a server; the script gets the text of the last user message.
  package convenience init(_ script: @escaping Script) throws {
    try self.init(asked: { question, connection in try script(question.prompt, connection) })
  }

  /// Starts a server whose script gets the whole body.
  package static func readingBodies(_ script: @escaping Conversation) throws -> MessagesServer {
    try MessagesServer(asked: { question, connection in try script(question.body, connection) })
  }

  private init(asked script: @escaping Upstream.Script) throws { upstream = try Upstream(script) }

  /// Takes requests.
  package var server: LoopbackServer { upstream.server }
  /// Why requests were refused.
  package var flaws: [String] { upstream.flaws }

  /// What a child process needs to ask this server.
  package var environment: [String: String] {
    ["ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-canary-8b1f"]
  }

  /// The conversations it was asked about, in order.
  package var conversations: [[JSON]] { upstream.questions.map(\.messages) }
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
