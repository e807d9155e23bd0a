import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `Over a pipe, the server` {
  private func ping(_ id: JSON) -> String { JSON.object(["jsonrpc": "2.0", "id": id, "method": "server/ping"]).text }

  @Test(arguments: [false, true]) func `answers in the framing of the request`(usesHeaders: Bool) throws {
    let server = try ServerProcess(usesHeaders: usesHeaders)
    let answer = try server.call(1, "initialize")
    #expect(answer["result"]?["serverInfo"]?["name"] == "wyn360")
    #expect(try server.call(2, "server/ping", ["payload": ["a", 1.5]])["result"]?["payload"] == ["a", 1.5])
    #expect(server.errors == "")
  }

  @Test func `answers a thousand pings and a hundred unknown methods, each once`() throws {
    let server = try ServerProcess()
    var lines = ""
    for number in 1...1_000 { lines += ping(.number(JSONNumber(number))) + "\n" }
    for number in 1_001...1_100 { lines += #"{"jsonrpc":"2.0","id":\#(number),"method":"server/pong"}"# + "\n" }
    try server.write(lines)
    try server.closeInput()
    let answers = try server.receiveAll()
    #expect(answers.compactMap { $0["id"]?.int } == Array(1...1_100))
    #expect(answers.prefix(1_000).allSatisfy { $0["result"] != nil })
    #expect(answers.dropFirst(1_000).allSatisfy { $0["error"]?["code"] == -32601 })
    #expect(answers.last?["error"]?["message"]?.string?.contains("did you mean 'server/ping'?") == true)
    #expect(try server.waitForExit() == 0)
  }

  @Test func `gives ids back byte for byte`() throws {
    let server = try ServerProcess()
    for id in ["1.0", "12345678901234567890", "\"1\"", "-0", "1E2", "\"\""] {
      try server.write(#"{"jsonrpc":"2.0","id":\#(id),"method":"server/ping"}"# + "\n")
    }
    try server.closeInput()
    let output = try server.readToEnd()
    for id in ["1.0", "12345678901234567890", "\"1\"", "-0", "1E2", "\"\""] {
      #expect(output.contains("\"id\":\(id),"))
    }
  }

  @Test func `answers batches as the specification of JSON-RPC has them`() throws {
    let server = try ServerProcess()
    try server.send(
      #"[{"jsonrpc":"2.0","id":1,"method":"server/ping"},1,{"jsonrpc":"2.0","method":"initialized"},{"jsonrpc":"2.0","id":"2","method":"no/such"},{"foo":"boo"}]"#
    )
    let answers = try #require(try server.receive().array)
    #expect(answers.map { $0["id"] ?? .null } == [1, .null, "2", .null])
    #expect(answers.map { $0["error"]?["code"]?.int } == [nil, -32600, -32601, -32600])
    try server.send("[]")
    #expect(try server.receive()["error"]?["code"] == -32600)
    try server.send(#"[{"jsonrpc":"2.0","method":"initialized"}]"#)
    try server.send(#"[1,2,3]"#)
    #expect(try server.receive().array?.count == 3)
    try server.send(#"[{"jsonrpc":"2.0","id":9,"method":"server/ping"}]"#)
    #expect(try server.receive().array?.first?["id"] == 9)
  }

  @Test(arguments: [
    "garbage", "{\"a\":", "{\"a\":1}}", "{\"a\":01}", "{\"a\":\"\u{1}\"}", "{\"a\":\"\\ud800\"}",
    String(repeating: "[", count: 100_000),
  ]) func `answers what is no message once, and then the next request`(bad: String) throws {
    let server = try ServerProcess()
    try server.send(bad)
    #expect(try server.receive()["error"]?["code"] == -32700)
    #expect(try server.call(1, "server/ping")["result"] != nil)
  }

  @Test func `refuses bytes that are no UTF-8, with their offset`() throws {
    let server = try ServerProcess()
    try server.write(Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}\n".utf8))
    let error = try server.receive()["error"]
    #expect(error?["code"] == -32700)
    #expect(error?["message"]?.string?.contains("byte 6") == true)
    #expect(try server.call(1, "server/ping")["result"] != nil)
  }

  @Test(arguments: [true, false]) func `outlives a wrong Content-Length`(isTooLong: Bool) throws {
    let server = try ServerProcess(usesHeaders: true)
    _ = try server.call(1, "initialize")
    let message = ping(2)
    try server.write("Content-Length: \(message.utf8.count + (isTooLong ? 5 : -5))\r\n\r\n\(message)")
    try server.send(ping(3))
    let answers = try [server.receive(), server.receive()]
    #expect(answers.map { $0["error"]?["code"]?.int } == [-32700, nil])
    #expect(answers[1]["id"] == 3)
  }

  @Test func `takes a message of 32 MiB, refuses one above 64 MiB, and lives on`() throws {
    let server = try ServerProcess()
    let head = Array(#"{"jsonrpc":"2.0","id":1,"method":"server/ping","params":{"_meta":{},"payload":""#.utf8)
    for (size, isTaken) in [(32 << 20, true), ((64 << 20) + 1, false)] {
      try server.write(
        head + [UInt8](repeating: UInt8(ascii: "x"), count: size - head.count - 3) + Array("\"}}\n".utf8))
      let answer = try server.receive()
      #expect((answer["error"] == nil) == isTaken)
      #expect(answer["id"] == 1)
    }
    #expect(try server.call(2, "server/ping")["result"] != nil)
  }

  @Test func `wants initialize first from a client with headers`() throws {
    let server = try ServerProcess(usesHeaders: true)
    #expect(try server.call(1, "server/ping")["error"]?["code"] == -32002)
    #expect(try server.call(2, "initialize")["result"] != nil)
    #expect(try server.call(3, "initialize")["error"]?["code"] == -32600)
    #expect(try server.call(4, "server/ping")["result"] != nil)
  }

  @Test func `tells a client of another protocol so`() throws {
    let server = try ServerProcess()
    #expect(try server.call(0, "server/ping")["result"] != nil)
    let mcp = try server.call(1, "initialize", ["protocolVersion": "2025-06-18"])
    #expect(mcp["error"]?["message"]?.string?.contains("MCP") == true)
    #expect(try server.call(2, "initialize", ["protocolVersion": 1])["error"]?["code"] == -32602)
    #expect(try server.call(3, "initialize")["result"] != nil)
  }

  @Test func `names the member that is wrong`() throws {
    let server = try ServerProcess()
    let answer = try server.call(1, "agent/run", ["prompt": [["type": "image", "mimeType": "text/plain", "data": ""]]])
    #expect(answer["error"]?["code"] == -32602)
    #expect(answer["error"]?["message"]?.string?.contains("params.prompt[0].mimeType") == true)
    #expect(try server.call(2, "agent/run")["error"]?["message"] == "params.prompt: is missing")
  }
}
