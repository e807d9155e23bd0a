import Foundation
import OperatingSystem
import Protocol
import TestSupport
import Testing

/// Who can ask for a sandbox, and what becomes of it where there is none.
@Suite(.ownThread) struct `A sandbox that is asked for` {
  private static let isThere = SandboxKernel.current.problem == nil
  private static let done = AgentModel.Turn(.text("done"))

  private let outside: TemporaryFolder
  private let scratch: TemporaryFolder
  init() throws { (outside, scratch) = (try TemporaryFolder(), try TemporaryFolder()) }

  private func run(_ command: String) -> AgentModel.Turn {
    .init(.call("execute_command", ["command": .string(command)]))
  }

  /// A session whose model runs a command, at a server with these arguments.
  private func bench(
    _ turns: [AgentModel.Turn], _ arguments: [String] = [], variables: [String: String] = [:],
    options: JSONObject = [:],
    initialize: JSONObject? = nil, kernel: SandboxKernel = .current
  ) throws -> AgentBench {
    var variables = variables
    variables["TMPDIR"] = scratch.path
    return try AgentBench(options: options, environment: variables, model: AgentModel(turns)) { environment in
      let server = try ServerInMemory(
        ["--allow", "commands"] + arguments, environment: environment, sandboxes: kernel)
      if let initialize { _ = try server.call(1, "initialize", ["initializationOptions": .object(initialize)]) }
      return server
    }
  }

  @Test(
    .enabled(if: isThere, "this kernel cannot confine programs"),
    arguments: ["flag", "variable", "initialize", "session", "nobody"]) func `holds, and is told to the model`(
      by: String
    )
    throws
  {
    let bench = try bench(
      [run("echo x >'\(outside.path)/new'; echo y >inside; echo over"), Self.done],
      by == "flag" ? ["--sandbox", "workspace"] : [],
      variables: by == "variable" ? ["WYN360_SANDBOX": "workspace"] : [:],
      options: by == "session" ? ["sandbox": "workspace"] : [:],
      initialize: by == "initialize" ? ["sandbox": "workspace"] : nil)
    _ = try bench.run("go")
    let system = bench.model.questions[0].body["system"]?.text ?? ""
    let told = bench.model.questions[1].resultTexts.first ?? ""
    #expect(bench.folder.text("inside") == "y\n" && told.contains("over"))
    #expect(system.contains("Commands are confined by the kernel") == (by != "nobody"))
    #expect(told.contains("Permission denied") == (by != "nobody"))
    #expect(outside.names == (by == "nobody" ? ["new"] : []))
    #expect(bench.model.flaws == [])
  }

  @Test(.enabled(if: isThere, "this kernel cannot confine programs"), arguments: ["workspace", "workspace,mcp"])
  func `holds for MCP servers when they are named`(mode: String) throws {
    // The server writes its log where it lies, which is outside.
    let script = try MCPScript()
    let entry = script.entry(["tools": [MCPScript.tool("look")]])
    let bench = try bench(
      [Self.done], ["--sandbox", mode], options: ["mcpServers": .object(["tracker": entry])])
    let (_, result) = try bench.run("go")
    let names = bench.model.questions[0].body["tools"]?.array?.compactMap { $0["name"]?.string } ?? []
    #expect(names.contains("mcp__tracker__look") == (mode == "workspace"))
    #expect(script.messages().isEmpty == (mode == "workspace,mcp"))
    #expect((result["notices"]?.array?.count ?? 0 > 0) == (mode == "workspace,mcp"), "\(result.text)")
  }

  @Test(.enabled(if: isThere, "this kernel cannot confine programs"))
  func `has commands run here, and in no editor's terminal`() throws {
    let editor = try OfferingEditor(
      [run("echo x >'\(outside.path)/new'"), Self.done], capabilities: ["terminal": true], mode: "bypass",
      environment: ["WYN360_SANDBOX": "workspace", "TMPDIR": scratch.path])
    let turn = try editor.prompt { _, _ in nil }
    #expect(turn.asked.isEmpty && editor.told(1).contains("Permission denied") && outside.names == [])
  }

  @Test func `is refused where the kernel has none, and nothing is run`() throws {
    let kernel = SandboxKernel(version: -38)
    let server = try ServerInMemory(sandboxes: kernel)
    let refused = try server.call(1, "initialize", ["initializationOptions": ["sandbox": "workspace"]])
    #expect(
      refused["error"]?["code"] == -32602 && refused["error"]?["message"]?.string?.contains("no Landlock") == true)
    for (id, mode) in [(2, "workspace"), (3, "workspace,mcp")] {
      let session = try server.call(id, "session/new", ["sandbox": .string(mode)])
      #expect(session["error"]?["code"] == -32602)
    }
    #expect(try server.call(4, "session/new", ["sandbox": "off"])["result"] != nil)
    let script = try MCPScript()
    let entry = script.entry(["tools": [MCPScript.tool("look")]])
    let bench = try bench(
      [run("touch made"), Self.done], ["--sandbox", "workspace,mcp"],
      options: ["mcpServers": .object(["tracker": entry])],
      kernel: kernel)
    let set = try bench.server.call(
      9, "session/setOptions", ["sessionId": bench.id, "options": ["sandbox": "workspace"]])
    #expect(set["error"]?["code"] == -32602)
    let (_, result) = try bench.run("go")
    #expect(bench.model.questions[0].body["system"]?.text.contains("No command is run") == true)
    #expect(bench.model.questions[1].resultTexts.first?.contains("no Landlock") == true)
    #expect(!bench.folder.names.contains("made") && script.messages().isEmpty)
    #expect(result["notices"]?.text.contains("no Landlock") == true)
  }

  @Test func `that makes no sense keeps a prompt from being asked`() throws {
    let model = try AgentModel([])
    var environment = model.environment()
    environment["WYN360_SANDBOX"] = "Workspace"
    let asked = try Command("hi", environment: environment)
    #expect(asked.status == 1 && asked.errors.contains("WYN360_SANDBOX is one of off, workspace, workspace,mcp"))
    let doctor = try Command("doctor", environment: environment)
    #expect(doctor.status == 1 && doctor.output.contains("commands cannot be confined"))
    #expect(try Command("--sandbox", "house", "hi", environment: environment).status == 2)
    #expect(model.questions.isEmpty)
  }

  @Test func `is in the doctor's page, with what the kernel has for it`() throws {
    let model = try AgentModel([])
    let off = try Command("doctor", environment: model.environment())
    #expect(off.output.contains(Self.isThere ? "(--sandbox would work: Landlock" : "(--sandbox would not work: "))
    let on = try Command("--sandbox", "workspace", "doctor", environment: model.environment())
    #expect(on.status == (Self.isThere ? 0 : 1))
    let told = Self.isThere ? "workspace (files are changed only in " : "✗ commands cannot be confined: "
    #expect(on.output.contains(told))
  }
}
