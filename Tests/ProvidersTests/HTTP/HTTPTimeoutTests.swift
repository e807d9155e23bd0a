import Providers
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPTimeoutTests {
  private let transport = CurlTransport()

  @Test func `a reader is told that nothing comes, and goes on`() async throws {
    let told = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks()
      told.waitBlocking()
      try connection.chunk("at last")
      try connection.endChunks()
    }
    defer { told.open() }
    var request = HTTPRequest(method: "GET", url: server.url)
    request.timeouts.idleNotice = 20
    let body = try await transport.send(request).body
    var before = 0
    for _ in 0..<3 {
      guard case .idle(let milliseconds)? = try await body.next() else {
        Issue.record("no notice")
        return
      }
      #expect(milliseconds >= before + 20)
      before = milliseconds
    }
    told.open()
    var next = try await body.next()
    while case .idle? = next { next = try await body.next() }
    #expect(next == .bytes(Array("at last".utf8)))
    #expect(try await body.readToEnd().isEmpty)
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
  func `a server that says nothing for too long is given up`(said: String) async throws {
    let closed = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.write(said)
      connection.waitForPeerClose()
      closed.open()
      throw LoopbackError.closed
    }
    var request = HTTPRequest(method: "GET", url: server.url)
    request.timeouts.idleNotice = 0
    request.timeouts.idleMax = 500
    let error = try await failure { _ = try await transport.reply(to: request) }
    #expect(
      error
        == HTTPError(
          .idleTimeout, "no byte came from 127.0.0.1:\(server.port) for 500 ms", responseStarted: !said.isEmpty))
    try await closed.wait()
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"])
  func `a server that dribbles is given up when the whole has taken too long`(said: String) async throws {
    let closed = Latch()
    let server = try LoopbackServer { _, connection in
      defer { closed.open() }
      try connection.write(said)
      while true {
        try connection.write("x")
        try connection.pause(milliseconds: 10)
      }
    }
    var request = HTTPRequest(method: "GET", url: server.url)
    request.timeouts.totalMax = 200
    let error = try await failure { _ = try await transport.reply(to: request) }
    #expect(
      error
        == HTTPError(.idleTimeout, "127.0.0.1:\(server.port) did not answer within 200 ms", responseStarted: true))
    try await closed.wait()
  }

  @Test func `a transfer that its reader has paused is not idle`() async throws {
    let blocked = Latch(4)
    let sent = [UInt8](repeating: 120, count: 50_000_000)
    let server = try LoopbackServer { _, connection in
      connection.keepSendBufferSmall()
      try connection.head(200, [("Content-Length", "\(sent.count)")])
      // Told every 300 ms: four times is longer than the transfer may be idle.
      try connection.write(sent, whenBlocked: { blocked.open() })
    }
    var request = HTTPRequest(method: "GET", url: server.url)
    request.timeouts.idleMax = 1_000
    let body = try await transport.send(request).body
    try await blocked.wait()
    let isWhole = try await body.readToEnd() == sent
    #expect(isWhole)
  }

  @Test func `a server that takes the connection and does not speak TLS is given up in time`() async throws {
    let server = try DeadPort(takesConnections: true)
    var request = HTTPRequest(method: "GET", url: "https://127.0.0.1:\(server.port)/")
    request.timeouts.connectMax = 50
    let error = try await failure { _ = try await transport.send(request) }
    #expect(error.kind == .connectTimeout)
    #expect(error.message.hasPrefix("no connection to 127.0.0.1:\(server.port) within 50 ms"))
  }
}
