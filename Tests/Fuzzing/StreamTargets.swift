import OperatingSystem
import Protocol
import Providers

extension FuzzTarget {
  /// What a service sends.
  static let streams = [
    FuzzTarget(name: "sse", check: sse), FuzzTarget(name: "frames", check: frames),
    FuzzTarget(name: "answer", check: answer), FuzzTarget(name: "recording", check: recording),
  ]

  private struct TooLarge: Error {}

  private static func events(_ pieces: [ArraySlice<UInt8>]) throws -> [String] {
    var found: [String] = []
    var stream = ServerSentEvents<TooLarge>(eventMax: 1_000) { _ in TooLarge() }
    do throws(TooLarge) {
      for piece in pieces {
        try stream.feed(Array(piece).span) { name, data throws(TooLarge) in
          found.append("\(name.text(0..<name.count)): \(data.text(0..<data.count))")
        }
      }
      try stream.finish { name, data throws(TooLarge) in
        found.append("\(name.text(0..<name.count)): \(data.text(0..<data.count))")
      }
    } catch { return ["too large"] }
    return found + [stream.lastEventID ?? "", "\(stream.retryMilliseconds ?? -1)"]
  }

  private static func sse(_ bytes: [UInt8]) throws {
    let (whole, cut) = (try events([bytes[...]]), try events(pieces(bytes)))
    if whole == ["too large"] || cut == ["too large"] { return }
    try expect(whole == cut, "cut otherwise, a stream is \(cut), not \(whole)")
  }

  private static func frames(of pieces: [ArraySlice<UInt8>]) -> [String] {
    var found: [String] = []
    var stream = EventStream()
    do throws(ProviderError) {
      for piece in pieces {
        try stream.feed(Array(piece).span) { frame, bytes throws(ProviderError) in
          found.append("\(bytes.text(frame.headers)) \(bytes.text(frame.payload))")
        }
      }
      try stream.finish()
    } catch { found.append(error.message) }
    return found
  }

  /// A frame around any headers and payload, whose checksums hold: what no chance would make.
  private static func frame(_ headers: [UInt8], _ payload: [UInt8]) -> [UInt8] {
    func big(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    var bytes = big(UInt32(16 + headers.count + payload.count)) + big(UInt32(headers.count))
    bytes += big(CRC32.checksum(bytes.span))
    bytes += headers + payload
    return bytes + big(CRC32.checksum(bytes.span))
  }

  private static func frames(_ bytes: [UInt8]) throws {
    let (headers, payload) = two(bytes)
    for stream in [bytes, frame(headers, payload) + frame([], payload) + frame(headers, [])] {
      let (whole, cut) = (frames(of: [stream[...]]), frames(of: pieces(stream)))
      // What is told of a frame that was cut off differs with what was there of it.
      try expect(whole.dropLast() == cut.dropLast(), "cut otherwise, a stream is \(cut), not \(whole)")
    }
  }

  private static func answer(_ bytes: [UInt8]) throws {
    var message = MessageAccumulator()
    var events: [ModelEvent] = []
    var stream = ServerSentEvents<ProviderError>(eventMax: 1 << 20) { _ in ProviderError(.providerError, "too large") }
    do throws(ProviderError) {
      try stream.feed(bytes.span) { _, data throws(ProviderError) in try message.take(data, into: &events) }
      try stream.finish { _, data throws(ProviderError) in try message.take(data, into: &events) }
      try message.finish()
    } catch { try expect(!error.message.isEmpty, "a failure that says nothing") }
    let found = message.soFar
    let bill = found.bill
    _ = (bill.total.all, bill.last.all, CallCost(of: bill, model: "claude-sonnet-4-5", provider: .anthropic).wire)
    _ = try JSON(encoding: bill.total)
    _ = (Conversation.assistantMessage(found), Conversation.text(of: found))
    if let whole = (try? JSON.parse(bytes))?.object {
      var other = MessageAccumulator()
      try? other.take(whole: whole, into: &events)
    }
  }

  private static func recording(_ bytes: [UInt8]) throws {
    let head = RecordedExchange.head(match: "order")
    for recording in [bytes, head + bytes] { _ = try? ReplayingTransport(recording, speed: 1, time: .system) }
    for line in bytes.split(separator: 0x0A) {
      guard let json = try? JSON.parse(Array(line)), let exchange = try? RecordedExchange(json) else { continue }
      let again = try RecordedExchange(try JSON.parse(exchange.line))
      try expect(again.line == exchange.line, "what is recorded twice differs")
      let masked = exchange.masked(SecretMask([Secret("key")]))
      _ = try RecordedExchange(try JSON.parse(masked.line))
    }
  }
}
