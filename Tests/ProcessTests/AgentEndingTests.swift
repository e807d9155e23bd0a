import Foundation
import Protocol
import TestSupport
import Testing

/// How a command that goes on may come to its end: with its processes, whoever ends it.
@Suite(.ownThread) struct `A command that goes on` {
  /// Starts processes that would stay for an hour, one of them by a detour and deaf to polite requests, and tells their
  /// numbers.
  private static let command = """
    sh -c 'trap "" TERM HUP; echo $$ > deaf; while :; do sleep 3600; done' &
    (setsid sleep 3600 & echo $! > left); sleep 3600 & echo $! > child; echo $$ > shell
    while ! test -s deaf; do :; done
    echo ready; wait
    """

  private func bench(usesHeaders: Bool = false, timeout: Int? = nil) throws -> AgentBench {
    var input: JSONObject = ["command": .string(Self.command)]
    if let timeout { input["timeout_seconds"] = .number(JSONNumber(timeout)) }
    let model = try AgentModel([.init(.call("execute_command", .object(input))), .init(.text("done"))])
    return try started(["--allow", "commands"], usesHeaders: usesHeaders, model: model)
  }

  /// The program as a process, whose end is what matters here.
  private func started(_ arguments: [String], usesHeaders: Bool = false, model: AgentModel) throws -> AgentBench {
    try AgentBench(usesHeaders: usesHeaders, model: model) {
      try ServerProcess(arguments, environment: $0, usesHeaders: usesHeaders)
    }
  }

  /// Sends a signal to the program.
  private func signal(_ signal: Int32, _ bench: AgentBench) throws {
    try #require(bench.server as? ServerProcess).signal(signal)
  }

  /// The processes that the command has started, once it says that it is ready.
  private func processes(of bench: AgentBench) throws -> [pid_t] {
    _ = try bench.next { $0["params"]?["type"] == "toolOutputDelta" }
    return try ["deaf", "left", "child", "shell"].map { name in
      let text = bench.folder.text(name)?.filter(\.isNumber) ?? ""
      guard let number = pid_t(text) else { throw Client.Failure(description: "no process '\(name)'") }
      #expect(kill(number, 0) == 0)
      return number
    }
  }

  private func expectGone(_ processes: [pid_t]) throws {
    guard HangGuard.waitBlocking(until: { processes.allSatisfy(ProcessState.isGone) }) else {
      Issue.record("still there: \(processes.filter { !ProcessState.isGone($0) })")
      return
    }
  }

  @Test(arguments: [false, true]) func `ends with its processes when its run is cancelled`(byRequest: Bool) throws {
    let bench = try bench()
    let number = try bench.start("go")
    let processes = try processes(of: bench)
    if byRequest {
      try bench.server.send(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":\#(number)}}"#)
    } else {
      try bench.request("c", "agent/cancel", ["sessionId": bench.id])
    }
    let answer = try bench.messages(upTo: number).last
    if byRequest {
      #expect(answer?["error"]?["code"] == -32800)
    } else {
      #expect(answer?["result"]?["stopReason"] == "cancelled")
    }
    try expectGone(processes)
    // The session goes on, and the call that was cut short has its result.
    let (_, result) = try bench.run("and now")
    #expect(result["text"] == "done")
    #expect(bench.model.questions[1].messages.count == 3)
    #expect(bench.model.flaws == [])
  }

  // Three seconds are enough for a busy machine to start what is to be ended.
  @Test(.tags(.realTime)) func `ends with its processes when it takes too long in real time, and the model is told`()
    throws
  {
    let bench = try bench(timeout: 3)
    let number = try bench.start("go")
    let processes = try processes(of: bench)
    #expect(try bench.messages(upTo: number).last?["result"]?["text"] == "done")
    #expect(bench.model.questions[1].resultTexts.first?.contains("[ended after 3 s") == true)
    try expectGone(processes)
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func `ends with its processes when the program is told to end`(
    signal: Int32
  ) throws {
    let bench = try bench()
    let number = try bench.start("go")
    let processes = try processes(of: bench)
    try self.signal(signal, bench)
    #expect(try bench.server.receiveAll().last?["id"] == .number(JSONNumber(number)))
    #expect(try bench.server.waitForExit() == 128 + signal)
    try expectGone(processes)
  }

  @Test func `ends with its processes when the program is killed`() throws {
    let bench = try bench()
    _ = try bench.start("go")
    let processes = try processes(of: bench)
    try signal(SIGKILL, bench)
    #expect(try bench.server.waitForExit() == -SIGKILL)
    try expectGone(processes)
  }

  @Test func `ends with its processes when an editor's input ends`() throws {
    let bench = try bench(usesHeaders: true)
    _ = try bench.start("go")
    let processes = try processes(of: bench)
    try bench.server.closeInput()
    #expect(try bench.server.waitForExit() == 1)
    try expectGone(processes)
  }

  @Test(.tags(.realTime))
  func `ends with its processes when a script's input has ended and the real time to wait is over`() throws {
    let model = try AgentModel([.init(.call("execute_command", ["command": .string(Self.command)]))])
    let bench = try started(["--allow", "commands", "--drain-timeout", "3"], model: model)
    let number = try bench.start("go")
    try bench.server.closeInput()
    let processes = try processes(of: bench)
    #expect(try bench.messages(upTo: number).last?["error"]?["code"] == -32800)
    _ = try bench.server.waitForExit()
    try expectGone(processes)
  }

  @Test func `is waited for when a script's input ends`() throws {
    let bench = try started(
      ["--allow", "commands"],
      model: AgentModel([
        .init(.call("execute_command", ["command": "echo begun; read word < pipe; echo $word"])), .init(.text("done")),
      ]))
    let made = unsafe mkfifo(bench.folder.path + "/pipe", 0o600)
    #expect(made == 0)
    let number = try bench.start("go")
    try bench.server.closeInput()
    _ = try bench.next { $0["params"]?["type"] == "toolOutputDelta" }
    try Data("over\n".utf8).write(to: URL(fileURLWithPath: bench.folder.path + "/pipe"))
    #expect(try bench.messages(upTo: number).last?["result"]?["text"] == "done")
    #expect(bench.model.questions[1].resultTexts == ["begun\nover\n"])
    #expect(try bench.server.waitForExit() == 0)
  }

  @Test func `ends with its processes when nobody reads any more`() throws {
    let bench = try bench()
    _ = try bench.start("go")
    let processes = try processes(of: bench)
    try bench.server.closeOutput()
    #expect(try bench.server.waitForExit() == 1)
    try expectGone(processes)
  }
}
