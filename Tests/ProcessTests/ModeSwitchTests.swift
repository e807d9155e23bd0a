import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// One conversation over both modes: the same transcript over each, and from one to the other at any time.
///
/// Both upstreams judge each history as the real ones do, signatures of thinking included.
@Suite(.ownThread) struct `Both modes` {
  /// The environment of a process that can ask either server; the Anthropic API is the default.
  private static func environment(_ anthropic: MessagesServer, _ bedrock: BedrockServer) -> [String: String] {
    bedrock.environment.merging(anthropic.environment) { $1 }.merging(["CLAUDE_CODE_USE_BEDROCK": "0"]) { $1 }
  }

  /// What is the same in both modes: everything but names, times, and what a call cost by whose list.
  private static func masked(_ json: JSON) -> JSON {
    let own: Set = [
      "at", "createdAt", "updatedAt", "sessionId", "runId", "provider", "providerModelId", "requestId", "ttftMs",
      "apiMs",
      "totalMs", "delayMs", "cost", "sessionCost", "hint", "size", "forkedFrom",
    ]
    switch json {
    case .array(let elements): return .array(elements.map(masked))
    case .object(let members):
      return .object(JSONObject(members.filter { !own.contains($0.key) }.map { ($0.key, masked($0.value)) }))
    default: return json
    }
  }

  // MARK: The same transcript

  /// The oracle's streams as their events.
  private static let streams: [(name: String, raw: [UInt8], events: [String])] = {
    guard let url = SharedData.url("anthropic-sse/oracle.json"), let data = try? Data(contentsOf: url),
      let file = try? JSON.parse([UInt8](data), loneSurrogates: .replace)
    else { return [] }
    return (file["streams"]?.array ?? []).compactMap { stream in
      guard let raw = Data(base64Encoded: stream["raw_b64"]?.string ?? "") else { return nil }
      var events: [String] = []
      var parser = ServerSentEvents(eventMax: ProviderLimits.eventMax) { _ in CancellationError() }
      func take(_ name: Span<UInt8>, _ data: Span<UInt8>) {
        var bytes: [UInt8] = []
        for place in data.indices { bytes.append(data[place]) }
        events.append(String(decoding: bytes, as: UTF8.self))
      }
      do {
        try parser.feed([UInt8](raw).span, take)
        try parser.finish(take)
      } catch {
        return nil
      }
      return (stream["name"]?.string ?? "", [UInt8](raw), events)
    }
  }()

  @Test(.enabled(if: SharedData.url("anthropic-sse/oracle.json") != nil, "the shared vectors are not here"))
  func `give the same transcript of the oracle's 29 streams`() throws {
    #expect(Self.streams.count == 29)
    // The first question of a stream's name gets the stream; whatever follows from it gets a plain answer.
    let byName = Dictionary(uniqueKeysWithValues: Self.streams.map { ($0.name, $0) })
    let anthropic = try MessagesServer { prompt, connection in
      guard let stream = byName[prompt] else { return try ModelAnswer("Well.").overSSE(connection) }
      try connection.beginChunks(200, [("content-type", "text/event-stream"), ("request-id", "req_1")])
      try connection.chunk(stream.raw)
      try connection.endChunks()
    }
    let bedrock = try BedrockServer { question, connection in
      guard let stream = byName[question.prompt] else { return try ModelAnswer("Well.").overFrames(connection) }
      try BedrockServer.stream(stream.events, to: connection)
    }
    let server = try ServerInMemory(environment: Self.environment(anthropic, bedrock))
    for (number, stream) in Self.streams.enumerated() {
      var transcripts: [[JSON]] = []
      for (mode, model) in [
        ("anthropic", "claude-3-5-sonnet-20241022"), ("bedrock", "us.anthropic.claude-3-5-sonnet-20241022-v2:0"),
      ] {
        let session = try #require(
          try server.call(1, "session/new", ["provider": .string(mode), "model": .string(model)])["result"]?[
            "sessionId"])
        // What was paused is the service's own tools' and goes on at the Anthropic API only.
        let turns: JSON = stream.name.contains("pause") ? 1 : 3
        let params: JSON = ["sessionId": session, "prompt": .string(stream.name), "maxTurns": turns]
        try server.send(JSON.object(["jsonrpc": "2.0", "id": 2, "method": "agent/run", "params": params]).text)
        var messages = try server.receive(upTo: 2)
        messages.append(try server.call(3, "session/history", ["sessionId": session]))
        // The names of the model are the modes' own; what the stream itself says of it is not.
        let text = messages.map { Self.masked($0).text.replacing("\"\(model)\"", with: "\"model\"") }
        transcripts.append(try text.map { try JSON.parse($0) })
      }
      #expect(transcripts[0].count > 2, "\(stream.name)")
      let pairs = zip(transcripts[0], transcripts[1]).filter { $0 != $1 }.map { ($0.text, $1.text) }
      #expect(pairs.map(\.0) == pairs.map(\.1), "stream \(number): \(stream.name)")
      #expect(transcripts[0].count == transcripts[1].count, "\(stream.name)")
    }
  }

  // MARK: There and back

  /// An answer with all that a history can hold, signed by the model that gives it.
  private static func rich(_ model: String, tool id: String?) -> ModelAnswer {
    var answer = ModelAnswer("I am \(model).")
    answer.thinking = "thought of \(model)"
    answer.signature = ConversationRules.signature(of: model)
    if let id { answer.tool = (id, "search", #"{"q":null}"#) }
    return answer
  }

  /// Two upstreams that think, call a tool, and then say something.
  private static func upstreams() throws -> (MessagesServer, BedrockServer) {
    let anthropic = try MessagesServer.readingBodies { body, connection in
      let wantsTool = body["messages"]?.array?.last?["content"]?.array?.contains { $0["type"] == "tool_result" } != true
      let number = body["messages"]?.array?.count ?? 0
      try rich(body["model"]?.string ?? "", tool: wantsTool ? "toolu_a\(number)" : nil).overSSE(connection)
    }
    let bedrock = try BedrockServer { question, connection in
      let wantsTool = question.messages.last?["content"]?.array?.contains { $0["type"] == "tool_result" } != true
      try rich(question.model, tool: wantsTool ? "toolu_b\(question.messages.count)" : nil).overFrames(connection)
    }
    return (anthropic, bedrock)
  }

  private static let sonnet = "us.anthropic.claude-sonnet-4-20250514-v1:0"

  @Test(arguments: [
    sonnet, "us.anthropic.claude-opus-4-1-20250805-v1:0", "claude-sonnet-4-20250514", "claude-sonnet-4-5",
  ])
  func `take a history with thinking and tools from the other, there and back`(model: String) throws {
    let (anthropic, bedrock) = try Self.upstreams()
    let server = try ServerInMemory(environment: Self.environment(anthropic, bedrock))
    let thinking: JSON = ["type": "enabled", "budgetTokens": 1024]
    let session = try #require(
      try server.call(1, "session/new", ["model": "claude-sonnet-4-20250514", "thinking": thinking])["result"]?[
        "sessionId"])
    func ask(_ prompt: String) throws -> JSON {
      try #require(try server.call(2, "agent/run", ["sessionId": session, "prompt": .string(prompt)])["result"])
    }
    #expect(try ask("one")["turns"] == 2)
    let there = try server.call(
      3, "agent/switchModel", ["sessionId": session, "model": .string(model), "provider": "bedrock"])["result"]
    let id = try #require(there?["current"]?["providerModelId"]?.string)
    #expect(
      there?["previous"] == [
        "model": "claude-sonnet-4-20250514", "provider": "anthropic", "providerModelId": "claude-sonnet-4-20250514",
      ])
    #expect(there?["current"]?["provider"] == "bedrock")
    #expect(there?["effects"]?["cacheLost"] == true)
    // The model is the same at both, then its thinking stays readable.
    #expect(there?["effects"]?["thinkingDropped"]?.bool == (id != Self.sonnet))
    #expect(try ask("two")["text"]?.string == "I am \(id).")
    #expect(try ask("three")["model"]?["provider"] == "bedrock")
    let back = try server.call(
      4, "agent/switchModel", ["sessionId": session, "model": "claude-sonnet-4-20250514", "provider": "anthropic"])
    #expect(back["result"]?["current"]?["provider"] == "anthropic")
    #expect(try ask("four")["text"] == "I am claude-sonnet-4-20250514.")
    #expect(anthropic.flaws == [] && bedrock.flaws == [])

    // Each was sent all of the thinking, and all else.
    let sentBack = try #require(anthropic.conversations.last)
    let thoughts = sentBack.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["thinking"]?.string }
    let ours = "thought of claude-sonnet-4-20250514"
    #expect(thoughts.filter { $0 == ours }.count == 3)
    // What cannot be read is left out by the service, and read again by the model that can.
    #expect(thoughts.contains("thought of \(id)"))
    let texts = sentBack.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["text"]?.string }
    #expect(["one", "two", "three", "four", "I am \(id)."].allSatisfy(texts.contains))
    #expect(sentBack.flatMap { $0["content"]?.array ?? [] }.count { $0["type"] == "tool_use" } == 4)
  }

  @Test func `refuse nothing of what the other's own tools left behind`() throws {
    let block = #"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}}"#
    let result =
      #"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://x.example","title":"X","encrypted_content":"abc"}]}"#
    let start = ModelAnswer("").events[0]
    let events = [
      start, #"{"type":"content_block_start","index":0,"content_block":\#(block)}"#,
      #"{"type":"content_block_stop","index":0}"#,
      #"{"type":"content_block_start","index":1,"content_block":\#(result)}"#,
      #"{"type":"content_block_stop","index":1}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#,
      #"{"type":"message_stop"}"#,
    ]
    let anthropic = try MessagesServer { prompt, connection in
      guard prompt == "search" else { return try ModelAnswer("Fine.").overSSE(connection) }
      try MessagesServer.stream(events.map(MessagesServer.event), to: connection)
    }
    let bedrock = try BedrockServer { _, connection in try ModelAnswer("Fine.").overFrames(connection) }
    let server = try ServerInMemory(environment: Self.environment(anthropic, bedrock))
    let session = try #require(try server.call(1, "session/new")["result"]?["sessionId"])
    _ = try server.call(2, "agent/run", ["sessionId": session, "prompt": "search"])
    _ = try server.call(3, "session/setOptions", ["sessionId": session, "options": ["provider": "bedrock"]])
    #expect(try server.call(4, "agent/run", ["sessionId": session, "prompt": "go on"])["result"]?["text"] == "Fine.")
    _ = try server.call(5, "session/setOptions", ["sessionId": session, "options": ["provider": "anthropic"]])
    #expect(try server.call(6, "agent/run", ["sessionId": session, "prompt": "go on"])["result"]?["text"] == "Fine.")
    let types = anthropic.conversations.last?.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["type"]?.string }
    #expect(types?.contains("web_search_tool_result") == true)
    #expect(anthropic.flaws == [] && bedrock.flaws == [])
  }

  // MARK: While a run goes on

  @Test func `are changed under a run that goes on, from its next call on`() throws {
    // Each call says what it thinks, and no more until it may.
    let mayGoOn = [Latch(), Latch(), Latch()]
    defer { for latch in mayGoOn { latch.open() } }
    let anthropic = try MessagesServer.readingBodies { body, connection in
      let model = body["model"]?.string ?? ""
      let step = model == "claude-sonnet-4-20250514" ? 0 : 1
      let isFirst = body["messages"]?.array?.count == (step == 0 ? 1 : 3)
      let events = Self.rich(model, tool: isFirst ? "toolu_\(step)" : nil).events.map(MessagesServer.event)
      try connection.beginChunks(200, [("content-type", "text/event-stream")])
      for event in events.prefix(3) { try connection.chunk(event) }
      mayGoOn[step].waitBlocking()
      for event in events.dropFirst(3) { try connection.chunk(event) }
      try connection.endChunks()
    }
    let bedrock = try BedrockServer { question, connection in
      let frames = Self.rich(question.model, tool: nil).events.map { EventStreamFrames.chunk($0) }
      try BedrockServer.beginStream(connection)
      for frame in frames.prefix(3) { try connection.chunk(frame) }
      mayGoOn[2].waitBlocking()
      for frame in frames.dropFirst(3) { try connection.chunk(frame) }
      try connection.endChunks()
    }
    let server = try ServerInMemory(environment: Self.environment(anthropic, bedrock))
    func hearThinking() throws {
      while true {
        let message = try server.receive()
        if message["params"]?["type"] == "thinkingDelta" { return }
        guard message["method"] != "run/completed" else {
          throw Client.Failure(description: "\(message.text) \(anthropic.flaws) \(bedrock.flaws)")
        }
      }
    }
    let session = try #require(
      try server.call(1, "session/new", ["model": "claude-sonnet-4-20250514"])["result"]?["sessionId"])
    let params: JSON = ["sessionId": session, "prompt": "go", "thinking": ["type": "enabled", "budgetTokens": 1024]]
    try server.send(JSON.object(["jsonrpc": "2.0", "id": 2, "method": "agent/run", "params": params]).text)
    try hearThinking()
    _ = try server.call(3, "agent/switchModel", ["sessionId": session, "model": "claude-opus-4-1"])
    mayGoOn[0].open()
    try hearThinking()
    let second = try server.call(
      4, "agent/switchModel", ["sessionId": session, "model": "claude-opus-4-1", "provider": "bedrock"])
    let opus = "us.anthropic.claude-opus-4-1-20250805-v1:0"
    #expect(second["result"]?["current"]?["providerModelId"]?.string == opus)
    mayGoOn[1].open()
    try hearThinking()
    mayGoOn[2].open()
    let messages = try server.receive(upTo: 2)
    let result = messages.last?["result"]
    #expect(result?["turns"] == 3)
    #expect(result?["text"]?.string == "I am \(opus).")
    #expect(result?["model"]?["provider"] == "bedrock")
    #expect(result?["model"]?["providerModelId"]?.string == opus)
    let changes = try #require(
      try server.call(5, "session/events", ["sessionId": session, "after": 0])["result"]?["events"]?.array
    ).filter { $0["params"]?["type"] == "modelChanged" }.map { $0["params"] }
    #expect(changes.map { $0?["model"]?.string } == ["claude-opus-4-1", opus])
    #expect(changes.map { $0?["provider"]?.string } == ["anthropic", "bedrock"])
    // Each later model may read what this run left in the history.
    for (model, provider) in [
      (opus, "bedrock"), ("claude-opus-4-1", "anthropic"), ("claude-sonnet-4-20250514", "anthropic"),
    ] {
      _ = try server.call(
        6, "agent/switchModel", ["sessionId": session, "model": .string(model), "provider": .string(provider)])
      let answer = try server.call(7, "agent/run", ["sessionId": session, "prompt": "and then?"])
      #expect(answer["result"]?["stopReason"] == "endTurn")
    }
    #expect(anthropic.flaws == [] && bedrock.flaws == [])
  }

  @Test func `are changed for all sessions that name no model`() throws {
    let (anthropic, bedrock) = try Self.upstreams()
    let server = try ServerInMemory(environment: Self.environment(anthropic, bedrock))
    let old = try #require(try server.call(1, "session/new")["result"]?["sessionId"])
    let own = try #require(
      try server.call(2, "session/new", ["model": "claude-opus-4-1", "provider": "anthropic"])["result"]?["sessionId"])
    let switched = try server.call(3, "agent/switchModel", ["model": "haiku", "provider": "bedrock"])["result"]
    #expect(switched?["current"]?["providerModelId"] == "us.anthropic.claude-haiku-5-5")
    #expect(switched?["effects"]?["priceChange"]?["to"]?["input"]?.double == 0.11)
    let new = try #require(try server.call(4, "session/new")["result"])
    #expect(new["model"] == "haiku" && new["provider"] == "bedrock")
    _ = try server.call(5, "agent/run", ["sessionId": try #require(new["sessionId"]), "prompt": "x"])
    #expect(bedrock.questions.last?.model == "us.anthropic.claude-haiku-5-5")
    _ = try server.call(6, "agent/run", ["sessionId": own, "prompt": "x"])
    #expect(anthropic.conversations.count == 2)
    #expect(try server.call(7, "session/get", ["sessionId": old])["result"]?["model"] == "haiku")
    #expect(try server.call(11, "auth/status")["result"]?["active"] == "bedrock")
    #expect(try server.call(12, "session/get", ["sessionId": own])["result"]?["provider"] == "anthropic")
    let unknown = try server.call(8, "agent/switchModel", ["model": "claude-sonet-4-5", "sessionId": old])["result"]
    #expect(unknown?["notice"]?.string?.contains("did you mean 'claude-sonnet-4-5'?") == true)
    #expect(try server.call(9, "agent/switchModel", ["model": "two words"])["error"]?["code"] == -32602)
    #expect(try server.call(10, "agent/switchModel", ["model": "x", "sessionId": "no"])["error"]?["code"] == -32803)
  }
}
