import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A window that fills` {
  /// Says of each question how full the window was; the summary is the model's, too.
  private static func model(filling: @escaping @Sendable (String) -> Int) throws -> AgentModel {
    try AgentModel { question in
      if isSummary(question) { return .init(.text("1. Goals: count"), usage: .init(input: 500, output: 50)) }
      return .init(.text("fine"), usage: .init(input: filling(question.prompt), output: 20))
    }
  }

  private static func isSummary(_ question: AgentModel.Question) -> Bool {
    question.prompt.contains("will be replaced by a summary that you write")
  }

  private static let heading = "[Summary of the conversation so far"

  @Test(arguments: ["anthropic", "bedrock"]) func `is made room in before it is full, and the person is told`(
    provider: String
  ) throws {
    // The model's count of the fourth question is nearly the window: the estimates are corrected by it.
    let bench = try AgentBench(
      provider, options: ["maxHistory": 100, "model": "claude-haiku-4-5"],
      model: Self.model { $0.hasPrefix("question 4") ? 190_000 : 100 })
    let padding = String(repeating: " more words to count", count: 6_000)
    for number in 1...4 {
      let (messages, _) = try bench.run("question \(number)\(padding)")
      #expect(messages.events("compaction").isEmpty)
    }
    #expect(try bench.ask("session/context")["used"]?.int ?? 0 > 160_000)
    let (messages, result) = try bench.run("question 5")
    let told = try #require(messages.events("compaction").first)
    #expect(told["exchanges"] == 4)
    #expect(told["text"] == "1. Goals: count")
    let questions = bench.model.questions
    #expect(questions.count == 6)
    #expect(Self.isSummary(questions[4]))
    // It is asked behind the conversation as it stood.
    #expect(questions[4].body["tool_choice"] == nil)
    #expect(questions[4].messages.count == questions[3].messages.count + 2)
    #expect(questions[5].messages.count == 3)
    #expect(questions[5].messages.first?["content"]?.array?.first?["text"]?.string?.hasPrefix(Self.heading) == true)
    #expect(questions[5].prompt == "question 5")
    // Its price is the run's.
    #expect(result["usage"]?["run"]?["input"] == 600)
    #expect(result["turns"] == 1)
    #expect(try bench.ask("session/context")["used"]?.int ?? .max < 160_000)
    // Every word is in the export, and stays there when it is taken in again.
    for _ in 1...2 {
      let document = try #require(try bench.ask("session/export")["document"])
      #expect(document["compacted"]?.array?.count == 4)
      #expect(document["exchanges"]?.array?.count == 2)
      _ = try bench.ask("session/close")
      _ = try bench.ask("session/import", ["document": document], inSession: false)
    }
    #expect(bench.model.flaws == [])
  }

  @Test func `is made room in within a run, which goes on with its prompt and what was said since`() throws {
    let begun = Latch()
    let goOn = Latch()
    let model = try AgentModel { question in
      if Self.isSummary(question) { return .init(.text("1. Goals: count"), usage: .init(input: 500, output: 50)) }
      guard question.messages.contains(where: { $0.text.contains(Self.heading) }) else {
        begun.open()
        goOn.waitBlocking()
        return .init(.call("list_files", [:]), usage: .init(input: 30_000, output: 20))
      }
      return .init(.text("done"))
    }
    let bench = try AgentBench(options: ["compactAt": 20_000], model: model)
    let run = try bench.start("count")
    begun.waitBlocking()
    try bench.request("steer", "agent/steer", ["sessionId": bench.id, "prompt": "in metric units"])
    #expect(try bench.next { $0["id"] == "steer" }["result"]?["outcome"] == "injected")
    goOn.open()
    let messages = try bench.messages(upTo: run)
    #expect(messages.last?["result"]?["text"] == "done")
    #expect(messages.events("compaction").first?["exchanges"] == 1)
    let last = try #require(bench.model.questions.last)
    let texts = last.messages.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["text"]?.string }
    for said in ["count", "in metric units"] { #expect(texts.contains(said)) }
    #expect(!last.messages.contains { $0.text.contains("tool_result") })
    // What was done is in the export.
    let document = try #require(try bench.ask("session/export")["document"])
    #expect(document["compacted"]?.array?.first?.text.contains("list_files") == true)
    #expect(bench.model.flaws == [])
  }

  @Test func `is made room in by hand, when there is something to make it of and no run goes on`() throws {
    let bench = try AgentBench(model: Self.model { _ in 100 })
    #expect(try bench.ask("session/compact") == ["exchanges": 0, "reason": "nothing was said yet"])
    for number in 1...4 { _ = try bench.run("question \(number)") }
    let before = try bench.ask("session/get")
    let done = try bench.ask("session/compact")
    #expect(done == ["exchanges": 4, "summary": "1. Goals: count"])
    let after = try bench.ask("session/get")
    #expect(after["exchanges"] == 1)
    #expect(after["usage"]?["input"]?.int == (before["usage"]?["input"]?.int ?? 0) + 500)
    #expect(after["cost"]?["usd"]?.double ?? 0 > before["cost"]?["usd"]?.double ?? 1)
    _ = try bench.run("question 5")
    #expect(bench.model.questions.last?.messages.count == 3)
    #expect(bench.model.flaws == [])
  }

  @Test func `is paid for when no room came of it, too`() throws {
    let model = try AgentModel { question in
      guard Self.isSummary(question) else { return .init(.text("fine")) }
      return .init(.text("1. Goa"), stopReason: "max_tokens", usage: .init(input: 1_000, output: 4_096))
    }
    let bench = try AgentBench(model: model)
    for number in 1...4 { _ = try bench.run("question \(number)") }
    let before = try bench.ask("session/get")["usage"]
    let none = try bench.ask("session/compact")
    #expect(none == ["exchanges": 0, "reason": "the summary was cut off at the output limit"])
    let after = try bench.ask("session/get")
    #expect(after["exchanges"] == 4)
    #expect(after["usage"]?["input"]?.int == (before?["input"]?.int ?? 0) + 1_000)
    #expect(after["usage"]?["output"]?.int == (before?["output"]?.int ?? 0) + 4_096)
  }

  @Test func `is made room in once at a time, and who comes meanwhile waits`() throws {
    let begun = Latch()
    let goOn = Latch()
    let model = try AgentModel { question in
      guard Self.isSummary(question) else { return .init(.text("fine")) }
      begun.open()
      goOn.waitBlocking()
      return .init(.text("1. Goals: count"), usage: .init(input: 500, output: 50))
    }
    let bench = try AgentBench(model: model)
    for number in 1...4 { _ = try bench.run("question \(number)") }
    try bench.request("one", "session/compact", ["sessionId": bench.id])
    begun.waitBlocking()
    try bench.request("two", "session/compact", ["sessionId": bench.id])
    try bench.request("three", "session/export", ["sessionId": bench.id])
    try bench.request("four", "session/rewind", ["sessionId": bench.id, "exchanges": 1])
    let run = try bench.start("question 5")
    for id in ["two", "three", "four"] {
      let refused = try bench.next { $0["id"] == .string(id) }
      #expect(refused["error"]?["data"]?["kind"] == "sessionBusy")
    }
    goOn.open()
    let messages = try bench.messages(upTo: run)
    #expect(messages.last?["result"]?["stopReason"] == "endTurn")
    #expect(messages.contains { $0["id"] == "one" && $0["result"]?["exchanges"] == 4 })
    // The run has seen the summary, and both calls are counted.
    #expect(bench.model.questions.last?.messages.first?.text.contains(Self.heading) == true)
    #expect(try bench.ask("session/get")["usage"]?["input"]?.int == 5 * 100 + 500)
    #expect(bench.model.flaws == [])
  }

  @Test func `is made room in as far as the budget lasts`() throws {
    let bench = try AgentBench(model: Self.model { _ in 100 })
    for number in 1...4 { _ = try bench.run("question \(number)") }
    _ = try bench.ask("session/setOptions", ["options": ["budget": ["tokens": 10]]])
    try bench.request("c", "session/compact", ["sessionId": bench.id])
    let refused = try bench.next { $0["id"] == "c" }
    #expect(refused["error"]?["data"]?["kind"] == "budgetExceeded")
    #expect(bench.model.questions.count == 4)
    // A budget that lasts for a short summary has it asked for short.
    let used = try #require(try bench.ask("session/context")["used"]?.int)
    let spent = try #require(try bench.ask("session/get")["usage"]).object?.members.reduce(0) {
      $0 + ($1.value.int ?? 0)
    }
    let budget = (spent ?? 0) + used + 2_000
    _ = try bench.ask("session/setOptions", ["options": ["budget": ["tokens": .number(JSONNumber(budget))]]])
    #expect(try bench.ask("session/compact")["exchanges"] == 4)
    let most = try #require(bench.model.questions.last?.body["max_tokens"]?.int)
    #expect((1..<4_096).contains(most))
  }

  @Test func `is told of by its parts, which add up`() throws {
    let bench = try AgentBench(
      options: ["system": "Be brief.", "model": "claude-haiku-4-5"], model: Self.model { _ in 5_000 })
    _ = try bench.folder.write("AGENTS.md", "Write tests first.\n")
    _ = try bench.run("question 1")
    let report = try bench.ask("session/context")
    let parts = (report["categories"]?.array ?? []).reduce(into: [String: Int]()) { parts, part in
      parts[part["kind"]?.string ?? ""] = part["tokens"]?.int
    }
    #expect(report["size"] == 200_000)
    let used = try #require(report["used"]?.int)
    #expect(parts.filter { $0.key != "free" }.values.reduce(0, +) == used)
    #expect(parts["free"] == 200_000 - used)
    for kind in ["system", "instructions", "tools", "history"] { #expect(parts[kind] ?? 0 > 0, "\(kind)") }
    #expect(bench.model.questions[0].system.contains("Write tests first."))
  }
}
