import Foundation
import Protocol
import TestSupport
import Testing

/// The program as scripts meet it: statuses, pipes that are silent, closed or full, and JSON whatever happens.
@Suite(.ownThread) struct `From a script, the command line` {
  private static func saying(_ turns: AgentModel.Turn...) throws -> AgentModel { try AgentModel(turns) }

  private static let ends: [(AgentModel.Turn, arguments: [String], status: Int32, says: String?)] = [
    (.init(.text("whole")), [], 0, nil),
    (.init(.text("half an ans"), stopReason: "max_tokens"), ["--max-tokens", "50"], 3, "the answer is not whole"),
    (.init(.text(""), stopReason: "max_tokens"), ["--max-tokens", "50"], 3, "nothing was said"),
    (.init(.call("list_files", [:])), ["--max-turns", "1"], 4, "--max-turns"),
    (.init(.text("No."), stopReason: "refusal"), [], 5, "refused"),
    (.init(.text("So"), stopReason: "model_context_window_exceeded"), [], 7, "window"),
    (.init(.text(" \n")), [], 8, "without a word"),
  ]

  @Test func `tells its version, its commit as far as it is noted, and its build, in a line`() throws {
    let version = try Command("--version")
    let line = try Regex(
      #"wyn360 \d+\.\d+\.\d+ \((commit not noted|commit [0-9a-f]+.*), (debug|release) build, .+\)\n"#)
    #expect(version.status == 0 && version.output.wholeMatch(of: line) != nil, "\(version.output)")
  }

  @Test(arguments: ends.indices) func `ends with a status of its own for each end, and a line that says why`(
    place: Int
  ) throws {
    let (turn, arguments, status, says) = Self.ends[place]
    for format in [[], ["--json"]] {
      let model = try Self.saying(turn)
      let command = try Command(format + arguments + ["go"], environment: model.environment())
      #expect(command.status == status)
      let lines = command.errors.split(separator: "\n").filter { $0.hasPrefix("wyn360: ") }
      #expect(lines.count == (says == nil ? 0 : 1), "\(command.errors)")
      if let says { #expect(lines.first?.contains(says) == true, "\(command.errors)") }
      if !format.isEmpty { #expect(try JSON.parse(Array(command.output.utf8))["stopReason"] != nil) }
    }
  }

  @Test(
    arguments: [
      (["--nosuch", "hi"], 2), (["--max-tokens", "none", "hi"], 2), (["srve"], 2), (["--max-tokens", "0"], 2),
      (["--no-stdin", "-", "hi"], 2), (["--replay", "demo", "--record", "x", "hi"], 2), ([""], 2),
      (["--thinking", "1", "hi"], 2),
      (["call", "no/such"], 2), (["call", "session/get", "{"], 2), (["call", "session/get", #"{"sessionId":"x"}"#], 1),
      (["--replay", "/nonexistent", "hi"], 1), (["hi"], 1), (["--record", "/nonexistent/x", "hi"], 1),
    ] as [([String], Int32)])
  func `answers in JSON whatever is wrong, when that is asked for`(arguments: [String], status: Int32) throws {
    let environment = arguments.contains("hi") && status == 2 ? ["ANTHROPIC_API_KEY": "sk-ant-canary"] : [:]
    let command = try Command(["--json"] + arguments, environment: environment)
    #expect(command.status == status)
    let error = try JSON.parse(Array(command.output.utf8))["error"]
    #expect(error?["message"]?.string?.isEmpty == false, "\(command.output)")
    if arguments == ["hi"] { #expect(error?["data"]?["kind"] == "authRequired") }
  }

  @Test(arguments: [
    ("srve", "wyn360 --stdio"), ("serve", "wyn360 --stdio"), ("help", "wyn360 --help"), ("verison", "wyn360 --version"),
    ("models/list", "wyn360 call models/list"), ("cal session/list", "wyn360 call METHOD"),
  ]) func `says what to type for a word that is no prompt`(words: String, meant: String) throws {
    let command = try Command(words.split(separator: " ").map(String.init))
    #expect(command.status == 2)
    #expect(command.errors.contains(meant))
  }

  @Test(arguments: ["why is the sky blue?\n", "Q: why?\nis it", "[draft] hello\n", "{why}", "why"])
  func `says what to type where plain text is piped into a server`(text: String) throws {
    let server = try ServerProcess()
    try server.write(text)
    try server.closeInput()
    let output = try server.readToEnd()
    #expect(output.contains("wyn360 - < FILE"))
    #expect(try server.waitForExit() == 1)
  }

  @Test func `waits for a pipe that is slow, and asks nothing without it`() throws {
    let (model, folder) = (try Self.saying(.init(.text("ok"))), try TemporaryFolder())
    let slow = try ShellScript(
      #"""
      mkfifo pipe; "$PROGRAM" review <pipe 2>told & exec 3>pipe
      until grep -q 'waiting for stdin' told; do :; done
      echo THE-DIFF >&3; exec 3>&-; wait $!
      """#, environment: model.environment(), folder: folder)
    #expect(slow.output == "ok\n" && slow.status == 0)
    #expect(model.questions.first?.body.text.contains("THE-DIFF") == true)
  }

  @Test func `gives up a pipe that stays silent, with a status, and asks at once where it need not read`() throws {
    let (model, folder) = (try Self.saying(.init(.text("ok"))), try TemporaryFolder())
    let silent = try ShellScript(
      #"""
      mkfifo pipe; exec 3<>pipe
      "$PROGRAM" --stdin-timeout 1 --json review <pipe; echo $?; "$PROGRAM" --no-stdin review <pipe
      "$PROGRAM" --json review <pipe 2>told & until grep -q waiting told; do :; done; kill -TERM $!; wait $!; echo $?
      """#, environment: model.environment(), folder: folder)
    let lines = silent.output.split(separator: "\n").map(String.init)
    try #require(lines.count == 5 && lines[2] == "ok")
    #expect(try JSON.parse(Array(lines[3].utf8))["error"]?["code"] == -32800)
    #expect(lines[4] == "143")
    #expect(try JSON.parse(Array(lines[0].utf8))["error"]?["data"]?["kind"] == "timeout")
    #expect(lines[1] == "1")
    #expect(silent.errors.contains("--no-stdin"))
    #expect(model.questions.count == 1)
  }

  @Test func `ends clearly when descriptors are missing, full or closed`() throws {
    let folder = try TemporaryFolder()
    for (script, status, says) in [
      (#""$PROGRAM" --replay demo hi <&- >&- 2>&-"#, 1, ""),
      (#""$PROGRAM" --replay demo hi >&-"#, 1, "stdout is closed"),
      (#""$PROGRAM" --version <&- 2>&-"#, 0, ""), (#"echo '{"id":1,"method":"server/ping"}' | "$PROGRAM" 2>&-"#, 0, ""),
      (#""$PROGRAM" <&-"#, 0, ""), (#""$PROGRAM" - <&-"#, 1, "ANTHROPIC_API_KEY"),
      (#""$PROGRAM" --version >/dev/full"#, 1, "No space left"), (#""$PROGRAM" --help >/dev/full"#, 1, "No space left"),
      (#""$PROGRAM" --replay demo --replay-speed 0 hi >/dev/full"#, 1, "No space left"),
      (#""$PROGRAM" call server/describe >/dev/full"#, 1, "No space left"),
    ] {
      let run = try ShellScript(script, folder: folder)
      #expect(run.status == status, "\(script)")
      #expect(says.isEmpty || run.errors.contains(says), "\(script): \(run.errors)")
    }
    // The reader is gone before the first byte.
    for arguments in ["--help", "--replay demo --replay-speed 0 hi", "call server/describe"] {
      let run = try ShellScript(
        #"mkfifo gone; : <gone & exec 4>gone; wait; "$PROGRAM" \#(arguments) >&4; echo $?; rm gone"#,
        folder: folder)
      #expect(run.output == "141\n", "\(arguments): \(run.output) \(run.errors)")
    }
  }

  @Test func `plays a recording whose tools give something else now, and is never silent about one`() throws {
    let folder = try TemporaryFolder()
    let model = try Self.saying(
      .init(.call("execute_command", ["command": "date +%N; echo more >>grows; ls -l"])), .init(.text("recorded")))
    let arguments = #""$PROGRAM" --allow commands"#
    let live = try ShellScript("\(arguments) --record tape go", environment: model.environment(), folder: folder)
    #expect(live.output == "recorded\n" && live.errors.hasPrefix("•"))
    let again = try ShellScript("\(arguments) --replay tape go", folder: folder)
    #expect(again.output == "recorded\n" && again.status == 0, "\(again.errors)")
    let other = try ShellScript("\(arguments) --replay tape stop", folder: folder)
    #expect(other.status == 1 && other.errors.contains("the recording has no answer"))
    let added = try ShellScript(#""$PROGRAM" --record tape call server/ping"#, folder: folder)
    #expect(added.errors == "wyn360: the recording 'tape' is there, and is added to\n")
    let full = try ShellScript(#""$PROGRAM" --record /dev/full call server/ping"#, folder: folder)
    #expect(full.errors.contains("'/dev/full' is incomplete: No space left on device"))
  }

  @Test func `tells a debugging log of requests, credentials and tries again, without secrets`() throws {
    let model = try ScriptedModel()
    model.take(.refuse(529, type: "overloaded_error", message: "busy"))
    model.take(.text("ok"))
    model.take(.end("end_turn"))
    let command = try Command("--log", "debug", "go", environment: model.environment)
    #expect(command.output == "ok\n")
    let lines = command.errors.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains(/^wyn360 debug: POST 127\.0\.0\.1:[0-9]+ 529 in [0-9]+ ms$/) })
    #expect(lines.contains { $0.contains(/^wyn360 debug: POST 127\.0\.0\.1:[0-9]+ 200 in [0-9]+ ms$/) })
    #expect(lines.contains { $0.hasPrefix("wyn360 debug: ") && $0.contains("try 2 of 3 in ") })
    #expect(lines.contains("wyn360 debug: credentials of anthropic: ANTHROPIC_API_KEY"))
    for secret in model.environment.values where !secret.hasPrefix("http") { #expect(!command.errors.contains(secret)) }
  }
}
