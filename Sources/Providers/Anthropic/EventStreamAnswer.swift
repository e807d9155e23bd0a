package import Protocol

/// An answer as server-sent events.
package struct EventStreamAnswer: AnswerReader {
  package private(set) var answer = MessageAccumulator()
  private var events = ServerSentEvents(eventMax: ProviderLimits.eventMax) { eventMax in
    ProviderError(
      .providerError, "one event of the stream is larger than \(eventMax) bytes; nothing that long is valid")
  }

  /// An answer of which nothing has come yet.
  package init() {}

  package mutating func read(_ bytes: Span<UInt8>, into events: inout [ModelEvent]) throws(ProviderError) {
    try Self.feed(&self.events, bytes, &answer, &events)
  }

  package mutating func finish(into events: inout [ModelEvent]) throws(ProviderError) {
    try Self.finish(&self.events, &answer, &events)
    try answer.finish()
  }

  /// Whether the first line that is not blank is a field's, or what has come of it may become one.
  package static func mayBegin(with bytes: [UInt8]) -> Bool {
    let mark = Byte.byteOrderMark
    let isEnd = { (byte: UInt8) in byte == Byte.newline || byte == Byte.carriageReturn }
    let text = bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0).drop(while: isEnd)
    let name = text.prefix { $0 != Byte.colon && !isEnd($0) }
    let fields = ["", "event", "data", "id", "retry"].map { Array($0.utf8) }
    return fields.contains { name.count == text.count ? $0.starts(with: name) : $0 == Array(name) }
  }

  package mutating func take(whole message: JSONObject, into events: inout [ModelEvent]) throws(ProviderError) {
    try answer.take(whole: message, into: &events)
  }

  private static func feed(
    _ parser: inout ServerSentEvents<ProviderError>, _ bytes: Span<UInt8>, _ answer: inout MessageAccumulator,
    _ events: inout [ModelEvent]
  ) throws(ProviderError) {
    try parser.feed(bytes) { name, data throws(ProviderError) in try take(name, data, &answer, &events) }
  }

  private static func finish(
    _ parser: inout ServerSentEvents<ProviderError>, _ answer: inout MessageAccumulator, _ events: inout [ModelEvent]
  ) throws(ProviderError) {
    try parser.finish { name, data throws(ProviderError) in try take(name, data, &answer, &events) }
  }

  /// Takes one event; its name matters only for an error, whose data gateways write in forms of their own.
  private static func take(
    _ name: Span<UInt8>, _ data: Span<UInt8>, _ answer: inout MessageAccumulator, _ events: inout [ModelEvent]
  ) throws(ProviderError) {
    guard data.count > 0, !isDone(data), !answer.isComplete else { return }
    if name.count == 5, name.holds("error", at: 0) { throw MessagesErrors.failure(inStream: error(data)) }
    try answer.take(data, into: &events)
  }

  /// An error event's JSON; text that says nothing as such is taken for its message.
  private static func error(_ data: Span<UInt8>) -> JSON {
    if let json = try? JSON.parse(data, loneSurrogates: .replace), ErrorForm(json) != nil { return json }
    return ["error": ["message": .string(String(decoding: data.indices.map { data[$0] }, as: UTF8.self))]]
  }

  /// Whether this is the end mark that some gateways add after the last event.
  private static func isDone(_ data: Span<UInt8>) -> Bool { data.count == 6 && data.holds("[DONE]", at: 0) }
}
