import Providers
import TestSupport
import Testing

/// The time that a transfer has runs on the machine's clock, in libcurl.
@Suite(.serialized, .hangGuard, .tags(.realTime)) struct HTTPTimeoutRealTimeTests {
  private let transport = CurlTransport()
  /// So long that a server on a busy machine has said before what it is to have said.
  private static let patienceMs = 3_000

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
    request.timeouts.idleMax = Self.patienceMs
    let error = try await failure { _ = try await transport.reply(to: request) }
    #expect(
      error
        == HTTPError(
          .idleTimeout, "no byte came from 127.0.0.1:\(server.port) for \(Self.patienceMs) ms",
          responseStarted: !said.isEmpty))
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
    request.timeouts.totalMax = Self.patienceMs
    let error = try await failure { _ = try await transport.reply(to: request) }
    #expect(
      error
        == HTTPError(
          .idleTimeout, "127.0.0.1:\(server.port) did not answer within \(Self.patienceMs) ms", responseStarted: true))
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
}
