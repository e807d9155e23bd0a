import Foundation
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// Credentials that the client hands over, asked for them or by itself.
@Suite(.ownThread, .hangGuard) struct `A client that is asked for credentials` {
  private let user: BedrockUser

  init() throws { user = try BedrockUser(bearers: ["canary-bearer"]) }

  private func initialized(_ server: ServerProcess, answers: Bool = true) throws -> ServerProcess {
    let capabilities: JSON = answers ? ["credentials": true] : [:]
    #expect(try server.call(0, "initialize", ["capabilities": capabilities])["result"] != nil)
    return server
  }

  private func start(_ id: Int, _ server: ServerProcess) throws {
    try server.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"agent/run","params":{"prompt":"hello"}}"#)
  }

  /// The next question of the server; other messages are passed over.
  private func question(_ server: ServerProcess) throws -> JSON {
    while true {
      let message = try server.receive()
      if message["method"] == "auth/credentials" { return message }
      guard message["id"] == nil else { throw Client.Failure(description: "no question: \(message.text)") }
    }
  }

  private func answer(_ question: JSON, _ member: String, _ value: JSON, _ server: ServerProcess) throws {
    let answer: JSONObject = ["jsonrpc": "2.0", "id": question["id"] ?? .null, member: value]
    try server.send(JSON.object(answer).text)
  }

  private func keys(_ key: BedrockGate.Key) -> JSON {
    [
      "method": "awsKeys",
      "values": [
        "accessKeyId": .string(key.id), "secretAccessKey": .string(key.secret),
        "sessionToken": .string(key.token ?? ""),
      ],
    ]
  }

  @Test func `gives keys of AWS, with which all goes on`() throws {
    let server = try initialized(try user.server())
    try start(1, server)
    let question = try question(server)
    #expect(question["params"]?["provider"] == "bedrock")
    #expect(question["params"]?["reason"] == "missing")
    try answer(question, "result", keys(user.good), server)
    #expect(try server.receive(upTo: 1).last?["result"]?["text"] == "fine")
    #expect(try server.call(2, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.good.id, user.good.id])
    let status = try server.call(3, "auth/status")["result"]?["providers"]?.array?.first { $0["id"] == "bedrock" }
    #expect(status?["source"] == "auth/credentials")
    #expect(status?["state"] == "verified")
    user.expectNoSecrets(server)
  }

  @Test func `is asked again when what it gave has ended, and says why`() throws {
    let server = try initialized(try user.server())
    try start(1, server)
    try answer(try question(server), "result", keys(user.expired), server)
    let second = try question(server)
    #expect(second["params"]?["reason"] == "expired")
    #expect(second["params"]?["message"]?.string?.isEmpty == false)
    try answer(second, "result", keys(user.good), server)
    #expect(try server.receive(upTo: 1).last?["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.expired.id, user.good.id])
    user.expectNoSecrets(server)
  }

  @Test func `gives a profile, whose keys are then looked for`() throws {
    try user.folder.write(".aws/credentials", user.file(user.good).replacing("[default]", with: "[work]"))
    let server = try initialized(try user.server())
    try start(1, server)
    try answer(try question(server), "result", ["method": "awsProfile", "values": ["profile": "work"]], server)
    #expect(try server.receive(upTo: 1).last?["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.good.id])
  }

  @Test
  func `gives a bearer token in the place of a sign-on that has ended, but is not bothered by a look at the status`()
    throws
  {
    try user.folder.write(".aws/config", "[default]\nlogin_session = arn:aws:sts::210987654321:assumed-role/Admin/me\n")
    let server = try initialized(try user.server())
    let status = try server.call(1, "auth/status")["result"]
    #expect(status?["authenticated"] == false)
    #expect(status?["providers"]?.array?.first { $0["id"] == "bedrock" }?["state"] == "expired")
    try start(2, server)
    let question = try question(server)
    #expect(question["params"]?["reason"] == "expired")
    try answer(question, "result", ["method": "bearer", "values": ["token": "canary-bearer"]], server)
    #expect(try server.receive(upTo: 2).last?["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == ["canary-bearer"])
    user.expectNoSecrets(server)
  }

  @Test func `is not asked for ever for a profile that has ended`() throws {
    let session = "arn:aws:sts::210987654321:assumed-role/Admin/me"
    try user.folder.write(".aws/config", "[profile old]\nlogin_session = \(session)\n")
    let server = try initialized(try user.server())
    try start(1, server)
    try answer(try question(server), "result", ["method": "awsProfile", "values": ["profile": "old"]], server)
    let error = try server.receive(upTo: 1).last?["error"]
    #expect(error?["data"]?["kind"] == "authExpired")
    #expect(error?["data"]?["hint"]?.string?.contains("aws login") == true)
  }

  /// What a client may answer that has nothing.
  enum Nothing: CaseIterable { case empty, error, nonsense, wrongKind }

  @Test(arguments: Nothing.allCases)
  func `and has none is told what is missing`(nothing: Nothing) throws {
    let server = try initialized(try user.server())
    try start(1, server)
    let question = try question(server)
    switch nothing {
    case .empty: try answer(question, "result", [:], server)
    case .error: try answer(question, "error", ["code": -32000, "message": "the user said no"], server)
    case .nonsense: try answer(question, "result", ["method": 7], server)
    case .wrongKind: try answer(question, "result", ["method": "apiKey", "values": ["apiKey": "canary"]], server)
    }
    let error = try server.receive(upTo: 1).last?["error"]
    #expect(error?["data"]?["kind"] == "authRequired")
    #expect(error?["message"]?.string?.contains("Missing variables: AWS_ACCESS_KEY_ID") == true)
    #expect(user.bedrock.callers == [])
    user.expectNoSecrets(server)
  }

  @Test func `sees one question, however many runs wait for it`() throws {
    let server = try initialized(try user.server())
    for id in 1...20 { try start(id, server) }
    let only = try question(server)
    // All have come this far when a request that came after them is answered.
    #expect(try server.call(100, "server/ping")["result"] != nil)
    try answer(only, "result", keys(user.good), server)
    var answers: [Int: String] = [:]
    while answers.count < 20 {
      let message = try server.receive()
      #expect(message["method"] != "auth/credentials")
      if let id = message["id"]?.int { answers[id] = message["result"]?["text"]?.string ?? message.text }
    }
    #expect(Set(answers.values) == ["fine"])
  }

  @Test func `sees its question taken back when the run is cancelled`() throws {
    let server = try initialized(try user.server())
    try start(1, server)
    let question = try question(server)
    try server.send(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"#)
    let messages = try server.receive(upTo: 1)
    #expect(messages.last?["error"]?["code"] == -32800)
    var isTakenBack = messages.contains { $0["method"] == "$/cancelRequest" && $0["params"]?["id"] == question["id"] }
    if !isTakenBack { isTakenBack = try server.receive()["params"]?["id"] == question["id"] }
    #expect(isTakenBack)
  }

  @Test func `gives a key of the Anthropic API, and another when it is refused`() throws {
    let shown = Mutex<[String]>([])
    let api = try LoopbackServer { request, connection in
      let key = request["x-api-key"] ?? ""
      shown.withLock { $0.append(key) }
      guard key == "sk-ant-canary-2" else {
        let error = #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#
        return try connection.reply(401, [("content-type", "application/json")], body: Array(error.utf8))
      }
      try MessagesServer.stream(MessagesServer.answer(["fine"]), to: connection)
    }
    let server = try initialized(
      try user.server(["CLAUDE_CODE_USE_BEDROCK": "", "ANTHROPIC_BASE_URL": api.url]))
    try start(1, server)
    for (number, reason) in [(1, "missing"), (2, "denied")] {
      let question = try question(server)
      #expect(question["params"]?["provider"] == "anthropic")
      #expect(question["params"]?["reason"]?.string == reason)
      try answer(
        question, "result", ["method": "apiKey", "values": ["apiKey": .string("sk-ant-canary-\(number)")]], server)
    }
    #expect(try server.receive(upTo: 1).last?["result"]?["text"] == "fine")
    #expect(shown.withLock { $0 } == ["sk-ant-canary-1", "sk-ant-canary-2"])
    user.expectNoSecrets(server)
  }

  @Test(arguments: [true, false]) func `must have said so: no other is ever asked`(usesBedrock: Bool) throws {
    let variables = ["CLAUDE_CODE_USE_BEDROCK": usesBedrock ? "1" : ""]
    for isInitialized in [true, false] {
      let server = try user.server(variables)
      if isInitialized { _ = try initialized(server, answers: false) }
      try start(1, server)
      let messages = try server.receive(upTo: 1)
      #expect(messages.last?["error"]?["data"]?["kind"] == "authRequired")
      #expect(!messages.contains { $0["method"] == "auth/credentials" })
    }
  }
}
