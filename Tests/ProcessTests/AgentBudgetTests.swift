import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A budget` {
  private static let promptDollars = 0.0003

  /// A model that works for ever, each turn at a price of 0.0033 dollars: 100 tokens, and 200 if it may write so many.
  private static func endless() throws -> AgentModel {
    try AgentModel { question in
      let most = question.body["max_tokens"]?.int ?? 0
      return .init(.call("list_files", [:]), usage: .init(input: 100, output: min(200, most)))
    }
  }

  @Test func `of dollars ends a run before a call would cost more`() throws {
    let bench = try AgentBench(model: Self.endless())
    let (messages, result) = try bench.run("go", ["budget": ["usd": 0.05]])
    #expect(result["stopReason"] == "budgetExceeded")
    let spent = try #require(result["cost"]?["usd"]?.double)
    // Prompts are expected to come from the cache as far as they can; this model has none.
    #expect(spent > 0.02 && spent <= 0.05 + Self.promptDollars)
    #expect(result["turns"]?.int == bench.model.questions.count)
    #expect(result["notices"]?.array?.last?.string?.contains("the run's budget of") == true)
    #expect(messages.events("notice").last?["text"] == result["notices"]?.array?.last)
    #expect(messages.last?["result"]?["context"] != nil)
    // What is left of it limits how long the last answer may be.
    // The first is an estimate, which the API's count corrects.
    let limits = bench.model.questions.compactMap { $0.body["max_tokens"]?.int }.dropFirst()
    #expect(Array(limits) == limits.sorted(by: >))
    #expect(limits.last ?? .max < 8_192)
    // The next run has a budget of its own, and its conversation is whole.
    #expect(try bench.run("go", ["budget": ["usd": 0.05]]).result["turns"]?.int ?? 0 > 1)
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: [("claude-haiku-5-5", false), ("claude-haiku-5-5", true), ("claude-sonnet-5-5", true)])
  func `of dollars knows that a long prompt is dearer`(model: String, isLong: Bool) throws {
    let bench = try AgentBench(
      options: ["model": .string(model)],
      model: AgentModel { _ in .init(.text("fine"), usage: .init(input: 1, output: 1)) })
    // 160,000 words cost Haiku 5.5 about 0.016 dollars by its usual price, and five times as much as a long prompt.
    let prompt = String(repeating: "go ", count: isLong ? 160_000 : 40_000)
    let budget: JSON = model.contains("haiku") ? ["usd": 0.04] : ["usd": 0.9]
    let result = try bench.run(prompt, ["budget": budget]).result
    #expect(result["stopReason"]?.string == (isLong && model.contains("haiku") ? "budgetExceeded" : "endTurn"))
  }

  @Test func `of tokens ends a run`() throws {
    let bench = try AgentBench(model: Self.endless())
    let result = try bench.run("go", ["budget": ["tokens": 8_000]]).result
    #expect(result["stopReason"] == "budgetExceeded")
    #expect(result["turns"]?.int ?? 0 > 1)
    let usage = try #require(result["usage"]?["run"])
    #expect((usage["input"]?.int ?? 0) + (usage["output"]?.int ?? 0) <= 8_000)
  }

  @Test func `of nothing asks nobody`() throws {
    for budget in [["usd": 0], ["tokens": 0], ["wallMs": 0]] as [JSON] {
      let bench = try AgentBench(model: Self.endless())
      let result = try bench.run("go", ["budget": budget]).result
      #expect(result["stopReason"] == "budgetExceeded")
      #expect(result["turns"] == 0)
      #expect(bench.model.questions.isEmpty)
      #expect(try bench.ask("session/history")["total"] == 0)
    }
  }

  @Test func `of time ends a run, tools included`() throws {
    let clock = ManualClock()
    let model = try AgentModel { _ in .init(.call("wait", [:])) }
    let bench = try Self.waiting(clock, model: model)
    let result = try bench.run("go", ["budget": ["wallMs": 200]], client: Self.passing(300, on: clock)).result
    #expect(result["stopReason"] == "budgetExceeded")
    #expect(result["turns"] == 1)
    #expect(result["timings"]?["totalMs"] == 300)
  }

  /// A client with a tool that takes its time by that clock.
  private static func waiting(_ clock: ManualClock, options: JSONObject = [:], model: AgentModel) throws -> AgentBench {
    let bench = try AgentBench(capabilities: ["tools": true], options: options, model: model, time: clock.source)
    let tool: JSON = ["name": "wait", "description": "Waits.", "inputSchema": ["type": "object"]]
    _ = try bench.ask("tools/register", ["tools": [tool]], inSession: false)
    return bench
  }

  private static func passing(_ milliseconds: Int, on clock: ManualClock) -> AgentBench.Answers {
    { _, _ in
      clock.pass(milliseconds)
      return ["content": [["type": "text", "text": "I have waited."]]]
    }
  }

  @Test func `of a session is that of all its runs`() throws {
    let bench = try AgentBench(options: ["budget": ["usd": 0.05]], model: Self.endless())
    let first = try bench.run("go", ["maxTurns": 2]).result
    #expect(first["stopReason"] == "maxTurns")
    let second = try bench.run("go").result
    #expect(second["stopReason"] == "budgetExceeded")
    #expect(second["sessionCost"]?["usd"]?.double ?? 1 <= 0.05 + Self.promptDollars)
    #expect(second["notices"]?.array?.last?.string?.contains("the session's budget of") == true)
    let asked = bench.model.questions.count
    #expect(try bench.run("go").result["stopReason"] == "budgetExceeded")
    #expect(bench.model.questions.count <= asked + 1)
    // It is spent in a fork and after an export as well.
    let fork = try bench.ask("session/fork")["sessionId"]?.string
    let forked = try bench.messages(upTo: bench.start("go", session: fork)).last?["result"]
    #expect(forked?["turns"] == 0)
    let document = try #require(try bench.ask("session/export")["document"])
    let restored = try bench.ask("session/import", ["document": document], inSession: false)["sessionId"]?.string
    let result = try bench.messages(upTo: bench.start("go", session: restored)).last?["result"]
    #expect(result?["turns"] == 0)
    #expect(result?["sessionCost"]?["usd"]?.double ?? 0 > 0.02)
    // More of it may be given at any time.
    _ = try bench.ask("session/setOptions", ["options": ["budget": ["usd": 1]]])
    #expect(try bench.run("go", ["maxTurns": 1]).result["stopReason"] == "maxTurns")
  }

  @Test func `of a session's time counts what its tools took, too`() throws {
    let clock = ManualClock()
    let model = try AgentModel([.init(.call("wait", [:])), .init(.text("done"))])
    let bench = try Self.waiting(clock, options: ["budget": ["wallMs": 100_000]], model: model)
    #expect(try bench.run("go", client: Self.passing(300, on: clock)).result["stopReason"] == "endTurn")
    _ = try bench.ask("session/setOptions", ["options": ["budget": ["wallMs": 250]]])
    #expect(try bench.run("go").result["turns"] == 0)
  }

  @Test func `stands on the command line, too`() throws {
    let model = try Self.endless()
    let folder = try TemporaryFolder()
    let program = try ServerProcess(["--budget", "0.02", "go"], environment: model.environment(), folder: folder.path)
    try program.closeInput()
    _ = try program.readToEnd()
    #expect(try program.waitForExit() == 6)
    #expect(program.errors.contains("• the run's budget of"))
    #expect(program.errors.contains("wyn360: stopped, as --budget would not last; raise it, or ask for less\n"))
  }
}
