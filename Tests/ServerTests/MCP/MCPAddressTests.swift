import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

/// Where messages and credentials go, and where they do not.
@Suite(.hangGuard) struct `What is sent to an MCP server` {
  private static let token = "Bearer canary-token-0123"

  @Test(arguments: [307, 308]) func `goes on within its origin, as it is:`(status: Int) async throws {
    let site = try MCPSite { ask, connection in
      guard ask.request.target == "/mcp" else { return false }
      try connection.reply(status, [("Location", "mcp/?a=1")], body: [])
      return true
    }
    let way = try await site.session(headers: [.init("Authorization", Self.token)])
    #expect(try await way.ask(.legacy("tools/list")) == ["asked": "tools/list"])
    await way.close()
    let there = site.asks.filter { $0.request.target == "/mcp/?a=1" && $0.request.method == "POST" }
    #expect(there.map(\.kind) == ["initialize", "notifications/initialized", "tools/list"])
    #expect(there.allSatisfy { $0.request["authorization"] == Self.token })
  }

  enum Elsewhere: CaseIterable { case origin, scheme, seen, looping, nowhere }

  @Test(arguments: Elsewhere.allCases) func `goes nowhere else`(elsewhere: Elsewhere) async throws {
    let other = try MCPSite()
    let site = try MCPSite { _, connection in
      switch elsewhere {
      case .origin: try connection.reply(307, [("Location", other.server.url + "/x?key=canary")], body: [])
      case .scheme: try connection.reply(308, [("Location", "https://127.0.0.1:\(other.server.port)/x")], body: [])
      case .seen: try connection.reply(302, [("Location", "/other")], body: [])
      case .looping: try connection.reply(307, [("Location", "/mcp")], body: [])
      case .nowhere: try connection.reply(307, [("Location", "ftp://x")], body: [])
      }
      return true
    }
    let way = try site.way(headers: [.init("Authorization", Self.token)])
    let failure = try #require(await way.failure(.legacy("initialize")))
    let words: (there: String, count: Int) =
      switch elsewhere {
      case .origin: ("(307, to \(other.server.url)/x)", 1)
      case .scheme: ("(308, to https://127.0.0.1:\(other.server.port)/x)", 1)
      case .seen: ("(302, to \(site.server.url)/other)", 1)
      case .looping: ("leads on and on", 6)
      case .nowhere: ("leads elsewhere (307)", 1)
      }
    #expect(failure.message.contains(words.there))
    #expect(!failure.message.contains("canary"))
    #expect(site.asks.count == words.count)
    #expect(other.asks.isEmpty)
  }

  @Test(arguments: ["ftp://host/", "localhost:80", "http://user:word@127.0.0.1/", "http://", "http://a b/"])
  func `goes to no address that is none:`(url: String) {
    let network = MCPNetwork(CurlTransport(), time: .patient, log: Log(level: .off) { _ in })
    let settings = MCPServerSettings(name: "x", way: .http(url: url, headers: []), source: .session)
    let failure = #expect(throws: MCPFailure.self) { _ = try network.open(settings, inbox: MCPInboxDouble()) }
    #expect(failure?.message.hasPrefix("its url cannot be used: ") == true)
    #expect(failure?.message.contains("word") != true)
  }

  @Test func `is in no failure and in no log, though the server says it back`() async throws {
    let said = Mutex<[String]>([])
    let log = Log(level: .debug) { line in said.withLock { $0.append(line) } }
    let echo = "canary-token-0123 and canary-query"
    let site = try MCPSite { ask, connection in
      switch ask.kind {
      case "a": try connection.reply(500, [], body: Array("no \(echo)".utf8))
      case "b": try connection.send(ask.error(-32600, "no \(echo)"), status: 400)
      case "c": try connection.reply(403, [("WWW-Authenticate", "Bearer error_description=\"\(echo)\"")], body: [])
      case "d": try connection.reply(401, [("WWW-Authenticate", "Bearer scope=\"\(echo)\"")], body: [])
      case "e": try connection.reply(307, [("Location", "http://127.0.0.1:1/canary-token-0123")], body: [])
      default: return false
      }
      return true
    }
    let way = try site.way("/mcp?key=canary-query", headers: [.init("Authorization", Self.token)], log: log)
    for method in ["a", "b", "c", "d", "e"] {
      let failure = try #require(await way.failure(.legacy(method)))
      #expect(!"\(failure)".contains("canary"), "\(method)")
    }
    #expect(said.withLock { $0 }.allSatisfy { !$0.contains("canary") })
    #expect(site.asks("a").first?.request.target == "/mcp?key=canary-query")
  }

  // Servers that want to know who asks.

  @Test func `says who would give a token, and where it is set`() async throws {
    let issuers = Mutex("")
    let issuer = try LoopbackServer { request, connection in
      guard request.target == "/.well-known/oauth-authorization-server/tenant" else {
        return try connection.reply(404, body: [])
      }
      try connection.send([
        "issuer": .string(issuers.withLock { $0 }), "registration_endpoint": "https://x/register",
      ])
    }
    issuers.withLock { $0 = issuer.url + "/tenant" }
    let site = try MCPSite { ask, connection in
      switch ask.request.target {
      case "/mcp":
        let document = "http://127.0.0.1:\(ask.request["host"]?.split(separator: ":").last ?? "")/who"
        try connection.reply(
          401,
          [("WWW-Authenticate", #"Basic realm="a, b", Bearer scope="read write", resource_metadata="\#(document)""#)],
          body: [])
      case "/who": try connection.send(["authorization_servers": [.string(issuers.withLock { $0 })]])
      default: try connection.reply(404, body: [])
      }
      return true
    }
    let way = try site.way(headers: [.init("X-Key", "canary-key-0123")])
    for _ in 0..<2 {
      let failure = await way.failure(.modern("server/discover"))
      #expect(
        failure
          == .unauthorized(
            "'site' (\(site.server.url)/mcp) wants to know who asks (401). Tokens for it are given by \(issuer.url)/tenant, "
              + "where clients are registered by themselves or beforehand. To sign in takes a browser, which is not done "
              + "here: get a token with the scopes 'read write' by other means, and set 'headers' of the server to "
              + "{\"Authorization\": \"Bearer …\"}"))
    }
    #expect(site.asks.map(\.request.target) == ["/mcp", "/who", "/mcp"])
    for request in site.asks.map(\.request).filter({ $0.target != "/mcp" }) + issuer.requests {
      #expect(request["x-key"] == nil)
    }
  }

  @Test func `documents on who gives tokens are not sought where only this machine can look`() async throws {
    let inner = try MCPSite()
    let site = try MCPSite { ask, connection in
      guard ask.request.target == "/mcp" else { return false }
      try connection.reply(401, [("WWW-Authenticate", "Bearer resource_metadata=\"\(inner.server.url)/x\"")], body: [])
      return true
    }
    // A server of a public address, as far as anybody can tell.
    let way = try site.way(lookUp: { _ in [HostAddress([8, 8, 8, 8])] })
    let failure = try #require(await way.failure(.modern("server/discover")))
    #expect(failure.message.contains("wants to know who asks (401)"))
    #expect(inner.asks.isEmpty)
  }

  @Test func `what a token may not do is said as such`() async throws {
    let site = try MCPSite { ask, connection in
      let challenge = #"Bearer error="insufficient_scope", scope="admin", error_description="more is needed""#
      try connection.reply(403, ask.count == 1 ? [("WWW-Authenticate", challenge)] : [], body: Array("go away".utf8))
      return true
    }
    let way = try site.way(headers: [.init("Authorization", Self.token)])
    let start = "'site' (\(site.server.url)/mcp) does not let whoever is named in its 'headers' do this (403)"
    #expect(
      await way.failure(.modern("tools/call"))
        == .unauthorized("\(start): more is needed; it wants the scopes 'admin'"))
    #expect(await way.failure(.modern("tools/call")) == .unauthorized("\(start): go away"))
  }
}
