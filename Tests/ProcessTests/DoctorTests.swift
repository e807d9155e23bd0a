import Foundation
import Protocol
import TestSupport
import Testing

/// One page of what a prompt would do: against doubles that see whether anything is sent.
@Suite(.ownThread) struct `The doctor` {
  private struct Look {
    var status: Int32
    var json: JSON
    var text: String

    /// Looks twice, for a program and for a person.
    init(_ arguments: [String] = [], environment: [String: String] = [:], folder: TemporaryFolder) throws {
      let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
      let run = try ShellScript("\"$PROGRAM\" \(quoted) --json doctor", environment: environment, folder: folder)
      let page = try ShellScript("\"$PROGRAM\" \(quoted) doctor", environment: environment, folder: folder)
      (status, text) = (run.status, page.output)
      json = try JSON.parse(Array(run.output.utf8))
      #expect(page.status == status && run.errors == "" && page.errors == "", "\(run.errors)\(page.errors)")
    }

    func fact(_ name: String) -> JSON? {
      json["sections"]?.array?.flatMap { $0["facts"]?.array ?? [] }.first { $0["name"]?.string == name }
    }
    func value(_ name: String) -> String? { fact(name)?["value"]?.string }
    func why(_ name: String) -> String? { fact(name)?["why"]?.string }
    var problems: [String] { json["problems"]?.array?.compactMap { $0["what"]?.string } ?? [] }
  }

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func `tells who would answer and why, and asks nobody`() throws {
    let model = try AgentModel([])
    try folder.write("AGENTS.md", "Use tabs.\n")
    try folder.write(".mcp.json", #"{"mcpServers":{"tracker":{"command":"npx","args":["tracker"]}}}"#)
    let look = try Look(
      ["--effort", "low", "--system", "SECRET-WORDS"], environment: model.environment(), folder: folder)
    #expect(look.status == 0 && look.json["ready"] == true && look.problems.isEmpty)
    #expect(look.value("provider") == "anthropic" && look.why("provider")?.contains("CLAUDE_CODE_USE_BEDROCK") == true)
    #expect(look.value("credentials") == "ANTHROPIC_API_KEY" && look.why("credentials")?.contains("--verify") == true)
    #expect(look.value("model")?.hasPrefix("sonnet, asked as claude-sonnet") == true)
    #expect(look.value("address") == model.server.url && look.why("address") == "ANTHROPIC_BASE_URL")
    #expect(look.value("folder")?.hasSuffix(folder.path) == true)
    #expect(look.value("instructions")?.hasSuffix("/AGENTS.md") == true)
    #expect(look.value("MCP server") == "tracker: npx tracker")
    #expect(look.why("MCP server")?.hasPrefix("off, as nobody can be asked") == true)
    #expect(look.value("--effort") == "low" && look.value("--system") == "given")
    #expect(look.value("ANTHROPIC_API_KEY") == "•••")
    for said in [look.text, look.json.text] { #expect(!said.contains("canary") && !said.contains("SECRET-WORDS")) }
    #expect(look.text.hasPrefix("wyn360 ") && look.text.contains(": a prompt would work\n"))
    #expect(model.questions.isEmpty)
  }

  @Test func `puts what is missing first, with what to do`() throws {
    let none = try Look(environment: ["ANTHROPIC_BASE_URL": ""], folder: folder)
    #expect(none.status == 1 && none.problems.first?.contains("ANTHROPIC_API_KEY") == true)
    #expect(none.text.split(separator: "\n")[1].hasPrefix("✗ "))
    #expect(none.value("address") == "https://api.anthropic.com")
    let bad = try Look(
      environment: [
        "ANTHROPIC_API_KEY": "sk-ant-canary", "ANTHROPIC_BASE_URL": "nonsense://x", "SSL_CERT_FILE": "/nonexistent/ca",
      ], folder: folder)
    #expect(bad.status == 1 && bad.problems.contains { $0.contains("ANTHROPIC_BASE_URL") })
    #expect(bad.problems.contains { $0.contains("SSL_CERT_FILE names '/nonexistent/ca'") })
    let aws = try Look(["--bedrock"], environment: ["AWS_REGION": "eu west"], folder: folder)
    #expect(aws.status == 1 && aws.why("provider") == "--bedrock")
    #expect(aws.problems.contains { $0.contains("eu west") })
    let keyless = try Look(
      environment: ["CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "eu-west-1"], folder: folder)
    #expect(keyless.status == 1 && keyless.value("region") == "eu-west-1")
    #expect(keyless.value("address") == "https://bedrock-runtime.eu-west-1.amazonaws.com")
  }

  @Test(arguments: ["anthropic", "bedrock"]) func `proves credentials by one call, when it is told to`(provider: String)
    throws
  {
    let model = try AgentModel { _ in .init(.text("ok")) }
    let environment = model.environment(provider)
    let unproved = try Command("--json", "doctor", environment: environment)
    #expect(unproved.status == 0, "\(unproved.output)")
    #expect(model.server.requests.isEmpty)
    let refusing = try LoopbackServer(
      LoopbackServer.json(
        #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#, status: 401))
    var wrong = environment
    for name in ["ANTHROPIC_BASE_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"] where wrong[name] != nil
    {
      wrong[name] = refusing.url
    }
    let refused = try Command("--json", "--retries", "0", "doctor", "--verify", environment: wrong)
    #expect(refused.status == 1 && refused.output.contains("\"ready\":false"), "\(refused.output)")
    #expect(!refused.output.contains("canary"))
  }

  @Test func `says that credentials were proved, once they were`() throws {
    let bedrock = try AgentModel { _ in .init(.text("fine")) }
    let api = try LoopbackServer(LoopbackServer.json(#"{"data":[],"has_more":false}"#))
    let key = ["ANTHROPIC_API_KEY": "sk-ant-canary", "ANTHROPIC_BASE_URL": api.url]
    for environment in [bedrock.environment("bedrock"), key] {
      let proved = try Command("--json", "doctor", "--verify", environment: environment)
      #expect(proved.status == 0 && proved.output.contains("proved by one call"), "\(proved.output)")
    }
    #expect(api.requests.count == 1)
  }

  @Test func `shows no secret of an address, a proxy or a variable that holds one by mistake`() throws {
    let look = try Look(
      environment: [
        "ANTHROPIC_API_KEY": "sk-ant-canary-1", "ANTHROPIC_BASE_URL": "https://gateway.test/anthropic?key=canary-2",
        "HTTPS_PROXY": "http://me:canary-3@proxy.test:3128", "ANTHROPIC_MODEL": "sk-ant-canary-4",
        "ANTHROPIC_CUSTOM_HEADERS": "x-key: canary-5", "AWS_SECRET_ACCESS_KEY": "canary-6",
      ], folder: folder)
    #expect(look.value("proxy") == "http://proxy.test:3128" && look.why("proxy") == "HTTPS_PROXY")
    #expect(look.value("address") == "https://gateway.test/anthropic")
    // Passwords with what ends an address, where it should be written otherwise.
    let odd = try Look(
      environment: [
        "ANTHROPIC_API_KEY": "sk-ant-canary-1", "ANTHROPIC_BASE_URL": "https://gateway.test",
        "AWS_SESSION_TOKEN": "canary-8",
        "HTTPS_PROXY": "http://me:canary-7/x@proxy.test:1", "ALL_PROXY": "me:canary-9?x@h", "no_proxy": "x",
        "ANTHROPIC_AUTH_TOKEN": "canary-10", "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE": "canary-11",
        "http_proxy": "a:canary-12#@b",
      ], folder: folder)
    #expect(odd.status == 1 && odd.problems.contains { $0.contains("proxy's URL") })
    for said in [look.text, look.json.text, odd.text, odd.json.text] { #expect(!said.contains("canary"), "\(said)") }
  }
}
