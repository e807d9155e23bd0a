import Providers
import Testing

@Suite struct ServerSentEventsTests {
  struct Event: Equatable, CustomStringConvertible {
    var name: String
    var data: String
    var description: String { "\(name)=\(data.debugDescription)" }
  }

  /// Why these tests refuse a stream.
  enum Refusal: Error, Equatable {
    case tooLarge(Int)
    case enough
  }

  static func parser(eventMax: Int = ProviderLimits.eventMax) -> ServerSentEvents<Refusal> {
    ServerSentEvents(eventMax: eventMax) { .tooLarge($0) }
  }

  /// The events of a stream that is fed in pieces of at most that many bytes.
  static func events(of bytes: [UInt8], pieces: Int, eventMax: Int = ProviderLimits.eventMax) throws -> [Event] {
    var events: [Event] = []
    var parser = parser(eventMax: eventMax)
    func note(_ name: Span<UInt8>, _ data: Span<UInt8>) {
      func text(_ span: Span<UInt8>) -> String { String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
      events.append(Event(name: text(name), data: text(data)))
    }
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try parser.feed(bytes[start..<min(start + pieces, bytes.count)].span) { name, data in note(name, data) }
    }
    try parser.finish { name, data in note(name, data) }
    return events
  }

  static let streams: [(String, [Event])] = [
    ("event: a\ndata: 1\n\nevent: b\ndata: 2\n\n", [Event(name: "a", data: "1"), Event(name: "b", data: "2")]),
    ("event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", [Event(name: "a", data: "1"), Event(name: "", data: "2")]),
    ("event: a\rdata: 1\r\rdata: 2\r\r", [Event(name: "a", data: "1"), Event(name: "", data: "2")]),
    ("data: 1\n\r\ndata: 2\r\n\ndata: 3\r\r\n", [1, 2, 3].map { Event(name: "", data: "\($0)") }),
    ("data: one\ndata: two\ndata\ndata:\ndata:  three\n\n", [Event(name: "", data: "one\ntwo\n\n\n three")]),
    (": a comment\n\nid: 7\nretry: 10\nnonsense\n:\ndata: x\n: c\n\n", [Event(name: "", data: "x")]),
    ("event: lonely\n\ndata: x\n\n", [Event(name: "", data: "x")]),
    ("\u{FEFF}data: x\n\n\u{FEFF}data: y\n\n", [Event(name: "", data: "x")]),
    ("data: no blank line\nevent: e", [Event(name: "e", data: "no blank line")]),
    ("data:tight\nevent:e\n\n", [Event(name: "e", data: "tight")]),
    ("database: x\nevents: y\ndata : z\n\n", []),
    ("event: a\nevent: b\ndata: x\n\n", [Event(name: "b", data: "x")]),
    (
      "data: sep\u{2028}a\u{2029}ra\u{85}tors\u{0B}\u{0C}\n\n",
      [Event(name: "", data: "sep\u{2028}a\u{2029}ra\u{85}tors\u{0B}\u{0C}")]
    ),
    ("data: 😀é\n\n", [Event(name: "", data: "😀é")]),
    (
      "data: {\"a\":\"a line that is much longer than eight bytes\"}\n\n",
      [
        Event(name: "", data: "{\"a\":\"a line that is much longer than eight bytes\"}")
      ]
    ),
    ("", []), ("\n\n\n", []), ("data", [Event(name: "", data: "")]),
  ]

  @Test(arguments: streams.indices, [1, 2, 3, 5, 7, 64, 4_096])
  func `a stream gives the same events however it is cut`(stream: Int, pieces: Int) throws {
    let (text, expected) = Self.streams[stream]
    #expect(try Self.events(of: Array(text.utf8), pieces: pieces) == expected)
  }

  @Test func `half a byte order mark is text`() throws {
    for pieces in 1...4 {
      #expect(
        try Self.events(of: [0xEF, 0xBB] + Array("data: x\n\ndata: y\n\n".utf8), pieces: pieces).map(\.data) == ["y"])
    }
  }

  @Test(arguments: [1, 9, 1_000])
  func `an event above the limit is refused, one at the limit is not`(pieces: Int) throws {
    let fits = Array("data: 0123456789\n\n".utf8)
    #expect(try Self.events(of: fits, pieces: pieces, eventMax: 16).count == 1)
    let lines = Array("data: 01234567\ndata: 01234567\n\n".utf8)
    #expect(throws: Refusal.tooLarge(15)) { try Self.events(of: lines, pieces: pieces, eventMax: 15) }
    let endless = [UInt8](repeating: 0x61, count: 100)
    #expect(throws: Refusal.tooLarge(99)) { try Self.events(of: endless, pieces: pieces, eventMax: 99) }
  }

  @Test func `an error of the handler ends the feeding`() {
    var parser = Self.parser()
    var calls = 0
    #expect(throws: Refusal.enough) {
      try parser.feed(Array("data: 1\n\ndata: 2\n\n".utf8).span) { _, _ throws(Refusal) in
        calls += 1
        throw .enough
      }
    }
    #expect(calls == 1)
  }

  /// What a stream that is fed in pieces of at most that many bytes said of coming back.
  private func comingBack(_ text: String, pieces: Int) throws -> (id: String?, retry: Int?) {
    var parser = Self.parser()
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      try parser.feed(bytes[start..<min(start + pieces, bytes.count)].span) { _, _ in }
    }
    return (parser.lastEventID, parser.retryMilliseconds)
  }

  @Test(
    arguments: [
      ("data: x\n\n", nil, nil), ("id: 7\ndata: x\n\n", "7", nil), ("id:7\r\ndata: x\r\n\r\n", "7", nil),
      // The last one counts, also behind an event that names none, and an empty one takes it back.
      ("id: a\ndata: x\n\nid: b\ndata: y\n\ndata: z\n\n", "b", nil), ("id: a\n\nid\n\n", "", nil),
      // It counts from the end of its event on; one without data has an id all the same.
      ("id: a\ndata: x\n\nid: b\ndata: y\n", "a", nil), ("id: a\n\n", "a", nil),
      ("id: a\u{0}b\ndata: x\n\n", nil, nil), ("ideal: a\ndata: x\n\n", nil, nil),
      ("id: snow\u{2603}man\n\n", "snow\u{2603}man", nil),
      ("retry: 2500\n", nil, 2_500), ("retry:10\nretry: soon\nretry\nretry: -1\n", nil, 10),
      ("retry: 99999999999999999999\n", nil, nil),
    ] as [(String, String?, Int?)], [1, 3, 1_000])
  func `the stream says how to come back to it`(stream: (String, String?, Int?), pieces: Int) throws {
    let found = try comingBack(stream.0, pieces: pieces)
    #expect(found.id == stream.1 && found.retry == stream.2, "\(stream.0.debugDescription): \(found)")
  }

  @Test func `an id counts for the size of its event`() {
    #expect(throws: Refusal.tooLarge(9)) {
      var parser = Self.parser(eventMax: 9)
      try parser.feed(Array("id: 12345\ndata: 12345\n".utf8).span) { _, _ in }
    }
  }
}
