import Foundation
import Protocol
import Synchronization
import TestSupport
import Testing

/// The texts of a run's deltas, in the order in which they came.
private func text(of messages: [JSON], type: String = "textDelta") -> String {
  messages.filter { $0["params"]?["type"]?.string == type }.compactMap { $0["params"]?["text"]?.string }.joined()
}

private func run(_ id: Int, _ prompt: String, session: String? = nil, _ more: JSONObject = [:]) -> String {
  var params = more
  params["prompt"] = .string(prompt)
  params["sessionId"] = session.map(JSON.string)
  return JSON.object([
    "jsonrpc": "2.0", "id": .number(JSONNumber(id)), "method": "agent/run", "params": .object(params),
  ])
  .text
}

@Suite(.ownThread) struct `A run` {
  @Test(arguments: [false, true]) func `streams twenty thousand deltas, complete and in order`(usesHeaders: Bool) throws
  {
    let pieces = (0..<20_000).map { "\($0) é\n" }
    let events = MessagesServer.answer(pieces)
    let model = try MessagesServer { _, connection in
      try connection.beginChunks(200, [("content-type", "text/event-stream")])
      for start in stride(from: 0, to: events.count, by: 100) {
        try connection.chunk(events[start..<min(start + 100, events.count)].joined())
      }
      try connection.endChunks()
    }
    let server = try ServerInMemory(environment: model.environment, usesHeaders: usesHeaders)
    _ = try server.call(1, "initialize")
    try server.send(run(2, "count"))
    let messages = try server.receive(upTo: 2)
    let result = try #require(messages.last?["result"])
    #expect(text(of: messages) == pieces.joined())
    #expect(result["text"]?.string == pieces.joined())
    #expect(text(of: messages, type: "thinkingDelta") == "hm")
    #expect(messages.compactMap { $0["params"]?["seq"]?.int } == Array(1..<messages.count))
    #expect(result["stopReason"] == "endTurn")
    #expect(
      result["usage"]?["run"] == ["input": 25, "output": 15, "cacheRead": 0, "cacheWrite": 0, "cacheWriteHour": 0])
  }

  @Test func `loses nothing for a client that does not read, and pauses its provider`() throws {
    // More than the kernel takes for a connection whose reader has paused: 32 MiB where it is generous.
    let pieces = (0..<10_000).map { "\($0) " + String(repeating: "abcdefghijklmno ", count: 256) }
    let whole = pieces.joined()
    let isBlocked = Latch()
    let model = try MessagesServer { _, connection in
      try connection.beginChunks(200, [("content-type", "text/event-stream")])
      for event in MessagesServer.answer(pieces) {
        try connection.write(Array("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n".utf8)) { isBlocked.open() }
      }
      try connection.endChunks()
    }
    let server = try ServerProcess(environment: model.environment)
    try server.send(run(1, "count"))
    isBlocked.waitBlocking()
    #expect(server.peakMemory < 64 << 20)
    let messages = try server.receive(upTo: 1)
    #expect(text(of: messages) == whole)
    // All of it was told; of an answer's text its beginning is kept.
    let kept = try #require(messages.last?["result"]?["text"]?.string)
    #expect(whole.hasPrefix(kept) && kept.utf8.count == 8 << 20)
    #expect(messages.compactMap { $0["params"]?["seq"]?.int } == Array(1..<messages.count))
    #expect(messages.count < pieces.count)
    let session = try #require(messages.last?["result"]?["sessionId"])
    let last = messages.count - 1
    let again = try server.call(2, "session/events", ["sessionId": session, "after": .number(JSONNumber(last - 100))])
    #expect(again["result"]?["events"]?.array == messages.dropLast().suffix(100))
  }

  /// Cancels after the model has said so many of its events, by either means, and looks at all that follows.
  @Test(arguments: 0..<11) func `may be cancelled at any point, and the session goes on`(said: Int) throws {
    let reached = Mutex(Latch())
    let model = try MessagesServer { prompt, connection in
      guard prompt == "stop" else { return try MessagesServer.stream(MessagesServer.answer(["fine"]), to: connection) }
      if said > 0 {
        try connection.beginChunks(200, [("content-type", "text/event-stream")])
        for event in MessagesServer.answer(["one ", "two"]).prefix(said) { try connection.chunk(event) }
      }
      reached.withLock { $0 }.open()
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let server = try ServerInMemory(environment: model.environment)
    let session = try #require(try server.call(1, "session/new")["result"]?["sessionId"]?.string)
    for round in 1...20 {
      let latch = Latch()
      reached.withLock { $0 = latch }
      let (runID, nextID) = (round * 10, round * 10 + 1)
      try server.send(run(runID, "stop", session: session))
      latch.waitBlocking()
      let byRequest = round.isMultiple(of: 2)
      let cancel =
        byRequest
        ? #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(runID)}}"#
        : #"{"jsonrpc":"2.0","id":"c","method":"agent/cancel","params":{"sessionId":"\#(session)"}}"#
      try server.send(cancel)
      let messages = try server.receive(upTo: .number(JSONNumber(runID)))
      let answer = try #require(messages.last)
      if byRequest {
        #expect(answer["error"]?["code"] == -32800)
      } else {
        #expect(answer["result"]?["stopReason"] == "cancelled")
        #expect("one two".hasPrefix(answer["result"]?["text"]?.string ?? "?"))
      }
      #expect(messages.filter { $0["method"] == "run/completed" }.count == 1)
      let events = messages.filter { $0["params"]?["seq"] != nil }
      #expect(events.last?["method"] == "run/completed")
      try server.send(run(nextID, "go on", session: session))
      let next = try server.receive(upTo: .number(JSONNumber(nextID)))
      #expect(next.last?["result"]?["text"] == "fine")
      #expect(Set(next.compactMap { $0["params"]?["runId"]?.string }).count == 1)
    }
    #expect(model.flaws == [])
  }

  @Test func `waits for its session, or is refused, or joins the run that goes on`() throws {
    let mayGoOn = Latch()
    let isAsked = Latch()
    let model = try MessagesServer { prompt, connection in
      if prompt == "first" {
        isAsked.open()
        mayGoOn.waitBlocking()
      }
      try MessagesServer.stream(MessagesServer.answer(["answer to \(prompt)"]), to: connection)
    }
    let server = try ServerInMemory(environment: model.environment)
    let session = try #require(try server.call(1, "session/new")["result"]?["sessionId"]?.string)
    try server.send(run(2, "first", session: session, ["runId": "r1"]))
    isAsked.waitBlocking()
    try server.send(run(3, "second", session: session, ["runId": "r2"]))
    let refusal = try server.call(4, "agent/run", ["prompt": "x", "sessionId": .string(session), "whenBusy": "reject"])
    #expect(refusal["error"]?["data"]?["kind"] == "sessionBusy")
    let steer = try server.call(
      5, "agent/steer", ["sessionId": .string(session), "expectedRunId": "r1", "prompt": "also this"])
    #expect(steer["result"] == ["outcome": "injected", "runId": "r1"])
    let late = try server.call(6, "agent/steer", ["sessionId": .string(session), "expectedRunId": "no", "prompt": "x"])
    #expect(late["result"] == ["outcome": "noActiveRun"])
    #expect(
      try server.call(7, "session/export", ["sessionId": .string(session)])["error"]?["data"]?["kind"] == "sessionBusy")
    mayGoOn.open()
    let first = try server.receive(upTo: 2).last
    #expect(first?["result"]?["text"] == "answer to also this")
    #expect(first?["result"]?["turns"] == 2)
    #expect(try server.receive(upTo: 3).last?["result"]?["text"] == "answer to second")
    // The same name again gets the same answer, and asks nobody.
    let asked = model.server.requests.count
    try server.send(run(8, "whatever", session: session, ["runId": "r1"]))
    #expect(try server.receive(upTo: 8).last?["result"] == first?["result"])
    #expect(try server.call(9, "agent/wait", ["runId": "r2"])["result"]?["text"] == "answer to second")
    #expect(model.server.requests.count == asked)
    #expect(model.flaws == [])
  }

  @Test func `that is detached answers at once, and can be waited for and cancelled`() throws {
    let model = try MessagesServer { _, connection in
      connection.waitForPeerClose()
      throw LoopbackError.closed
    }
    let server = try ServerInMemory(environment: model.environment)
    let started = try server.call(1, "agent/run", ["prompt": "x", "runId": "r", "detach": true])["result"]
    let session = try #require(started?["sessionId"])
    #expect(started == ["runId": "r", "sessionId": session])
    try server.send(#"{"jsonrpc":"2.0","id":2,"method":"agent/wait","params":{"runId":"r"}}"#)
    try server.send(#"{"jsonrpc":"2.0","id":3,"method":"agent/wait","params":{"runId":"r"}}"#)
    try server.send(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":3}}"#)
    #expect(try server.receive(upTo: 3).last?["error"]?["code"] == -32800)
    #expect(try server.call(4, "session/get", ["sessionId": session])["result"]?["activeRunId"] == "r")
    try server.send(#"{"jsonrpc":"2.0","id":5,"method":"agent/cancel","params":{"sessionId":\#(session.text)}}"#)
    #expect(try server.receive(upTo: 2).last?["result"]?["stopReason"] == "cancelled")
  }

  @Test func `gives a value when a schema asks for one, and lets the model mend it once`() throws {
    let model = try MessagesServer { prompt, connection in
      let isComplaint = prompt.contains("does not follow")
      let text = isComplaint || prompt == "good" ? "```json\n{\"n\": 2}\n```" : "It is two."
      try MessagesServer.stream(MessagesServer.answer([prompt == "never" ? "no" : text]), to: connection)
    }
    let server = try ServerInMemory(environment: model.environment)
    let schema: JSON = ["type": "object", "required": ["n"], "properties": ["n": ["type": "integer"]]]
    let good = try server.call(1, "agent/run", ["prompt": "good", "outputSchema": schema])["result"]
    #expect(good?["output"] == ["n": 2])
    #expect(good?["turns"] == 1)
    let mended = try server.call(2, "agent/run", ["prompt": "bad", "outputSchema": schema])["result"]
    #expect(mended?["output"] == ["n": 2])
    #expect(mended?["turns"] == 2)
  }

  @Test func `that fails says what, which and what to do, and leaves no trace in history`() throws {
    let model = try MessagesServer { prompt, connection in
      guard prompt == "good" else {
        let error =
          #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_7"}"#
        return try connection.reply(401, [("content-type", "application/json")], body: Array(error.utf8))
      }
      try MessagesServer.stream(MessagesServer.answer(["fine"]), to: connection)
    }
    let server = try ServerInMemory(environment: model.environment)
    let session = try #require(try server.call(1, "session/new")["result"]?["sessionId"])
    let error = try server.call(2, "agent/run", ["prompt": "bad", "sessionId": session])["error"]
    #expect(error?["code"] == -32803)
    #expect(error?["data"]?["kind"] == "authRequired" || error?["data"]?["kind"] == "accessDenied")
    #expect(error?["data"]?["httpStatus"] == 401)
    #expect(error?["data"]?["requestId"] == "req_7")
    #expect(error?["data"]?["hint"]?.string?.isEmpty == false)
    #expect(try server.call(3, "session/history", ["sessionId": session])["result"]?["total"] == 0)
    #expect(try server.call(4, "agent/run", ["prompt": "good", "sessionId": session])["result"]?["text"] == "fine")
    #expect(!String(decoding: server.output, as: UTF8.self).contains("canary"))
  }
}
