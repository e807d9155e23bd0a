import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `An agent asked to write a script` {
  static let prompt = "write a script to analyze data.csv"
  static let script = "awk -F, 'NR > 1 { sum += $2 } END { print \"sum\", sum }' \"$1\"\n"
  static let answer = "The script adds the second column up: 6."

  /// A call that reads much from the cache, one that fills it, and plain ones.
  static let usages: [AgentModel.Usage] = [
    .init(input: 1_003, output: 57, cacheWrite: 2_001), .init(input: 7, output: 31, cacheRead: 2_001, cacheWrite: 300),
    .init(input: 11, output: 211, cacheRead: 2_301), .init(input: 13, output: 41), .init(input: 17, output: 19),
  ]

  static func turns(_ blocks: [[AgentModel.Block]]) -> [AgentModel.Turn] {
    blocks.enumerated().map { number, blocks in
      var turn = AgentModel.Turn(usage: usages[number % usages.count])
      turn.blocks = blocks
      if case .text? = blocks.last { turn.stopReason = "end_turn" } else { turn.stopReason = "tool_use" }
      return turn
    }
  }

  static var story: [AgentModel.Turn] {
    turns([
      [.text("I look first."), .call("list_files", [:])], [.call("read_file", ["path": "data.csv"])],
      [.call("write_file", ["path": "analyze.sh", "content": .string(script)])],
      [.call("execute_command", ["command": "sh analyze.sh data.csv"])], [.text(answer)],
    ])
  }

  /// Two dollars a million for the prompt and ten for the answer; the cache a twentieth to read and a quarter more to fill;
  /// a tenth more by a profile of Bedrock's for one geography.
  static func dollars(_ usages: [AgentModel.Usage], _ provider: String) -> Double {
    let picodollars = usages.reduce(0) { sum, usage in
      sum + usage.input * 2_000_000 + usage.output * 10_000_000 + usage.cacheRead * 100_000
        + usage.cacheWrite * 2_500_000
    }
    return Double(provider == "bedrock" ? picodollars * 110 / 100 : picodollars) / 1e12
  }

  @Test(arguments: ["anthropic", "bedrock"])
  func `looks, reads, writes, runs it and answers, and tells all of it in order`(
    provider: String
  ) throws {
    let bench = try AgentBench(provider, arguments: ["--allow", "commands"], model: AgentModel(Self.story))
    _ = try bench.folder.write("data.csv", "name,n\na,1\nb,5\n")
    let (messages, result) = try bench.run(Self.prompt)
    #expect(bench.folder.text("analyze.sh") == Self.script)
    #expect(result["text"]?.string == Self.answer)
    #expect(result["stopReason"] == "endTurn")
    #expect(result["turns"] == 5)
    #expect(result["cost"]?["usd"]?.double == Self.dollars(Self.usages, provider))
    #expect(result["sessionCost"]?["usd"]?.double == Self.dollars(Self.usages, provider))
    #expect(result["notices"]?.array?.filter { $0.string?.contains("refused") == true } == [])

    #expect(messages.dropLast().compactMap { $0["params"]?["seq"]?.int } == Array(1..<messages.count))
    #expect(messages.first?["method"] == "run/started")
    #expect(messages.dropLast().last?["method"] == "run/completed")
    let told = messages.events().compactMap { event -> String? in
      switch event["type"]?.string {
      case "messageStart"?, "messageEnd"?: event["type"]?.string
      case "toolCall"?, "toolResult"?: "\(event["type"]?.string ?? "") \(event["name"]?.string ?? "")"
      default: nil
      }
    }
    let tools = ["list_files", "read_file", "write_file", "execute_command"]
    #expect(
      told == tools.flatMap { ["messageStart", "toolCall \($0)", "messageEnd", "toolResult \($0)"] } + [
        "messageStart", "messageEnd",
      ])
    let results = messages.events("toolResult")
    #expect(results.allSatisfy { $0["isError"] == false })
    #expect(results[2]["diff"]?.string?.contains("+awk -F,") == true)
    #expect(results[2]["locations"]?.array?.first?["path"]?.string == bench.folder.path + "/analyze.sh")
    #expect(results[3]["title"]?.string == "Run sh analyze.sh data.csv")
    #expect(messages.events("toolOutputDelta").compactMap { $0["text"]?.string }.joined() == "sum 6\n")
    // What the model saw of it.
    let seen = bench.model.questions.map(\.resultTexts)
    #expect(seen[1].first?.contains("data.csv") == true)
    #expect(seen[2].first?.contains("b,5") == true)
    #expect(seen[4] == ["sum 6\n"])
    #expect(bench.model.flaws == [])
  }

  /// Asks once from the command line.
  private func once(_ provider: String, _ arguments: [String], _ turns: [AgentModel.Turn]) throws -> (
    folder: TemporaryFolder, output: String, errors: String, status: Int32, model: AgentModel
  ) {
    let model = try AgentModel(turns)
    let folder = try TemporaryFolder()
    _ = try folder.write("data.csv", "name,n\na,1\nb,5\n")
    var variables = model.environment(provider)
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    let program = try ServerProcess(arguments + [Self.prompt], environment: variables, folder: folder.path)
    try program.closeInput()
    let output = try program.readToEnd()
    return (folder, output, program.errors, try program.waitForExit(), model)
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `does so from the command line, with the answer alone on stdout`(
    provider: String
  ) throws {
    let (folder, output, errors, status, model) = try once(provider, ["--allow", "commands"], Self.story)
    #expect(status == 0)
    #expect(folder.text("analyze.sh") == Self.script)
    #expect(output == "I look first.\n\n" + Self.answer + "\n")
    #expect(errors.contains("• Run sh analyze.sh data.csv"))
    #expect(model.questions.last?.resultTexts == ["sum 6\n"])
    #expect(model.flaws == [])
  }

  @Test func `is refused from a script that permits nothing, and says which flag would`() throws {
    let (folder, output, errors, status, model) = try once(
      "anthropic", [],
      Self.turns([
        [.call("write_file", ["path": "analyze.sh", "content": "x"])],
        [.call("execute_command", ["command": "touch ran"])],
        [.text("I may not.")],
      ]))
    #expect(status == 0)
    #expect(output == "I may not.\n")
    #expect(folder.names == ["data.csv"])
    #expect(errors.contains("--allow edits allows it"))
    #expect(errors.contains("--allow commands allows it"))
    #expect(model.questions[1].results.first?["is_error"] == true)
    #expect(model.questions[1].resultTexts.first?.hasPrefix("Refused: ") == true)
  }

  @Test(arguments: [nil, ["permission": true]] as [JSON?])
  func `is refused politely in readOnly, whoever could be asked`(
    capabilities: JSON?
  ) throws {
    let bench = try AgentBench(
      capabilities: capabilities, options: ["permissionMode": "readOnly"], model: AgentModel(Self.story))
    _ = try bench.folder.write("data.csv", "name,n\na,1\nb,5\n")
    let (messages, result) = try bench.run(Self.prompt)
    #expect(bench.folder.names == ["data.csv"])
    #expect(messages.params(of: "permission/request").isEmpty)
    #expect(messages.events("toolResult").map { $0["isError"] } == [false, false, true, true])
    #expect(result["stopReason"] == "endTurn")
    let notices = result["notices"]?.array?.compactMap(\.string) ?? []
    #expect(notices.contains { $0.contains("write_file") && $0.contains("the mode is readOnly") })
    #expect(notices.contains { $0.contains("execute_command") && $0.contains("--allow commands") })
    #expect(messages.events("notice").count == notices.count)
    #expect(bench.model.questions[0].system.contains("it is refused"))
  }
}
