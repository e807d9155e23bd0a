import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `The model of an agent` {
  static let opus: [(provider: String, id: String)] = [
    ("anthropic", "claude-3-opus-20240229"), ("bedrock", "anthropic.claude-3-opus-20240229-v1:0"),
  ]
  private static let switching: [AgentModel.Turn] = [
    .init(.call("switch_model", ["model": "claude-3-opus-20240229"])), .init(.text("Done.")), .init(.text("Hello.")),
  ]

  @Test(arguments: opus.indices) func `is switched by asking for it, and stays`(number: Int) throws {
    let (provider, id) = Self.opus[number]
    let bench = try AgentBench(provider, model: AgentModel(Self.switching))
    let (messages, result) = try bench.run("switch to claude-3-opus-20240229")
    #expect(bench.model.questions[0].model != id)
    #expect(bench.model.questions[1].model == id)
    #expect(bench.model.questions[1].resultTexts == ["✅ Now using: \(id)"])
    #expect(result["model"]?["providerModelId"]?.string == id)
    let changed = try #require(messages.events("modelChanged").first)
    #expect(changed["model"]?.string == id)
    #expect(messages.events("toolResult").first?["content"]?.array?.first?["text"]?.string == "✅ Now using: \(id)")
    _ = try bench.run("hello")
    #expect(bench.model.questions[2].model == id)
    #expect(bench.model.questions[2].told.contains("You are the model `\(id)`"))
    #expect(bench.model.flaws == [])
  }

  @Test(arguments: opus.indices, [[], ["--model", "claude-sonnet-4-20250514"]])
  func `is switched by asking for it from the command line, whatever was chosen there`(number: Int, arguments: [String])
    throws
  {
    let (provider, id) = Self.opus[number]
    let model = try AgentModel(Self.switching)
    let folder = try TemporaryFolder()
    let program = try ServerProcess(
      arguments + ["switch to claude-3-opus-20240229"], environment: model.environment(provider), folder: folder.path)
    try program.closeInput()
    #expect(try program.readToEnd() == "Done.\n")
    #expect(try program.waitForExit() == 0)
    #expect(program.errors.contains("✅ Now using: \(id)"))
    #expect(model.questions.map(\.model).last == id)
  }

  @Test func `is switched for a run that chose another, and to the one that the session has`() throws {
    let bench = try AgentBench(
      options: ["model": "claude-3-opus-20240229"], model: AgentModel(Self.switching))
    _ = try bench.run("switch", ["model": "claude-3-haiku-20240307"])
    #expect(
      bench.model.questions.map(\.model) == ["claude-3-haiku-20240307", "claude-3-opus-20240229"])
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `knows what it is, as its system prompt says so`(provider: String)
    throws
  {
    let bench = try AgentBench(provider, model: AgentModel([.init(.text("I am."))]))
    _ = try bench.run("what model are you using?")
    let question = bench.model.questions[0]
    #expect(question.system.contains("You are the model `\(question.model)`, served by "))
    #expect(question.system.contains(provider == "bedrock" ? "AWS Bedrock" : "the Anthropic API"))
    #expect(question.system.contains("Workspace: \(bench.folder.path)"))
  }

  @Test func `that was cut off at the output limit goes on`() throws {
    let bench = try AgentBench(
      model: AgentModel([.init(.text("one "), stopReason: "max_tokens"), .init(.text("two"))]))
    let (_, result) = try bench.run("count")
    #expect(result["text"] == "two" || result["text"] == "one two")
    #expect(result["stopReason"] == "endTurn")
    #expect(result["turns"] == 2)
    #expect(bench.model.questions[1].prompt.contains("cut off"))
    #expect(bench.model.flaws == [])
    // Who asked for a short answer gets a short answer.
    let short = try AgentBench(model: AgentModel([.init(.text("one "), stopReason: "max_tokens")]))
    let answer = try short.run("count", ["maxTokens": 10]).result
    #expect(answer["stopReason"] == "maxTokens")
    #expect(answer["text"] == "one ")
  }

  @Test func `that paused is sent its own words back`() throws {
    let search: JSON = ["type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": ["query": "x"]]
    let model = try AgentModel { question in
      if question.number == 1 { return .init(.text("Searching"), .other(search), stopReason: "pause_turn") }
      return .init(.text("found"))
    }
    let bench = try AgentBench(model: model)
    let result = try bench.run("search").result
    #expect(result["text"] == "Searchingfound")
    #expect(result["turns"] == 2)
    let sent = model.questions[1].messages.last?["content"]?.array ?? []
    #expect(sent.map(\.unmarked) == [["type": "text", "text": "Searching"], search])
    #expect(model.flaws == [])
  }

  /// An input that breaks off, whatever the model says of it, and one that is no JSON at all.
  @Test(
    arguments: ["tool_use", "max_tokens", "end_turn"],
    [#"{"command":"touch ran"#, #"{"command": touch ran}"#, #"["touch"]"#])
  func `that did not finish a call, or called with what is no input, has nothing done`(reason: String, input: String)
    throws
  {
    let model = try AgentModel { question in
      guard question.number == 1 else { return .init(.text("sorry")) }
      var turn = AgentModel.Turn(.rawCall("execute_command", input), stopReason: reason)
      turn.isCut = reason == "max_tokens"
      return turn
    }
    let bench = try AgentBench(arguments: ["--allow", "commands"], model: model)
    let number = try bench.start("go")
    _ = try bench.messages(upTo: number)
    #expect(bench.folder.names == [])
    #expect(try bench.run("go on").result["text"] == "sorry")
    #expect(bench.folder.names == [])
    #expect(model.flaws == [])
    // What was cut off is told as that, and what is no JSON, too.
    let told = model.questions[1].messages.map(\.text).joined()
    let wanted =
      reason == "max_tokens"
      ? "cut off at the output limit" : input.hasPrefix("[") ? "must be an object" : "no valid JSON"
    #expect(told.contains(wanted))
  }
}
