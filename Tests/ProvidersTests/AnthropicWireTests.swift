import Foundation
import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// The provider over real HTTP: libcurl against a server on 127.0.0.1.
@Suite(.hangGuard) struct AnthropicWireTests {
  let log = EventLog()
  let time = ManualClock(.passes)

  func provider(_ server: LoopbackServer, path: String = "") -> AnthropicProvider {
    var configuration = AnthropicConfiguration(version: "1.2.3")
    configuration.baseURL = server.url + path
    configuration.apiKey = Secret("sk-ant-canary-0123")
    return AnthropicProvider(configuration, transport: CurlTransport(), time: time.source)
  }

  func ask(_ server: LoopbackServer) async throws(ProviderError) -> ModelMessage {
    try await provider(server).answer(AnthropicRequestTests.hello) { [log] in log.note($0) }
  }

  static let answer = [Wire.start, Wire.delta("Hello"), Wire.ping, Wire.delta("!"), Wire.end]
  static let overloaded = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#

  @Test func `a question and its answer`() async throws {
    let server = try LoopbackServer(LoopbackServer.sse(Self.answer, headers: [("request-id", "req_9")]))
    let message = try await ask(server)
    #expect(log.text == "Hello!")
    #expect(message.content == [["type": "text", "text": "Hello!"]])
    #expect(message.requestID == "req_9")
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == "/v1/messages")
    #expect(request["x-api-key"] == "sk-ant-canary-0123")
    #expect(request["anthropic-version"] == "2023-06-01")
    #expect(request["content-type"] == "application/json")
    #expect(request["user-agent"] == "wyn360/1.2.3")
    #expect(
      request.headers.filter { $0.name.lowercased() == "content-length" }.map(\.value) == ["\(request.body.count)"])
    #expect(try JSON.parse(request.body)["stream"] == true)
  }

  @Test func `a base address keeps its path, and a connection serves the next question`() async throws {
    let server = try LoopbackServer(LoopbackServer.sse(Self.answer))
    let provider = provider(server, path: "/gateway")
    for _ in 1...3 { _ = try await provider.answer(AnthropicRequestTests.hello) { _ in } }
    #expect(server.requests.map(\.target) == [String](repeating: "/gateway/v1/messages", count: 3))
    #expect(server.connections == 1)
  }

  @Test func `a busy service is asked again`() async throws {
    let server = try LoopbackServer { request, connection in
      if request["x-stainless-retry-count"] == "0" {
        try LoopbackServer.json(Self.overloaded, status: 529, headers: [("retry-after-ms", "30")])(request, connection)
      } else {
        try LoopbackServer.sse(Self.answer)(request, connection)
      }
    }
    #expect(try await ask(server).stopReason == "end_turn")
    #expect(time.sleeps == [30])
    #expect(log.retries.count == 1)
    #expect(log.text == "Hello!")
    #expect(Set(server.requests.map(\.body)).count == 1)
  }

  @Test func `an error inside a stream leaves what was said`() async throws {
    let events = [Wire.start, Wire.delta("Hel"), Wire.error("overloaded_error")]
    let server = try LoopbackServer(LoopbackServer.sse(events, headers: [("request-id", "req_9")]))
    let failure = await #expect(throws: ProviderError.self) { try await ask(server) }
    #expect(failure?.kind == .overloaded)
    #expect(failure?.status == 200)
    #expect(failure?.requestID == "req_stream")
    #expect(failure?.partial?.content == [["type": "text", "text": "Hel"]])
    #expect(server.requests.count == 1)
  }

  enum Cut: CaseIterable { case closed, reset, endedEarly }

  @Test(arguments: Cut.allCases) func `a stream that is cut leaves what was said`(cut: Cut) async throws {
    let heard = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks(200, [("Content-Type", "text/event-stream")])
      try connection.chunk(Wire.start + Wire.delta("Hel"))
      if cut != .endedEarly { heard.waitBlocking() }
      switch cut {
      case .closed: connection.close()
      case .reset: connection.reset()
      case .endedEarly: try connection.endChunks()
      }
    }
    let failure = await #expect(throws: ProviderError.self) {
      try await provider(server).answer(AnthropicRequestTests.hello) { [log] events in
        log.note(events)
        heard.open()
      }
    }
    #expect(failure?.kind == .network)
    #expect(failure?.partial?.content == [["type": "text", "text": "Hel"]])
    #expect(failure?.partial?.incomplete == [0])
    #expect(log.text == "Hel")
    #expect(server.requests.count == 1)
  }

  @Test func `a wrong key is refused once`() async throws {
    let body = #"{"type":"error","error":{"type":"authentication_error","message":"invalid sk-ant-canary-0123"}}"#
    let server = try LoopbackServer(LoopbackServer.json(body, status: 401, headers: [("request-id", "req_9")]))
    let failure = await #expect(throws: ProviderError.self) { try await ask(server) }
    #expect(failure?.kind == .authRequired)
    #expect(failure?.message == "the API answered 401 authentication_error: invalid •••")
    #expect(failure?.requestID == "req_9")
    #expect(server.requests.count == 1)
  }

  @Test func `a gateway's page is quoted after three tries`() async throws {
    let page = Array("<html><title>502 Bad Gateway</title></html>".utf8)
    let server = try LoopbackServer { _, connection in
      try connection.reply(502, [("Content-Type", "text/html")], body: page)
    }
    let failure = await #expect(throws: ProviderError.self) { try await ask(server) }
    #expect(failure?.message == "the server answered 502 (text/html), which is not the API's: '502 Bad Gateway'")
    #expect(failure?.attempts == 3)
    #expect(server.requests.count == 3)
  }

  @Test func `nobody listening is a network error after three tries`() async throws {
    let port = try DeadPort()
    var configuration = AnthropicConfiguration(version: "1")
    configuration.baseURL = "http://127.0.0.1:\(port.port)"
    configuration.apiKey = Secret("sk-ant-canary-0123")
    let provider = AnthropicProvider(configuration, transport: CurlTransport(), time: time.source)
    let failure = await #expect(throws: ProviderError.self) { try await provider.verify() }
    #expect(failure?.kind == .network)
    #expect(failure?.attempts == 3)
    #expect(time.sleeps == [500, 1_000])
  }

  @Test func `a cancelled question closes its connection`() async throws {
    let closed = Latch()
    let heard = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks(200, [("Content-Type", "text/event-stream")])
      try connection.chunk(Wire.start + Wire.delta("Hel"))
      connection.waitForPeerClose()
      closed.open()
    }
    let provider = provider(server)
    let call = Task { () -> ProviderError? in
      do throws(ProviderError) {
        _ = try await provider.answer(AnthropicRequestTests.hello) { _ in heard.open() }
        return nil
      } catch {
        return error
      }
    }
    try await heard.wait()
    call.cancel()
    let failure = await call.value
    #expect(failure?.kind == .cancelled)
    #expect(failure?.partial?.content == [["type": "text", "text": "Hel"]])
    try await closed.wait()
  }

  @Test func `an exchange over the network is recorded, and replayed the same`() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = try LoopbackServer(LoopbackServer.sse(Self.answer))
    var configuration = AnthropicConfiguration(version: "1")
    configuration.baseURL = server.url
    configuration.apiKey = Secret("sk-ant-canary-0123")
    do {
      let file = try LineFile(path, .recording) { Issue.record("\($0)") }
      let recording = RecordingTransport(
        CurlTransport(), to: file, mask: SecretMask(configuration.secrets), time: time.source)
      _ = try await AnthropicProvider(configuration, transport: recording, time: time.source)
        .answer(AnthropicRequestTests.hello) { [log] in log.note($0) }
    }
    server.stop()
    let recorded = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(!String(decoding: recorded, as: UTF8.self).contains("canary"))
    let replay = try ReplayingTransport(recorded, speed: 0, time: time.source)
    let again = EventLog()
    _ = try await AnthropicProvider(configuration, transport: replay, time: time.source)
      .answer(AnthropicRequestTests.hello) { again.note($0) }
    #expect(again.batches == log.batches)
    #expect(again.text == "Hello!")
  }
}
