import OperatingSystem
import Providers
import Synchronization

/// An upstream made of byte arrays: each request gets the next reply, and is kept to be looked at.
final class ScriptedTransport: HTTPTransport {
  struct Reply: Sendable {
    var status = 200
    var headers: [(name: String, value: String)] = [("content-type", "text/event-stream; charset=utf-8")]
    var chunks: [HTTPChunk] = []
    /// How the body ends when not well; before any chunk and with `status` 0, how the sending ends.
    var failure: HTTPError?

    /// A streamed answer, one chunk a text.
    static func stream(_ texts: String..., failure: HTTPError? = nil) -> Reply {
      Reply(chunks: texts.map { .bytes(Array($0.utf8)) }, failure: failure)
    }

    /// A reply that is no stream.
    static func plain(
      _ status: Int, _ body: String, type: String = "application/json", _ headers: [String: String] = [:]
    )
      -> Reply
    {
      Reply(
        status: status, headers: [("content-type", type)] + headers.map { ($0.key, $0.value) },
        chunks: [.bytes(Array(body.utf8))])
    }

    static func unsent(_ kind: HTTPError.Kind) -> Reply { Reply(status: 0, failure: HTTPError(kind, "the \(kind)")) }
  }

  private let state: Mutex<(replies: [Reply], requests: [HTTPRequest])>
  /// Called before each chunk is handed over.
  private let beforeChunk: @Sendable () -> Void

  convenience init(_ replies: Reply..., beforeChunk: @escaping @Sendable () -> Void = {}) {
    self.init(all: replies, beforeChunk: beforeChunk)
  }

  init(all replies: [Reply], beforeChunk: @escaping @Sendable () -> Void) {
    state = Mutex((replies, []))
    self.beforeChunk = beforeChunk
  }

  /// What was asked so far.
  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let reply = state.withLock { state -> Reply? in
      state.requests.append(request)
      return state.replies.isEmpty ? nil : state.replies.removeFirst()
    }
    guard let reply else { throw HTTPError(.other, "the script has no more replies") }
    if reply.status == 0, let failure = reply.failure { throw failure }
    let body = ScriptedBody(reply.chunks, reply.failure, beforeChunk)
    return HTTPResponse(status: reply.status, headers: HTTPHeaders(reply.headers), body: body)
  }
}

private final class ScriptedBody: HTTPBody {
  private let chunks: Mutex<ArraySlice<HTTPChunk>>
  private let failure: HTTPError?
  private let beforeChunk: @Sendable () -> Void

  init(_ chunks: [HTTPChunk], _ failure: HTTPError?, _ beforeChunk: @escaping @Sendable () -> Void) {
    self.chunks = Mutex(chunks[...])
    self.failure = failure
    self.beforeChunk = beforeChunk
  }

  func next() async throws(HTTPError) -> HTTPChunk? {
    beforeChunk()
    if let chunk = chunks.withLock({ $0.popFirst() }) { return chunk }
    if let failure { throw failure }
    return nil
  }
}

/// Notes the events it is given, batch by batch.
final class EventLog: Sendable {
  private let state = Mutex<[[ModelEvent]]>([])

  var batches: [[ModelEvent]] { state.withLock { $0 } }
  var events: [ModelEvent] { batches.flatMap(\.self) }

  /// The text that was said.
  var text: String {
    events.map { event in if case .textDelta(_, let text) = event { text } else { "" } }.joined()
  }

  /// The number of tries that were announced.
  var retries: [RetryNotice] {
    events.compactMap { event in if case .retry(let notice) = event { notice } else { nil } }
  }

  func note(_ events: [ModelEvent]) { state.withLock { $0.append(events) } }
}

/// A stream's events, as the API writes them.
enum Wire {
  static let start =
    event(
      #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","#
        + #""content":[],"stop_reason":null,"usage":{"input_tokens":7,"output_tokens":1}}}"#)
    + event(#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
  static let end =
    event(#"{"type":"content_block_stop","index":0}"#)
    + event(#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}}"#)
    + event(#"{"type":"message_stop"}"#)

  static func delta(_ text: String) -> String {
    event(#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#)
  }

  static func error(_ type: String, _ message: String = "sorry") -> String {
    event(#"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req_stream"}"#)
  }

  static let ping = event(#"{"type":"ping"}"#)

  /// One event; the API repeats its type as the event's name.
  static func event(_ json: String) -> String { "data: \(json)\n\n" }
}
