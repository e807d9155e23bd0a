import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A tool of the client's` {
  private static let tool: JSON = [
    "name": "open_editor", "description": "Shows a file.",
    "inputSchema": ["type": "object", "properties": ["path": ["type": "string"]], "required": ["path"]],
  ]
  private static let call = AgentModel.Turn(.call("open_editor", ["path": "a.txt"]))

  private func bench(_ turns: [AgentModel.Turn], options: JSONObject = [:]) throws -> AgentBench {
    let bench = try AgentBench(capabilities: ["tools": true], options: options, model: AgentModel(turns))
    _ = try bench.ask("tools/register", ["tools": [Self.tool]], inSession: false)
    return bench
  }

  @Test func `is offered, called, and its answer given to the model as it is`() throws {
    let bench = try bench([Self.call, .init(.text("done"))])
    let (messages, _) = try bench.run("open") { method, params in
      #expect(method == "tool/call")
      #expect(params["name"] == "open_editor")
      #expect(params["input"] == ["path": "a.txt"])
      #expect(params["sessionId"] == bench.id)
      return [
        "content": [
          ["type": "text", "text": "It is open."],
          ["type": "image", "mimeType": "image/png", "data": .string(Picture.png)],
        ]
      ]
    }
    let offered = bench.model.questions[0].body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(offered.contains("open_editor"))
    #expect(offered.contains("read_file"))
    let content = bench.model.questions[1].results.first?["content"]?.array
    #expect(content?.first == ["type": "text", "text": "It is open."])
    #expect(content?.last?["source"] == ["type": "base64", "media_type": "image/png", "data": .string(Picture.png)])
    #expect(messages.events("toolResult").first?["name"] == "open_editor")
    #expect(messages.events("toolResult").first?["isError"] == false)
  }

  /// What MCP's tools give, and what of it the model is shown.
  private static let contents: [(JSON, JSON)] = [
    (["type": "text", "text": "words"], ["type": "text", "text": "words"]),
    (
      ["type": "resource", "resource": ["uri": "file:///a.txt", "mimeType": "text/plain", "text": "inside"]],
      ["type": "text", "text": "file:///a.txt:\ninside"]
    ),
    (
      ["type": "resource", "resource": ["uri": "file:///b", "blob": "aW5zaWRl"]],
      ["type": "text", "text": "file:///b:\ninside"]
    ),
    (
      ["type": "resource", "resource": ["uri": "file:///c.png", "blob": .string(Picture.png)]],
      ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(Picture.png)]]
    ),
    (
      ["type": "resource_link", "uri": "file:///d", "name": "d", "description": "about it", "mimeType": "text/x"],
      ["type": "text", "text": "[d](file:///d) (about it, text/x)"]
    ),
    (
      ["type": "audio", "data": "AAAA", "mimeType": "audio/wav"],
      ["type": "text", "text": "[a sound (audio/wav) of 4 bytes of Base64 was left out: the model cannot hear it]"]
    ),
    (
      ["type": "resource", "resource": ["uri": "file:///e", "blob": "/wD/"]],
      [
        "type": "text",
        "text": "[file:///e was left out: its bytes are no image, PDF or UTF-8 text, which are all that models read]",
      ]
    ),
    (
      ["type": "resource", "resource": ["uri": "u"]],
      ["type": "text", "text": #"{"type":"resource","resource":{"uri":"u"}}"#]
    ),
    (["type": "new", "x": 1], ["type": "text", "text": #"{"type":"new","x":1}"#]),
  ]

  @Test func `may give all that tools of MCP give`() throws {
    let bench = try bench([Self.call, Self.call, .init(.text("done"))])
    var calls = 0
    _ = try bench.run("open") { _, _ in
      calls += 1
      guard calls == 1 else { return ["structuredContent": ["answer": 42]] }
      return ["content": .array(Self.contents.map(\.0)), "structuredContent": ["not": "twice"]]
    }
    #expect(bench.model.questions[1].results.first?["content"]?.array == Self.contents.map(\.1))
    #expect(bench.model.questions[2].resultTexts.last == #"{"answer":42}"#)
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: [["content": "no such file", "isError": true], ["nonsense": 1], [:]] as [JSON])
  func `may fail, or answer what is no answer, and the model hears of it`(reply: JSON) throws {
    let bench = try bench([Self.call, .init(.text("done"))])
    let (_, result) = try bench.run("open") { _, _ in reply }
    #expect(result["stopReason"] == "endTurn")
    #expect(bench.model.questions[1].results.first?["is_error"] == true)
    #expect(bench.model.flaws == [])
  }

  @Test func `that answers with an error is told of to the model`() throws {
    let bench = try bench([Self.call, .init(.text("done"))])
    let number = try bench.start("open")
    let asked = try bench.next { $0["method"] == "tool/call" }
    try bench.server.send(
      (["jsonrpc": "2.0", "id": asked["id"] ?? .null, "error": ["code": -32603, "message": "no window"]] as JSON).text)
    #expect(try bench.messages(upTo: number).last?["result"]?["stopReason"] == "endTurn")
    #expect(bench.model.questions[1].resultTexts.first?.contains("no window") == true)
  }

  @Test func `is not called with an input that does not fit its schema`() throws {
    let bench = try bench([.init(.call("open_editor", ["file": "a.txt"])), .init(.text("done"))])
    let (messages, _) = try bench.run("open")
    #expect(messages.params(of: "tool/call").isEmpty)
    #expect(bench.model.questions[1].resultTexts.first?.contains("schema") == true)
  }

  @Test func `that is taken back while a run goes on is not called any more`() throws {
    let bench = try bench([Self.call, Self.call, .init(.text("done"))])
    let number = try bench.start("open")
    let asked = try bench.next { $0["method"] == "tool/call" }
    try bench.request("u", "tools/unregister", ["names": ["open_editor"]])
    _ = try bench.next { $0["id"] == "u" }
    try bench.reply(to: asked, ["content": "It is open."])
    let messages = try bench.messages(upTo: number)
    #expect(messages.params(of: "tool/call").isEmpty)
    #expect(messages.last?["result"]?["stopReason"] == "endTurn")
    #expect(bench.model.questions[1].resultTexts == ["It is open."])
    #expect(bench.model.questions[2].resultTexts.first?.contains("no tool") == true)
    #expect(bench.model.flaws == [])
  }

  @Test func `that a session does not want is neither offered nor called`() throws {
    let bench = try bench([Self.call, .init(.text("done"))], options: ["tools": ["read_file"]])
    let (messages, _) = try bench.run("open") { _, _ in ["content": "It is open."] }
    #expect(bench.model.questions[0].body["tools"]?.array?.map { $0["name"] } == ["read_file"])
    #expect(messages.params(of: "tool/call").isEmpty)
    #expect(bench.model.questions[1].results.first?["is_error"] == true)
  }

  @Test func `is called off when its run is cancelled`() throws {
    let bench = try bench([Self.call])
    let number = try bench.start("open")
    let asked = try bench.next { $0["method"] == "tool/call" }
    try bench.request("c", "agent/cancel", ["sessionId": bench.id])
    let messages = try bench.messages(upTo: number)
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
    #expect(messages.params(of: "$/cancelRequest").map { $0["id"] } == [asked["id"]])
  }
}
