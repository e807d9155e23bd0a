import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

@Suite struct AnthropicConfigurationTests {
  static func read(_ variables: [String: String]) throws -> AnthropicConfiguration {
    try AnthropicConfiguration(ProcessEnvironment(variables), version: "1.2.3")
  }

  @Test func `an empty environment means the public API without credentials`() throws {
    let configuration = try Self.read(["ANTHROPIC_API_KEY": "  ", "ANTHROPIC_BASE_URL": ""])
    #expect(configuration.baseURL == "https://api.anthropic.com")
    #expect(!configuration.hasCredentials)
    #expect(configuration.secrets.isEmpty)
    #expect(configuration.timeouts.now == CallTimeouts())
  }

  @Test(arguments: [
    ("https://gateway.example", "https://gateway.example"), ("https://gateway.example/", "https://gateway.example"),
    ("http://127.0.0.1:8080//", "http://127.0.0.1:8080"), (" HTTPS://g.example/a/b/ ", "HTTPS://g.example/a/b"),
    ("https://[::1]:9/x%20y", "https://[::1]:9/x%20y"), ("https://g.example/v1", "https://g.example"),
    ("https://g.example/v1/", "https://g.example"), ("https://g.example/v1/messages", "https://g.example"),
    ("https://g.example/a/V1/messages//", "https://g.example/a"), ("https://g.example/v1?x=1", "https://g.example"),
    ("https://g.example/?", "https://g.example"), ("https://g.example/av1", "https://g.example/av1"),
    ("https://g.example/messages", "https://g.example/messages"), ("https://v1", "https://v1"),
    ("https://g.example/v1/messages?", "https://g.example"), ("https://g.example/v1beta", "https://g.example/v1beta"),
  ])
  func `an address keeps its path and loses slashes at its end`(written: String, used: String) throws {
    #expect(try Self.read(["ANTHROPIC_BASE_URL": written]).baseURL == used)
  }

  @Test(arguments: [
    "gateway.example", "ftp://gateway.example", "file:///etc/passwd", "https://", "https:///path", "https://:80/",
    "https://user:pass@gateway.example", "https://user@gateway.example", "https://gateway.example/?a=b#c",
    "https://gateway.example#x", "https://gate way.example", "https://gateway.example/\r\nX-Evil: 1",
    "https://gateway.example\\@evil.example", "https://gätewäy.example", "://x", "https//x",
  ])
  func `an address that could lead elsewhere is refused and not quoted`(written: String) {
    let failure = #expect(throws: ProviderError.self) { try Self.read(["ANTHROPIC_BASE_URL": written]) }
    #expect(failure?.kind == .invalidRequest)
    #expect(failure?.message.hasPrefix("ANTHROPIC_BASE_URL ") == true)
    #expect(failure?.message.contains("pass") == false || failure?.message.contains("password") == true)
    #expect(failure?.message.contains("gateway") == false)
  }

  @Test(arguments: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"])
  func `a credential that was copied badly is refused and not quoted`(name: String) throws {
    for value in ["sk-ant-canary\nmore", "sk-ant-canary more", "sk-ant-canary\u{7F}", "“sk-ant-canary”"] {
      let failure = #expect(throws: ProviderError.self) { try Self.read([name: value]) }
      #expect(failure?.kind == .authRequired)
      #expect(failure?.message.hasPrefix(name) == true)
      #expect(failure?.message.contains("canary") == false)
    }
    #expect(try Self.read([name: " sk-ant-fine\n"]).secrets == [Secret("sk-ant-fine")])
  }

  @Test(arguments: [
    "https://g.example/p/v1/messages?api-version=2026-01&key=canary-0123456789", "https://g.example/p?a=%20",
  ])
  func `a query goes with every request, and what may be a key in it is a secret`(written: String) async throws {
    let query = written.drop { $0 != "?" }.dropFirst()
    let variables = ["ANTHROPIC_BASE_URL": written, "ANTHROPIC_API_KEY": "k"]
    #expect(try await AnthropicRequestTests.sent(variables).url == "https://g.example/p/v1/messages?\(query)")
    let transport = ScriptedTransport(.plain(200, #"{"data":[]}"#))
    let provider = AnthropicProvider(
      try Self.read(variables), transport: transport, time: ManualClock(.passes).source)
    _ = try await provider.verify()
    #expect(transport.requests.map(\.url) == ["https://g.example/p/v1/models?limit=1&\(query)"])
    let configuration = try Self.read(variables)
    #expect(configuration.secrets.contains(Secret("canary-0123456789")) == query.contains("canary"))
    #expect(!"\(configuration)".contains("canary"))
  }

  @Test(arguments: [
    "Authorization: Bearer gw", "x-api-key: gw", "cf-aig-authorization: Bearer gw", "Ocp-Apim-Subscription-Key: gw",
    "x-litellm-api-key: gw",
  ])
  func `a gateway's own header lets in at its own address, and no key of ours is sent`(header: String) async throws {
    let headers = ["ANTHROPIC_CUSTOM_HEADERS": header]
    let sent = try await AnthropicRequestTests.sent(
      headers.merging(["ANTHROPIC_BASE_URL": "https://g.example"]) { one, _ in one })
    let parts = header.split(separator: ":").map { $0.drop { $0 == " " } }
    #expect(AnthropicRequestTests.headers(sent)[String(parts[0])] == String(parts[1]))
    #expect(sent.headers.count { $0.name.lowercased() == "x-api-key" } == (parts[0] == "x-api-key" ? 1 : 0))
    let isApi = ["authorization", "x-api-key"].contains(parts[0].lowercased())
    #expect(try Self.read(headers).hasCredentials == isApi)
  }

  @Test func `custom headers are read a line each, and are secrets`() throws {
    let lines = "X-One: first\r\n\n  x-two :second: with colon  \nX-Empty:\nAnthropic-Beta: b1, b2"
    let configuration = try Self.read(["ANTHROPIC_CUSTOM_HEADERS": lines, "ANTHROPIC_BETAS": "b0,b1 ,,"])
    #expect(configuration.customHeaders.map(\.name) == ["X-One", "x-two", "X-Empty"])
    #expect(configuration.secrets == [Secret("first"), Secret("second: with colon"), Secret("")])
    #expect(configuration.betas == ["b0", "b1", "b2"])
    #expect(!configuration.hasCredentials)
    #expect(try Self.read(["ANTHROPIC_CUSTOM_HEADERS": "Authorization: Basic abc"]).hasCredentials)
  }

  @Test(arguments: [
    "no colon canary", ": canary", "bad name: canary", "bäd: canary", "x: can\u{0}ary canary",
    "Content-Length: 5 canary",
    "host: canary", "Transfer-Encoding: canary", "Accept-Encoding: canary", "anthropic-beta: two words canary",
  ])
  func `a bad header line is refused by its number and not quoted`(line: String) {
    let failure = #expect(throws: ProviderError.self) {
      try Self.read(["ANTHROPIC_CUSTOM_HEADERS": "x-good: 1\n\n\(line)\n"])
    }
    #expect(failure?.message.contains("line 3") == true)
    #expect(failure?.message.contains("canary") == false)
  }

  @Test func `a beta with a blank in it is refused`() {
    #expect(throws: ProviderError.self) { try Self.read(["ANTHROPIC_BETAS": "a, b c"]) }
  }
}
