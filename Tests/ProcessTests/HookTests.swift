import Foundation
import OperatingSystem
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A hook` {
  /// One command for an event, for all tools or some.
  private func hook(_ event: String, _ command: String, matcher: String? = nil, timeout: JSON? = nil) -> JSON {
    var one: JSONObject = ["type": "command", "command": .string(command)]
    one["timeout"] = timeout
    var group: JSONObject = ["hooks": [.object(one)]]
    group["matcher"] = matcher.map(JSON.string)
    return ["hooks": .object([event: [.object(group)]])]
  }

  private func bench(
    _ own: JSON, _ command: String = "touch made", arguments: [String] = ["--allow", "all"], capabilities: JSON? = [:],
    environment: [String: String] = [:], turns: [AgentModel.Turn]? = nil
  ) throws -> SettingsBench {
    try SettingsBench(
      own: own, arguments: arguments, capabilities: capabilities, environment: environment, turns ?? running(command))
  }

  /// What the model read last.
  private func read(_ room: SettingsBench) -> String { room.bench.model.questions.last?.body["messages"]?.text ?? "" }

  @Test func `before a call is told of it as JSON, in the session's folder, without a secret in its environment`()
    throws
  {
    let room = try bench(
      hook("PreToolUse", "cat > told; env > variables; pwd > place"),
      environment: [
        "OTHER_API_KEY": "canary-other", "ANTHROPIC_CUSTOM_HEADERS": "x-key: canary-header", "PLAIN": "kept",
      ])
    let (_, result) = try room.bench.run("go")
    #expect(room.notices(result) == [])
    let told = try JSON.parse(Array((room.bench.folder.text("told") ?? "").utf8))
    #expect(told["hook_event_name"] == "PreToolUse" && told["tool_name"] == "execute_command")
    #expect(told["tool_input"] == ["command": "touch made"])
    #expect(told["session_id"] == room.bench.id && told["cwd"]?.string == room.bench.folder.path)
    #expect(told["permission_mode"] == "default" && told["tool_use_id"]?.string?.hasPrefix("toolu_") == true)
    #expect(room.bench.folder.text("place") == room.bench.folder.path + "\n")
    let variables = room.bench.folder.text("variables") ?? ""
    #expect(!variables.contains("canary") && variables.contains("PLAIN=kept"))
    #expect(variables.contains("CLAUDE_PROJECT_DIR=\(room.bench.folder.path)"))
    #expect(room.bench.folder.names.contains("made"))
  }

  @Test(arguments: [
    "echo 'not on my watch' >&2; exit 2",
    #"echo '{"hookSpecificOutput":{"permissionDecision":"deny","permissionDecisionReason":"not on my watch"}}'"#,
    #"echo '{"decision":"block","reason":"not on my watch"}'"#,
    #"echo '{"continue":false,"stopReason":"not on my watch"}'"#,
  ]) func `may refuse a call, by its status or in JSON, whatever else permits it`(command: String) throws {
    let room = try bench(hook("PreToolUse", command))
    _ = try room.bench.run("go")
    #expect(!room.bench.folder.names.contains("made"))
    #expect(read(room).contains("A hook of the person's refused this: not on my watch"))
  }

  @Test func `may put another input in the place of the model's, which rules hold for and the model hears of`() throws {
    let edit = #"echo '{"hookSpecificOutput":{"updatedInput":{"command":"touch other"}}}'"#
    let room = try bench(hook("PreToolUse", edit))
    _ = try room.bench.run("go")
    #expect(room.bench.folder.names == ["other"])
    #expect(read(room).contains("a hook of the person's changed the input before it was done"))
    let denied = try bench(
      hook("PreToolUse", edit), arguments: ["--allow", "all", "--rule", "deny:execute_command(touch other)"])
    _ = try denied.bench.run("go")
    #expect(denied.bench.folder.names == [])
    let wrong = try bench(hook("PreToolUse", #"echo '{"hookSpecificOutput":{"updatedInput":{"comand":1}}}'"#))
    _ = try wrong.bench.run("go")
    #expect(wrong.bench.folder.names == [])
  }

  @Test func `permits nothing, and may want a person asked`() throws {
    let allow = #"echo '{"hookSpecificOutput":{"permissionDecision":"allow"}}'"#
    let room = try bench(hook("PreToolUse", allow), arguments: [])
    _ = try room.bench.run("go")
    #expect(room.bench.folder.names == [])
    let ask = #"echo '{"hookSpecificOutput":{"permissionDecision":"ask","permissionDecisionReason":"sure?"}}'"#
    let asked = try bench(hook("PreToolUse", ask), capabilities: ["permission": true])
    var reasons: [JSON?] = []
    _ = try asked.bench.run("go") { _, params in
      reasons.append(params["reason"])
      return option("allowOnce")
    }
    #expect(reasons == ["sure?"] && asked.bench.folder.names == ["made"])
    let alone = try bench(hook("PreToolUse", ask))
    let (_, result) = try alone.bench.run("go")
    #expect(alone.bench.folder.names == [])
    #expect(alone.notices(result).contains { $0.contains("a hook wants execute_command asked about") })
  }

  @Test(arguments: [
    ("exit 1", "status 1"), ("echo oops >&2; exit 7", "status 7 (oops)"), ("kill -9 $$", "signal 9"),
    ("sleep 100", "it took too long"), ("yes", "it wrote too much"),
  ]) func `that fails or takes too long decides nothing, and is told of`(command: String, ending: String) throws {
    let room = try bench(hook("PreToolUse", command, timeout: command.hasPrefix("sleep") ? 0.05 : nil))
    let (_, result) = try room.bench.run("go")
    #expect(room.bench.folder.names == ["made"])
    #expect(room.notices(result).contains { $0.contains("decided nothing") && $0.contains(ending) }, "\(result)")
  }

  @Test(arguments: [
    ("Bash", true), ("execute_command", true), ("Edit|Bash", true), ("Edit|Write", false), ("", true), ("*", true),
    ("exec.*", true), (".*command", true), ("mcp__.*", false), ("^Bash$", true), ("bash", true),
  ]) func `is for the tools that its matcher names`(matcher: String, isMeant: Bool) throws {
    let room = try bench(hook("PreToolUse", "touch hooked", matcher: matcher))
    _ = try room.bench.run("go")
    #expect(room.bench.folder.names.contains("hooked") == isMeant)
  }

  @Test func `after a call adds a word to its result`() throws {
    for command in [
      "cat > told; echo 'format it' >&2; exit 2", #"cat > told; echo '{"decision":"block","reason":"format it"}'"#,
      #"cat > told; echo '{"hookSpecificOutput":{"additionalContext":"format it"}}'"#,
    ] {
      let room = try bench(hook("PostToolUse", command), "echo hello")
      _ = try room.bench.run("go")
      #expect(read(room).contains("[a hook of the person's says: format it]"))
      let told = try JSON.parse(Array((room.bench.folder.text("told") ?? "").utf8))
      #expect(told["tool_response"]?["content"]?.string?.contains("hello") == true)
      #expect(told["tool_response"]?["is_error"] == false)
    }
  }

  @Test func `at a prompt adds to it, or refuses it before the model is asked`() throws {
    let say = [AgentModel.Turn(.text("a"))]
    for command in [
      "echo 'the build is red'", #"echo '{"hookSpecificOutput":{"additionalContext":"the build is red"}}'"#,
    ] {
      let room = try bench(hook("UserPromptSubmit", command), turns: say)
      _ = try room.bench.run("go")
      #expect(read(room).contains("the build is red"))
    }
    let room = try bench(hook("UserPromptSubmit", "cat > told; echo 'no secrets here' >&2; exit 2"), turns: say)
    let messages = try room.bench.messages(upTo: try room.bench.start("my password is x"))
    #expect(messages.last?["error"]?["message"]?.string == "a hook refused the prompt: no secrets here")
    #expect(messages.last?["error"]?["data"]?["kind"] == "refusal")
    #expect(room.bench.model.questions.isEmpty)
    #expect(room.bench.folder.text("told")?.contains("my password is x") == true)
    #expect(try room.bench.ask("session/history")["exchanges"] == [])
  }

  @Test func `at the end of a run may have it go on, some times at most`() throws {
    let turns = (0..<20).map { AgentModel.Turn(.text("done \($0)")) }
    let once = try bench(
      hook("Stop", "cat >> told; [ -f tested ] || { touch tested; echo 'run the tests' >&2; exit 2; }"), turns: turns)
    let (_, result) = try once.bench.run("go")
    #expect(result["text"] == "done 1" && once.bench.model.questions.count == 2)
    #expect(read(once).contains("run the tests"))
    let told = (once.bench.folder.text("told") ?? "").split(separator: "\n").compactMap {
      try? JSON.parse(Array($0.utf8))
    }
    #expect(told.map { $0["stop_hook_active"] } == [false, true])
    #expect(told.map { $0["last_assistant_message"] } == ["done 0", "done 1"])
    let never = try bench(hook("Stop", "echo more >&2; exit 2"), turns: turns)
    _ = try never.bench.run("go")
    #expect(never.bench.model.questions.count == 9)
  }

  @Test func `of a project is run once it is trusted, and only then`() throws {
    let room = try SettingsBench(
      project: hook("UserPromptSubmit", "touch hooked"), [.init(.text("a")), .init(.text("b"))])
    let (_, first) = try room.bench.run("go")
    #expect(room.bench.folder.names == [".wyn360"])
    #expect(room.notices(first).contains { $0.contains("would set hooks.UserPromptSubmit") })
    let pending = try #require(try room.bench.ask("config/get")["pending"]?.array?.first)
    #expect(pending["widens"]?["hooks.UserPromptSubmit"]?.text.contains("touch hooked") == true)
    _ = try room.bench.ask("config/trust", ["path": .string(room.projectPath), "hash": pending["hash"] ?? .null])
    _ = try room.bench.run("go")
    #expect(room.bench.folder.names == [".wyn360", "hooked"])
  }

  @Test func `that is none is named, and the others are run`() throws {
    let room = try bench(
      [
        "hooks": [
          "UserPromptSubmit": [
            ["hooks": [["type": "prompt", "command": "x"]]], ["hooks": [["command": " "]]], ["hooks": 7],
            ["matcher": "a(b", "hooks": []], ["hooks": [["command": "touch hooked", "timeout": 0]]],
            ["hooks": [["command": "touch good"]]],
          ], "SessionStart": [],
        ]
      ], turns: [.init(.text("a"))])
    let (_, result) = try room.bench.run("go")
    #expect(room.bench.folder.names == ["good"])
    #expect(room.notices(result).count == 6)
    #expect(room.notices(result).allSatisfy { $0.contains("hooks.") })
  }
}

@Suite(.ownThread) struct `An editor's diagnostics` {
  private static let edit = [
    AgentModel.Turn(.call("write_file", ["path": "a.c", "content": "int x\n"])), AgentModel.Turn(.text("done")),
  ]

  private func read(_ bench: AgentBench) -> String { bench.model.questions.last?.body["messages"]?.text ?? "" }

  @Test func `are asked for after an edit and added to its result, the worst first`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "edits"], capabilities: ["diagnostics": true], model: AgentModel(Self.edit))
    let path = bench.folder.path + "/a.c"
    let (messages, _) = try bench.run("go") { method, params in
      #expect(method == "diagnostics/request")
      #expect(params["paths"] == [.string(path)] && params["sessionId"] == bench.id)
      #expect(bench.folder.text("a.c") == "int x\n")
      return [
        "diagnostics": [
          ["path": .string(path), "line": 9, "severity": "warning", "message": "unused"],
          ["path": .string(path), "line": 1, "column": 6, "message": "expected ';'", "source": "clangd"],
          ["path": "/etc/passwd", "line": 1, "message": "elsewhere"],
        ]
      ]
    }
    #expect(messages.params(of: "diagnostics/request").count == 1)
    let told = read(bench)
    let first = try #require(told.range(of: "\(path):1:6: error: expected ';' [clangd]"))
    let second = try #require(told.range(of: "\(path):9: warning: unused"))
    #expect(first.lowerBound < second.lowerBound && !told.contains("elsewhere"))
  }

  @Test func `that are none are said to be none, and an error adds nothing`() throws {
    let bench = try AgentBench(
      arguments: ["--allow", "edits"], capabilities: ["diagnostics": true], model: AgentModel(Self.edit + Self.edit))
    _ = try bench.run("go") { _, _ in ["diagnostics": []] }
    #expect(read(bench).contains("the editor sees nothing wrong in what was changed"))
    let other = try AgentBench(
      arguments: ["--allow", "edits"], capabilities: ["diagnostics": true], model: AgentModel(Self.edit))
    let (_, result) = try other.run("go") { _, _ in ["diagnostics": "none"] }
    #expect(result["text"] == "done" && !read(other).contains("the editor sees"))
  }

  @Test(arguments: [true, false]) func `are asked of nobody that does not offer them, and not for what changes no file`(
    offers: Bool
  ) throws {
    let turns = [AgentModel.Turn(.call("read_file", ["path": "a.c"])), AgentModel.Turn(.text("done"))]
    let bench = try AgentBench(
      arguments: ["--allow", "edits"], capabilities: ["diagnostics": .bool(offers)],
      model: AgentModel(offers ? turns : Self.edit))
    try bench.folder.write("a.c", "int x;\n")
    let (messages, _) = try bench.run("go")
    #expect(messages.params(of: "diagnostics/request") == [])
  }

  @Test func `is not told of what a helper is asked and ends with, and a helper gets no tool that settings withhold`()
    throws
  {
    let hooks: JSONObject = [
      "UserPromptSubmit": [["hooks": [["type": "command", "command": "echo prompt >> told"]]]],
      "Stop": [["hooks": [["type": "command", "command": "echo stop >> told"]]]],
    ]
    let task: JSON = ["task": "part of it", "tools": ["write_file"]]
    let turns: [AgentModel.Turn] = [
      .init(.call("delegate", task)), .init(.call("delegate", ["task": "part of it"])), .init(.text("helped")),
      .init(.text("done")),
    ]
    let room = try SettingsBench(
      own: ["hooks": .object(hooks), "tools": ["withheld": ["write_file"]]], arguments: ["--allow", "all"],
      options: ["delegates": true], turns)
    let (messages, result) = try room.bench.run("go")
    #expect(result["text"] == "done")
    let results = messages.events("toolResult").filter { $0["name"] == "delegate" }
    #expect(results.map { $0["isError"] == true } == [true, false])
    #expect(results.first?.text.contains("a helper cannot be given 'write_file'") == true)
    #expect(room.bench.folder.text("told") == "prompt\nstop\n")
    #expect(room.bench.model.flaws == [])
  }
}
