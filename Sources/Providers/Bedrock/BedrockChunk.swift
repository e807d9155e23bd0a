import Protocol

/// What a `chunk` carries: `{"bytes":"<base64 of one event>","p":"<padding against guessing lengths>"}`.
///
/// That form is read where it stands; whatever deviates from it by one byte goes the general way, so nothing depends on
/// it but speed.
struct BedrockChunk {
  /// The event's own bytes, at the start of a buffer that is used again for the next.
  private var event: [UInt8] = []

  /// Takes one chunk and appends what its event means; one without `bytes` has none.
  ///
  /// - Throws: ``ProviderError`` for what is not JSON or not base64, and whatever the event itself says.
  mutating func take(_ payload: Span<UInt8>, _ answer: inout MessageAccumulator, _ events: inout [ModelEvent])
    throws(ProviderError)
  {
    let count: Int
    if let text = BedrockChunk.plainForm(payload) {
      count = try decode(payload.extracting(text))
    } else {
      let json: JSON
      do { json = try JSON.parse(payload, loneSurrogates: .replace) } catch {
        throw ProviderError(
          .providerError, "a chunk of the stream is not JSON: \(error.reason) at byte \(error.offset)", retryable: true)
      }
      guard let text = json["bytes"]?.string else { return }
      count = try decode(text.utf8.span)
    }
    try answer.take(event.span.extracting(0..<count), into: &events)
    if event.count > ProviderLimits.frameBufferKept { event = [] }
  }

  private mutating func decode(_ text: Span<UInt8>) throws(ProviderError) -> Int {
    guard let count = Base64.decode(text, into: &event) else {
      throw ProviderError(.providerError, "a chunk of the stream is not base64", retryable: true)
    }
    return count
  }

  /// Where the base64 stands in a payload of the usual form; `nil` for any other.
  private static func plainForm(_ payload: Span<UInt8>) -> Range<Int>? {
    guard payload.holds(#"{"bytes":""#, at: 0) else { return nil }
    guard let end = payload.quoteOrBackslash(from: 10), payload[end] == quote else { return nil }
    if end + 2 == payload.count { return payload[end + 1] == brace ? 10..<end : nil }
    guard payload.holds(#","p":""#, at: end + 1) else { return nil }
    guard let paddingEnd = payload.quoteOrBackslash(from: end + 7), payload[paddingEnd] == quote else { return nil }
    guard paddingEnd + 2 == payload.count, payload[paddingEnd + 1] == brace else { return nil }
    for place in end + 7..<paddingEnd where !(0x20...0x7E ~= payload[place]) { return nil }
    return 10..<end
  }
}

private let quote = UInt8(ascii: "\"")
private let brace = UInt8(ascii: "}")
