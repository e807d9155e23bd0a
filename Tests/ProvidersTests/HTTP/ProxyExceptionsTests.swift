import Foundation
import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// `NO_PROXY` in all its forms, by our own reading whatever libcurl there is.
@Suite(.hangGuard) struct ProxyExceptionsTests {
  static let rows: [(setting: String, host: String, port: Int, isDirect: Bool)] = [
    ("*", "a.example", 443, true), (" * ", "10.1.2.3", 80, true), ("b,*", "a", 1, true), ("*:443", "a", 443, true),
    ("*:443", "a", 80, false), ("", "a.example", 443, false), (" , ;", "a.example", 443, false),
    ("a.example", "a.example", 443, true), ("A.Example", "a.eXample", 443, true),
    ("a.example", "x.a.example", 443, true),
    ("a.example", "xa.example", 443, false), ("a.example", "example", 443, false),
    ("a.example.", "a.example", 443, true),
    ("a.example", "a.example.", 443, true), (".a.example", "x.a.example", 443, true),
    (".a.example", "a.example", 443, true),
    (".a.example", "ba.example", 443, false), ("*.a.example", "x.y.a.example", 443, true),
    ("*.a.example", "ba.example", 443, false), ("x y.example\tz", "y.example", 443, true), ("x;y", "y", 443, true),
    ("x , y", "y", 443, true), ("a.example:8443", "a.example", 8443, true), ("a.example:8443", "a.example", 443, false),
    (".a.example:443", "b.a.example", 443, true), ("*.a.example:443", "b.a.example", 80, false),
    ("https://a.example/", "a.example", 443, true), ("http://a.example:81", "a.example", 81, true),
    ("10.1.2.3", "10.1.2.3", 443, true), ("10.1.2.3", "10.1.2.30", 443, false), ("10.1.2.3:80", "10.1.2.3", 80, true),
    ("10.1.2.3:80", "10.1.2.3", 443, false), ("10.0.0.0/8", "10.200.3.4", 443, true),
    ("10.0.0.0/8", "11.0.0.1", 443, false),
    ("10.16.0.0/12", "10.31.9.9", 443, true), ("10.16.0.0/12", "10.32.0.0", 443, false),
    ("0.0.0.0/0", "9.9.9.9", 1, true),
    ("10.1.2.3/32", "10.1.2.3", 443, true), ("10.1.2.3/33", "10.1.2.3", 443, false),
    ("10.0.0.0/8", "10.example", 443, false),
    ("10.*", "10.2.3.4", 443, true), ("10.*", "110.2.3.4", 443, false), ("192.168.*.1", "192.168.7.1", 443, true),
    ("192.168.*.1", "192.168.7.2", 443, false), ("a*z", "az", 443, true), ("2.3.4", "1.2.3.4", 443, false),
    ("::1", "[::1]", 443, true), ("[::1]", "[::1]", 443, true), ("[::1]:443", "[::1]", 443, true),
    ("[::1]:443", "[::1]", 80, false), ("fd00::/8", "[fd12:3::4]", 443, true), ("fd00::/8", "[fe80::1]", 443, false),
    ("0:0:0:0:0:0:0:1", "[::1]", 443, true), ("::1", "127.0.0.1", 443, false), ("<local>", "intranet", 443, true),
    ("<local>", "a.example", 443, false), ("<local>", "10.1.2.3", 443, false), ("localhost", "localhost", 80, true),
    ("localhost", "gw.localhost", 80, true), ("/8", "10.0.0.1", 443, false), (":443", "a", 443, false),
    (".", "a.example", 443, false), ("*.", "a.example", 443, false),
  ]

  @Test(arguments: rows.indices) func `who is reached without a proxy`(index: Int) {
    let row = Self.rows[index]
    for name in ["NO_PROXY", "no_proxy"] {
      let settings = HTTPProxySettings(
        environment: ProcessEnvironment(["ALL_PROXY": "http://p.example:3128", name: row.setting]))
      for isSecure in [true, false] {
        let proxy = settings.proxy(isSecure: isSecure, host: row.host, port: row.port)
        #expect((proxy == nil) == row.isDirect, "NO_PROXY='\(row.setting)' for \(row.host):\(row.port)")
      }
    }
  }

  @Test(arguments: ["*.corp.localhost", ".corp.localhost", "127.0.0.0/8,corp.localhost:PORT", "gw.corp.localhost"])
  func `what needs no proxy goes to the server itself, and all else to the proxy`(setting: String) async throws {
    let server = try LoopbackServer(LoopbackServer.json("{}"))
    let proxy = try LoopbackServer(LoopbackServer.json("{}"))
    let settings = HTTPProxySettings(
      environment: ProcessEnvironment([
        "http_proxy": proxy.url, "NO_PROXY": setting.replacing("PORT", with: "\(server.port)"),
      ]))
    let transport = CurlTransport(proxy: settings)
    for host in ["gw.corp.localhost", "gw.other.localhost"] {
      _ = try await transport.reply(to: HTTPRequest(method: "GET", url: "http://\(host):\(server.port)/x"))
    }
    #expect(server.requests.map(\.target) == ["/x"])
    #expect(proxy.requests.map(\.target) == ["http://gw.other.localhost:\(server.port)/x"])
  }
}
