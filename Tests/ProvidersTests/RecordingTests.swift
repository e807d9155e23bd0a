import Foundation
import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite struct RecordingTests {
  static let key = "sk-ant-canary-0123"
  let time = ManualClock(.passes)
  let path = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString).jsonl").path

  func file() throws -> LineFile { try LineFile(path, .recording) { Issue.record("\($0)") } }

  func recording(_ transport: ScriptedTransport) throws -> RecordingTransport {
    RecordingTransport(transport, to: try file(), mask: SecretMask([Secret(Self.key)]), time: time.source)
  }

  /// The file's bytes; it is removed.
  func recorded() throws -> [UInt8] {
    defer { try? FileManager.default.removeItem(atPath: path) }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The file's lines but the first.
  func exchanges() throws -> [JSON] {
    let lines = try recorded().split(separator: 0x0A)
    #expect(
      String(decoding: lines.first ?? [], as: UTF8.self) == #"{"recording":"wyn360","version":1,"match":"digest"}"#)
    return try lines.dropFirst().map { try JSON.parse(Array($0)) }
  }

  func ask(_ transport: any HTTPTransport, _ prompt: String = "hi", needsKey: Bool = true) async -> (
    log: EventLog, message: ModelMessage?, error: ProviderError?
  ) {
    var configuration = AnthropicConfiguration(version: "1")
    configuration.apiKey = needsKey ? Secret(Self.key) : nil
    configuration.needsCredentials = needsKey
    let provider = AnthropicProvider(configuration, transport: transport, time: time.source)
    let log = EventLog()
    let question = ModelRequest(
      model: "claude-x", messages: [["role": "user", "content": .string(prompt)]], maxTokens: 9)
    do throws(ProviderError) {
      return (log, try await provider.answer(question) { log.note($0) }, nil)
    } catch {
      return (log, nil, error)
    }
  }

  static func read(_ response: HTTPResponse) async throws(HTTPError) -> [HTTPChunk] {
    var chunks: [HTTPChunk] = []
    while let chunk = try await response.body.next() { chunks.append(chunk) }
    return chunks
  }

  @Test func `what was recorded is replayed, event for event, without key and network`() async throws {
    let busy = ScriptedTransport.Reply.plain(529, "{}", ["retry-after-ms": "5"])
    let transport = ScriptedTransport(
      busy, .stream(Wire.start, Wire.delta("o\u{308}😀"), Wire.delta("n\\ne"), Wire.end),
      .stream(Wire.start, Wire.delta("two"), failure: HTTPError(.closedEarly, "cut", responseStarted: true)),
      beforeChunk: { [time] in time.pass(15) })
    let recording = try recording(transport)
    let one = await ask(recording, "one")
    let two = await ask(recording, "two")
    let replay = try ReplayingTransport(try recorded(), speed: 0, time: time.source)
    // In another order: a digest finds its answer, and a used one is given again.
    let twoAgain = await ask(replay, "two", needsKey: false)
    let oneAgain = await ask(replay, "one", needsKey: false)
    let oneLast = await ask(replay, "one", needsKey: false)
    #expect(oneAgain.log.batches == one.log.batches)
    #expect(one.log.retries.count == 1)
    #expect(oneAgain.message?.raw == one.message?.raw)
    #expect(oneLast.log.batches == Array(one.log.batches.dropFirst()))
    #expect(twoAgain.log.batches == two.log.batches)
    #expect(twoAgain.error?.kind == .network)
    #expect(twoAgain.error?.message == "cut")
    #expect(twoAgain.error?.partial?.content == two.error?.partial?.content)
  }

  @Test func `a line has what finds and makes up an exchange, and no more`() async throws {
    let reply = ScriptedTransport.Reply(
      status: 200,
      headers: [
        ("Content-Type", "text/plain"), ("Set-Cookie", "c"), ("Request-Id", "r"), ("Retry-After-Ms", "1"),
        ("anthropic-ratelimit-tokens-remaining", "9"), ("x-amzn-RequestId", "q"), ("x-should-retry", "true"),
        ("server", "s"),
      ], chunks: [.bytes(Array("text".utf8)), .idle(milliseconds: 10), .bytes([0xFF, 0x00])])
    let recording = try recording(ScriptedTransport(reply, beforeChunk: { [time] in time.pass(7) }))
    let request = HTTPRequest(
      method: "POST", url: "https://user:pass@h.example/a?b=c", headers: [HTTPHeader("x-api-key", secret: Secret("k"))],
      body: Array("body".utf8))
    let response = try await recording.send(request)
    #expect(try await Self.read(response) == reply.chunks)
    let digest = SHA256.hexadecimal(Array("POST\n/a?b=c\nbody".utf8))
    let expected = #"""
      {"request":{"method":"POST","url":"https://h.example/a?b=c","digest":"\#(digest)","bytes":4},\#
      "response":{"status":200,"headers":[["Content-Type","text/plain"],["Request-Id","r"],["Retry-After-Ms","1"],\#
      ["anthropic-ratelimit-tokens-remaining","9"],["x-amzn-RequestId","q"],["x-should-retry","true"]]},\#
      "chunks":[{"ms":7,"text":"text"},{"ms":14,"base64":"/wA="}],"end":"complete"}
      """#
    #expect(try exchanges().map(\.text) == [expected])
  }

  @Test func `the file is its owner's only`() throws {
    #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644]))
    _ = try file()
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try exchanges().isEmpty)
  }

  @Test func `a recording that is there is added to, and other files are left alone`() async throws {
    _ = await ask(try recording(ScriptedTransport(.plain(400, "{}"))))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"half\":".utf8))
    _ = await ask(try recording(ScriptedTransport(.plain(401, "{}"))))
    let lines = try recorded().split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    #expect(lines.count == 4)
    #expect(lines[2] == "{\"half\":")
    #expect(try JSON.parse(lines[3])["response"]?["status"] == 401)

    try Data("my diary".utf8).write(to: URL(fileURLWithPath: path))
    let failure = #expect(throws: LineFileError.self) { try file() }
    #expect(failure?.description.contains("is no recording") == true)
    #expect(String(decoding: try recorded(), as: UTF8.self) == "my diary")
    let missing = #expect(throws: LineFileError.self) { try LineFile("/nowhere/at/all", .recording) { _ in } }
    #expect(missing?.description.contains("No such file") == true)
  }

  @Test func `secrets are masked in the address, the headers and the body, over the cuts of chunks too`() async throws {
    let text = "a \(Self.key) b \(Self.key)\(Self.key) c"
    for piece in [1, 5, 18, 1_000] {
      let bytes = Array(text.utf8)
      let chunks = stride(from: 0, to: bytes.count, by: piece).map { start in
        HTTPChunk.bytes(Array(bytes[start..<min(start + piece, bytes.count)]))
      }
      let reply = ScriptedTransport.Reply(headers: [("request-id", Self.key)], chunks: chunks)
      let recording = try recording(ScriptedTransport(reply, .unsent(.connect)))
      let request = HTTPRequest(method: "GET", url: "http://h.example/?key=\(Self.key)")
      _ = try await Self.read(try await recording.send(request))
      let exchange = try #require(try exchanges().first)
      #expect(!exchange.text.contains("canary"))
      #expect(exchange["request"]?["url"] == "http://h.example/?key=•••")
      let body = exchange["chunks"]?.array?.compactMap { $0["text"]?.string }.joined()
      #expect(body == "a ••• b •••••• c")
    }
  }

  @Test func `exchanges that fail, are cut or dropped are recorded too`() async throws {
    let recording = try recording(
      ScriptedTransport(
        .unsent(.resolve), .stream("a", "b"),
        .stream("a", failure: HTTPError(.closedEarly, "cut", responseStarted: true))))
    let request = HTTPRequest(method: "GET", url: "http://h.example/")
    await #expect(throws: HTTPError.self) { try await recording.send(request) }
    do {
      let dropped = try await recording.send(request)
      #expect(try await dropped.body.next() == .bytes([0x61]))
    }
    let cut = try await recording.send(request)
    await #expect(throws: HTTPError.self) { try await Self.read(cut) }
    await #expect(throws: HTTPError.self) { try await cut.body.next() }
    let exchanges = try exchanges()
    #expect(exchanges.map { $0["failure"]?["kind"]?.string } == ["resolve", "cancelled", "closedEarly"])
    #expect(exchanges.map { $0["response"] == nil } == [true, false, false])
    #expect(exchanges.map { $0["chunks"]?.array?.count } == [0, 1, 1])
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full, the disk that is always full"))
  func `a full disk is told once and stops nothing`() async throws {
    let told = Mutex<[String]>([])
    let file = try LineFile("/dev/full", .recording) { text in told.withLock { $0.append(text) } }
    let transport = ScriptedTransport(.stream(Wire.start, Wire.end), .stream(Wire.start, Wire.end))
    let recording = RecordingTransport(transport, to: file, mask: SecretMask([]), time: time.source)
    for _ in 1...2 { #expect(await ask(recording).message?.stopReason == "end_turn") }
    #expect(told.withLock { $0.count } == 1)
    #expect(told.withLock { $0.first }?.contains("'/dev/full' is incomplete: No space left on device") == true)
  }

  @Test func `concurrent exchanges have a line each`() async throws {
    struct Echo: HTTPTransport {
      func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let reply = ScriptedTransport(.stream(request.url, String(repeating: "x", count: 10_000)))
        return try await reply.send(request)
      }
    }
    let recording = RecordingTransport(Echo(), to: try file(), mask: SecretMask([]), time: time.source)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          _ = try await Self.read(
            try await recording.send(HTTPRequest(method: "GET", url: "http://h.example/\(number)")))
        }
      }
      try await group.waitForAll()
    }
    let exchanges = try exchanges()
    #expect(Set(exchanges.compactMap { $0["request"]?["url"]?.string }).count == 50)
    #expect(exchanges.allSatisfy { $0["chunks"]?.array?.first?["text"] == $0["request"]?["url"] })
  }

  @Test func `what was not recorded is refused with its digest, and not tried again`() async throws {
    _ = await ask(try recording(ScriptedTransport(.plain(400, "{}"))), "one")
    let replay = try ReplayingTransport(try recorded(), speed: 0, time: time.source)
    let other = await ask(replay, "other")
    #expect(other.error?.kind == .network)
    #expect(other.error?.attempts == 1)
    let digest = try #require(other.error?.message.firstMatch(of: /digest ([0-9a-f]{64})/))
    #expect(!digest.1.isEmpty)
  }

  @Test(arguments: [
    ("", "empty"), ("\n \n", "empty"), ("{}", "line 1"), ("not json", "line 1"),
    (#"{"recording":"wyn360","version":2,"match":"digest"}"#, "version 2"),
    (#"{"recording":"wyn360","version":1,"match":"luck"}"#, "'match'"),
    (#"{"recording":"wyn360","version":1,"match":"order"}"#, "no exchange"),
    ("HEAD\n\n{broken", "line 3 of the recording is not JSON"), ("HEAD\n[]", "line 2 of the recording has no request"),
    ("HEAD\n{\"request\":{\"method\":\"GET\",\"url\":\"u\",\"digest\":\"d\"}}", "line 2 of the recording has neither"),
    ("HEAD\nREQ,\"response\":{},\"end\":\"complete\"}", "without a status"),
    ("HEAD\nREQ,\"response\":{\"status\":200,\"headers\":[[1]]},\"end\":\"complete\"}", "no pair"),
    (
      "HEAD\nREQ,\"response\":{\"status\":200},\"chunks\":[{\"ms\":1,\"base64\":\"?\"}],\"end\":\"complete\"}", "base64"
    ),
    ("HEAD\nREQ,\"response\":{\"status\":200},\"end\":\"maybe\"}", "has neither"),
  ])
  func `a recording that is broken is refused at once, with the line`(recording: String, reason: String) {
    let text = recording.replacing("HEAD", with: #"{"recording":"wyn360","version":1,"match":"order"}"#)
      .replacing("REQ", with: #"{"request":{"method":"GET","url":"u","digest":"d"}"#)
    let failure = #expect(throws: RecordingError.self) {
      try ReplayingTransport(Array(text.utf8), speed: 0, time: time.source)
    }
    #expect(failure?.description.contains(reason) == true)
  }

  @Test(arguments: [(0.0, []), (1.0, [7, 7, 7]), (0.5, [14, 14, 14]), (2.0, [3, 3, 3])])
  func `a replay keeps the recorded pace, or another`(speed: Double, sleeps: [Int]) async throws {
    let recording = try recording(ScriptedTransport(.stream("a", "b", "c"), beforeChunk: { [time] in time.pass(7) }))
    let request = HTTPRequest(method: "GET", url: "http://h.example/")
    _ = try await Self.read(try await recording.send(request))
    let replay = try ReplayingTransport(try recorded(), speed: speed, time: time.source)
    #expect(try await Self.read(try await replay.send(request)).count == 3)
    #expect(time.sleeps == sleeps)
  }

  @Test func `the demo answers any prompt, any number of times, at a readable pace`() async throws {
    let replay = try ReplayingTransport(DemoRecording.bytes, speed: 1, time: time.source)
    for prompt in ["write a script to analyze data.csv", "anything else", "and again"] {
      let (log, message, error) = await ask(replay, prompt, needsKey: false)
      #expect(error == nil)
      #expect(message?.stopReason == "end_turn")
      #expect(message?.content.count == 1)
      #expect(message?.content.first?["text"]?.string == log.text)
      #expect(log.text.contains("```python\n#!/usr/bin/env python3\n"))
      #expect(log.text.contains("import csv"))
      #expect((message?.usage.output ?? 0) > 100)
      #expect(log.batches.count { if case .textDelta = $0.first { true } else { false } } > 20)
    }
    #expect(time.sleeps.dropFirst().prefix(20).allSatisfy { (20...40).contains($0) })
  }
}
