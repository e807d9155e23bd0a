import Foundation
import Protocol
import TestSupport
import Testing

/// A server that a client of the Model Context Protocol drives.
private final class Host {
  let folder: TemporaryFolder
  let model: AgentModel
  let server: ServerProcess
  private let meta: JSONObject
  private var last = 0

  /// Without a `revision` nothing has been said yet; `capabilities` are the client's.
  init(
    _ turns: [AgentModel.Turn] = [.init(.text("done"))], revision: String? = "2025-11-25", capabilities: JSON = [:],
    _ arguments: [String] = []
  ) throws {
    folder = try TemporaryFolder()
    model = try AgentModel(turns)
    server = try ServerProcess(arguments, environment: model.environment(), folder: folder.path)
    let isModern = revision == "2026-07-28"
    meta =
      isModern
      ? [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
      ] : [:]
    guard let revision, !isModern else { return }
    let client: JSON = ["name": "x", "version": "1"]
    let greeting = try call(
      "initialize", ["protocolVersion": .string(revision), "capabilities": capabilities, "clientInfo": client])
    #expect(greeting["result"]?["protocolVersion"]?.string == revision)
    try tell("notifications/initialized", [:])
  }

  func send(_ method: String, _ params: JSONObject = [:], token: JSON? = nil) throws -> JSON {
    last += 1
    let id: JSON = .number(JSONNumber(last))
    var (params, meta) = (params, meta)
    if let token { meta["progressToken"] = token }
    if !meta.isEmpty { params["_meta"] = .object(meta) }
    try write(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)])
    return id
  }

  func tell(_ method: String, _ params: JSON) throws {
    try write(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  func write(_ message: JSON) throws { try server.send(message.text) }

  func call(_ method: String, _ params: JSONObject = [:]) throws -> JSON {
    try #require(try server.receive(upTo: try send(method, params)).last)
  }

  func ask(_ prompt: String, _ more: JSONObject = [:]) throws -> JSON {
    var arguments = more
    arguments["prompt"] = .string(prompt)
    let answer = try call("tools/call", ["name": "ask", "arguments": .object(arguments)])
    return try #require(answer["result"], "\(answer.text)")
  }
}

extension JSON {
  fileprivate var code: JSON? { self["error"]?["code"] }
  /// The first text of a tool's result.
  fileprivate var text1: String? { self["content"]?.array?.first?["text"]?.string }
  fileprivate var session: JSON? { self["structuredContent"]?["sessionId"] }
}

private let forms: JSON = ["elicitation": ["form": [:]]]
private let writing: [AgentModel.Turn] = [
  .init(.call("write_file", ["path": "a.txt", "content": "x\n"])), .init(.text("It ended.")),
]

@Suite(.ownThread) struct `A client of the Model Context Protocol` {
  @Test(arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"])
  func `asks in its revision, and goes on in the session`(revision: String) throws {
    let host = try Host([.init(.text("one")), .init(.text("two"))], revision: revision)
    let listed = try #require(try host.call("tools/list")["result"])
    let tool = try #require(listed["tools"]?.array?.first)
    #expect(listed["tools"]?.array?.count == 1)
    #expect(tool["name"] == "ask")
    #expect(tool["inputSchema"]?["required"] == ["prompt"])
    #expect((tool["annotations"] != nil) == (revision >= "2025-03-26"))
    #expect((tool["outputSchema"] != nil) == (revision >= "2025-06-18"))
    #expect((listed["ttlMs"] == 0 && listed["cacheScope"] == "private") == (revision == "2026-07-28"))
    let first = try host.ask("begin")
    #expect(first.text1 == "one")
    #expect(first["isError"] == false)
    #expect((first["resultType"] == "complete") == (revision == "2026-07-28"))
    // Where the revision has no place for facts, models find them in the last text.
    let facts = try JSON.parse(try #require(first["content"]?.array?.last?["text"]?.string))
    #expect((first["structuredContent"] != nil) == (revision >= "2025-06-18"))
    if revision >= "2025-06-18" {
      #expect(first["structuredContent"]?["answer"] == "one")
      #expect(first.session == facts["sessionId"])
      #expect(first["structuredContent"]?["costUsd"] == facts["costUsd"])
    }
    #expect(facts["costUsd"]?.double ?? 0 > 0)
    let second = try host.ask("go on", ["sessionId": facts["sessionId"] ?? .null])
    #expect(second.text1 == "two")
    #expect(host.model.questions[1].messages.count == 3)
    #expect(host.model.flaws == [])
  }

  @Test(arguments: [
    ("2023-01-01", "2025-11-25"), ("2025-04-01", "2025-11-25"), ("2026-07-28", "2025-11-25"),
    ("2099-01-01", "2025-11-25"), ("DRAFT-2026-v1", "2025-11-25"),
  ]) func `that names a revision of no handshake here is offered the newest with one`(asked: String, given: String)
    throws
  {
    let host = try Host(revision: nil)
    let greeting = try host.call("initialize", ["protocolVersion": .string(asked), "capabilities": [:]])
    #expect(greeting["result"]?["protocolVersion"]?.string == given)
    #expect(greeting["result"]?["capabilities"] == ["tools": [:]])
    #expect(try host.call("initialize", ["protocolVersion": "2025-11-25"]).code == -32600)
    #expect(try host.call("ping")["result"] == [:])
    for method in ["resources/list", "prompts/list", "logging/setLevel", "server/discover", "agent/run", "_agent/run"] {
      #expect(try host.call(method).code == -32601)
    }
    let modern: JSON = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]
    #expect(try host.call("tools/list", ["_meta": modern]).code == -32600)
  }

  @Test(
    arguments: [
      ("ping", nil), ("tools/call", ["name": "ask", "arguments": ["prompt": "x"]]), ("server/discover", [:]),
    ] as [(String, JSONObject?)]) func `that forgets its handshake is told so, and may begin all the same`(
      method: String, params: JSONObject?
    ) throws
  {
    let host = try Host(revision: nil)
    let early = try host.call(method, params ?? [:])
    #expect(method == "ping" ? early["result"] == [:] : early.code == -32602)
    #expect(try host.call("tools/list").code == -32602)
    #expect(try host.call("initialize", ["protocolVersion": "2024-11-05"])["result"]?["protocolVersion"] != nil)
    #expect(try host.ask("x").text1 == "done")
  }

  @Test func `of the revision without handshake says what it must with each request`() throws {
    let host = try Host(revision: nil)
    let version = "io.modelcontextprotocol/protocolVersion"
    let capabilities = "io.modelcontextprotocol/clientCapabilities"
    func list(_ meta: JSONObject) throws -> JSON { try host.call("tools/list", ["_meta": .object(meta)]) }
    let unknown = try list([version: "2027-03-03", capabilities: [:]])
    #expect(unknown.code == -32022)
    #expect(unknown["error"]?["data"] == ["supported": ["2026-07-28"], "requested": "2027-03-03"])
    #expect(try list([version: "2026-07-28"]).code == -32602)
    #expect(try list([version: 2026, capabilities: [:]]).code == -32602)
    #expect(try list([version: "2026-07-28", capabilities: [:]])["result"]?["resultType"] == "complete")
    // From here on there is no way back.
    #expect(try list([:]).code == -32602)
    #expect(try host.call("initialize", ["protocolVersion": "2025-11-25"]).code == -32022)
    let ping = try host.call("ping")
    #expect(ping.code == -32601)
    #expect(
      ping["error"]?["message"]?.string?.hasSuffix("this revision has server/discover, tools/list, tools/call") == true)
    #expect(try host.call("subscriptions/listen").code == -32601)
  }

  @Test func `reads in the result what cannot be done`() throws {
    let host = try Host([.init(.text("I will not."), stopReason: "refusal")])
    func failed(_ arguments: JSONObject) throws -> String {
      let result = try #require(
        try host.call("tools/call", ["name": "ask", "arguments": .object(arguments)])["result"])
      #expect(result["isError"] == true)
      return try #require(result.text1)
    }
    #expect(try failed([:]).contains("prompt"))
    #expect(try failed(["prompt": " "]).contains("prompt"))
    #expect(try failed(["prompt": 7]).contains("string"))
    #expect(try failed(["prompt": "x", "folder": "/"]).contains("folder"))
    #expect(try failed(["prompt": "x", "sessionId": "none"]).contains("sessionId"))
    #expect(try failed(["prompt": "x", "cwd": "relative"]).contains("absolute"))
    #expect(try host.call("tools/call", ["name": "other"]).code == -32602)
    #expect(try host.call("tools/call").code == -32602)
    #expect(try host.call("tools/list", ["cursor": "2"]).code == -32602)
    #expect(try host.ask("refused")["isError"] == true)
    // The service is gone now: its failure is told, and nothing else ends.
    #expect(try failed(["prompt": "x"]).isEmpty == false)
    #expect(try host.call("ping")["result"] == [:])
  }

  @Test(arguments: ["2024-11-05", "2025-11-25", "2026-07-28"]) func `hears of progress under its token`(
    revision: String
  )
    throws
  {
    let host = try Host(
      [.init(.call("list_files", [:])), .init(.text("one")), .init(.call("list_files", [:])), .init(.text("two"))],
      revision: revision, capabilities: forms)
    for token in ["t", 0] as [JSON] {
      let params: JSONObject = ["name": "ask", "arguments": ["prompt": "x"]]
      let told = try host.server.receive(upTo: try host.send("tools/call", params, token: token)).dropLast()
      #expect(!told.isEmpty)
      #expect(told.allSatisfy { $0["method"] == "notifications/progress" && $0["params"]?["progressToken"] == token })
      #expect(told.compactMap { $0["params"]?["progress"]?.int } == Array(1...told.count))
      let messages = told.compactMap { $0["params"]?["message"]?.string }
      #expect(messages.contains { $0.contains("list_files") } == (revision > "2024-11-05"))
    }
  }

  @Test(arguments: ["2025-03-26", "2026-07-28"]) func `takes a call back, and it is not answered`(revision: String)
    throws
  {
    let host = try Host(
      [.init(.call("execute_command", ["command": "echo begun; sleep 600"])), .init(.text("again"))],
      revision: revision, ["--permission-mode", "bypass"])
    let params: JSONObject = ["name": "ask", "arguments": ["prompt": "wait"]]
    let id = try host.send("tools/call", params, token: 1)
    while try host.server.receive()["params"]?["message"] != "begun" {}
    try host.tell("notifications/cancelled", ["requestId": id, "reason": "no longer needed"])
    try host.tell("notifications/cancelled", ["requestId": 999])
    let next = try host.server.receive(upTo: try host.send("tools/list"))
    #expect(next.filter { $0["method"] == nil }.count == 1)
    try host.server.closeInput()
    #expect(try host.server.receiveAll().filter { $0["method"] == nil } == [])
    #expect(try host.server.waitForExit() == 0)
  }

  @Test func `gets a batch without those that it took back`() throws {
    let host = try Host(
      [.init(.call("execute_command", ["command": "echo begun; sleep 600"]))], revision: "2025-03-26",
      ["--permission-mode", "bypass"])
    let call: JSON = [
      "jsonrpc": "2.0", "id": "slow", "method": "tools/call",
      "params": ["name": "ask", "arguments": ["prompt": "x"], "_meta": ["progressToken": 1]],
    ]
    try host.write([call, ["jsonrpc": "2.0", "id": "ping", "method": "ping"]])
    while try host.server.receive()["params"]?["message"] != "begun" {}
    try host.tell("notifications/cancelled", ["requestId": "slow"])
    var answer = try host.server.receive()
    while answer["method"] != nil { answer = try host.server.receive() }
    #expect(answer == [["jsonrpc": "2.0", "id": "ping", "result": [:]]])
  }

  @Test(
    arguments: [
      (["action": "accept", "content": ["answer": "allowOnce"]], true),
      (["action": "accept", "content": ["answer": "rejectOnce"]], false), (["action": "accept"], false),
      (["action": "accept", "content": ["answer": "nonsense"]], false), (["action": "decline"], false),
      (["action": "decline", "content": ["answer": "allowOnce"]], false), (["action": "cancel"], false), (.null, false),
    ] as [(JSON, Bool)]) func `has its person asked by a form, in both eras`(answer: JSON, allows: Bool) throws
  {
    for revision in ["2025-06-18", "2025-11-25", "2026-07-28"] {
      let host = try Host(writing, revision: revision, capabilities: forms)
      var params: JSONObject = ["name": "ask", "arguments": ["prompt": "write"]]
      var id = try host.send("tools/call", params)
      var asked = try host.server.receive()
      if revision == "2026-07-28" {
        let result = try #require(asked["result"])
        #expect(result["resultType"] == "input_required")
        let question = try #require(result["inputRequests"]?.object?.members.first)
        asked = question.value
        params["requestState"] = result["requestState"]
        params["inputResponses"] = .object(JSONObject([(question.key, answer)]))
        id = try host.send("tools/call", params)
      } else {
        try host.write(["jsonrpc": "2.0", "id": asked["id"] ?? .null, "result": answer])
      }
      #expect(asked["method"] == "elicitation/create")
      #expect(asked["params"]?["message"]?.string?.contains("+x") == true)
      let schema = asked["params"]?["requestedSchema"]
      #expect(schema?["required"] == ["answer"])
      let choices = schema?["properties"]?["answer"]
      #expect((choices?["oneOf"] ?? choices?["enum"])?.array?.count == 4)
      let result = try #require(try host.server.receive(upTo: id).last?["result"])
      #expect(result.text1 == "It ended.")
      #expect((host.folder.text("a.txt") == "x\n") == allows)
      #expect(host.model.questions[1].results.first?["is_error"]?.bool == (allows ? nil : true) || allows)
      #expect(host.model.flaws == [])
    }
  }

  @Test(
    arguments: ["2025-11-25", "2026-07-28"], [[:], ["elicitation": ["url": [:]]], ["elicitation": .null]] as [JSON])
  func `that has no forms has refused what would be asked`(revision: String, capabilities: JSON) throws {
    let host = try Host(writing, revision: revision, capabilities: capabilities)
    let result = try host.ask("write")
    #expect(result.text1 == "It ended.")
    #expect(host.folder.names == [])
  }

  @Test func `answers several questions, in several rounds, and only those of its own calls`() throws {
    let names = ["a.txt", "b.txt"]
    var turn = AgentModel.Turn(stopReason: "tool_use")
    turn.blocks = names.map { .call("write_file", ["path": .string($0), "content": "x"]) }
    let host = try Host([turn, .init(.text("done"))], revision: "2026-07-28", capabilities: forms)
    var params: JSONObject = ["name": "ask", "arguments": ["prompt": "write"]]
    var rounds = 0
    var result = try #require(try host.call("tools/call", params)["result"])
    while result["resultType"] == "input_required" {
      rounds += 1
      let state = try #require(result["requestState"])
      // One that answers nothing is asked again, under a new state.
      params["requestState"] = state
      let again = try #require(try host.call("tools/call", params)["result"])
      #expect(again["inputRequests"] == result["inputRequests"])
      #expect(try host.call("tools/call", params).code == -32602)
      params["requestState"] = again["requestState"]
      let keys = again["inputRequests"]?.object?.map(\.key) ?? []
      let yes: JSON = ["action": "accept", "content": ["answer": "allowOnce"]]
      params["inputResponses"] = .object(JSONObject(keys.map { ($0, yes) }))
      result = try #require(try host.call("tools/call", params)["result"])
      params["inputResponses"] = nil
    }
    #expect((1...2).contains(rounds))
    #expect(Set(host.folder.names) == Set(names))
    params["requestState"] = "ask-none"
    #expect(try host.call("tools/call", params).code == -32602)
  }

  @Test(arguments: ["2025-11-25", "2026-07-28"]) func `gets what runs when its input ends, and no question is left`(
    revision: String
  ) throws {
    let quiet = try Host([.init(.text("all of it"))], revision: revision)
    let id = try quiet.send("tools/call", ["name": "ask", "arguments": ["prompt": "x"]])
    try quiet.server.closeInput()
    #expect(try quiet.server.receiveAll().last { $0["id"] == id }?["result"]?.text1 == "all of it")
    #expect(try quiet.server.waitForExit() == 0)
    let asking = try Host(writing, revision: revision, capabilities: forms)
    _ = try asking.send("tools/call", ["name": "ask", "arguments": ["prompt": "x"]])
    let asked = try asking.server.receive()
    #expect(asked["method"] == "elicitation/create" || asked["result"]?["resultType"] == "input_required")
    try asking.server.closeInput()
    _ = try asking.server.receiveAll()
    #expect(try asking.server.waitForExit() == 0)
    #expect(asking.model.questions.count == 2)
    #expect(asking.folder.names == [])
  }

  @Test func `finds all as the specification tells`() throws {
    let section = try #require(
      try Repository.text("protocol-spec.md").components(separatedBy: "\n## ").first {
        $0.hasPrefix("The Model Context Protocol")
      })
    let examples = section.components(separatedBy: "```jsonl\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first?.components(separatedBy: "\n")
    }
    #expect(examples.count == 2)
    for lines in examples {
      let host = try Host([.init(.text("In Swift."))], revision: nil)
      for line in lines {
        let message = try JSON.parse(line)
        if message["method"] != nil { try host.write(message) } else { expect(try host.server.receive(), is: message) }
      }
    }
  }

  private func expect(_ found: JSON, is told: JSON, at place: String = "") {
    switch (found, told) {
    case (_, "…"): break
    case (.object(let found), .object(let told)):
      #expect(Set(found.map(\.key)) == Set(told.map(\.key)), "\(place)")
      for (key, value) in told.map({ ($0.key, $0.value) }) {
        expect(found[key] ?? .null, is: value, at: place + "." + key)
      }
    case (.array(let found), .array(let told)) where found.count == told.count:
      for (one, other) in zip(found, told) { expect(one, is: other, at: place + "[]") }
    default: #expect(found == told, "\(place)")
    }
  }
}
