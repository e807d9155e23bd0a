import Protocol
import Providers
import TestSupport
import Testing

@Suite(.hangGuard) struct HTTPRequestTests {
  private let transport = CurlTransport()

  @Test func `what is in the request is what goes on the wire`() async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let headers = [
      HTTPHeader("x-b", "1"), HTTPHeader("Authorization", prefix: "Bearer ", secret: Secret("s3cret")),
      HTTPHeader("X-A", "two  words"), HTTPHeader("x-b", "2"), HTTPHeader("x-empty", ""),
    ]
    let body = Array(#"{"text":"ä"}"#.utf8)
    let request = HTTPRequest(method: "POST", url: server.url + "/v1?x=%20&y", headers: headers, body: body)
    let reply = try await transport.reply(to: request)
    #expect(reply.status == 200)
    #expect(reply.body == Array("{}".utf8))

    let seen = try #require(server.requests.first)
    #expect(seen.method == "POST")
    #expect(seen.target == "/v1?x=%20&y")
    #expect(seen.body == body)
    #expect(seen["host"] == "127.0.0.1:\(server.port)")
    #expect(seen["content-length"] == "\(body.count)")
    let own = seen.headers.filter { !["host", "content-length"].contains($0.name.lowercased()) }
    #expect(
      own.map { "\($0.name)=\($0.value)" }
        == ["x-b=1", "Authorization=Bearer s3cret", "X-A=two  words", "x-b=2", "x-empty=", "Accept-Encoding=identity"])
  }

  @Test(arguments: ["/model/us.a-v1%3A0/invoke", "//a//b", "/a/../b/./c", "/%2F%2f?q=%41&&=", "/a|b^c{d}"])
  func `a target is sent as it is`(target: String) async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    _ = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url + target))
    #expect(server.requests.map(\.target) == [target])
  }

  @Test(arguments: ["POST", "PUT", "GET", "DELETE", "HEAD"])
  func `a method is sent with no body`(method: String) async throws {
    let server = try LoopbackServer { request, connection in
      // A reply to HEAD has the length of a body that does not come.
      if request.method == "HEAD" {
        try connection.head(200, [("Content-Length", "5")])
      } else {
        try connection.reply(200, body: Array("hello".utf8))
      }
    }
    let reply = try await transport.reply(to: HTTPRequest(method: method, url: server.url))
    #expect(reply.body == (method == "HEAD" ? [] : Array("hello".utf8)))
    #expect(reply.headers["content-length"] == "5")
    let seen = try #require(server.requests.first)
    #expect(seen.method == method)
    #expect(seen.target == "/")
    #expect(seen["content-length"] == (["GET", "HEAD"].contains(method) ? nil : "0"))
    #expect(seen["content-type"] == nil)
  }

  @Test(arguments: ["POST", "PUT"]) func `a large body is whole in both directions`(method: String) async throws {
    var random = RandomNumbers(seed: 1)
    let body = random.bytes(5 * 1024 * 1024)
    let server = try LoopbackServer { request, connection in try connection.reply(200, body: request.body) }
    let reply = try await transport.reply(to: HTTPRequest(method: method, url: server.url, body: body))
    let isWhole = reply.body == body  // a large value in an expectation is a large message
    #expect(isWhole)
    #expect(server.requests.map(\.method) == [method])
    #expect(server.requests.first?["expect"] == nil)
  }

  @Test(arguments: ["x: y\r\nz", "x\n", "\0"]) func `a header value cannot bring another header`(
    value: String
  ) async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let headers = [HTTPHeader("x-evil", prefix: "k", secret: Secret(value))]
    let error = try await failure {
      _ = try await transport.send(HTTPRequest(method: "GET", url: server.url, headers: headers))
    }
    #expect(error == HTTPError(.badRequest, "the value of the header 'x-evil' has a line break in it"))
    #expect(server.connections == 0)
  }

  @Test(arguments: ["a b", "a:b", "", "ä", "a\r\nb"]) func `a header name is a token`(name: String) async throws {
    let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:1", headers: [HTTPHeader(name, "x")])
    let error = try await failure { _ = try await transport.send(request) }
    #expect(error == HTTPError(.badRequest, "a header's name is not one"))
  }

  @Test(arguments: ["Content-Length", "transfer-encoding"]) func `where the body ends is not for headers to say`(
    name: String
  ) async throws {
    let request = HTTPRequest(method: "POST", url: "http://127.0.0.1:1", headers: [HTTPHeader(name, "3")])
    let error = try await failure { _ = try await transport.send(request) }
    #expect(error == HTTPError(.badRequest, "the header '\(name)' is the transport's to set"))
  }

  @Test(arguments: [
    "", "127.0.0.1", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http:///x", "http://:80/",
    "http://127.0.0.1/a b", "http://127.0.0.1/\r\nx: y", "http://127.0.0.1:99999/", "http://[::1/", "http://ä/",
  ])
  func `a bad URL is refused`(url: String) async throws {
    let error = try await failure { _ = try await transport.send(HTTPRequest(method: "GET", url: url)) }
    #expect(error.kind == .badRequest)
    #expect(!error.responseStarted)
  }

  @Test func `two requests share a connection`() async throws {
    let server = try LoopbackServer { request, connection in try connection.reply(200, body: request.body) }
    for text in ["one", "two"] {
      let body = Array(text.utf8)
      #expect(try await transport.reply(to: HTTPRequest(method: "POST", url: server.url, body: body)).body == body)
    }
    #expect(server.requests.map(\.connection) == [1, 1])
  }

  @Test func `a kept connection that the server closed is replaced`() async throws {
    var random = RandomNumbers(seed: 2)
    let body = random.bytes(300_000)
    let server = try LoopbackServer { request, connection in
      // The second request of a connection is read, and never answered.
      if request.connection == 1, request.target == "/2" { throw LoopbackError.closed }
      try connection.reply(200, body: request.body)
    }
    for path in ["/1", "/2"] {
      let request = HTTPRequest(method: "POST", url: server.url + path, body: body)
      let isWhole = try await transport.reply(to: request).body == body
      #expect(isWhole)
    }
    #expect(server.requests.map(\.connection) == [1, 1, 2])
    let areWhole = server.requests.allSatisfy { $0.body == body }
    #expect(areWhole)
  }

  @Test func `fifty streams are open at once`() async throws {
    let all = Latch(50)
    let server = try LoopbackServer { request, connection in
      all.open()
      all.waitBlocking()
      try connection.beginChunks()
      for piece in 0..<20 { try connection.chunk("\(request.target) \(piece)\n") }
      try connection.endChunks()
    }
    try await withThrowingTaskGroup { group in
      for number in 0..<50 {
        group.addTask {
          let reply = try await transport.reply(to: HTTPRequest(method: "GET", url: "\(server.url)/\(number)"))
          #expect(reply.body == Array((0..<20).map { "/\(number) \($0)\n" }.joined().utf8))
        }
      }
      try await group.waitForAll()
    }
    #expect(server.connections == 50)
  }
}
