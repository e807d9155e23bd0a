import Foundation
import Protocol
import TestSupport
import Testing

/// A command in the background goes on when its call and its run are over, and ends with its session at the latest.
@Suite(.ownThread) struct `A command in the background` {
  /// A hundred children, one that left its group, and one that is deaf; their numbers are in `runs`.
  private static let crowd = """
    \(waiting); i=0; while [ $i -lt 100 ]; do sleep 3600 & echo $! >>runs; i=$((i+1)); done
    sh -c 'trap "" TERM HUP; echo $$ >>runs; while :; do sleep 3600; done' &
    (setsid sleep 3600 & echo $! >>runs)
    while [ $(wc -l <runs) -lt 102 ]; do sleep 0.01; done; echo all are there; wait
    """
  /// Nothing is said while the command is looked at first.
  private static let waiting = "while ! test -e go; do sleep 0.01; done"
  private static let go = AgentModel.Turn(.call("execute_command", ["command": "touch go"]))

  private func start(_ command: String) -> AgentModel.Turn {
    .init(.call("execute_command", ["command": .string(command), "background": true]))
  }

  private func ask(_ command: Int, until: String? = nil, wait: Int? = nil) -> AgentModel.Turn {
    var input: JSONObject = ["command": .number(JSONNumber(command))]
    input["until"] = until.map { .string($0) }
    input["wait_seconds"] = wait.map { .number(JSONNumber($0)) }
    return .init(.call("command_output", .object(input)))
  }

  private func bench(_ turns: [AgentModel.Turn]) throws -> AgentBench {
    let model = try AgentModel(turns)
    return try AgentBench(model: model) { try ServerProcess(["--allow", "commands"], environment: $0) }
  }

  private func crowd(of bench: AgentBench) throws -> [Int32] {
    let numbers = (bench.folder.text("runs") ?? "").split(separator: "\n").compactMap { Int32($0) }
    try #require(numbers.count == 102)
    #expect(!numbers.contains(where: ProcessState.isGone))
    return numbers
  }

  private func expectGone(_ processes: [Int32]) {
    let areGone = HangGuard.waitBlocking { processes.allSatisfy(ProcessState.isGone) }
    #expect(areGone, "left: \(processes.filter { !ProcessState.isGone($0) })")
  }

  @Test func `is a server that is started, used and stopped, in one run and the next`() throws {
    let server = """
      \(Self.waiting); echo listening
      while sleep 0.01; do test -e one && rm one && echo got one; test -e end && echo got end && exit 3; done
      """
    let done = AgentModel.Turn(.text("done"))
    let bench = try bench([
      start(server), Self.go, ask(1, until: "listening"),
      .init(.call("execute_command", ["command": "touch one"])),
      ask(1, until: "got one"), done, .init(.call("execute_command", ["command": "touch end"])), ask(1, wait: 600),
      ask(1), ask(2), done,
    ])
    _ = try bench.run("serve")
    let results = { bench.model.questions.map { $0.resultTexts.last ?? "" } }
    #expect(results()[1] == "[command 1 goes on]")
    #expect(results()[3] == "listening\n[command 1 goes on]")
    #expect(results()[5] == "got one\n[command 1 goes on]")
    _ = try bench.run("end it")
    #expect(results()[8] == "got end\n[command 1 has ended: exit status 3]")
    #expect(results()[9] == "[command 1 has ended: exit status 3]")
    #expect(results()[10].hasPrefix("There is no command 2 in the background. There are: 1 (while ! test -e go;"))
    #expect(bench.model.flaws == [])
  }

  @Test func `that has ended is told to the model, until it has read how`() throws {
    let command = "while ! test -e go; do sleep 0.01; done; echo over"
    let told = "Ended in the background, command_output tells how: 1 (\(command))."
    let (start, ask) = (start(command), ask(1))
    let model = try AgentModel { question in
      if question.prompt == "start", question.results.isEmpty { return start }
      let body = question.body.text
      return body.contains(told) && !body.contains("[command 1 has ended]") ? ask : .init(.text("done"))
    }
    let bench = try AgentBench(model: model) { try ServerProcess(["--allow", "commands"], environment: $0) }
    _ = try bench.run("start")
    _ = try bench.run("not yet")
    #expect(!model.questions.contains { $0.body.text.contains("Ended in the background") })
    try bench.folder.write("go", "")
    let isTold = HangGuard.waitBlocking {
      (try? bench.run("and now")).map { _ in model.questions.last?.resultTexts.last == "over\n[command 1 has ended]" }
        ?? true
    }
    #expect(isTold)
    _ = try bench.run("and then")
    #expect(model.questions.last?.results.isEmpty == true)
    #expect(model.questions.last.map { $0.body.text.components(separatedBy: told).count } == 2)
    #expect(model.flaws == [])
  }

  @Test(arguments: ["command_stop", "session/close", "end of input", "SIGTERM", "SIGKILL"])
  func `ends with all that it has started:`(way: String) throws {
    let done = AgentModel.Turn(.text("done"))
    let stop = AgentModel.Turn(.call("command_stop", ["command": 1]))
    let bench = try bench([start(Self.crowd), Self.go, ask(1, until: "all are there"), done, stop, done])
    _ = try bench.run("go")
    let processes = try crowd(of: bench)
    let server = try #require(bench.server as? ServerProcess)
    switch way {
    case "command_stop":
      _ = try bench.run("stop it")
      #expect(bench.model.questions[5].resultTexts.last == "[command 1 has ended: stopped]")
    case "session/close": _ = try bench.ask("session/close")
    case "end of input":
      try server.closeInput()
      #expect(try server.waitForExit() == 0)
    case "SIGTERM": server.signal(SIGTERM)
    default: server.signal(SIGKILL)
    }
    expectGone(processes)
    #expect(bench.model.flaws == [])
  }

  @Test func `goes on when its run is cancelled`() throws {
    let bench = try bench([
      start("echo $$ >runs; echo here; sleep 3600"), ask(1, until: "never said", wait: 600), .init(.text("done")),
    ])
    let number = try bench.start("go")
    _ = try bench.next { $0["params"]?["type"] == "toolStart" && $0["params"]?["name"] == "command_output" }
    try bench.request("c", "agent/cancel", ["sessionId": bench.id])
    #expect(try bench.messages(upTo: number).last?["result"]?["stopReason"] == "cancelled")
    let process = try #require(Int32(bench.folder.text("runs")?.filter(\.isNumber) ?? ""))
    #expect(!ProcessState.isGone(process))
    _ = try bench.ask("session/close")
    expectGone([process])
  }
}
