import Protocol
import TestSupport
import Testing

/// What services offer beside answers, as a client meets it: a model that stands in, forms of answers, the web, counts.
@Suite(.hangGuard, .ownThread) struct `What services offer` {
  static func server(_ upstream: StrictUpstream, _ provider: String = "anthropic", _ arguments: [String] = []) throws
    -> ServerInMemory
  {
    try ServerInMemory(["--retries", "0"] + arguments, environment: upstream.environment(service(provider)))
  }

  static func service(_ provider: String) -> Upstream.Service { provider == "bedrock" ? .bedrock : .anthropic }

  static func session(_ server: ServerInMemory, _ options: JSON) throws -> JSON {
    try #require(try server.call(900, "session/new", options)["result"]?["sessionId"])
  }

  static let overloaded = StrictAction.refusal(529, "overloaded_error", "Overloaded")

  @Test(arguments: ["anthropic", "bedrock"]) func `another model stands in for one prompt`(_ provider: String) throws {
    let busy: StrictAction =
      provider == "bedrock" ? .refusal(503, "ServiceUnavailableException", "Too busy") : Self.overloaded
    let upstream = try StrictUpstream([.text("one"), busy, .text("two"), .text("three")])
    let server = try Self.server(upstream, provider)
    let id = try Self.session(server, ["model": "claude-sonnet-5-5", "fallbackModel": "claude-opus-5-5"])
    var results: [JSON] = []
    for number in 1...3 {
      results.append(try #require(try server.call(number, "agent/run", ["prompt": "hi", "sessionId": id])["result"]))
    }
    #expect(results.map { $0["text"] } == ["one", "two", "three"])
    #expect(results[1]["model"]?["requested"] == "claude-sonnet-5-5")
    #expect(results[1]["model"]?["id"]?.string?.contains("claude-opus-5-5") == true)
    #expect(results[1]["notices"]?.text.contains("'claude-sonnet-5-5' is overloaded, so 'claude-opus-5-5'") == true)
    let asked = upstream.questions.map { $0.model.contains("opus") }
    #expect(asked == [false, false, true, false])
    #expect(upstream.questions[3].messages.filter { $0["role"] == "assistant" }.count == 2)
    #expect(upstream.refused.isEmpty)
  }

  @Test func `a refusal is answered by the one that stands in, and leaves nothing behind`() throws {
    var refusing = StrictAction.text("I will n")
    refusing.stop = "refusal"
    let upstream = try StrictUpstream([refusing, .text("fine")])
    let server = try Self.server(upstream, "anthropic", ["--fallback-model", "claude-opus-4-8"])
    let id = try Self.session(server, ["model": "claude-sonnet-5-5"])
    let result = try #require(try server.call(1, "agent/run", ["prompt": "hi", "sessionId": id])["result"])
    #expect(result["text"] == "fine")
    #expect(result["stopReason"] == "endTurn")
    #expect(result["notices"]?.text.contains("refused to answer") == true)
    #expect(upstream.questions[1].messages.filter { $0["role"] == "assistant" }.isEmpty)
  }

  @Test func `nobody stands in for a wrong key or a wrong request`() throws {
    let upstream = try StrictUpstream([.refusal(401, "authentication_error", "invalid x-api-key")])
    let server = try Self.server(upstream, "anthropic", ["--fallback-model", "claude-opus-4-8"])
    let error = try server.call(1, "agent/run", ["prompt": "hi", "model": "claude-sonnet-5-5"])["error"]
    #expect(error?["data"]?["kind"] == "authRequired")
    #expect(upstream.questions.count == 1)
  }

  static let schema: JSON = [
    "type": "object", "required": ["n"], "properties": ["n": ["type": "integer", "multipleOf": 2]],
  ]

  @Test(arguments: [("anthropic", true), ("bedrock", true), ("anthropic", false)])
  func `the service sees to the form of an answer where it can`(_ provider: String, hasGrammars: Bool) throws {
    let model = hasGrammars ? "claude-sonnet-5-5" : "my-model"
    let strict = try StrictUpstream([.text("ok"), .text(#"{"n": 2}"#), .text("ok")])
    let other = try AgentModel([
      .init(.text("ok")), .init(.text(#"{"n": 2}"#)), .init(.text("ok")),
    ])
    let environment = hasGrammars ? strict.environment(Self.service(provider)) : other.environment()
    let server = try ServerInMemory([], environment: environment)
    let id = try Self.session(server, ["model": .string(model)])
    _ = try server.call(1, "agent/run", ["prompt": "hi", "sessionId": id])
    let result = try server.call(2, "agent/run", ["prompt": "n", "sessionId": id, "outputSchema": Self.schema])[
      "result"]
    #expect(result?["output"] == ["n": 2])
    #expect(result?["notices"]?.text.contains("nobody checks: multipleOf") == true)
    _ = try server.call(3, "agent/run", ["prompt": "bye", "sessionId": id])
    let questions = hasGrammars ? strict.questions : other.questions
    let formats = questions.map { $0.body["output_config"]?["format"] != nil }
    #expect(formats == [false, hasGrammars, false])
    #expect(questions[1].told.contains("JSON Schema") != hasGrammars)
    #expect(strict.refused.isEmpty)
    #expect(strict.dropped.isEmpty)
  }

  static let found: JSON = [
    "type": "web_search_tool_result", "tool_use_id": "srvtoolu_1",
    "content": [
      [
        "type": "web_search_result", "url": "https://example.com/a", "title": "A", "encrypted_content": "Eu1",
      ]
    ],
  ]

  @Test func `the service searches the web where that is permitted, and what it found goes back as it came`() throws {
    let call: JSON = ["type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": ["query": "x"]]
    let model = try AgentModel([
      .init(.other(call), stopReason: "pause_turn"), .init(.other(Self.found), .text("It is A.")), .init(.text("ok")),
    ])
    let server = try ServerInMemory(["--allow", "commands"], environment: model.environment())
    let options: JSON = ["model": "claude-sonnet-5-5", "webSearch": ["maxUses": 3, "allowedDomains": ["example.com"]]]
    let id = try Self.session(server, options)
    let result = try #require(try server.call(1, "agent/run", ["prompt": "hi", "sessionId": id])["result"])
    #expect(result["text"] == "It is A.")
    _ = try server.call(2, "agent/run", ["prompt": "more", "sessionId": id])
    let tool = model.questions[0].body["tools"]?.array?.first { $0["name"] == "web_search" }
    #expect(
      tool.map(unmarked) == [
        "allowed_domains": ["example.com"], "max_uses": 3, "name": "web_search", "type": "web_search_20250305",
      ])
    let events = try server.call(3, "session/events", ["sessionId": id, "after": 0])["result"]?["events"]?.array ?? []
    let results = events.compactMap { $0["params"] }.filter { $0["type"] == "toolResult" }
    #expect(results.first?["name"] == "web_search")
    #expect(results.first?["content"]?.text.contains("https://example.com/a") == true)
    let said = model.questions[2].messages.flatMap { $0["content"]?.array ?? [] }
    #expect(said.contains { unmarked($0) == Self.found })
    #expect(said.contains { unmarked($0) == call })
    #expect(model.flaws.isEmpty)
  }

  @Test func `the web is asked about until a person has answered, whatever was permitted or left open before`() throws {
    let bench = try AgentBench(
      capabilities: ["permission": true], options: ["model": "claude-sonnet-5-5", "webSearch": [:]],
      model: AgentModel((1...5).map { _ in .init(.text("ok")) }))
    /// The run's end, and how often a person was asked in it; where nothing is answered, they stop it.
    func run(_ mode: String, answer: String? = nil) throws -> (asked: Int, end: JSON?) {
      _ = try bench.ask("session/setOptions", ["options": ["permissionMode": .string(mode)]])
      let (messages, result) = try bench.run("hi") { method, _ in
        guard method == "permission/request" else { return nil }
        if answer == nil { try bench.request("c", "agent/cancel", ["sessionId": bench.id]) }
        return answer.map(option)
      }
      return (messages.params(of: "permission/request").count, result["stopReason"])
    }
    func isOffered() -> Bool {
      bench.model.questions.last?.body["tools"]?.array?.contains { $0["name"] == "web_search" } == true
    }
    #expect(try run("bypass") == (0, "endTurn") && isOffered())
    #expect(try run("ask") == (1, "cancelled"))
    #expect(try run("ask", answer: "rejectOnce") == (1, "endTurn") && !isOffered())
    #expect(try run("ask") == (0, "endTurn") && !isOffered())
    #expect(try run("bypass") == (0, "endTurn") && isOffered())
    #expect(try run("ask") == (0, "endTurn") && !isOffered())
  }

  private func unmarked(_ json: JSON) -> JSON {
    var object = json.object ?? [:]
    object["cache_control"] = nil
    return .object(object)
  }

  @Test func `where nobody permits it, no web tool is offered; Bedrock has none at all`() throws {
    let model = try AgentModel([.init(.text("ok"))])
    let server = try ServerInMemory([], environment: model.environment())
    let id = try Self.session(server, ["model": "claude-sonnet-5-5", "webSearch": [:]])
    let result = try server.call(1, "agent/run", ["prompt": "hi", "sessionId": id])["result"]
    #expect(result?["notices"]?.text.contains("web_search") == true)
    #expect(model.questions[0].body["tools"]?.array?.contains { $0["name"] == "web_search" } == false)
    let refused = try server.call(2, "session/new", ["provider": "bedrock", "webSearch": [:]])["error"]
    #expect(refused?["code"] == -32602)
    #expect(refused?["message"]?.string?.contains("fetch_url") == true)
    let both = try server.call(
      3, "session/new", ["webFetch": ["allowedDomains": ["a.example"], "blockedDomains": ["b.example"]]])["error"]
    #expect(both?["code"] == -32602)
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `the service counts what fills the window`(_ provider: String) throws
  {
    let upstream = try StrictUpstream()
    let server = try Self.server(upstream, provider)
    let id = try Self.session(server, ["model": "claude-sonnet-5-5"])
    let counted = try server.call(1, "session/context", ["sessionId": id, "count": true])["result"]
    #expect(counted?["used"] == 12)
    #expect(counted?["isEstimated"] == false)
    #expect(try server.call(2, "session/context", ["sessionId": id])["result"]?["isEstimated"] == true)
    let question = try #require(upstream.questions.first)
    if provider == "anthropic" {
      #expect(question.body["max_tokens"] == nil)
      #expect(question.messages.count == 1)
    } else {
      #expect(question.body["input"]?["invokeModel"]?["body"]?.string?.isEmpty == false)
    }
  }

  @Test func `a tool is strict where its schema can be, and says why where not`() throws {
    let upstream = try StrictUpstream()
    let server = try Self.server(upstream)
    func tool(_ schema: JSON) -> JSON {
      ["tools": [["name": "mine", "description": "Does.", "inputSchema": schema, "strict": true]]]
    }
    let refused = try server.call(1, "tools/register", tool(["type": "object"]))["error"]
    #expect(refused?["message"]?.string?.contains("cannot be strict: it is an object of any members") == true)
    _ = try server.call(2, "tools/register", tool(Self.schema))
    _ = try server.call(3, "agent/run", ["prompt": "hi", "model": "claude-sonnet-5-5"])
    let sent = upstream.questions[0].body["tools"]?.array?.first { $0["name"] == "mine" }
    #expect(sent?["strict"] == true)
    #expect(sent?["input_schema"]?["additionalProperties"] == false)
    #expect(upstream.refused.isEmpty)
  }
}
