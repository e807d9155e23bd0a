import Protocol
import Server
import Testing

/// What a stream of bytes gives, fed in pieces of that size.
private func frames(
  _ text: String, style: FramingStyle = .auto, pieces: Int = 1_000_000, messageBytesMax: Int = 1_000
) -> [String] {
  frames(Array(text.utf8), style: style, pieces: pieces, messageBytesMax: messageBytesMax)
}

private func frames(
  _ bytes: [UInt8], style: FramingStyle = .auto, pieces: Int = 1_000_000, messageBytesMax: Int = 1_000
) -> [String] {
  var framing = Framing(style: style, messageBytesMax: messageBytesMax)
  var found: [String] = []
  func take(_ frame: Framing.Frame) {
    switch frame {
    case .problem, .tooLong: found.append("!")
    case .message(let range):
      let text = String(decoding: framing.buffer[range], as: UTF8.self)
      if (try? JSON.parse(text)) == nil {
        found.append("!")
        framing.lastMessageWasBroken(range)
      } else {
        found.append(text)
      }
    }
  }
  var start = 0
  while start < bytes.count {
    let end = min(bytes.count, start + pieces)
    framing.feed(bytes.span.extracting(start..<end))
    while let frame = framing.next() { take(frame) }
    start = end
  }
  if let last = framing.finish() { take(last) }
  return found
}

@Suite struct `Framing, in lines` {
  @Test(arguments: [1, 2, 3, 7, 1_000]) func `is found by a brace, whatever the cuts`(pieces: Int) {
    #expect(frames("\u{FEFF} \n{\"é\":1}\r\n\n  [2]\n{}", pieces: pieces) == ["{\"é\":1}", "[2]", "{}"])
  }

  @Test func `takes a last line without its newline`() {
    #expect(frames("{}\n{\"a\":1}") == ["{}", "{\"a\":1}"])
  }

  @Test(arguments: [1, 5, 10_000]) func `passes over a line that is too long and goes on`(pieces: Int) {
    let long = "\"" + String(repeating: "x", count: 2_000) + "\""
    #expect(frames("{}\n\(long)\n[1]\n", pieces: pieces) == ["{}", "!", "[1]"])
  }

  @Test func `takes a message of exactly the limit`() {
    let text = "[\"" + String(repeating: "x", count: 996) + "\"]"
    #expect(text.utf8.count == 1_000)
    #expect(frames(text + "\n") == [text])
    #expect(frames("[\"x" + text.dropFirst(2) + "\n[]\n") == ["!", "[]"])
  }

  @Test(arguments: [1, 4, 1_000]) func `answers garbage once and lets the next line decide`(pieces: Int) {
    #expect(frames("%%garbage\n{}\n", pieces: pieces) == ["!", "{}"])
    #expect(frames("hello there\n{}\n", pieces: pieces) == ["!", "{}"])
    #expect(frames([0xFF, 0xFE, 0x0A] + Array("{}".utf8), pieces: pieces) == ["!", "{}"])
  }
}

@Suite struct `Framing, with headers` {
  @Test(arguments: [1, 2, 3, 11, 1_000]) func `is found by a letter, whatever the cuts`(pieces: Int) {
    let stream = "Content-Length: 2\r\n\r\n{}content-type: x\r\nCONTENT-LENGTH:9 \r\n\r\n{\"ä\":42}"
    #expect(frames(stream, pieces: pieces) == ["{}", "{\"ä\":42}"])
  }

  @Test(arguments: [1, 6, 1_000]) func `goes on after a length that was too short`(pieces: Int) {
    let stream = "Content-Length: 3\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n[]"
    #expect(frames(stream, pieces: pieces) == ["!", "[]"])
  }

  @Test(arguments: [1, 6, 1_000]) func `goes on after a length that was too long`(pieces: Int) {
    let stream = "Content-Length: 12\r\n\r\n{\"a\":1}Content-Length: 2\r\n\r\n[]Content-Length: 2\r\n\r\n{}"
    #expect(frames(stream, pieces: pieces) == ["!", "[]", "{}"])
  }

  @Test(arguments: ["Content-Length: -1", "Content-Length: two", "Content-Length: 99999999999999", "X: y", "no colon"])
  func `answers a bad header once and goes on at the next`(header: String) {
    #expect(
      frames("A: b\r\nContent-Length: 2\r\n\r\n{}\(header)\r\n\r\n{\"x\":1}Content-Length: 2\r\n\r\n[]") == [
        "{}", "!", "[]",
      ])
  }

  @Test(arguments: [1, 100, 10_000]) func `passes over a body that is too long`(pieces: Int) {
    let long = String(repeating: "x", count: 2_000)
    let stream = "Content-Length: 2000\r\n\r\n\(long)Content-Length: 2\r\n\r\n{}"
    #expect(frames(stream, pieces: pieces) == ["!", "{}"])
  }

  @Test func `refuses a header block without an end`() {
    let endless = "Content-Length: 2\r\n" + String(repeating: "A: b\r\n", count: 2_000)
    #expect(frames(endless + "\r\nContent-Length: 2\r\n\r\n[]").last == "[]")
  }

  @Test func `tells of half a frame at the end`() {
    #expect(frames("Content-Length: 10\r\n\r\n{}") == ["!"])
    #expect(frames("Content-Length: 10\r\n") == ["!"])
  }
}
