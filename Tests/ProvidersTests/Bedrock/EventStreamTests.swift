import Protocol
import Providers
import TestSupport
import Testing

/// A frame as a test looks at it.
struct Frame: Equatable {
  var headers: [String] = []
  var payload: [UInt8] = []
  /// `:message-type`, `:event-type`, `:exception-type`, `:error-code` and `:error-message`, as far as found.
  var known: [String?] = []

  init(_ frame: EventStreamFrame, _ bytes: Span<UInt8>) throws(ProviderError) {
    var reader = EventStreamHeaders(frame.headers)
    while let header = try reader.next(bytes) {
      let value = Self.copy(bytes, header.value)
      headers.append("\(Self.text(bytes, header.name)) \(header.type.rawValue) \(value)")
    }
    payload = Self.copy(bytes, frame.payload)
    known = [frame.messageType, frame.eventType, frame.exceptionType, frame.errorCode, frame.errorMessage]
      .map { range in range.map { Self.text(bytes, $0) } }
  }

  static func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] { range.map { bytes[$0] } }
  static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: copy(bytes, range), as: UTF8.self)
  }

  /// The frames of a stream that is fed in pieces which end at these places, and how it failed.
  static func read(_ bytes: [UInt8], cuts: [Int] = []) -> (frames: [Frame], error: ProviderError?) {
    var stream = EventStream()
    var frames: [Frame] = []
    do throws(ProviderError) {
      var start = 0
      for end in cuts + [bytes.count] {
        try stream.feed(bytes[start..<end].span) { frame, bytes throws(ProviderError) in
          frames.append(try Frame(frame, bytes))
        }
        start = end
      }
      try stream.finish()
    } catch {
      return (frames, error)
    }
    return (frames, nil)
  }
}

@Suite(.ownThread) struct EventStreamTests {
  static let headers: [(String, EventStreamFrames.Value)] = [
    ("true", .raw(0, [])), ("false", .raw(1, [])), ("byte", .raw(2, [0xCF])), ("short", .raw(3, [0, 42])),
    ("int", .raw(4, [0, 0, 160, 12])), ("long", .raw(5, [0, 0, 0, 0, 2, 135, 87, 178])),
    ("bytes", .raw(6, [0, 3, 1, 128, 255])), (":event-type", .string("chunk")), ("é", .string("ü😀")),
    ("time", .raw(8, [0, 0, 0, 0, 0, 132, 95, 237])), ("uuid", .raw(9, Array(1...16))),
    (":message-type", .string("event")),
  ]
  static let all = EventStreamFrames.frame(headers, payload: Array("payload".utf8))
  static let empty = EventStreamFrames.frame([], payload: [])
  static let chunk = EventStreamFrames.chunk(#"{"type":"ping"}"#)
  static let three = chunk + all + empty + chunk

  @Test func `all ten types of headers are read`() throws {
    let frame = try #require(Frame.read(Self.all).frames.first)
    #expect(
      frame.headers == [
        "true 0 []", "false 1 []", "byte 2 [207]", "short 3 [0, 42]", "int 4 [0, 0, 160, 12]",
        "long 5 [0, 0, 0, 0, 2, 135, 87, 178]", "bytes 6 [1, 128, 255]", ":event-type 7 \(Array("chunk".utf8))",
        "é 7 \(Array("ü😀".utf8))", "time 8 [0, 0, 0, 0, 0, 132, 95, 237]", "uuid 9 \(Array(UInt8(1)...16))",
        ":message-type 7 \(Array("event".utf8))",
      ])
    #expect(frame.payload == Array("payload".utf8))
    #expect(frame.known == ["event", "chunk", nil, nil, nil])
  }

  @Test func `a frame may be empty, and a stream too`() {
    #expect(Frame.read([]).frames.isEmpty)
    #expect(Frame.read([]).error == nil)
    #expect(Frame.read(Self.empty).frames.count == 1)
    #expect(Frame.read(Self.empty).error == nil)
  }

  @Test func `every two cuts give the same frames`() {
    let whole = Frame.read(Self.three).frames
    #expect(whole.count == 4)
    let some = stride(from: 0, through: Self.three.count, by: 7)
    for first in 0...Self.three.count {
      for second in [first] + some.filter({ $0 > first }) {
        let cut = Frame.read(Self.three, cuts: [first, second])
        #expect(cut.error == nil)
        #expect(cut.frames == whole)
      }
    }
  }

  @Test func `a stream that ends in a frame is truncated, wherever that is`() {
    let boundaries = [0, Self.chunk.count, Self.chunk.count + Self.all.count]
    for length in 1..<Self.chunk.count + Self.all.count where !boundaries.contains(length) {
      let cut = Frame.read(Array(Self.three[..<length]))
      #expect(cut.error?.message.contains("ended after") == true)
      #expect(cut.error?.kind == .network)
      #expect(cut.error?.retryable == true)
      #expect(cut.frames.count == (length < Self.chunk.count ? 0 : 1))
    }
  }

  @Test func `every changed bit is refused, and nothing behind it is read`() {
    for place in Self.all.indices {
      for bit in 0..<8 {
        var bytes = Self.chunk + Self.all + Self.chunk
        bytes[Self.chunk.count + place] ^= 1 << UInt8(bit)
        let read = Frame.read(bytes)
        #expect(read.frames.count == 1)
        #expect(read.error != nil)
      }
    }
  }

  @Test func `lengths are not believed before their checksum holds`() {
    var lying = Self.chunk
    lying[0] = 0x7F
    let read = Frame.read(Array(lying[..<12]))
    #expect(read.error?.message.contains("do not match their checksum") == true)
    #expect(Frame.read(Array(lying[..<11])).error?.message.contains("ended after 11") == true)
  }

  @Test(arguments: [(0, 0), (15, 0), (16, 1), (20, 5), (.max, 0), (.max, .max), (100, .max)] as [(UInt32, UInt32)])
  func `impossible lengths are refused though their checksum holds`(total: UInt32, headers: UInt32) {
    let bytes = EventStreamFrames.frame(total: total, headers: headers, rest: [UInt8](repeating: 0, count: 100))
    let read = Frame.read(Array(bytes[..<12]))
    #expect(read.error?.message.contains("malformed") == true)
    #expect(read.frames.isEmpty)
  }

  @Test func `the largest headers and payload pass, one byte more does not`() {
    let headersMax = UInt32(ProviderLimits.frameHeadersMax)
    let payloadMax = UInt32(ProviderLimits.framePayloadMax)
    func error(headers: UInt32, payload: UInt32) -> String? {
      let bytes = EventStreamFrames.frame(total: headers + payload + 16, headers: headers, rest: [])
      return Frame.read(Array(bytes[..<12])).error?.message
    }
    #expect(error(headers: headersMax, payload: payloadMax)?.contains("ended after 12 of") == true)
    #expect(error(headers: headersMax + 1, payload: 0)?.contains("bytes of headers; at most") == true)
    #expect(error(headers: 0, payload: payloadMax + 1)?.contains("bytes of payload; at most") == true)
  }

  @Test(
    arguments: [
      ([0, 0], "no name"), ([3, 97, 98], "cut off"), ([2, 97, 98], "cut off"), ([1, 97, 10], "type 10"),
      ([1, 97, 255], "type 255"), ([1, 97, 7], "cut off"), ([1, 97, 7, 0], "cut off"), ([1, 97, 7, 0, 1], "cut off"),
      ([1, 97, 6, 255, 255, 1], "cut off"), ([1, 97, 2], "cut off"), ([1, 97, 3, 1], "cut off"),
      ([1, 97, 4, 1, 2, 3], "cut off"), ([1, 97, 5, 1, 2, 3, 4, 5, 6, 7], "cut off"), ([1, 97, 8, 1], "cut off"),
      ([1, 97, 9] + Array(1...15), "cut off"), ([1, 0xFF, 0], "not UTF-8"), ([1, 97, 7, 0, 1, 0x80], "not UTF-8"),
      ([1, 97, 0, 1], "cut off"),
    ] as [([UInt8], String)])
  func `headers that make no sense are refused though the checksums hold`(block: [UInt8], reason: String) {
    let read = Frame.read(EventStreamFrames.frame(headerBytes: block, payload: [1, 2, 3]))
    #expect(read.frames.isEmpty)
    #expect(read.error?.message.contains(reason) == true)
  }

  @Test func `a frame that says twice what it is is refused`() {
    let twice = EventStreamFrames.frame(
      [(":event-type", .string("chunk")), (":event-type", .string("other"))], payload: [])
    #expect(Frame.read(twice).error?.message.contains("twice") == true)
    let others = EventStreamFrames.frame([("a", .string("1")), ("a", .string("2"))], payload: [])
    #expect(Frame.read(others).frames.first?.headers.count == 2)
  }

  @Test func `a name that only resembles a known one, or has another type, is not it`() throws {
    let bytes = EventStreamFrames.frame(
      [
        (":event-typo", .string("a")), ("event-type", .string("b")), (":event-type", .raw(6, [0, 1, 97])),
        (":Message-type", .string("c")), (":error-message", .string("d")), (":error-code", .string("e")),
      ], payload: [])
    #expect(try #require(Frame.read(bytes).frames.first).known == [nil, nil, nil, "e", "d"])
  }

  @Test func `a bad frame ends the stream for good`() {
    var stream = EventStream()
    var bad = Self.chunk
    bad[bad.count - 1] ^= 1
    var heard = 0
    for bytes in [Self.chunk, bad, Self.chunk, Self.chunk] {
      do throws(ProviderError) {
        try stream.feed(bytes.span) { _, _ in heard += 1 }
      } catch {
        #expect(error.message.contains("does not match its checksum"))
      }
    }
    #expect(heard == 1)
    let failure = #expect(throws: ProviderError.self) { try stream.finish() }
    #expect(failure?.message.contains("does not match its checksum") == true)
  }

  @Test func `a receiver that throws ends the stream`() {
    var stream = EventStream()
    for _ in 0..<2 {
      let failure = #expect(throws: ProviderError.self) {
        try stream.feed(Self.three.span) { _, _ throws(ProviderError) in throw ProviderError(.providerError, "enough") }
      }
      #expect(failure?.message == "enough")
    }
  }

  @Test func `a large frame in small pieces is whole`() throws {
    var numbers = RandomNumbers(seed: 5)
    let payload = numbers.bytes(300_000)
    let bytes = EventStreamFrames.frame([(":event-type", .string("x"))], payload: payload) + Self.empty
    let cuts = Array(stride(from: 1_400, to: bytes.count, by: 1_400))
    let read = Frame.read(bytes, cuts: cuts)
    #expect(read.error == nil)
    #expect(read.frames.count == 2)
    #expect(read.frames.first?.payload == payload)
  }
}
