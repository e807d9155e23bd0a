import Foundation
import Protocol
import TestSupport
import Testing

/// What a session goes through when somebody stops it, says something meanwhile, or the connection breaks: the next
/// prompt is answered all the same.
@Suite(.ownThread) struct `On a day on which something breaks` {
  /// Holds a day against what it should have been.
  private func expect(
    _ reasons: [String], of day: Day, mayLose: Bool = false, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(reasons.allSatisfy { $0 == "endTurn" }, "\(reasons)", sourceLocation: location)
    #expect(day.upstream.shortfall(mayLose: mayLose) == nil, sourceLocation: location)
  }

  @Test(arguments: Company.all) func `words come while a tool runs`(_ company: Company) throws {
    let command: JSON = ["command": "echo begun; read word < pipe; echo $word"]
    let day = try Day(company, [.call("execute_command", command), .text("done")], arguments: ["--allow", "commands"])
    let made = unsafe mkfifo(day.folder.path + "/pipe", 0o600)
    #expect(made == 0)
    let number = try day.start("go")
    try day.wait(for: "toolOutputDelta")
    #expect(try day.ask("agent/steer", ["prompt": "Use metric units."])["outcome"] == "injected")
    try Data("over\n".utf8).write(to: URL(fileURLWithPath: day.folder.path + "/pipe"))
    expect([try day.end(of: number), try day.run()], of: day)
    #expect(day.upstream.questions[1].body.text.contains("Use metric units."))
  }

  @Test(arguments: Company.all) func `a command is stopped`(_ company: Company) throws {
    let action = StrictAction.text("Let me see.").with {
      $0.calls = [("execute_command", ["command": "echo begun; exec sleep 1000"])]
    }
    let day = try Day(company, [action, .text("done")], arguments: ["--allow", "commands"])
    let number = try day.start("go")
    try day.wait(for: "toolOutputDelta")
    try day.server.send(Self.cancel(day))
    #expect(try day.end(of: number) == "cancelled")
    expect([try day.run(), try day.run()], of: day)
  }

  @Test(arguments: Company.all) func `thinking is stopped`(_ company: Company) throws {
    let action = StrictAction.text("Let me think aloud.").with {
      ($0.thought, $0.ending) = ("first this", .heldAfterEvents(3))
    }
    let day = try Day(company, [action])
    let number = try day.start("go")
    try day.wait(for: "thinkingDelta", "textDelta")
    try day.server.send(Self.cancel(day))
    #expect(try day.end(of: number) == "cancelled")
    expect([try day.run("and now"), try day.run("and then")], of: day, mayLose: true)
  }

  @Test(arguments: Company.all) func `an answer is stopped after its thinking`(_ company: Company) throws {
    let action = StrictAction.text("Let me say it.").with {
      ($0.thought, $0.ending) = ("first this", .heldAfterEvents(7))
    }
    let day = try Day(company, [action, .text("fine")])
    let number = try day.start("go")
    try day.wait(for: "textDelta")
    try day.server.send(Self.cancel(day))
    #expect(try day.end(of: number) == "cancelled")
    expect([try day.run("and now"), try day.run("and then")], of: day, mayLose: true)
  }

  @Test(arguments: Company.all) func `the model refuses, and is asked something else`(_ company: Company) throws {
    let day = try Day(company, [.text("no").with { $0.stop = "refusal" }])
    #expect(try day.run("bad") == "refusal")
    expect([try day.run("good"), try day.run("better")], of: day, mayLose: true)
  }

  @Test(arguments: Company.few, [2, 3, 4, 5, 6, 7, 8]) func `the connection breaks within an answer`(
    _ company: Company, events: Int
  ) throws {
    let cut = StrictAction.text("half an answer").with {
      ($0.thought, $0.ending) = ("so", .cutAfterEvents(events))
    }
    let day = try Day(company, [cut])
    // What has been said is lost or asked for again; which, is not the matter here.
    _ = try day.run("a")
    expect([try day.run("b"), try day.run("c")], of: day, mayLose: true)
  }

  @Test(arguments: Company.few, [2, 4, 6]) func `the connection breaks within a call`(
    _ company: Company, events: Int
  ) throws {
    let cut = StrictAction.call("read_file", ["path": "f1.txt"]).with { $0.ending = .cutAfterEvents(events) }
    let day = try Day(company, [cut])
    _ = try day.run("a")
    expect([try day.run("b"), try day.run("c")], of: day, mayLose: true)
  }

  @Test(arguments: Company.all) func `the service is busy for a moment`(_ company: Company) throws {
    let day = try Day(company, [.text("fine"), .refusal(529, "overloaded_error", "Overloaded")])
    expect([try day.run("a"), try day.run("b"), try day.run("c")], of: day)
  }

  private static func cancel(_ day: Day) -> String {
    (["jsonrpc": "2.0", "id": "cancel", "method": "agent/cancel", "params": ["sessionId": .string(day.session)]] as JSON)
      .text
  }
}
