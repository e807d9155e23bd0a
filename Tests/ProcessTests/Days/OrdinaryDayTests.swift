import Foundation
import Protocol
import TestSupport
import Testing

/// What a session goes through when nothing breaks: each prompt is answered, nothing is refused on the way, no thinking is
/// lost without need, and each request goes on with an earlier one and reads from the cache what that one left there.
@Suite(.ownThread) struct `On an ordinary day` {
  private static let reads: [StrictAction] =
    (0..<4).map { .call("read_file", ["path": .string("f\($0).txt")]) } + [.text("done")]

  /// Holds a day against what it should have been.
  private func expect(
    _ reasons: [String], of day: Day, refusals: Int = 0, mayLose: Bool = false,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(reasons.allSatisfy { $0 == "endTurn" }, "\(reasons)", sourceLocation: location)
    let shortfall = day.upstream.shortfall(refusals: refusals, mayLose: mayLose)
    #expect(shortfall == nil, sourceLocation: location)
  }

  @Test(arguments: Company.all) func `three prompts are answered`(_ company: Company) throws {
    let day = try Day(company)
    expect(try (0..<3).map { _ in try day.run() }, of: day)
  }

  @Test(arguments: Company.few) func `thirty prompts are answered, and nothing is dropped from the front`(
    _ company: Company
  ) throws {
    let day = try Day(company)
    expect(try (0..<30).map { try day.run("q\($0)") }, of: day)
    #expect(day.upstream.questions.last?.body.text.contains("q0") == true)
  }

  @Test(arguments: Company.all) func `files are read, and another prompt follows`(_ company: Company) throws {
    let day = try Day(company, Self.reads)
    expect([try day.run("read"), try day.run("more")], of: day)
  }

  @Test(arguments: Company.all) func `the branch changes`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = [try day.run()]
    try day.folder.write(".git/HEAD", "ref: refs/heads/feature\n")
    reasons += [try day.run(), try day.run()]
    expect(reasons, of: day)
    #expect(day.upstream.questions[1].body.text.contains("feature"))
  }

  @Test(arguments: Company.all) func `the project's instructions appear and change`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = [try day.run()]
    for words in ["Use tabs.", "Use blanks."] {
      try day.folder.write("AGENTS.md", words + "\n")
      reasons.append(try day.run())
    }
    reasons.append(try day.run())
    expect(reasons, of: day)
    #expect(day.upstream.questions[2].body.text.contains("Use blanks."))
  }

  @Test(arguments: Company.all) func `the permission mode changes`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = [try day.run()]
    try day.ask("session/setOptions", ["options": ["permissionMode": "acceptEdits"]])
    reasons += [try day.run(), try day.run()]
    expect(reasons, of: day)
  }

  @Test(arguments: Company.all) func `the client registers a tool`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = [try day.run()]
    let tool: JSON = [
      "name": "open_editor", "description": "Shows a file.", "inputSchema": ["type": "object"],
    ]
    try day.ask("tools/register", ["tools": [tool]], inSession: false)
    reasons += [try day.run(), try day.run()]
    expect(reasons, of: day, mayLose: true)
  }

  @Test(arguments: Company.all) func `a run has instructions of its own`(_ company: Company) throws {
    let day = try Day(company)
    expect([try day.run(), try day.run("hi", ["system": "Be brief."]), try day.run()], of: day)
    #expect(day.upstream.questions[1].body.text.contains("Be brief."))
  }

  @Test(arguments: Company.all) func `a run wants a value`(_ company: Company) throws {
    let day = try Day(company, [.text("hello"), .text(#"{"a": 1}"#), .text("bye")])
    let schema: JSON = [
      "type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"], "additionalProperties": false,
    ]
    expect([try day.run(), try day.run("hi", ["outputSchema": schema]), try day.run()], of: day)
  }

  @Test(arguments: Company.all) func `a run has fewer tools`(_ company: Company) throws {
    let day = try Day(company)
    expect([try day.run(), try day.run("hi", ["tools": ["read_file"]]), try day.run()], of: day)
  }

  @Test(arguments: Company.all) func `history is summarized by hand`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = try (0..<5).map { try day.run("q\($0)") }
    #expect(try day.ask("session/compact")["exchanges"]?.int ?? 0 > 0)
    reasons += [try day.run(), try day.run()]
    expect(reasons, of: day, mayLose: true)
  }

  @Test(arguments: Company.all) func `a session is forked and goes back`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = try (0..<3).map { try day.run("q\($0)") }
    let fork = try day.ask("session/fork", ["exchanges": 1])["sessionId"]?.string ?? ""
    try day.ask("session/rewind", ["exchanges": 1])
    reasons += [try day.run("to the fork", in: fork), try day.run("to the first")]
    expect(reasons, of: day)
  }

  @Test(arguments: Company.all) func `another model answers, and the first one again`(_ company: Company) throws {
    let other = company.model.name == "claude-opus-4-8" ? "claude-opus-4-7" : "claude-opus-4-8"
    let day = try Day(company)
    var reasons = [try day.run()]
    let name = try #require(StrictModel.named(other)).id(at: company.service)
    try day.ask("agent/switchModel", ["model": .string(name)])
    reasons.append(try day.run("hi 2"))
    try day.ask("agent/switchModel", ["model": .string(company.name)])
    reasons += [try day.run("hi 3"), try day.run("hi 4")]
    expect(reasons, of: day, mayLose: true)
  }

  @Test(arguments: Company.all) func `a new process goes on`(_ company: Company) throws {
    let day = try Day(company)
    var reasons = [try day.run(), try day.run()]
    let document = try day.ask("session/export")["document"] ?? .null
    let second = try day.anotherServer()
    let session = try second.call(1, "session/import", ["document": document])["result"]?["sessionId"] ?? .null
    for number in 2...3 {
      reasons.append(
        Day.reason(try second.call(number, "agent/run", ["sessionId": session, "prompt": "go on"])))
    }
    expect(reasons, of: day)
  }

  @Test(arguments: Company.all) func `thinking is asked for, and not`(_ company: Company) throws {
    let day = try Day(company)
    expect(
      [
        try day.run("1", ["thinking": ["type": "enabled", "budgetTokens": 2_000]]),
        try day.run("2", ["thinking": ["type": "disabled"]]), try day.run("3", ["thinking": ["type": "adaptive"]]),
        try day.run("4"),
      ], of: day)
  }

  @Test(arguments: Company.all) func `many calls come at once`(_ company: Company) throws {
    let calls = StrictAction().with { action in
      action.calls = (0..<24).map { ("read_file", ["path": .string("f\($0 % 12).txt")]) }
    }
    let day = try Day(company, [calls, calls, calls, .text("done")])
    expect([try day.run(), try day.run()], of: day)
  }

  @Test(arguments: Company.all) func `thinking comes between calls, too`(_ company: Company) throws {
    let calls = StrictAction.text("I look.").with { action in
      action.calls = (0..<3).map { ("read_file", ["path": .string("f\($0).txt")]) }
      (action.notes, action.thought) = (true, "one thing at a time")
    }
    let day = try Day(company, [calls, calls, .text("done")])
    expect([try day.run(), try day.run()], of: day)
  }

  @Test(arguments: Company.some) func `nobody names a model`(_ company: Company) throws {
    let day = try Day(company, opens: false)
    let session = try day.makeSession()
    expect([try day.run(in: session), try day.run(in: session)], of: day)
    #expect(day.upstream.questions.allSatisfy { $0.model.contains("sonnet-5-5") })
  }

  @Test(arguments: Company.some) func `names of old are given`(_ company: Company) throws {
    let day = try Day(company, opens: false)
    var reasons: [String] = []
    for name in ["haiku", "opus", "sonnet"] + (company.service == .bedrock ? ["claude-3-haiku-20240307"] : []) {
      let session = try day.makeSession(["model": .string(name)])
      reasons.append(try day.run(in: session))
      let refused = day.upstream.refused.count
      reasons.append(try day.run(in: session))
      // What is gone is not asked for again.
      #expect(day.upstream.refused.count == refused, "\(name)")
    }
    expect(reasons, of: day, refusals: 4)
  }
}
