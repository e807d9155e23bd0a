import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

@Suite struct `fetch_url` {
  /// A bench whose names stand for what is said here, and a server to ask.
  private struct Site {
    let server: LoopbackServer
    let bench: ToolBench
    let transport = CurlTransport()

    init(
      addresses: @escaping @Sendable (String) -> [HostAddress] = HostAddress.all,
      _ handler: @escaping LoopbackServer.Handler
    ) throws {
      server = try LoopbackServer(handler)
      bench = try ToolBench(web: WebAccess(transport: transport, addresses: addresses))
    }

    /// What a call gives where the person permits the server's own address.
    func fetch(_ path: String, start: Int? = nil) async throws(ToolError) -> ToolOutcome {
      var input: JSONObject = ["url": .string(server.url + path)]
      input["start"] = start.map { .number(JSONNumber($0)) }
      return try await bench.run("fetch_url", .object(input), privateHosts: permitted)
    }

    func refusal(_ path: String) async -> ToolError? {
      await bench.refusal("fetch_url", ["url": .string(server.url + path)], privateHosts: permitted)
    }

    var permitted: PermittedReading {
      let place = "127.0.0.1:\(server.port)"
      return PermittedReading { $0 == place }
    }
  }

  private static func page(_ type: String, _ body: String, status: Int = 200, _ more: [(String, String)] = [])
    -> LoopbackServer.Handler
  {
    { _, connection in try connection.reply(status, [("Content-Type", type)] + more, body: Array(body.utf8)) }
  }

  @Test func `shows the words of a page, and where its links lead`() async throws {
    let site = try Site(
      Self.page("text/html; charset=utf-8", "<title>A &amp; B</title><h1>Hi</h1><p>See <a href='/x'>this</a>."))
    #expect(try await site.fetch("/").text == "# A & B\n\n# Hi\n\nSee this (/x).")
    let request = try #require(site.server.requests.first)
    #expect(request["user-agent"]?.hasPrefix("wyn360/") == true)
    #expect(request["cookie"] == nil && request["authorization"] == nil)
  }

  @Test(arguments: [
    ("text/plain", "a\nb", "a\nb"), ("application/json", "{\"a\":1}", "{\"a\":1}"), ("text/html", "", "(nothing)"),
    ("", "<!DOCTYPE html><p>x", "x"), ("application/octet-stream", "plain all the same", "plain all the same"),
  ]) func `shows other texts as they are`(type: String, body: String, shown: String) async throws {
    #expect(try await Site(Self.page(type, body)).fetch("/").text == shown)
  }

  @Test(
    arguments: [
      ("text/plain; charset=iso-8859-1", [0x63, 0x61, 0x66, 0xE9], "café"), ("text/plain", [0x63, 0xE9], "cé"),
      ("text/plain; charset=utf-16le", [0x68, 0, 0x69, 0], "hi"), ("text/plain", [0xEF, 0xBB, 0xBF, 0x68], "h"),
      ("text/plain; charset=\"utf-8\"", [0xC3, 0xA9, 0xFF], "é\u{FFFD}"),
      ("text/plain; charset=none", [0xC3, 0xA9], "é"),
    ] as [(String, [UInt8], String)]) func `reads what is written in other encodings, whatever it is called`(
      type: String, bytes: [UInt8], shown: String
    ) async throws
  {
    let site = try Site { _, connection in try connection.reply(200, [("Content-Type", type)], body: bytes) }
    #expect(try await site.fetch("/").text == shown)
  }

  @Test func `shows pictures and documents as such, and refuses what has no words`() async throws {
    let png = try #require(Base64.decode(Array(Picture.png.utf8).span) as [UInt8]?)
    let image = try Site { _, connection in try connection.reply(200, [("Content-Type", "text/html")], body: png) }
    #expect(try await image.fetch("/").content.first?["type"] == "image")
    let pdf = try Site(Self.page("application/pdf", "%PDF-1.4 trailer <</Root 1 0 R>>"))
    #expect(try await pdf.fetch("/a.pdf").content.first?["type"] == "document")
    let other = try Site { _, connection in
      try connection.reply(200, [("Content-Type", "application/zip")], body: [0x50, 0x4B, 3, 4, 0, 0])
    }
    #expect(await other.refusal("/")?.message.contains("'application/zip' of 6 bytes") == true)
  }

  @Test func `tells of a server's refusal as a failure, with its words`() async throws {
    let outcome = try await Site(Self.page("text/html", "<h1>Gone</h1>", status: 410)).fetch("/")
    #expect(outcome.isError && outcome.text.contains("# Gone") && outcome.text.contains("the server answered 410"))
  }

  @Test func `goes on where it stopped`() async throws {
    let words = String(repeating: "0123456789", count: 15_000)
    let site = try Site(Self.page("text/plain", words))
    let first = try await site.fetch("/").text
    #expect(first.hasSuffix("\n[characters 0 to 102400 of 150000; go on with start 102400]"))
    #expect(try await site.fetch("/", start: 102_400).text == words.dropFirst(102_400))
    await #expect(throws: ToolError.self) { try await site.fetch("/", start: 150_000) }
  }

  @Test func `reads no more than its bound of an endless body`() async throws {
    let site = try Site { _, connection in
      try connection.beginChunks(200, [("Content-Type", "text/plain")])
      let piece = String(repeating: "x", count: 1 << 16)
      while true { try connection.chunk(piece) }
    }
    #expect(try await site.fetch("/").text.contains("the first 8 MiB"))
  }

  @Test(arguments: [
    ("/round", "leads on more than 5 times"), ("/elsewhere", "leads to another host: http://example.com/x"),
    ("/file", "Only http and https"), ("/metadata", "another host: http://169.254.169.254/latest"),
    ("/user", "names a user"), ("/port", "leads to another host"),
  ]) func `follows redirects within a host only`(path: String, said: String) async throws {
    let locations = [
      "/round": "/round?", "/elsewhere": "http://example.com/x", "/file": "file:///etc/passwd",
      "/metadata": "//169.254.169.254/latest", "/user": "http://me:secret@127.0.0.1/", "/port": "http://127.0.0.1:1/",
    ]
    let site = try Site { request, connection in
      try connection.reply(302, [("Location", locations[request.target] ?? "/round")], body: [])
    }
    let text: String
    do throws(ToolError) { text = try await site.fetch(path).text } catch { text = error.message }
    #expect(text.contains(said), "\(text)")
    #expect(site.server.requests.count == (path == "/round" ? 6 : 1))
  }

  @Test func `follows a redirect to its end`() async throws {
    let site = try Site { request, connection in
      guard request.target == "/a/b" else {
        return try connection.reply(200, [("Content-Type", "text/plain")], body: Array(request.target.utf8))
      }
      try connection.reply(301, [("Location", "../c")], body: [])
    }
    #expect(try await site.fetch("/a/b").text.hasSuffix("c"))
  }

  @Test(arguments: [
    "127.0.0.1", "[::1]", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1",
    "255.255.255.255",
    "[::]", "0x7f.1", "2130706433", "127.1", "localhost", "LOCALHOST.",
  ]) func `asks nobody on a private network, however the address is written`(host: String) async throws {
    let asked = Mutex<[String]>([])
    let transport = Watched { request in asked.withLock { $0.append(request.url) } }
    let bench = try ToolBench(web: WebAccess(transport: transport))
    let refusal = await bench.refusal("fetch_url", ["url": .string("http://\(host)/latest/meta-data")])
    #expect(refusal?.kind == .refused || refusal?.kind == .notFound, "\(refusal?.message ?? "")")
    #expect(asked.withLock { $0 } == [])
    if refusal?.kind == .refused { #expect(refusal?.message.contains("allow rule 'fetch_url(") == true) }
  }

  @Test func `connects to the addresses that it checked, whatever the name means a moment later`() async throws {
    let lookups = Mutex(0)
    let seen = Mutex<[[String]]>([])
    let transport = Watched { request in seen.withLock { $0.append(request.addresses) } }
    let web = WebAccess(transport: transport) { _ in
      lookups.withLock { $0 += 1 }
      return lookups.withLock { $0 } == 1 ? [HostAddress([93, 184, 216, 34])] : [HostAddress([127, 0, 0, 1])]
    }
    let bench = try ToolBench(web: web)
    _ = await bench.refusal("fetch_url", ["url": "https://changing.example/"])
    #expect(seen.withLock { $0 } == [["93.184.216.34"]])
    let refusal = await bench.refusal("fetch_url", ["url": "https://changing.example/"])
    #expect(refusal?.kind == .refused && seen.withLock { $0.count } == 1)
  }

  @Test(arguments: [
    ("127.0.0.1", false), ("169.254.169.254", false), ("10.0.0.1", true), ("93.184.216.34", true),
  ]) func `takes a rule for a name as none for this machine, whatever the name's owner says`(
    address: String, isAsked: Bool
  ) async throws {
    let seen = Mutex<[[String]]>([])
    let transport = Watched { request in seen.withLock { $0.append(request.addresses) } }
    let bench = try ToolBench(web: WebAccess(transport: transport) { _ in HostAddress.all(of: address) })
    let named = PermittedReading { $0 == "name.example" }
    let refusal = await bench.refusal("fetch_url", ["url": "https://name.example/"], privateHosts: named)
    #expect(seen.withLock { $0 } == (isAsked ? [[address]] : []))
    #expect(refusal?.message.contains("allow rule 'fetch_url(\(address))'") == !isAsked)
  }

  @Test(arguments: [
    ("https://inside.example/", true), ("http://inside.example/", false), ("https://direct.example/", false),
    ("https://10.0.0.1/", false),
  ]) func `leaves to a proxy only the names that are asked of it, and that nobody here knows`(
    url: String, isAsked: Bool
  ) async throws {
    let proxy = HTTPProxySettings(
      environment: ProcessEnvironment(["HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "direct.example"]))
    let asked = Mutex<[String]>([])
    let transport = Watched { request in asked.withLock { $0.append(request.url) } }
    let bench = try ToolBench(web: WebAccess(transport: transport, proxy: proxy) { _ in [] })
    let refusal = await bench.refusal("fetch_url", ["url": .string(url)])
    #expect(asked.withLock { $0 } == (isAsked ? [url] : []))
    #expect((refusal?.kind == .notFound) == !isAsked)
  }

  @Test func `reads what comes compressed unasked`() async throws {
    let gzip: [UInt8] = [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 200, 4, 0, 172, 42, 147, 216, 2, 0, 0, 0]
    let site = try Site { _, connection in
      try connection.reply(200, [("Content-Type", "text/plain"), ("Content-Encoding", "gzip")], body: gzip)
    }
    #expect(try await site.fetch("/").text == "hi")
  }

  @Test func `of many addresses refuses all for one that is private`() async throws {
    let web = WebAccess(transport: Watched()) { _ in
      [HostAddress([93, 184, 216, 34]), HostAddress([10, 0, 0, 1])]
    }
    let refusal = await (try ToolBench(web: web)).refusal("fetch_url", ["url": "https://both.example/"])
    #expect(refusal?.message.contains("10.0.0.1") == true)
  }

  @Test(arguments: [
    "ftp://example.com/", "file:///etc/passwd", "example.com", "http://", "http://a b/", "http://u:p@example.com/",
    "http://example.com:0/", "http://example.com:99999/", "http://exa\u{0}mple.com/", "javascript:alert(1)", "",
    "http://[::1/", "gopher://x/",
  ]) func `refuses what is no address of the web`(url: String) async throws {
    let bench = try ToolBench(web: WebAccess(transport: Watched()))
    #expect(await bench.refusal("fetch_url", ["url": .string(url)])?.kind == .invalidInput)
  }
}

/// A transport that reaches nobody, and tells what it was asked.
private struct Watched: HTTPTransport {
  var sent: @Sendable (HTTPRequest) -> Void = { _ in }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    sent(request)
    throw HTTPError(.connect, "nobody is asked here")
  }
}
