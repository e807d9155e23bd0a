import Providers
import TestSupport
import Testing

@Suite(.hangGuard) struct HTTPResponseTests {
  private let transport = CurlTransport()

  @Test func `headers come in order, trimmed, and repeated ones too`() async throws {
    let server = try LoopbackServer { _, connection in
      try connection.write(
        "HTTP/1.1 429 Too Many\r\nX-Two:  b\t\r\nrequest-id:req_1\r\nX-Two: a: c\r\nEmpty:\r\nContent-Length: 0\r\n\r\n"
      )
    }
    let reply = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url))
    #expect(reply.status == 429)
    #expect(
      reply.headers.fields.map { "\($0.name)=\($0.value)" }
        == ["X-Two=b", "request-id=req_1", "X-Two=a: c", "Empty=", "Content-Length=0"])
    #expect(reply.headers["x-two"] == "b")
    #expect(reply.body.isEmpty)
  }

  @Test func `interim answers are skipped, and trailers are no headers`() async throws {
    let server = try LoopbackServer { _, connection in
      try connection.write("HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
      try connection.beginChunks(201, [("X-Late", "2")])
      try connection.chunk("body")
      try connection.write("0\r\nX-Trailer: 3\r\n\r\n")
    }
    let reply = try await transport.reply(to: HTTPRequest(method: "POST", url: server.url))
    #expect(reply.status == 201)
    #expect(reply.headers.fields.map(\.name) == ["X-Late", "Transfer-Encoding"])
    #expect(reply.body == Array("body".utf8))
  }

  @Test func `a redirect is an answer like any other`() async throws {
    let server = try LoopbackServer { _, connection in
      try connection.reply(307, [("Location", "/elsewhere")], body: [])
    }
    #expect(try await transport.reply(to: HTTPRequest(method: "GET", url: server.url)).status == 307)
    #expect(server.requests.count == 1)
  }

  @Test func `a reply may be cut anywhere`() async throws {
    let text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\nA\r\n0123456789\r\n0\r\n\r\n"
    let server = try LoopbackServer { _, connection in
      for byte in text.utf8 { try connection.write([byte]) }
    }
    let reply = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url))
    #expect(reply.body == Array("abcd0123456789".utf8))
  }

  @Test func `a piece is there before the next one is sent`() async throws {
    let pieceRead = (0..<3).map { _ in Latch() }
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks()
      for (piece, read) in pieceRead.enumerated() {
        try connection.chunk("piece \(piece)")
        read.waitBlocking()
      }
      try connection.endChunks()
    }
    defer { for latch in pieceRead { latch.open() } }
    let body = try await transport.send(HTTPRequest(method: "GET", url: server.url)).body
    for (piece, read) in pieceRead.enumerated() {
      #expect(try await body.next() == .bytes(Array("piece \(piece)".utf8)))
      read.open()
    }
    #expect(try await body.next() == nil)
    #expect(try await body.next() == nil)
  }

  @Test func `headers without end are refused`() async throws {
    let server = try LoopbackServer { _, connection in
      try connection.write("HTTP/1.1 200 OK\r\n")
      let line = "X-Long: \(String(repeating: "x", count: 1000))\r\n"
      for _ in 0..<1000 { try connection.write(line) }
    }
    let error = try await failure { _ = try await transport.send(HTTPRequest(method: "GET", url: server.url)) }
    #expect(error.kind == .protocolError)
    #expect(error.message == "the headers of 127.0.0.1:\(server.port) are larger than 131072 bytes")
    #expect(error.responseStarted)
  }

  @Test(arguments: [
    ("", false), ("HTTP/1.1 200 OK\r\nContent-Le", true),
  ]) func `a connection that ends before the headers do is an error`(sent: String, responseStarted: Bool) async throws {
    let server = try LoopbackServer { _, connection in
      try connection.write(sent)
      connection.close()
    }
    let error = try await failure { _ = try await transport.send(HTTPRequest(method: "GET", url: server.url)) }
    #expect(error.kind == .closedEarly)
    #expect(error.responseStarted == responseStarted)
    #expect(error.message.contains("127.0.0.1:\(server.port)"))
  }

  @Test(arguments: ["Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n8\r\nhalf"], [true, false])
  func `a body that breaks off is an error after what came of it`(reply: String, resets: Bool) async throws {
    let firstRead = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.write("HTTP/1.1 200 OK\r\n" + reply)
      firstRead.waitBlocking()
      if resets { connection.reset() } else { connection.close() }
    }
    defer { firstRead.open() }
    let response = try await transport.send(HTTPRequest(method: "GET", url: server.url))
    #expect(try await response.body.next() == .bytes(Array("half".utf8)))
    firstRead.open()
    let error = try await failure { _ = try await response.body.next() }
    #expect(error.kind == .closedEarly)
    #expect(error.responseStarted)
    #expect(try await failure { _ = try await response.body.next() } == error)
  }

  @Test(arguments: ["SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"])
  func `what is not HTTP is a protocol error`(reply: String) async throws {
    let server = try LoopbackServer { _, connection in
      try connection.write(reply)
      connection.waitForPeerClose()
    }
    let error = try await failure { _ = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url)) }
    #expect(error.kind == .protocolError)
  }

  @Test func `a body that nobody reads pauses the transfer, and nothing is lost`() async throws {
    enum Outcome { case blocked, finished }
    var random = RandomNumbers(seed: 3)
    let sent = random.bytes(50 * 1024 * 1024)
    let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
    let server = try LoopbackServer { _, connection in
      connection.keepSendBufferSmall()
      try connection.head(200, [("Content-Length", "\(sent.count)")])
      try connection.write(sent, whenBlocked: { outcome.yield(.blocked) })
      outcome.yield(.finished)
    }
    let response = try await transport.send(HTTPRequest(method: "GET", url: server.url))
    let body = try #require(response.body as? CurlBody)
    var iterator = outcomes.makeAsyncIterator()
    var seen = await iterator.next()
    while seen == .blocked, body.waitingBytes < HTTPLimits.bodyBufferedMax { seen = await iterator.next() }
    #expect(seen == .blocked)
    // curl hands over at most 16 KiB at once.
    #expect((HTTPLimits.bodyBufferedMax..<HTTPLimits.bodyBufferedMax + 16 * 1024).contains(body.waitingBytes))
    let isWhole = try await body.readToEnd() == sent
    #expect(isWhole)
    repeat { seen = await iterator.next() } while seen == .blocked
    #expect(seen == .finished)
  }
}
