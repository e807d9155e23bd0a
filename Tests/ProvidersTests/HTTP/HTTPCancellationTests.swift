import Providers
import TestSupport
import Testing

@Suite(.hangGuard) struct HTTPCancellationTests {
  private let transport = CurlTransport()

  /// A server that begins a reply, or does not, and then waits for the client to close.
  private final class SilentServer {
    let asked = Latch()
    let closed = Latch()
    let server: LoopbackServer
    var request: HTTPRequest

    init(afterSaying text: String) throws {
      server = try LoopbackServer { [asked, closed] request, connection in
        guard request.target == "/silent" else { return try connection.reply(200, body: []) }
        try connection.write(text)
        asked.open()
        connection.waitForPeerClose()
        closed.open()
        throw LoopbackError.closed
      }
      request = HTTPRequest(method: "POST", url: server.url + "/silent", body: [1, 2, 3])
    }
  }

  private static let begun = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbeginning"

  @Test func `a task that is cancelled already sends nothing`() async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let error = try await Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return try await failure { _ = try await transport.send(HTTPRequest(method: "GET", url: server.url)) }
    }.value
    #expect(error.kind == .cancelled)
    #expect(server.connections == 0)
  }

  @Test func `a cancel while waiting for the headers closes the socket`() async throws {
    let silent = try SilentServer(afterSaying: "HTTP/1.1 100 Continue\r\n\r\n")
    let task = Task { [request = silent.request] in try await failure { _ = try await transport.send(request) } }
    try await silent.asked.wait()
    task.cancel()
    #expect(try await task.value.kind == .cancelled)
    try await silent.closed.wait()
    // The connection is not used again.
    #expect(try await transport.reply(to: HTTPRequest(method: "GET", url: silent.server.url)).status == 200)
    #expect(silent.server.requests.map(\.connection) == [1, 2])
  }

  @Test func `a cancel while waiting for the body closes the socket`() async throws {
    let silent = try SilentServer(afterSaying: Self.begun)
    let firstRead = Latch()
    let task = Task { [request = silent.request] in
      let body = try await transport.send(request).body
      // Before it a machine that is slow may have been told of silence.
      while try await body.next() != .bytes(Array("beginning".utf8)) {}
      firstRead.open()
      let error = try await failure { _ = try await body.readToEnd() }
      #expect(try await failure { _ = try await body.next() } == error)
      return error
    }
    try await firstRead.wait()
    task.cancel()
    let error = try await task.value
    #expect(error.kind == .cancelled)
    #expect(error.responseStarted)
    try await silent.closed.wait()
  }

  @Test func `a cancel between two reads is found by the next one`() async throws {
    let silent = try SilentServer(afterSaying: Self.begun)
    let body = try await transport.send(silent.request).body
    let error = try await Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return try await failure { _ = try await body.next() }
    }.value
    #expect(error.kind == .cancelled)
    try await silent.closed.wait()
  }

  @Test func `a dropped body closes the socket`() async throws {
    let silent = try SilentServer(afterSaying: Self.begun)
    #expect(try await transport.send(silent.request).status == 200)
    try await silent.closed.wait()
  }

  @Test func `a dropped paused body closes the socket`() async throws {
    let blocked = Latch()
    let closed = Latch()
    let server = try LoopbackServer { _, connection in
      connection.keepSendBufferSmall()
      try connection.head(200)
      defer { closed.open() }
      try connection.write([UInt8](repeating: 120, count: 50_000_000), whenBlocked: { blocked.open() })
    }
    var response: HTTPResponse? = try await transport.send(HTTPRequest(method: "GET", url: server.url))
    try await blocked.wait()
    #expect(response?.status == 200)
    response = nil
    try await closed.wait()
  }

  @Test func `a body outlives what else there was of its transport`() async throws {
    let server = try LoopbackServer(LoopbackServer.sse(["data: 1\n\n", "data: 2\n\n"]))
    let body = try await CurlTransport().send(HTTPRequest(method: "GET", url: server.url)).body
    #expect(try await body.readToEnd() == Array("data: 1\n\ndata: 2\n\n".utf8))
  }

  @Test func `a closed transport ends its transfers and takes no more`() async throws {
    let silent = try SilentServer(afterSaying: Self.begun)
    let transport = CurlTransport()
    let body = try await transport.send(silent.request).body
    #expect(try await body.next() == .bytes(Array("beginning".utf8)))
    await transport.close()
    try await silent.closed.wait()
    #expect(try await failure { _ = try await body.next() }.kind == .cancelled)
    #expect(try await failure { _ = try await transport.send(silent.request) }.kind == .cancelled)
    await transport.close()
  }

  @Test func `two hundred requests leave two connections at most`() async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    for number in 0..<200 {
      // Every other one is dropped unread.
      let response = try await transport.send(HTTPRequest(method: "GET", url: server.url))
      if number.isMultiple(of: 2) { #expect(try await response.body.readToEnd() == Array("{}".utf8)) }
    }
    _ = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url))
    #expect(server.requests.count == 201)
    // What was dropped may still be on its way when the next is asked for.
    #expect((1...2).contains(openSockets(to: server.port)))
  }
}
