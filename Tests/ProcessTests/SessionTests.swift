import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A session` {
  private func model() throws -> MessagesServer {
    try MessagesServer { prompt, connection in
      try MessagesServer.stream(MessagesServer.answer(["answer to \(prompt)"]), to: connection)
    }
  }

  private func say(_ text: String, in session: JSON, _ id: Int, _ server: Client) throws -> JSON {
    try #require(try server.call(id, "agent/run", ["prompt": .string(text), "sessionId": session])["result"])
  }

  @Test func `can be forked, rewound, renamed, listed, set up anew and closed`() throws {
    let model = try model()
    let server = try ServerInMemory(environment: model.environment)
    let session = try #require(
      try server.call(1, "session/new", ["title": " One ", "system": "Be brief."])["result"]?["sessionId"])
    let first = try say("a", in: session, 2, server)
    _ = try say("b", in: session, 3, server)

    let fork = try #require(
      try server.call(4, "session/fork", ["sessionId": session, "exchanges": 1, "title": "Two"])["result"])
    #expect(fork["exchanges"] == 1 && fork["forkedFrom"] == session && fork["title"] == "Two")
    _ = try say("c", in: try #require(fork["sessionId"]), 5, server)
    #expect(model.conversations.last?.count == 3)

    #expect(try server.call(6, "session/rewind", ["sessionId": session, "exchanges": 9])["error"]?["code"] == -32602)
    #expect(try server.call(7, "session/rewind", ["sessionId": session])["error"]?["code"] == -32602)
    let back = try server.call(8, "session/rewind", ["sessionId": session, "runId": try #require(first["runId"])])
    #expect(back["result"]?["exchanges"] == 0)
    _ = try say("d", in: session, 9, server)
    #expect(model.conversations.last?.count == 1)

    try server.send(
      #"{"jsonrpc":"2.0","id":10,"method":"session/rename","params":{"sessionId":\#(session.text),"title":" New "}}"#)
    let renamed = try server.receive(upTo: 10)
    #expect(renamed.map { $0["method"]?.string } == ["session/updated", nil])
    #expect(renamed.last?["result"] == ["title": "New"])
    #expect(try server.call(11, "session/rename", ["sessionId": session, "title": "  "])["error"]?["code"] == -32602)

    let changed = try server.call(
      12, "session/setOptions", ["sessionId": session, "options": ["model": "other", "maxHistory": 0]])
    #expect(changed["result"]?["model"] == "other" && changed["result"]?["title"] == "New")
    _ = try say("e", in: session, 13, server)
    #expect(model.conversations.last?.count == 1)

    let page = try server.call(14, "session/list", ["limit": 1])["result"]
    #expect(page?["sessions"]?.array?.first?["sessionId"] == session)
    let rest = try server.call(15, "session/list", ["cursor": try #require(page?["nextCursor"])])["result"]
    #expect(rest?["sessions"]?.array?.count == 1 && rest?["nextCursor"] == nil)

    #expect(try server.call(16, "session/close", ["sessionId": session])["result"] == .null)
    #expect(try server.call(17, "session/get", ["sessionId": session])["error"]?["data"]?["kind"] == "sessionNotFound")
    #expect(model.flaws == [])
  }

  @Test func `goes on in another process after export and import`() throws {
    let model = try model()
    let old = try ServerProcess(environment: model.environment)
    let session = try #require(try old.call(1, "session/new", ["title": "Kept"])["result"]?["sessionId"])
    _ = try say("before", in: session, 2, old)
    let document = try #require(try old.call(3, "session/export", ["sessionId": session])["result"]?["document"])
    let new = try ServerProcess(environment: model.environment)
    let imported = try new.call(1, "session/import", ["document": document])["result"]
    #expect(imported?["sessionId"] == session && imported?["title"] == "Kept" && imported?["exchanges"] == 1)
    #expect(try say("after", in: session, 2, new)["text"] == "answer to after")
    #expect(model.conversations.last?.count == 3)
    #expect(try new.call(3, "session/import", ["document": document])["result"]?["sessionId"] != session)
    var broken = try #require(document.object)
    broken["version"] = 99
    #expect(try new.call(4, "session/import", ["document": .object(broken)])["error"]?["code"] == -32602)
    #expect(model.flaws == [])
  }

  @Test func `is recorded without secrets, and replayed without network or key`() throws {
    let model = try model()
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("wyn360-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    var environment = model.environment
    environment["ANTHROPIC_CUSTOM_HEADERS"] = "X-Gateway: canary-2c9d-gateway"
    let live = try ServerProcess(["--record", file.path, "--log", "debug"], environment: environment)
    let request = #"{"id":1,"method":"agent/run","params":{"prompt":"hello"}}"#
    try live.send(request)
    try live.closeInput()
    let said = try #require(try live.receiveAll().last?["result"]?["text"])
    #expect(try live.waitForExit() == 0)
    let recording = try String(contentsOf: file, encoding: .utf8)
    #expect(recording.contains("message_stop"))
    for text in [recording, live.errors, String(decoding: live.output, as: UTF8.self)] {
      #expect(!text.contains("canary"))
    }
    let asked = model.server.requests.count
    let replayed = try ServerProcess(["--replay", file.path])
    try replayed.send(request)
    #expect(try replayed.receive(upTo: 1).last?["result"]?["text"] == said)
    try replayed.send(#"{"id":2,"method":"agent/run","params":{"prompt":"something else"}}"#)
    #expect(try replayed.receive(upTo: 2).last?["error"]?["code"] == -32803)
    #expect(model.server.requests.count == asked)
  }
}
