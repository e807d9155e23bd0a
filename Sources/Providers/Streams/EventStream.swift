internal import Protocol

/// Cuts an `application/vnd.amazon.eventstream` into its frames, however the network cut it (AWS, "Event stream
/// encoding").
///
/// A pure push parser: bytes in, one call per frame out. A frame that lies whole in what was fed is handed over where it
/// is; only one that spans two feeds is copied. A frame is big-endian: its length, its headers' length, the CRC of these
/// two, headers, payload, and the CRC of all before. The first CRC is checked before the lengths are trusted, the second
/// before the headers are read. After a bad frame nobody knows where the next one begins, so it ends the stream for good.
package struct EventStream: Sendable {
  /// What is done with a frame; its ranges count in `bytes`.
  package typealias Handler = (_ frame: EventStreamFrame, _ bytes: Span<UInt8>) throws(ProviderError) -> Void

  /// The beginning of a frame whose rest has not come yet.
  private var pending: [UInt8] = []
  /// The checked lengths of the frame that is pending, once its first twelve bytes are there.
  private var pendingPrelude: Prelude?
  /// Why the stream is of no more use.
  private var failure: ProviderError?

  /// Lengths that their CRC vouches for.
  private struct Prelude {
    var total: Int
    var headers: Int
    /// The checksum so far, to be continued over the rest of the frame.
    var sum: CRC32
    static let size = 12
  }

  /// A parser at the start of a stream.
  package init() {}

  /// Takes the next bytes and hands over the frames they complete.
  ///
  /// - Throws: ``ProviderError`` for a frame that is damaged, malformed or too large, or what the handler throws; the
  /// same again for whatever is fed afterwards.
  package mutating func feed(_ bytes: Span<UInt8>, _ handle: Handler) throws(ProviderError) {
    if let failure { throw failure }
    do {
      try take(bytes, handle)
    } catch {
      failure = error
      pending = []
      throw error
    }
  }

  /// Takes the end of the stream.
  ///
  /// - Throws: ``ProviderError`` when it comes in the middle of a frame, or the stream had failed before.
  package mutating func finish() throws(ProviderError) {
    if let failure { throw failure }
    guard !pending.isEmpty else { return }
    let whole = pendingPrelude.map { " of \($0.total)" } ?? ""
    let truncated = ProviderError(
      .network, "the event stream ended after \(pending.count)\(whole) bytes of a frame",
      hint: "the connection was cut on its way; ask again", retryable: true)
    failure = truncated
    pending = []
    throw truncated
  }

  private mutating func take(_ bytes: Span<UInt8>, _ handle: Handler) throws(ProviderError) {
    var place = 0
    if !pending.isEmpty {
      place = try completePending(bytes, handle)
      guard pending.isEmpty else { return }
    }
    while bytes.count - place >= Prelude.size {
      let prelude = try EventStream.prelude(bytes, at: place)
      guard bytes.count - place >= prelude.total else {
        pendingPrelude = prelude
        break
      }
      try EventStream.dispatch(bytes.extracting(place..<place + prelude.total), prelude, handle)
      place += prelude.total
    }
    guard place < bytes.count else { return }
    if let total = pendingPrelude?.total { pending.reserveCapacity(total) }
    pending.append(copying: bytes.extracting(place..<bytes.count))
  }

  /// Fills up the frame that is pending, and hands it over when it is whole.
  ///
  /// - Returns: How many bytes belonged to it.
  private mutating func completePending(_ bytes: Span<UInt8>, _ handle: Handler) throws(ProviderError) -> Int {
    var place = 0
    if pendingPrelude == nil {
      place = min(Prelude.size - pending.count, bytes.count)
      pending.append(copying: bytes.extracting(0..<place))
      guard pending.count == Prelude.size else { return place }
      let prelude = try EventStream.prelude(pending.span, at: 0)
      pending.reserveCapacity(prelude.total)
      pendingPrelude = prelude
    }
    guard let prelude = pendingPrelude else { return place }
    let end = min(place + prelude.total - pending.count, bytes.count)
    pending.append(copying: bytes.extracting(place..<end))
    guard pending.count == prelude.total else { return end }
    var whole: [UInt8] = []
    swap(&whole, &pending)
    pendingPrelude = nil
    try EventStream.dispatch(whole.span, prelude, handle)
    if whole.capacity <= ProviderLimits.frameBufferKept {
      whole.removeAll(keepingCapacity: true)
      swap(&whole, &pending)
    }
    return end
  }

  /// The lengths at the start of a frame.
  private static func prelude(_ bytes: Span<UInt8>, at start: Int) throws(ProviderError) -> Prelude {
    var sum = CRC32()
    sum.update(bytes.extracting(start..<start + 8))
    guard sum.value == bytes.bigEndian32(at: start + 8) else {
      throw damaged("the lengths at the start of a frame do not match their checksum")
    }
    sum.update(bytes.extracting(start + 8..<start + Prelude.size))
    let total = Int(bytes.bigEndian32(at: start))
    let headers = Int(bytes.bigEndian32(at: start + 4))
    guard headers <= ProviderLimits.frameHeadersMax else {
      throw malformed(
        "a frame announces \(headers) bytes of headers; at most \(ProviderLimits.frameHeadersMax) are taken")
    }
    let payload = total - headers - Prelude.size - 4
    guard payload >= 0 else { throw malformed("a frame of \(total) bytes announces \(headers) bytes of headers") }
    guard payload <= ProviderLimits.framePayloadMax else {
      throw malformed(
        "a frame announces \(payload) bytes of payload; at most \(ProviderLimits.framePayloadMax) are taken")
    }
    return Prelude(total: total, headers: headers, sum: sum)
  }

  /// Hands over a whole frame.
  private static func dispatch(_ bytes: Span<UInt8>, _ prelude: Prelude, _ handle: Handler) throws(ProviderError) {
    let end = prelude.total - 4
    var sum = prelude.sum
    sum.update(bytes.extracting(Prelude.size..<end))
    guard sum.value == bytes.bigEndian32(at: end) else {
      throw damaged("a frame of \(prelude.total) bytes does not match its checksum")
    }
    let payload = Prelude.size + prelude.headers
    let frame = try EventStreamFrame(bytes, headers: Prelude.size..<payload, payload: payload..<end)
    try handle(frame, bytes)
  }

  private static func damaged(_ what: String) -> ProviderError {
    ProviderError(
      .network, "the event stream was damaged on its way: \(what)", hint: "ask again; a proxy may be at fault",
      retryable: true)
  }

  /// The failure of a stream whose checksums hold, but which says what no event stream may.
  static func malformed(_ what: String) -> ProviderError {
    ProviderError(
      .providerError, "the event stream is malformed: \(what)", hint: "check what answers at the service's address",
      retryable: true)
  }
}

extension Span<UInt8> {
  /// Four bytes, the first one highest.
  func bigEndian32(at place: Int) -> UInt32 {
    UInt32(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt32.self))
  }
}
