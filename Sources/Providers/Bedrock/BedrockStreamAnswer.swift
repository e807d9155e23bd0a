package import Protocol

/// An answer as Bedrock's event stream: frames that carry the Messages API's events.
package struct BedrockStreamAnswer: AnswerReader {
  package private(set) var answer = MessageAccumulator()
  private var frames = EventStream()
  private var chunk = BedrockChunk()
  private let question: BedrockQuestion

  /// Whether it is the length of a frame: text begins with no byte that small.
  package static func mayBegin(with bytes: [UInt8]) -> Bool {
    bytes.first.map { Int($0) <= (ProviderLimits.framePayloadMax + ProviderLimits.frameHeadersMax) >> 24 } ?? true
  }

  package mutating func take(whole message: JSONObject, into events: inout [ModelEvent]) throws(ProviderError) {
    try answer.take(whole: message, into: &events)
  }

  /// An answer of which nothing has come yet; `question` is what errors in it are about.
  package init(_ question: BedrockQuestion) { self.question = question }

  package mutating func read(_ bytes: Span<UInt8>, into events: inout [ModelEvent]) throws(ProviderError) {
    do {
      try Self.feed(&frames, bytes, &answer, &chunk, &events, question)
    } catch {
      // What comes after the message's end is nobody's.
      guard answer.isComplete else { throw error }
    }
  }

  package mutating func finish(into events: inout [ModelEvent]) throws(ProviderError) {
    guard !answer.isComplete else { return }
    try frames.finish()
    try answer.finish()
  }

  private static func feed(
    _ frames: inout EventStream, _ bytes: Span<UInt8>, _ answer: inout MessageAccumulator, _ chunk: inout BedrockChunk,
    _ events: inout [ModelEvent], _ question: BedrockQuestion
  ) throws(ProviderError) {
    try frames.feed(bytes) { frame, bytes throws(ProviderError) in
      try take(frame, bytes, &answer, &chunk, &events, question)
    }
  }

  /// Takes one frame; an event of an unknown type means nothing here.
  private static func take(
    _ frame: EventStreamFrame, _ bytes: Span<UInt8>, _ answer: inout MessageAccumulator, _ chunk: inout BedrockChunk,
    _ events: inout [ModelEvent], _ question: BedrockQuestion
  ) throws(ProviderError) {
    guard !answer.isComplete else { return }
    if let type = frame.messageType, !bytes.equal("event", type) {
      throw failure(frame, type: type, bytes, question)
    }
    if frame.messageType == nil, frame.exceptionType != nil || frame.errorCode != nil {
      throw failure(frame, type: 0..<0, bytes, question)
    }
    guard let type = frame.eventType else { return }
    if bytes.equal("chunk", type) {
      try chunk.take(bytes.extracting(frame.payload), &answer, &events)
    } else if type.count >= 9, bytes.holds("Exception", at: type.upperBound - 9) {
      // Some gateways send exceptions as events of that name.
      throw exception(bytes.text(type), bytes.extracting(frame.payload), question)
    }
  }

  /// The failure that a frame other than an event tells of.
  private static func failure(
    _ frame: EventStreamFrame, type: Range<Int>, _ bytes: Span<UInt8>, _ question: BedrockQuestion
  ) -> ProviderError {
    if let name = frame.exceptionType {
      return exception(bytes.text(name), bytes.extracting(frame.payload), question)
    }
    if let code = frame.errorCode {
      let message = frame.errorMessage.map { bytes.text($0) }
      return BedrockErrors.failure(inStream: bytes.text(code), message: message ?? "", question)
    }
    if bytes.equal("exception", type) || bytes.equal("error", type) {
      return exception("", bytes.extracting(frame.payload), question)
    }
    return EventStream.malformed("a frame has the message type '\(bytes.text(type).prefix(80))', which does not exist")
  }

  /// The failure that an exception's payload describes; one that is no JSON is taken for its message.
  private static func exception(_ name: String, _ payload: Span<UInt8>, _ question: BedrockQuestion) -> ProviderError {
    let json = try? JSON.parse(payload, loneSurrogates: .replace)
    guard let json, json.object != nil else {
      return BedrockErrors.failure(inStream: name, message: payload.text(0..<payload.count), question)
    }
    let form = ErrorForm(json)
    let name = name.isEmpty ? form?.type ?? "" : name
    var message = form?.message ?? ""
    if let original = json["originalMessage"]?.string, !original.isEmpty, original != message {
      message += message.isEmpty ? original : " (\(original))"
    }
    return BedrockErrors.failure(inStream: name, message: message, question)
  }
}

extension Span<UInt8> {
  /// Whether the bytes in that range are those of `text`, which is ASCII.
  fileprivate func equal(_ text: StaticString, _ range: Range<Int>) -> Bool {
    range.count == text.utf8CodeUnitCount && holds(text, at: range.lowerBound)
  }
}
