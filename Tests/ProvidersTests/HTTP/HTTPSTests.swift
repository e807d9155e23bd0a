import Foundation
import OperatingSystem
import Providers
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
  }
}

/// `openssl s_server` with a certificate for 127.0.0.1 that was made just now.
private final class OpenSSLServer: Sendable {
  private static let path = "/usr/bin/openssl"
  static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

  let port: Int
  private let folder: URL
  private let process: Int32

  var url: String { "https://127.0.0.1:\(port)/" }
  var certificate: String { folder.appending(path: "certificate.pem").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let key = folder.appending(path: "key.pem").path
    let certificate = folder.appending(path: "certificate.pem").path
    let making = Process()
    making.executableURL = URL(fileURLWithPath: Self.path)
    making.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
    ]
    making.standardError = FileHandle.nullDevice
    try making.run()
    making.waitUntilExit()
    try #require(making.terminationStatus == 0)

    let output = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process.processIdentifier
    // It says `ACCEPT 127.0.0.1:port` once it listens.
    var said = ""
    while !said.contains("ACCEPT ") || said.last != "\n" {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "openssl s_server ended: \(said)")
      said += String(decoding: more, as: UTF8.self)
    }
    let line = try #require(said.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") })
    port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
  }

  func stop() {
    // Not a SIGTERM: a child of a thread of Dispatch's has that blocked.
    _ = kill(process, SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }
}

private func trusting(_ path: String) -> TrustSettings {
  var trust = TrustSettings()
  trust.authorities = TrustSettings.File(path: path, setting: "SSL_CERT_FILE")
  return trust
}
