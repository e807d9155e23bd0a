import Providers
import Testing

@Suite struct ServerSentEventsTests {
  struct Event: Equatable, CustomStringConvertible {
    var name: String
    var data: String
    var description: String { "\(name)=\(data.debugDescription)" }
  }

  /// The events of a stream that is fed in pieces of at most that many bytes.
  static func events(of bytes: [UInt8], pieces: Int, eventMax: Int = ProviderLimits.eventMax) throws -> [Event] {
    var events: [Event] = []
    var parser = ServerSentEvents(eventMax: eventMax)
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
    #expect(throws: ProviderError.self) { try Self.events(of: lines, pieces: pieces, eventMax: 15) }
    let endless = [UInt8](repeating: 0x61, count: 100)
    #expect(throws: ProviderError.self) { try Self.events(of: endless, pieces: pieces, eventMax: 99) }
  }

  @Test func `an error of the handler ends the feeding`() {
    var parser = ServerSentEvents()
    var calls = 0
    #expect(throws: ProviderError.self) {
      try parser.feed(Array("data: 1\n\ndata: 2\n\n".utf8).span) { _, _ throws(ProviderError) in
        calls += 1
        throw ProviderError(.providerError, "enough")
      }
    }
    #expect(calls == 1)
  }
}
