internal import Protocol
internal import Providers

/// Reads the events of a stream, one after the other.
struct MCPEventReader {
  /// An event.
  enum Event: Sendable {
    /// A message, or several.
    case message(JSON)
    /// Where the old transport sends messages.
    case endpoint(String)
  }

  private let body: any HTTPBody
  private var parser = ServerSentEvents<HTTPError>(eventMax: MCPHTTPLimits.messageMax) { most in
    HTTPError(.protocolError, "one event of its stream is larger than \(most) bytes", responseStarted: true)
  }
  /// Events that came and were not read yet, the next one last.
  private var waiting: [Event] = []
  private var isOver = false

  /// A stream of which nothing was read yet.
  init(_ body: any HTTPBody) { self.body = body }

  /// The last event that had a name, by which the stream can be taken up.
  var lastID: String? { parser.lastEventID.flatMap { $0.isEmpty ? nil : $0 } }

  /// How long to wait before it is taken up, within our bounds.
  var retry: Int {
    let wanted = parser.retryMilliseconds ?? MCPHTTPLimits.retryUsual
    return min(max(wanted, MCPHTTPLimits.retryLeast), MCPHTTPLimits.retryMost)
  }

  /// The next event; `nil` at the end.
  ///
  /// `heard` is told of every byte, comments too.
  ///
  /// - Throws: A failure of the connection, or that an event is too large.
  mutating func next(heard: () -> Void) async throws(HTTPError) -> Event? {
    while true {
      if let event = waiting.popLast() { return event }
      guard !isOver else { return nil }
      var found: [Event] = []
      if let chunk = try await body.next() {
        guard case .bytes(let bytes) = chunk else { continue }
        heard()
        try parser.feed(bytes.span) { name, data throws(HTTPError) in Self.read(name, data).map { found.append($0) } }
      } else {
        isOver = true
        try parser.finish { name, data throws(HTTPError) in Self.read(name, data).map { found.append($0) } }
      }
      waiting = found.reversed()
    }
  }

  /// What an event says; `nil` for one that is empty, of another kind, or no JSON.
  private static func read(_ name: Span<UInt8>, _ data: Span<UInt8>) -> Event? {
    guard data.count > 0 else { return nil }
    switch String(decoding: name.indices.map { name[$0] }, as: UTF8.self) {
    case "", "message": return (try? JSON.parse(data, loneSurrogates: .replace)).map(Event.message)
    case "endpoint": return .endpoint(String(decoding: data.indices.map { data[$0] }, as: UTF8.self))
    default: return nil
    }
  }
}
