import Foundation
import OperatingSystem
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite(.hangGuard) struct `execute_command` {
  @Test func `gives output, status and folder`() async throws {
    let bench = try ToolBench()
    try bench.make("sub/file", "inside")
    let good = try await bench.command("cat sub/file; echo err >&2; pwd; echo $PWD; cat; test -t 0 || echo no input")
    #expect(good.text == "insideerr\n\(bench.folder.path)\n\(bench.folder.path)\nno input\n" && !good.isError)
    let bad = try await bench.command("echo oops; exit 3")
    #expect(bad.text == "oops\n[exit status 3]" && bad.isError)
    #expect(try await bench.command("true").text == "(no output)")
    #expect(
      try await bench.command("printf 'a\\0b'").text == "ab\n[zero bytes left out: 1; it may be UTF-16, or no text]")
    #expect(try await bench.command("kill -9 $$").text == "[ended by signal 9]")
    #expect(try await bench.command("nosuchcommand").text.contains("[exit status 127]"))
    let below = try await bench.run("execute_command", ["command": "pwd", "working_folder": "sub"])
    #expect(below.text == "\(bench.folder.path)/sub\n")
    #expect(await bench.refusal("execute_command", ["command": "a\u{0}b"])?.kind == .invalidInput)
    #expect(await bench.refusal("execute_command", ["command": "pwd", "working_folder": "sub/file"]) != nil)
  }

  @Test func `keeps the beginning and the end of 16 MiB`() async throws {
    let bench = try ToolBench()
    let reports = Reports()
    let outcome = try await bench.run(
      "execute_command",
      ["command": "echo first; head -c 16777216 /dev/zero | tr '\\0' 'x'; echo; seq 1 1000; echo last"],
      report: { reports.take($0) })
    #expect(outcome.text.hasPrefix("first\nxxx") && outcome.text.hasSuffix("\n999\n1000\nlast\n"))
    #expect(outcome.text.utf8.count < 70_000)
    let left = try #require(outcome.text.firstMatch(of: /\[… (\d+) bytes left out …\]/)?.1)
    #expect(Int(left).map { (16_600_000..<16_777_216 + 5_000).contains($0) } == true)
    let shown = reports.all.reduce(0) { $0 + $1.utf8.count }
    #expect(shown < 300_000 && reports.all.count < 40 && reports.all.allSatisfy { $0.utf8.count <= 16_384 })
  }

  @Test func `shows all output that is not too much, in order and in whole characters`() async throws {
    let bench = try ToolBench()
    let reports = Reports()
    let outcome = try await bench.run(
      "execute_command", ["command": "i=0; while [ $i -lt 3000 ]; do echo \"é漢🙂 $i\"; i=$((i+1)); done"],
      report: { reports.take($0) })
    let expected = (0..<3_000).map { "é漢🙂 \($0)\n" }.joined()
    #expect(outcome.text == expected)
    #expect(reports.all.joined() == expected)
  }

  @Test func `ends what takes too long, also when it does not want to`() async throws {
    // Its time is over when it says that it is up, and its patience when it has heard that it is to end.
    let clock = ManualClock()
    let bench = try ToolBench(time: clock.source)
    func outcome(_ command: String) async throws -> ToolOutcome {
      let heard = Latch()
      return try await bench.run("execute_command", ["command": .string(command), "timeout_seconds": 60]) { progress in
        guard case .output(let text) = progress else { return }
        if text.contains("up\n") { clock.pass(60_000) }
        guard text.contains("deaf\n"), !heard.isOpen else { return }
        heard.open()
        clock.pass(ToolLimits.commandEndMs)
      }
    }
    let stubborn = try await outcome(
      "trap '' INT HUP; trap 'echo deaf' TERM; echo up; while :; do sleep 1000 & wait; done")
    #expect(stubborn.text.hasPrefix("up\ndeaf\n") && stubborn.text.contains("[ended after 60 s") && stubborn.isError)
    #expect(bench.processes() == [])
    let polite = try await outcome("trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait")
    #expect(polite.text.contains("up\nbye\n") && polite.text.contains("[ended after 60 s"))
    #expect(bench.processes() == [])
  }

  @Test func `waits for no daemon, and leaves none`() async throws {
    let bench = try ToolBench()
    let outcome = try await bench.command("(trap '' TERM HUP; sleep 1000) & setsid sleep 1001 & echo started")
    #expect(outcome.text.hasPrefix("started\n") && outcome.text.contains("left running were ended") && !outcome.isError)
    #expect(bench.processes() == [])
    let daemon = try await bench.command(
      "setsid sh -c 'sh -c \"trap \\\"\\\" TERM; echo deep; sleep 1002; sleep 1003\" & exit' & wait; echo done")
    #expect(daemon.text.contains("done\n"))
    #expect(bench.processes() == [])
    // What ends by itself soon after is waited for and not mentioned.
    #expect(try await bench.command("(echo late) & echo early").text.contains("left running") == false)
  }

  @Test func `finds 200 orphans`() async throws {
    let bench = try ToolBench()
    let outcome = try await bench.command(
      "i=0; while [ $i -lt 100 ]; do (setsid sleep 1004 &) ; (sh -c 'trap \"\" TERM; sleep 1005; :' &) ; i=$((i+1)); done; echo ok"
    )
    let count = try #require(outcome.text.firstMatch(of: /\[(\d+) processes left running/)?.1)
    #expect(outcome.text.hasPrefix("ok\n") && Int(count).map { $0 >= 200 } == true)
    #expect(bench.processes() == [])
  }

  @Test func `ends all when the person cancels`() async throws {
    let bench = try ToolBench()
    let started = Latch()
    let task = Task {
      try await bench.run(
        "execute_command",
        [
          "command": """
          i=0; while [ $i -lt 50 ]; do (setsid sleep 1006 &); i=$((i+1)); done
          trap '' TERM; echo ready; while :; do sleep 1000; done
          """
        ], report: { if case .output(let text) = $0, text.contains("ready") { started.open() } })
    }
    try await started.wait()
    #expect(bench.processes().count >= 50)
    task.cancel()
    let outcome = try await task.value
    #expect(outcome.text.contains("ready") && outcome.text.contains("the person stopped this"))
    #expect(outcome.isError)
    #expect(bench.processes() == [])
    let late = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return await bench.refusal("execute_command", ["command": "echo never > file"])
    }
    #expect(await late.value?.kind == .cancelled)
    #expect(!bench.exists("file"))
  }

  @Test(.ownThread) func `leaves no process when the program is gone`() throws {
    let bench = try ToolBench()
    let command = try SupervisedCommand(
      "i=0; while [ $i -lt 20 ]; do (setsid sleep 1007 &); i=$((i+1)); done; trap '' TERM HUP; echo ready; sleep 1000",
      folder: bench.folder.path, environment: ["PATH=/usr/bin:/bin", bench.mark])
    try command.read(until: "ready")
    #expect(bench.processes().count >= 20)
    try command.abandon()
    #expect(bench.processes() == [])
  }

  @Test func `is told that the workspace's folder is gone, as all tools are, for as long as it is`() async throws {
    let bench = try ToolBench()
    let gone = try await bench.command("rm -r ../workspace; echo gone")
    #expect(gone.text == "gone\n")
    for (tool, input): (String, JSON) in [
      ("execute_command", ["command": "echo never"]), ("read_file", ["path": "a"]), ("list_files", [:]),
      ("find_files", ["pattern": "*"]), ("search_files", ["pattern": "x"]), ("get_project_info", [:]),
      ("write_file", ["path": "a", "content": "x"]),
      ("edit_file", ["path": "a", "edits": [["old_text": "x", "new_text": "y"]]]),
    ] {
      let refusal = await bench.refusal(tool, input)
      #expect(
        refusal?.message.contains("folder '\(bench.folder.path)' is gone") == true, "\(tool): \(refusal?.message ?? "")"
      )
    }
    try bench.make("a")
    #expect(try await bench.command("cat a").text == "x\n")
  }

  @Test func `runs with bash where there is one, and says what it runs with`() async throws {
    let bench = try ToolBench()
    let description = bench.toolbox.definitions.first { $0.name == "execute_command" }?.description ?? ""
    let hasBash = CommandShell.usual != .posix
    #expect(description.contains(hasBash ? "with bash -c" : "with sh -c"))
    let arrays = try await bench.command("a=(one two); [[ ${a[1]} == t* ]] && echo ${a[1]} $'tab\\there' {1..3}")
    #expect(arrays.isError != hasBash && (!hasBash || arrays.text == "two tab\there 1 2 3\n"))
    let plain = Toolbox.standard(
      commands: CommandSettings(environment: CommandEnvironment([:]), time: .system, shell: .posix), files: .system)
    #expect(plain.definitions.contains { $0.description.contains("with sh -c") })
    let outcome = try await plain.plan("execute_command", ["command": "echo $0"], in: bench.workspace).run(
      ToolContext())
    #expect(outcome.text == "/bin/sh\n")
  }

  @Test func `keeps a long output to be read on, masked, until newer ones take its room`() async throws {
    let bench = try ToolBench()
    let (outputs, secret) = (CommandOutputs(), "s3cret-0123456789")
    let toolbox = Toolbox.standard(
      commands: CommandSettings(
        environment: CommandEnvironment(["PATH": "/usr/bin:/bin"]), mask: SecretMask([Secret(secret)]), time: .system),
      files: .system)
    func call(_ tool: String, _ input: JSON) async throws(ToolError) -> ToolOutcome {
      try await toolbox.plan(tool, input, in: bench.workspace).run(ToolContext(outputs: outputs))
    }
    let long = "seq 1 30000; echo \(secret); seq 30001 60000"
    let outcome = try await call("execute_command", ["command": .string(long)])
    #expect(outcome.text.hasSuffix("60000\n[the whole output can be read: read_file command-output:1]"))
    #expect(outcome.text.contains("bytes left out") && !outcome.text.contains("\n30000\n"))
    let part = try await call("read_file", ["path": "command-output:1", "start_line": 30_000, "end_line": 30_002])
    #expect(part.text == "30000\t30000\n30001\t•••\n30002\t30001\n[lines 30000 to 30002 of 60001]")
    #expect(try await call("execute_command", ["command": "echo short"]).text == "short\n")
    for _ in 0..<3 { _ = try await call("execute_command", ["command": "head -c 7000000 /dev/zero | tr '\\0' x"]) }
    await #expect(throws: ToolError.self) { try await call("read_file", ["path": "command-output:1"]) }
    #expect(try await call("read_file", ["path": "command-output:4"]).text.hasPrefix("1\txxx"))
    await #expect(throws: ToolError.self) {
      try await toolbox.plan("read_file", ["path": "command-output:4"], in: bench.workspace).run(ToolContext())
    }
  }

  /// What a program may do to hold up whoever started it.
  @Test func `has no terminal to ask for a password, and no input to wait for`() async throws {
    let bench = try ToolBench()
    let outcome = try await bench.command(
      "(read -r word < /dev/tty) 2>/dev/null || echo no terminal; read -r word || echo no input; exec >&- 2>&-; exit 4")
    #expect(outcome.text == "no terminal\nno input\n[exit status 4]")
  }

  @Test func `survives a command that ends its supervisor`() async throws {
    let bench = try ToolBench()
    let asked = try await bench.command("kill $PPID; kill -HUP $PPID; echo here")
    #expect(asked.text == "here\n")
    // However soon it does, the program is known that is to be ended in its place.
    try await withThrowingTaskGroup { group in
      for _ in 0..<20 { group.addTask { try await bench.command("sleep 1008 & kill -9 $PPID; sleep 1009") } }
      for try await killed in group { #expect(killed.text.contains("watched over it") && killed.isError) }
    }
    // Nobody is left who waits for their ends, which the system brings about in its own time.
    try await HangGuard.wait { bench.processes() == [] }
  }

  @Test func `runs many at once`() async throws {
    let bench = try ToolBench()
    try await withThrowingTaskGroup { group in
      for number in 0..<40 {
        group.addTask { try await bench.command("sleep 0.05; echo \(number); exit \(number % 3)").text }
      }
      var texts: Set<String> = []
      for try await text in group { texts.insert(text) }
      #expect(texts.count == 40)
    }
    #expect(bench.processes() == [])
  }

  @Test func `gives a command the usual signals and no descriptor but its own`() async throws {
    let bench = try ToolBench()
    let outcome = try await bench.command(
      "ls /proc/self/fd | sort -n | tr '\\n' ' '; grep -E 'Sig(Ign|Blk)' /proc/self/status")
    #expect(outcome.text.hasPrefix("0 1 2 3 "))
    // Two signals are the C library's own, and no program can set them.
    let own: UInt64 = 0b11 << 31
    for mask in outcome.text.matches(of: /Sig(?:Ign|Blk):\t([0-9a-f]+)/) {
      #expect(try #require(UInt64(mask.1, radix: 16)) & ~own == 0, "\(mask.0)")
    }
    #expect(outcome.text.contains("SigIgn"))
    let piped = try await bench.command("yes | head -n 1")
    #expect(piped.text == "y\n" && !piped.isError)
  }
}

@Suite struct `The environment of commands` {
  @Test func `holds none of our secrets`() async throws {
    let secrets = [
      "ANTHROPIC_API_KEY": "sk-ant-api03-hidden1", "ANTHROPIC_AUTH_TOKEN": "hidden2",
      "AWS_SECRET_ACCESS_KEY": "hidden3",
      "AWS_ACCESS_KEY_ID": "hidden4", "AWS_SESSION_TOKEN": "hidden5", "AWS_BEARER_TOKEN_BEDROCK": "hidden6",
      "aws_security_token": "hidden7", "OTHER_API_KEY": "hidden8", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "hidden9",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://hidden10", "ANTHROPIC_API_KEY_SECRET_ID": "hidden11",
    ]
    let bench = try ToolBench(secrets: secrets.merging(["AWS_REGION": "eu-central-1", "MONKEY": "business"]) { $1 })
    let outcome = try await bench.command("env; cat /proc/self/environ; tr '\\0' '\\n' < /proc/$$/environ")
    #expect(!outcome.text.contains("hidden"))
    #expect(outcome.text.contains("AWS_REGION=eu-central-1") && outcome.text.contains("MONKEY=business"))
    #expect(outcome.text.contains("TERM=dumb"))
  }

  @Test(.enabled(if: getuid() != 0, "root reads everything")) func `is not to be had from the program itself`()
    async throws
  {
    let bench = try ToolBench()
    let outcome = try await bench.command("cat /proc/\(getpid())/environ /proc/$PPID/environ")
    #expect(outcome.isError && outcome.text.split(separator: "\n").count { $0.contains("denied") } == 2)
  }

  @Test(
    arguments: [
      ([:], ["COUNT=1", "KEY_0=safe.bareRepository", "VALUE_0=explicit"]),
      (
        ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"],
        ["COUNT=2", "KEY_0=a.b", "KEY_1=safe.bareRepository", "VALUE_0=c", "VALUE_1=explicit"]
      ),
      (
        ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "Safe.BareRepository", "GIT_CONFIG_VALUE_0": "all"],
        ["COUNT=1", "KEY_0=Safe.BareRepository", "VALUE_0=all"]
      ),
      (["GIT_CONFIG_COUNT": ""], ["COUNT=1", "KEY_0=safe.bareRepository", "VALUE_0=explicit"]),
      (["GIT_CONFIG_COUNT": "many"], ["COUNT=many"]), (["GIT_CONFIG_COUNT": "-1"], ["COUNT=-1"]),
    ] as [([String: String], [String])])
  func `has git take no plain folder for a repository, beside what the person has set`(
    own: [String: String], expected: [String]
  ) {
    let entries = CommandEnvironment(own).entries.filter { $0.hasPrefix("GIT_CONFIG_") }
    #expect(entries.map { String($0.dropFirst("GIT_CONFIG_".count)) } == expected)
  }

  @Test func `leaves out what holds one of them under any name`() throws {
    let secret = "5up3r-s3cr3t"
    let environment = CommandEnvironment(
      ["A": "x\(secret)y", "B": "fine", "C": "abc", "PROXY": "http://u:\(secret)@h"],
      secrets: [Secret(secret), Secret("abc")])
    #expect(
      environment.entries.filter { "ABCP".contains($0.prefix(1)) && !$0.hasPrefix("PAGER") } == ["B=fine", "C=abc"])
    #expect("\(environment)".contains("fine") == false)
  }

  @Test func `is not needed to keep secrets out of the output`() async throws {
    let bench = try ToolBench()
    try bench.make("credentials", "key = abcdef-123456\n")
    let toolbox = Toolbox.standard(
      commands: CommandSettings(
        environment: CommandEnvironment([:]), mask: SecretMask([Secret("abcdef-123456")]), time: .system),
      files: .system)
    let reports = Reports()
    let outcome = try await toolbox.plan("execute_command", ["command": "/bin/cat credentials"], in: bench.workspace)
      .run(ToolContext(report: { reports.take($0) }))
    #expect(outcome.text == "key = •••\n" && reports.all.joined() == "key = •••\n")
  }
}
