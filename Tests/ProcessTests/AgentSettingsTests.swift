import Foundation
import Protocol
import TestSupport
import Testing

/// Settings from the client to the service: what is sent, and what is told.
@Suite(.ownThread) struct `The settings of a run` {
  private static let call = AgentModel.Turn(.call("list_files", ["path": "."]))

  /// A body's messages without marks for the cache, which are no part of what was said.
  private static func said(_ question: AgentModel.Question) -> [JSON] { question.messages.map(\.unmarked) }

  @Test(arguments: ["anthropic", "bedrock"])
  func `are made fit for the model, and a notice says so once`(provider: String) throws {
    let model = provider == "bedrock" ? "us.anthropic.claude-opus-5-5" : "claude-opus-5-5"
    let bench = try AgentBench(provider, model: AgentModel([Self.call, .init(.text("done"))]))
    let result = try bench.run(
      "go", ["model": .string(model), "thinking": ["type": "enabled", "budgetTokens": 2_000]]
    ).result
    #expect(result["text"] == "done")
    #expect(
      result["notices"]?.array?.compactMap(\.string) == [
        "thinking with a budget was asked for, adaptive thinking at the effort 'low' is sent: \(model) decides itself how "
          + "long it thinks"
      ])
    for question in bench.model.questions {
      #expect(question.body["thinking"] == ["type": "adaptive", "display": "summarized"])
      #expect(question.body["output_config"] == ["effort": "low"])
      #expect(question.body["max_tokens"] == 64_000)
    }
    #expect(bench.model.flaws == [])
  }

  @Test func `go before those of its session, and what nobody sets is left to the model`() throws {
    let bench = try AgentBench(
      options: ["effort": "max", "model": "claude-opus-5"],
      model: AgentModel([.init(.text("a")), .init(.text("b")), .init(.text("c"))]))
    _ = try bench.run("one")
    _ = try bench.run("two", ["effort": "medium"])
    _ = try bench.run("three", ["effort": "medium", "model": "claude-haiku-4-5"])
    let bodies = bench.model.questions.map(\.body)
    #expect(bodies.map { $0["output_config"]?["effort"]?.string } == ["max", "medium", nil])
    #expect(bodies.map { $0["max_tokens"]?.int } == [128_000, 64_000, 32_000])
    #expect(bodies.allSatisfy { $0["thinking"] == nil })
  }

  @Test(arguments: [["type": "any"], ["type": "tool", "name": "list_files"]] as [JSON])
  func `choose a tool for the first turn only`(choice: JSON) throws {
    let bench = try AgentBench(model: AgentModel([Self.call, Self.call, .init(.text("done"))]))
    let result = try bench.run("go", ["model": "claude-opus-5", "toolChoice": choice]).result
    #expect(result["text"] == "done" && result["notices"]?.array == [])
    #expect(bench.model.questions.map { $0.body["tool_choice"] } == [choice, nil, nil])
  }

  @Test func `choose in words where the model cannot be made to, and the words stay`() throws {
    let bench = try AgentBench(model: AgentModel([Self.call, .init(.text("done")), .init(.text("more"))]))
    let result = try bench.run(
      "go", ["model": "claude-opus-5-5", "toolChoice": ["type": "tool", "name": "list_files"]]
    ).result
    #expect(result["notices"]?.array?.count == 1)
    _ = try bench.run("and?", ["model": "claude-opus-5-5"])
    let questions = bench.model.questions
    #expect(questions.allSatisfy { $0.body["tool_choice"] == nil })
    let words = "Use the tool `list_files` now, before you answer."
    for question in questions { #expect(Self.said(question).first?["content"]?.text.contains(words) == true) }
    #expect(bench.model.flaws == [])
  }

  @Test func `keep thinking within what a budget of tokens leaves`() throws {
    let bench = try AgentBench(model: AgentModel([.init(.text("a")), .init(.text("b"))]))
    let thinking: JSON = ["type": "enabled", "budgetTokens": 20_000]
    let result = try bench.run(
      "go", ["model": "claude-haiku-4-5", "thinking": thinking, "budget": ["tokens": 12_000]]
    ).result
    let body = try #require(bench.model.questions.first?.body)
    let most = try #require(body["max_tokens"]?.int)
    #expect(most < 12_000 && body["thinking"]?["budget_tokens"]?.int == most - 1)
    #expect(
      result["notices"]?.array == ["the budget of thinking was lowered: it must be less than the answer's most tokens"])
    #expect(bench.model.flaws == [])
  }

  @Test(
    arguments: [
      (["thinking": ["type": "adaptive", "budgetTokens": 2_000]], "thinking.budgetTokens is for type 'enabled' only"),
      (
        ["thinking": ["type": "enabled", "budgetTokens": 2_000], "maxTokens": 2_000],
        "thinking.budgetTokens must be less than maxTokens (2000); it is 2000"
      ),
      (["thinking": ["type": "disabled", "display": "updates"]], "thinking.display is for the types"),
      (["toolChoice": ["type": "tool"]], "toolChoice.name is needed for type 'tool'"),
      (["toolChoice": ["type": "any", "name": "x"]], "toolChoice.name is for type 'tool' only"),
      (["effort": "huge"], "effort"),
    ] as [(JSONObject, String)])
  func `that make no sense are refused before anything is sent`(params: JSONObject, reason: String) throws {
    let bench = try AgentBench(model: AgentModel([]))
    let answer = try bench.messages(upTo: try bench.start("go", params)).last
    #expect(answer?["error"]?["code"] == -32602)
    #expect(answer?["error"]?["message"]?.string?.contains(reason) == true, "\(answer?.text ?? "")")
    #expect(bench.model.questions.isEmpty)
  }

  // MARK: How long calls may take

  private static func busy(_ arguments: [String] = []) throws -> (server: ServerInMemory, upstream: MessagesServer) {
    let upstream = try MessagesServer { _, connection in
      try UpstreamRefusal(529, "overloaded_error", "Overloaded").send(
        .anthropic, headers: [("retry-after-ms", "1")], to: connection)
    }
    return (try ServerInMemory(arguments, environment: upstream.environment), upstream)
  }

  @Test(
    arguments: [([], nil, 3), (["--retries", "0"], nil, 1), (["--retries", "5"], ["retries": 1], 2)]
      as [([String], JSON?, Int)])
  func `say how often a call is made again`(arguments: [String], timeouts: JSON?, calls: Int) throws {
    let (server, upstream) = try Self.busy(arguments)
    let options: JSON = timeouts.map { ["timeouts": $0] } ?? [:]
    _ = try server.call(1, "initialize", ["initializationOptions": options])
    let answer = try server.call(2, "agent/run", ["prompt": "hi"])
    #expect(answer["error"]?["data"]?["kind"] == "overloaded")
    #expect(upstream.conversations.count == calls)
  }

  @Test(
    arguments: [
      (["idleMs": 300], "timeouts.idleMs must be at least 1000"),
      (["callMs": -1], "timeouts.callMs must be at least 1000"),
      (["stallNoticeMs": 5], "timeouts.stallNoticeMs must be 0, for no notices, or at least 1000"),
      (["retries": 11], "timeouts.retries must be at least 0 and at most 10; it is 11"),
      (
        ["contentMs": 5_000, "idleMs": 6_000], "timeouts.contentMs (5000) must not be less than timeouts.idleMs (6000)"
      ),
    ] as [(JSON, String)])
  func `of timeouts that make no sense leave the conversation unopened`(timeouts: JSON, reason: String) throws {
    let (server, _) = try Self.busy()
    let refused = try server.call(1, "initialize", ["initializationOptions": ["timeouts": timeouts]])
    #expect(refused["error"]?["code"] == -32602)
    #expect(refused["error"]?["message"]?.string?.contains(reason) == true, "\(refused.text)")
    #expect(try server.call(2, "initialize")["result"] != nil)
  }
}
