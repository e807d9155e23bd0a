import Foundation
import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

@Suite(.hangGuard) struct HTTPConnectionTests {
  @Test func `a refused connection says so`() async throws {
    let port = try DeadPort()
    let error = try await failure {
      _ = try await CurlTransport().send(HTTPRequest(method: "GET", url: "http://u:hunter2@127.0.0.1:\(port.port)/x"))
    }
    #expect(error.kind == .connect)
    #expect(error.message.hasPrefix("cannot connect to 127.0.0.1:\(port.port): "))
    #expect(error.message.contains("refused"))
    #expect(!error.message.contains("hunter2"))
    #expect(!error.responseStarted)
  }

  @Test func `addresses that were checked are connected to, whatever the name means`() async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let transport = CurlTransport()
    for host in ["nobody.invalid", "localhost"] {
      var request = HTTPRequest(method: "GET", url: "http://\(host):\(server.port)/x")
      request.addresses = ["127.0.0.1"]
      #expect(try await transport.send(request).status == 200)
      #expect(server.requests.last?["host"] == "\(host):\(server.port)")
    }
  }

  @Test func `a missing library names the package to install`() async throws {
    let transport = CurlTransport(library: "libcurl-that-is-not-here.so")
    for _ in 0..<2 {
      let error = try await failure {
        _ = try await transport.send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/"))
      }
      #expect(error.kind == .libraryMissing)
      #expect(error.message.contains("apt-get install libcurl4"))
      #expect(error.message.contains("dnf install libcurl"))
      #expect(error.message.contains("brew install curl"))
    }
    await transport.close()
  }

  @Test func `a library that is not libcurl is found out`() async throws {
    let transport = CurlTransport(library: "libm.so.6")
    let error = try await failure {
      _ = try await transport.send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/"))
    }
    #expect(error.kind == .libraryMissing)
  }

  @Test func `a proxy gets the whole URL`() async throws {
    let proxy = try LoopbackServer(LoopbackServer.json("{}"))
    let settings = HTTPProxySettings(
      environment: ProcessEnvironment(["http_proxy": "http://user:pass@127.0.0.1:\(proxy.port)"]))
    let request = HTTPRequest(method: "POST", url: "http://api.invalid/a%2Fb?c", body: [1])
    #expect(try await CurlTransport(proxy: settings).reply(to: request).status == 200)
    let seen = try #require(proxy.requests.first)
    #expect(seen.target == "http://api.invalid/a%2Fb?c")
    #expect(seen["host"] == "api.invalid")
    #expect(seen["proxy-authorization"] == "Basic dXNlcjpwYXNz")
    #expect(seen["proxy-connection"] == nil)
  }

  @Test(arguments: ["127.0.0.1", "x.test,127.0.0.1", "*"]) func `a host that needs no proxy is reached directly`(
    direct: String
  ) async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let port = try DeadPort()
    let settings = HTTPProxySettings(
      environment: ProcessEnvironment(["ALL_PROXY": "http://127.0.0.1:\(port.port)", "NO_PROXY": direct]))
    let request = HTTPRequest(method: "GET", url: server.url + "/x")
    #expect(try await CurlTransport(proxy: settings).reply(to: request).status == 200)
    #expect(server.requests.map(\.target) == ["/x"])
  }

  @Test func `a proxy that refuses the tunnel is named, and learns no secret`() async throws {
    let proxy = try LoopbackServer { _, connection in
      try connection.reply(407, [("Proxy-Authenticate", "Basic realm=x")], body: [])
    }
    let settings = HTTPProxySettings(environment: ProcessEnvironment(["HTTPS_PROXY": proxy.url]))
    let headers = [HTTPHeader("x-api-key", secret: Secret("hunter2"))]
    let error = try await failure {
      _ = try await CurlTransport(proxy: settings).send(
        HTTPRequest(method: "POST", url: "https://api.invalid/v1", headers: headers, body: [1]))
    }
    #expect(error.kind == .proxy)
    #expect(error.message.hasPrefix("the proxy answered 407 when asked for api.invalid:443"))
    let seen = try #require(proxy.requests.first)
    #expect(seen.method == "CONNECT")
    #expect(seen.target == "api.invalid:443")
    #expect(seen["x-api-key"] == nil)
  }

  @Test(arguments: [
    "nonsense://user:hunter2@127.0.0.1:1", "http://user:hunter2@127.0.0.1:99999", "http://hunter2 x",
    "http://user:a@hunter2/b@127.0.0.1:1", "user:hunter2#@127.0.0.1:1", "http://user:a?hunter2@127.0.0.1:1",
  ])
  func `an unusable proxy is an error without its password`(proxy: String) async throws {
    var settings = HTTPProxySettings()
    settings.plain = Secret(proxy)
    let error = try await failure {
      _ = try await CurlTransport(proxy: settings).send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/"))
    }
    #expect(error.kind == .proxy)
    #expect(!error.message.contains("hunter2"))
  }

  @Test func `proxy variables are read in curl's order`() {
    func settings(_ variables: [String: String]) -> [String?] {
      let settings = HTTPProxySettings(environment: ProcessEnvironment(variables))
      return [settings.secure?.reveal(), settings.plain?.reveal(), settings.direct]
    }
    #expect(settings([:]) == [nil, nil, ""])
    #expect(settings(["HTTP_PROXY": "a", "HTTPS_PROXY": " "]) == [nil, nil, ""])
    #expect(settings(["http_proxy": "a", "HTTPS_PROXY": "b", "NO_PROXY": "c"]) == ["b", "a", "c"])
    #expect(settings(["https_proxy": "a", "HTTPS_PROXY": "b", "no_proxy": "c", "NO_PROXY": "d"]) == ["a", nil, "c"])
    #expect(settings(["ALL_PROXY": "a"]) == ["a", "a", ""])
    #expect(settings(["all_proxy": "a", "ALL_PROXY": "b", "http_proxy": "c"]) == ["a", "c", ""])
  }
}
