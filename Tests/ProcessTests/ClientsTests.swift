import Foundation
import Protocol
import TestSupport
import Testing

/// What the JSON-RPC clients of editors and languages send, which is not always what the specification says.
@Suite(.ownThread) struct `A client as it is` {
  private func frame(_ text: String, header: String = "Content-Length") -> String {
    "\(header): \(text.utf8.count)\r\n\r\n\(text)"
  }

  /// Emacs' jsonrpc.el, Eglot, LSP4IJ and others send null; vscode-jsonrpc nothing, or `[null]` for a null that is passed;
  /// Neovim `[]` for an empty table; StreamJsonRpc the object in a list.
  @Test(arguments: [
    #","params":null"#, "", #","params":[]"#, #","params":[null]"#, #","params":{}"#, #","params":[{}]"#,
  ])
  func `may write no params in every way there is`(params: String) throws {
    let server = try ServerInMemory(usesHeaders: true)
    try server.send(#"{"jsonrpc":"2.0","id":0,"method":"initialize"\#(params)}"#)
    #expect(try server.receive()["result"]?["protocolVersion"] != nil)
    try server.send(#"{"jsonrpc":"2.0","method":"initialized"\#(params)}"#)
    for method in [
      "server/ping", "server/stats", "session/list", "session/new", "tools/list", "models/list", "shutdown",
    ] {
      try server.send(#"{"jsonrpc":"2.0","id":"\#(method)","method":"\#(method)"\#(params)}"#)
      let answer = try server.receive(upTo: .string(method)).last
      #expect(answer?["result"] != nil, "\(answer?.text ?? "")")
    }
    try server.send(#"{"jsonrpc":"2.0","method":"exit"\#(params)}"#)
    #expect(try server.receiveAll() == [])
    #expect(try server.waitForExit() == 0)
  }

  @Test func `is told what is missing when a method needs params, and that lists are none`() throws {
    let server = try ServerInMemory()
    for params in ["null", "[]", "[null]", "{}"] {
      try server.send(#"{"id":1,"method":"session/get","params":\#(params)}"#)
      #expect(try server.receive()["error"]?["message"] == "params.sessionId: is missing")
    }
    for params in ["[1]", "[{},{}]", "[null,null]", "[[]]"] {
      try server.send(#"{"id":1,"method":"session/get","params":\#(params)}"#)
      #expect(try server.receive()["error"]?["code"] == -32602)
    }
  }

  /// Headers as vscode-jsonrpc, lsp4j, pygls, Eglot and older clients write them, and ids of all kinds.
  @Test func `may write headers and ids in its own way`() throws {
    let server = try ServerInMemory(usesHeaders: true)
    let ids = ["0", "-1", "1.0", "2e0", "\"1\"", "\"\"", "\"8799aaa9-7ba9-4ffe\"", "9007199254740993", "1E400"]
    let headers = [
      "Content-Length: %\r\n\r\n", "content-length: %\r\n\r\n", "CONTENT-LENGTH:%\r\n\r\n",
      "Content-Length: %\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
      "Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: %\r\n\r\n",
      "Content-Type: application/vscode-jsonrpc;charset=UTF-8\r\nX-Other: a:b\r\nContent-Length:  % \r\n\r\n",
      "Content-Length: %\n\n", "\r\nContent-Length: %\r\n\r\n",
    ]
    let hello = #"{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"processId":null,"rootUri":null}}"#
    try server.write("\u{FEFF}" + frame(hello))
    #expect(try server.receive()["id"] == "hello")
    for (number, header) in headers.enumerated() {
      for id in ids {
        let text = #"{"jsonrpc":"2.0","id":\#(id),"method":"server/ping","params":{"payload":["é",\#(number)]}}"#
        try server.write(header.replacing("%", with: "\(text.utf8.count)") + text)
        let answer = try server.receive()
        #expect(
          answer["id"] == (try JSON.parse(id)) && answer["result"]?["payload"] == ["é", .number(JSONNumber(number))])
      }
    }
  }

  @Test(arguments: ["0", "-5", "null", "1e300", "9223372036854775808", "2147483648", "4194305", "3999999"])
  func `may name a process that is none here`(process: String) throws {
    let server = try ServerProcess(usesHeaders: true)
    try server.send(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":\#(process)}}"#)
    #expect(try server.receive()["result"] != nil)
    // Whatever is watched, is watched by the time that the next message is read.
    for number in 2...4 { #expect(try server.call(number, "server/ping")["result"] != nil) }
    _ = try server.call(5, "shutdown")
    try server.closeInput()
    #expect(try server.waitForExit() == 0)
  }

  /// What came back of a tool of the client's that was answered so, after `ID` was replaced.
  private func given(_ replies: [String], usesHeaders: Bool) throws -> (text: String?, isError: Bool, errors: Int) {
    let tool: JSON = ["name": "pick", "description": "d", "inputSchema": ["type": "object"]]
    let bench = try AgentBench(
      capabilities: ["tools": true, "permission": true], usesHeaders: usesHeaders,
      model: AgentModel([.init(.call("pick", [:])), .init(.text("done"))]))
    _ = try bench.ask("tools/register", ["tools": [tool]], inSession: false)
    let number = try bench.start("go")
    let asked = try bench.next { $0["method"] == "tool/call" }
    for reply in replies {
      let text = reply.replacing("ID", with: (asked["id"] ?? .null).text)
      try bench.server.write(usesHeaders ? frame(text) : text + "\n")
    }
    let messages = try bench.messages(upTo: number)
    #expect(messages.last?["result"]?["text"] == "done")
    let result = bench.model.questions[1].results.first
    let flaws = messages.dropLast().count { $0["error"] != nil }
    return (bench.model.questions[1].resultTexts.first, result?["is_error"] == true, flaws)
  }

  @Test(arguments: [
    #"{"jsonrpc":"2.0","id":ID,"result":{"content":"ok"}}"#, #"{"id":ID,"result":{"content":"ok"},"error":null}"#,
    #"{"jsonrpc":"2.0","id":ID,"result":{"content":"ok","isError":null,"more":{}},"method":null,"x":1}"#,
    #"{"jsonrpc":"2.0","id":ID,"method":"tool/call","params":{},"result":{"content":"ok"}}"#,
    #"[{"jsonrpc":"2.0","id":ID,"result":{"content":"ok"}}]"#,
    #"{"jsonrpc":"2.0","id":ID,"result":{"content":"ok","x":"\ud83d"}}"#,
    #"{"jsonrpc":"2.0","result":{"content":"ok","x":"\udc00\ud800"},"id":ID}"#,
  ]) func `answers in its own way, and is understood`(reply: String) throws {
    for usesHeaders in [false, true] {
      let given = try given([reply], usesHeaders: usesHeaders)
      #expect(given.text == "ok" && !given.isError && given.errors == 0)
    }
  }

  @Test(arguments: [
    #"{"jsonrpc":"2.0","id":ID,"error":{"code":-32603,"message":"no"}}"#, #"{"jsonrpc":"2.0","id":ID}"#,
    #"{"jsonrpc":"2.0","id":ID,"result":null,"error":{"code":-32603,"message":"no"}}"#,
    #"{"jsonrpc":"2.0","id":ID,"result":7}"#, #"{"jsonrpc":"2.0","id":ID,"result":null,"error":null}"#,
    #"{"jsonrpc":"2.0","id":ID,"error":"no"}"#, #"{"jsonrpc":"2.0","id":ID,"result":[1]}"#,
    #"{"jsonrpc":"2.0","id":ID,"result":{"content":"ok"}}}"#, #"{"jsonrpc":"2.0","id":ID,"result":{"content":NaN}}"#,
    #"{"result":{"content":"\x"},"jsonrpc":"2.0","id":ID}"#,
  ]) func `answers what cannot be used, and has answered all the same`(reply: String) throws {
    for usesHeaders in [false, true] {
      let given = try given([reply], usesHeaders: usesHeaders)
      #expect(given.isError && given.errors == 0, "\(given.text ?? "")")
    }
  }

  @Test func `answers what nobody asked, or twice, and is not answered`() throws {
    let replies = [
      #"{"jsonrpc":"2.0","id":"other","result":1}"#,
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}"#,
      #"{"jsonrpc":"2.0","id":7,"error":null}"#, #"{"jsonrpc":"2.0","id":ID,"result":{"content":"ok"}}"#,
      #"{"jsonrpc":"2.0","id":ID,"result":{"content":"again"}}"#, #"{"id":ID}"#, #"{"id":ID,"result":nan}"#,
      #"{"id":ID,"method":7,"x":"\ud83d"}"#,
    ]
    let given = try given(replies, usesHeaders: false)
    #expect(given.text == "ok" && given.errors == 0)
  }

  @Test func `is told under its own id that a request holds half a character`() throws {
    let server = try ServerInMemory()
    try server.send(#"{"jsonrpc":"2.0","id":"x","method":"server/ping","params":{"payload":"\ud83d"}}"#)
    let answer = try server.receive()
    #expect(answer["id"] == "x" && answer["error"]?["code"] == -32700)
    try server.send(#"[{"id":1,"method":"server/ping","params":{"payload":"\udc00"}},{"id":2,"method":"server/ping"}]"#)
    #expect(try server.receive().array?.map { $0["id"] } == [1, 2])
    #expect(try server.call(3, "server/ping")["result"] != nil)
  }

  @Test func `gets lines that are lines for Python and Node too`() throws {
    let server = try ServerInMemory()
    let payload = "a\u{2028}b\u{2029}c\u{85}d"
    #expect(try server.call(1, "server/ping", ["payload": .string(payload)])["result"]?["payload"] == .string(payload))
    let output = String(decoding: server.output, as: UTF8.self)
    #expect(output.contains(#"a\u2028b\u2029c\u0085d"#) && !output.contains("\u{2028}"))
  }

  @Test func `may hand over a session whose counts and times are at the end of all numbers`() throws {
    let bench = try AgentBench(model: AgentModel([.init(.text("one")), .init(.text("two"))]))
    _ = try bench.run("a")
    var document = try #require(try bench.ask("session/export")["document"]?.object)
    let most: JSON = .number(JSONNumber(Int.max))
    let usage: JSON = [
      "input": most, "output": most, "cacheRead": most, "cacheWrite": .number(JSONNumber(Int.min)),
      "cacheWriteHour": most,
    ]
    document["usage"] = usage
    document["createdAt"] = .number(JSONNumber(Int.min))
    document["options"] = ["compactAt": most, "maxHistory": most, "maxTokens": most]
    var exchange = try #require(document["exchanges"]?.array?.first?.object)
    exchange["usage"] = usage
    document["exchanges"] = [.object(exchange)]
    let name = try bench.ask("session/import", ["document": .object(document)], inSession: false)["sessionId"]
    let number = try bench.start("b", session: name?.string)
    #expect(try bench.messages(upTo: number).last?["result"]?["text"] == "two")
    let info = try bench.ask("session/get", ["sessionId": name ?? .null], inSession: false)
    #expect(info["usage"]?["input"] == most && info["usage"]?["cacheWrite"] == 0)
    for method in ["session/context", "session/history", "session/export"] {
      _ = try bench.ask(method, ["sessionId": name ?? .null], inSession: false)
    }
  }

  @Test func `hears of its cancel before it hears what that did`() throws {
    for _ in 0..<10 {
      let (begun, goOn) = (Latch(), Latch())
      let bench = try AgentBench(
        model: try AgentModel { _ in
          begun.open()
          goOn.waitBlocking()
          return .init(.text("x"))
        })
      let first = try bench.start("a")
      _ = try bench.start("b", ["runId": "waiting"])
      begun.waitBlocking()
      try bench.request("c", "agent/cancel", ["sessionId": bench.id])
      let messages = try bench.messages(upTo: first)
      goOn.open()
      let ids = messages.filter { $0["method"] == nil }.compactMap { $0["id"] }
      let ends = messages.filter { $0["method"] == "run/completed" }.count
      #expect(ids.first == "c" && ends == 2)
      #expect(
        messages.firstIndex { $0["id"] == "c" } ?? .max < messages.firstIndex { $0["method"] == "run/completed" } ?? 0)
    }
  }
}
