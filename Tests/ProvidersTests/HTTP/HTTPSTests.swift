import Foundation
import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(
  .ownThread, .hangGuard,
  .enabled(if: OpenSSLServer.isThere, "openssl is not installed, so there is nothing to speak TLS with"))
struct HTTPSTests {
  @Test func `a server of a trusted authority is believed`() async throws {
    let server = try OpenSSLServer()
    defer { server.stop() }
    let transport = CurlTransport(trust: trusting(server.certificate))
    let reply = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url))
    #expect(reply.status == 200)
    #expect(String(decoding: reply.body, as: UTF8.self).contains("Ciphers supported"))
  }

  @Test func `a proxy's tunnel leads to the server, and its answer is no header of the reply`() async throws {
    let server = try OpenSSLServer()
    defer { server.stop() }
    let proxy = try LoopbackServer { request, connection in
      guard request.method == "CONNECT" else { throw LoopbackError.malformed(request.method) }
      try connection.head(200, [("X-Proxy", "1")])
      try connection.relay(to: server.port)
    }
    let settings = HTTPProxySettings(environment: ProcessEnvironment(["HTTPS_PROXY": proxy.url]))
    let transport = CurlTransport(proxy: settings, trust: trusting(server.certificate))
    let reply = try await transport.reply(to: HTTPRequest(method: "GET", url: server.url))
    #expect(reply.status == 200)
    #expect(reply.headers["x-proxy"] == nil)
    #expect(proxy.requests.map(\.target) == ["127.0.0.1:\(server.port)"])
  }

  @Test func `a server of an unknown authority is not`() async throws {
    let server = try OpenSSLServer()
    defer { server.stop() }
    let error = try await failure {
      _ = try await CurlTransport().send(HTTPRequest(method: "GET", url: server.url))
    }
    #expect(error.kind == .tls)
    #expect(error.message.hasPrefix("no secure connection to 127.0.0.1:\(server.port): "))
    #expect(error.message.contains("certificate"))
  }

  @Test func `a server of another name is not`() async throws {
    let server = try OpenSSLServer()
    defer { server.stop() }
    let transport = CurlTransport(trust: trusting(server.certificate))
    let error = try await failure {
      _ = try await transport.send(HTTPRequest(method: "GET", url: "https://localhost:\(server.port)/"))
    }
    #expect(error.kind == .tls)
  }

  @Test func `a certificate file that is missing is named`() async throws {
    let server = try OpenSSLServer()
    defer { server.stop() }
    let transport = CurlTransport(trust: trusting("/not/here.pem"))
    let error = try await failure { _ = try await transport.send(HTTPRequest(method: "GET", url: server.url)) }
    #expect(error.kind == .tls)
    #expect(error.message.contains("'/not/here.pem' (SSL_CERT_FILE)"))
    #expect(error.stays)
  }

  @Test func `a certificate beside the others is believed, and one that is not there does no harm`() async throws {
    let (server, other) = (try OpenSSLServer(), try OpenSSLServer())
    defer {
      server.stop()
      other.stop()
    }
    var trust = TrustSettings(environment: ProcessEnvironment(["NODE_EXTRA_CA_CERTS": server.certificate]))
    let request = HTTPRequest(method: "GET", url: server.url)
    #expect(try await CurlTransport(trust: trust).reply(to: request).status == 200)
    trust.authorities = .init(path: other.certificate, setting: "SSL_CERT_FILE")
    let both = CurlTransport(trust: trust)
    #expect(try await both.reply(to: request).status == 200)
    #expect(try await both.reply(to: HTTPRequest(method: "GET", url: other.url)).status == 200)
    trust.more?.path = "/not/here.pem"
    #expect(
      try await CurlTransport(trust: trust).reply(to: HTTPRequest(method: "GET", url: other.url)).status == 200)
  }

  @Test func `a service has certificates of its own, which its profile may change`() async throws {
    let server = try OpenSSLServer()
    defer { server.stop() }
    let file = Mutex<String?>(nil)
    let transport = TrustingTransport(CurlTransport()) {
      file.withLock { $0 }.map { TrustSettings.File(path: $0, setting: "AWS_CA_BUNDLE") }
    }
    let request = HTTPRequest(method: "GET", url: server.url)
    #expect(try await failure { _ = try await transport.reply(to: request) }.kind == .tls)
    file.withLock { $0 = server.certificate }
    #expect(try await transport.reply(to: request).status == 200)
    #expect(try await transport.send(request) { _ in }.status == 200)
  }

  @Test func `a certificate of one's own is shown to who asks for it`() async throws {
    let server = try OpenSSLServer(["-Verify", "1", "-verify_return_error"])
    defer { server.stop() }
    let request = HTTPRequest(method: "GET", url: server.url)
    func transport(_ more: [String: String]) -> CurlTransport {
      let own = ["SSL_CERT_FILE": server.certificate]
      return CurlTransport(trust: TrustSettings(environment: ProcessEnvironment(own.merging(more) { $1 })))
    }
    let named = ["CLAUDE_CODE_CLIENT_CERT": server.certificate, "CLAUDE_CODE_CLIENT_KEY": server.key]
    #expect(try await transport(named).reply(to: request).status == 200)
    let locked = ["CLAUDE_CODE_CLIENT_CERT": server.certificate, "CLAUDE_CODE_CLIENT_KEY": server.lockedKey]
    let opened = locked.merging(["CLAUDE_CODE_CLIENT_KEY_PASSPHRASE": "hunter2"]) { $1 }
    #expect(try await transport(opened).reply(to: request).status == 200)
    #expect(!"\(TrustSettings(environment: ProcessEnvironment(opened)))".contains("hunter2"))

    let wrong = locked.merging(["CLAUDE_CODE_CLIENT_KEY_PASSPHRASE": "hunter3"]) { $1 }
    let unopened = try await failure { _ = try await transport(wrong).reply(to: request) }
    #expect(unopened.message.contains("'\(server.certificate)' (CLAUDE_CODE_CLIENT_CERT)"))
    #expect(unopened.hint?.contains("CLAUDE_CODE_CLIENT_KEY_PASSPHRASE") == true)
    #expect(unopened.stays)
    let nobody = try await failure { _ = try await transport([:]).reply(to: request) }
    #expect(nobody.hint?.contains("CLAUDE_CODE_CLIENT_CERT") == true, "\(nobody)")
  }

  enum Fault: CaseIterable {
    case unknownIssuer, wrongIssuer, otherName, plainPort, proxyGone, proxyWantsUser, proxyForbids
  }

  @Test(arguments: Fault.allCases) func `what stands in the way is named, with the step that helps`(fault: Fault)
    async throws
  {
    let server = try OpenSSLServer()
    let other = try OpenSSLServer()
    defer {
      server.stop()
      other.stop()
    }
    let plain = try LoopbackServer(LoopbackServer.json("{}"))
    let dead = try DeadPort()
    let proxy = try LoopbackServer { _, connection in
      try connection.reply(fault == .proxyForbids ? 403 : 407, [("Proxy-Authenticate", "Basic realm=x")], body: [])
    }
    var settings = HTTPProxySettings()
    var (trust, url) = (trusting(server.certificate), server.url)
    let (kind, message, hint, stays): (HTTPError.Kind, String, String, Bool)
    switch fault {
    case .unknownIssuer:
      trust = TrustSettings()
      (kind, message, hint, stays) = (.tls, "no secure connection to 127.0.0.1", "NODE_EXTRA_CA_CERTS", true)
    case .wrongIssuer:
      trust = trusting(other.certificate)
      (kind, message, hint, stays) = (.tls, "no secure connection", "'\(other.certificate)' (SSL_CERT_FILE)", true)
    case .otherName:
      url = "https://localhost:\(server.port)/"
      (kind, message, hint, stays) = (.tls, "no secure connection to localhost", "another name", true)
    case .plainPort:
      url = "https://127.0.0.1:\(plain.port)/"
      (kind, message, hint, stays) = (.tls, "no secure connection", "http://", false)
    case .proxyGone:
      settings.secure = Secret("http://user:hunter2@127.0.0.1:\(dead.port)")
      (kind, message, hint, stays) = (
        .proxy, "the proxy to 127.0.0.1:\(server.port) cannot be reached", "HTTPS_PROXY", false
      )
    case .proxyWantsUser:
      settings.secure = Secret(proxy.url)
      (kind, message, hint, stays) = (.proxy, "the proxy answered 407", "user:password@", true)
    case .proxyForbids:
      settings.secure = Secret(proxy.url)
      (kind, message, hint, stays) = (.proxy, "the proxy answered 403", "NO_PROXY", false)
    }
    let transport = CurlTransport(proxy: settings, trust: trust)
    let error = try await failure { _ = try await transport.send(HTTPRequest(method: "GET", url: url)) }
    #expect(error.kind == kind)
    #expect(error.message.contains(message), "\(error)")
    #expect(!error.message.contains("hunter2"))
    #expect(error.stays == stays)
    let told = ProviderError(error)
    #expect(told.kind == .network)
    #expect(told.hint?.contains(hint) == true, "\(told)")
    #expect(told.retryable == !stays)
  }
}

private func trusting(_ path: String) -> TrustSettings {
  var trust = TrustSettings()
  trust.authorities = TrustSettings.File(path: path, setting: "SSL_CERT_FILE")
  return trust
}
