import OperatingSystem
import Protocol
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `Pipes to an MCP server:` {
  private let clock = ManualClock()

  /// Nobody, who notes what comes.
  private final class Nobody: MCPInbox {
    let end = Promise<MCPFailure>()
    let taken = Mutex<[String]>([])
    func take(_ method: String, _ params: JSON?) { taken.withLock { $0.append(method) } }
    func answer(_ method: String, _ params: JSON?) async -> Result<JSON, RPCError> { .success([:]) }
    func ended(_ reason: MCPFailure) { end.set(reason) }
  }

  private let inbox = Nobody()

  private func open(
    _ script: MCPShellServer, _ order: StdioOrder? = nil, limits: StdioTransport.Limits = .init(),
    say: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> StdioTransport {
    try StdioTransport.open(
      order ?? script.order(), inbox: inbox, time: clock.source, log: Log(level: .debug, say: say), limits: limits)
  }

  private func request(
    _ name: String, total: Int = 600_000, idle: Int = 600_000, onProgress: (@Sendable (JSON) -> Void)? = nil
  ) -> MCPRequest {
    MCPRequest(
      "tools/call", ["name": .string(name)], totalMax: total, idleMax: idle, isRepeatable: false, onProgress: onProgress
    )
  }

  @Test func `what it says again of its own variables is hidden, wherever it is quoted`() async throws {
    let script = try MCPShellServer(
      """
      *'"stray"'*) printf '%0295d%s\\n' 0 "$KEY"; text said ;;
      *'"refuse"'*) refuse "{\\"code\\":-32000,\\"message\\":\\"bad $KEY\\"}" ;;
      *'"die"'*) echo "Bearer $KEY is no good" >&2; exit 3 ;;
      """)
    let log = Mutex<[String]>([])
    let order = script.order([.init("KEY", "canary-4c1e/77"), .init("HEADER", "Bearer canary-4c1e/77")])
    let transport = try open(script, order) { line in log.withLock { $0.append(line) } }
    _ = try await transport.ask(request("stray"))
    await #expect(throws: MCPFailure.refused(RPCError(.init(rawValue: -32000), "bad •••"))) {
      try await transport.ask(request("refuse"))
    }
    let failure = await #expect(throws: MCPFailure.self) { try await transport.ask(request("die")) }
    #expect(failure?.message.hasPrefix("server ended (exit 3): ") == true)
    await transport.close()
    let said = log.withLock { $0.joined(separator: "\n") } + (failure?.message ?? "")
    #expect(said.contains("no message: 000") && said.contains("is no good"))
    #expect(!said.contains("cana") && !said.contains("4c1e"))
  }

  // MARK: What comes

  @Test func `blank lines, marks, other line ends, batches and talk beside the messages change nothing`() async throws {
    let script = try MCPShellServer(
      """
      *'"odd"'*) printf '\\357\\273\\277\\n\\r\\n   \\nstarting up...\\n{"level":"info"}\\n'
        printf '\\357\\273\\277{"jsonrpc":"2.0","id":"%s","result":1}\\r\\n' "$id" ;;
      *'"batch"'*) say "[{\\"jsonrpc\\":\\"2.0\\",\\"method\\":\\"x\\"},{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":2}]" ;;
      """)
    let transport = try open(script)
    #expect(try await transport.ask(request("odd")) == 1)
    #expect(try await transport.ask(request("batch")) == 2)
    #expect(inbox.taken.withLock { $0 } == ["x"])
    await transport.close()
  }

  @Test func `a program that only talks is none, and what it says is told`() async throws {
    let script = try MCPShellServer(first: "while :; do echo 'Listening on port 80'; done")
    var limits = StdioTransport.Limits()
    limits.endingMs = 10
    let transport = try open(script, limits: limits)
    let failure = MCPFailure.unusable("what the program prints is not MCP: Listening on port 80")
    await #expect(throws: failure) { try await transport.ask(request("any")) }
    #expect(await inbox.end.wait() == failure)
    await transport.close()
  }

  @Test func `answers that nobody waits for are dropped`() async throws {
    let script = try MCPShellServer(
      """
      *'tools/call'*) for other in 0 99 null '"x"' true -1; do say "{\\"id\\":$other,\\"result\\":0}"; done; text mine
        text again ;;
      """)
    let transport = try open(script)
    for _ in 0..<3 {
      #expect(try await transport.ask(request("any"))["content"]?.array?.first?["text"] == "mine")
    }
    await transport.close()
  }

  @Test func `an answer that cannot be read, or is too long, fails its call alone`() async throws {
    let script = try MCPShellServer(
      """
      *'"broken"'*) say "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\":{\\"a\\":}}" ;;
      *'"long"'*) printf '{"jsonrpc":"2.0","id":%s,"result":"' "$id"; head -c 3000000 /dev/zero | tr '\\0' x; say '"}' ;;
      """)
    var limits = StdioTransport.Limits()
    limits.lineMax = 2 * 1024 * 1024
    let transport = try open(script, limits: limits)
    for (name, words) in [("broken", "is no JSON"), ("long", "longer than 2 MiB")] {
      let failure = await #expect(throws: MCPFailure.self) { try await transport.ask(request(name)) }
      #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }
    #expect(try await transport.ask(request("any"))["content"] != nil)
    await transport.close()
  }

  // MARK: Limits of a call

  @Test func `a call that is cancelled is taken back, and its late answer is nobody's`() async throws {
    let script = try MCPShellServer(
      """
      *'"slow"'*) held=$id ;;
      *'notifications/cancelled'*) id=$held; text late ;;
      """)
    let transport = try open(script)
    let calling = Task { try await transport.ask(request("slow")) }
    try await script.hasRead("slow")
    calling.cancel()
    await #expect(throws: MCPFailure.cancelled) { try await calling.value }
    try await script.hasRead("notifications/cancelled")
    #expect(try await transport.ask(request("any"))["content"]?.array?.first?["text"] == "called")
    await transport.close()
    let cancelled = script.sent.first { $0["method"] == "notifications/cancelled" }
    #expect(cancelled?["params"]?["requestId"] == script.sent[0]["id"])
  }

  @Test func `a call has its time, which progress does not extend, and its silence, which progress ends`() async throws
  {
    let script = try MCPShellServer(
      """
      *'"slow"'*) held=$id ;;
      *'"poke"'*)
        say "{\\"jsonrpc\\":\\"2.0\\",\\"method\\":\\"notifications/progress\\",\\"params\\":{\\"progressToken\\":$held,\\"progress\\":1}}"
        text poked ;;
      """)
    let transport = try open(script)
    let told = Mutex(0)
    let calling = Task {
      try await transport.ask(request("slow", total: 1_000, idle: 600) { _ in told.withLock { $0 += 1 } })
    }
    try await script.hasRead("slow")
    try await HangGuard.wait { clock.sleeps == [600] }
    clock.pass(500)
    #expect(try await transport.ask(request("poke"))["content"] != nil)
    clock.pass(100)
    try await HangGuard.wait { clock.sleeps.last == 400 }
    clock.pass(400)
    await #expect(throws: MCPFailure.late("tools/call took longer than its 1 s")) { try await calling.value }
    #expect(told.withLock { $0 } == 1)
    try await script.hasRead("notifications/cancelled")

    let silent = Task { try await transport.ask(request("slow", total: 5_000, idle: 700)) }
    try await HangGuard.wait { clock.sleeps.last == 700 }
    clock.pass(700)
    await #expect(throws: MCPFailure.late("nothing was heard of tools/call for 700 ms")) { try await silent.value }
    await transport.close()
  }

  @Test func `a server that asks a person something is not silent`() async throws {
    let asked = Latch()
    final class Slow: MCPInbox {
      let asked: Latch
      let reply = Latch()
      init(_ asked: Latch) { self.asked = asked }
      func take(_ method: String, _ params: JSON?) {}
      func answer(_ method: String, _ params: JSON?) async -> Result<JSON, RPCError> {
        asked.open()
        try? await reply.wait()
        return .success([:])
      }
      func ended(_ reason: MCPFailure) {}
    }
    let slow = Slow(asked)
    let script = try MCPShellServer(
      """
      *'tools/call'*) held=$id; say '{"jsonrpc":"2.0","id":0,"method":"elicitation/create"}' ;;
      *'"id":0'*) id=$held; text done ;;
      """)
    let transport = try StdioTransport.open(
      script.order(), inbox: slow, time: clock.source, log: Log(level: .off) { _ in })
    let calling = Task { try await transport.ask(request("any", total: 5_000, idle: 500)) }
    try await asked.wait()
    for count in 1...3 {
      try await HangGuard.wait { clock.sleeps.count == count }
      clock.pass(500)
    }
    slow.reply.open()
    #expect(try await calling.value["content"] != nil)
    await transport.close()
  }

  @Test func `one that does not read is dead`() async throws {
    let script = try MCPShellServer(first: "sleep 300")
    var limits = StdioTransport.Limits()
    (limits.unreadMax, limits.unreadMs, limits.endingMs) = (100_000, 1, 1)
    let transport = try open(script, limits: limits)
    let large = MCPRequest(
      "tools/call", ["x": .string(String(repeating: "x", count: 300_000))], totalMax: 600_000, idleMax: 600_000,
      isRepeatable: false)
    let failure = await #expect(throws: MCPFailure.self) { try await transport.ask(large) }
    #expect(failure?.message.contains("does not read") == true)
    #expect(await inbox.end.wait() == failure)
  }

  @Test func `much goes both ways at once`() async throws {
    let script = try MCPShellServer(
      """
      *'"much"'*) printf '{"jsonrpc":"2.0","id":%s,"result":"' "$id"; head -c 1000000 /dev/zero | tr '\\0' y; say '"}' ;;
      """)
    let transport = try open(script)
    let long = JSON.string(String(repeating: "x", count: 100_000))
    try await withThrowingTaskGroup(of: Int?.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let request = MCPRequest(
            "tools/call", ["name": "much", "x": long], totalMax: 600_000, idleMax: 600_000, isRepeatable: false)
          return try await transport.ask(request).string?.utf8.count
        }
      }
      for try await count in group { #expect(count == 1_000_000) }
    }
    await transport.close()
  }

  // MARK: Its end

  @Test func `at the end of its input it has time to end by itself`() async throws {
    let script = try MCPShellServer(first: "trap 'echo TERM >>end; exit' TERM; trap 'echo bye >>end' EXIT")
    let transport = try open(script)
    _ = try await transport.ask(request("any"))
    await transport.close()
    #expect(script.lines("end") == ["bye"])
    await #expect(throws: MCPFailure.gone("the server was shut down")) { try await transport.ask(request("any")) }
    #expect(inbox.end.value == nil, "whoever closes it knows")
  }

  @Test func `one that hears neither the end of its input nor signals is ended with all that it started`() async throws
  {
    // The grandchild holds the pipe.
    let script = try MCPShellServer(
      """
      *'tools/call'*) trap '' TERM
        (trap '' TERM; sh -c 'trap "" TERM; echo $$ >>runs; while :; do sleep 60; done' &) ; text deaf
        while [ "$(wc -l <runs)" -lt 2 ]; do :; done
        while :; do sleep 60; done ;;
      """)
    var limits = StdioTransport.Limits()
    limits.endingMs = 20
    let transport = try open(script, limits: limits)
    _ = try await transport.ask(request("any"))
    try await HangGuard.wait { script.runs == 2 }
    await transport.close()
    try await HangGuard.wait { script.left == [] }
  }

  @Test func `one that ends leaves nothing running, and its calls learn how it ended`() async throws {
    let script = try MCPShellServer(
      """
      *'"killed"'*) (sleep 3600 & echo $! >>runs); echo one >&2; printf 'two\\n\\n' >&2; kill -9 $$ ;;
      """)
    let transport = try open(script)
    let failure = MCPFailure.gone("server ended (signal 9): two")
    await #expect(throws: failure) { try await transport.ask(request("killed")) }
    #expect(await inbox.end.wait() == failure)
    await #expect(throws: failure) { try await transport.ask(request("any")) }
    await #expect(throws: failure) { try await transport.tell("notifications/x", [:]) }
    #expect(script.runs == 2)
    try await HangGuard.wait { script.left == [] }
  }

  @Test func `one that closes its output is of no use`() async throws {
    let script = try MCPShellServer("*'tools/call'*) echo sorry >&2; exec >&-; sleep 300 ;;")
    var limits = StdioTransport.Limits()
    limits.endingMs = 10
    let transport = try open(script, limits: limits)
    await #expect(throws: MCPFailure.gone("server closed its output: sorry")) {
      try await transport.ask(request("any"))
    }
    await transport.close()
  }

  @Test func `one that is not there is told by the system's reason`() async throws {
    let script = try MCPShellServer()
    var order = script.order()
    order.command = ["no-such-server-anywhere"]
    let transport = try open(script, order)
    let failure = await #expect(throws: MCPFailure.self) { try await transport.ask(request("any")) }
    #expect(failure?.message.hasPrefix("no-such-server-anywhere cannot be started: ") == true)
    order.folder = "/no such folder"
    let refused = order
    #expect(throws: MCPFailure.self) { try open(script, refused) }
    order.command = ["a\0b"]
    let hidden = order
    #expect(throws: MCPFailure.self) { try open(script, hidden) }
  }

  // MARK: Its environment

  @Test func `it gets what programs need, its own variables, and none of ours`() async throws {
    let script = try MCPShellServer("*'tools/call'*) env >seen; text seen ;;")
    let secret = "canary-5f2a"
    var ours: [String: String] = [
      "PATH": "/usr/bin:/bin", "HOME": "/home/x", "LANG": "C.UTF-8", "LC_ALL": "C", "XDG_RUNTIME_DIR": "/run/x",
      "https_proxy": "http://127.0.0.1:1", "SSL_CERT_FILE": "/certs", "TERM": "() { :; }", "TMPDIR": "/tmp",
    ]
    let secrets = [
      "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
      "AWS_BEARER_TOKEN_BEDROCK", "GITHUB_TOKEN", "NPM_TOKEN", "OPENAI_API_KEY", "SSH_AUTH_SOCK", "DATABASE_URL",
      "CLAUDE_CODE_OAUTH_TOKEN", "WYN360_TOKEN", "ANYTHING_ELSE",
    ]
    for name in secrets { ours[name] = secret }
    let own = [MCPServerSettings.Variable("ITS_TOKEN", "its own"), .init("LANG", "de_DE")]
    let transport = try open(script, script.order(own, inherited: ours))
    _ = try await transport.ask(request("any"))
    await transport.close()
    let seen = script.lines("seen")
    #expect(!seen.contains { $0.contains(secret) })
    for line in [
      "HOME=/home/x", "LANG=de_DE", "LC_ALL=C", "XDG_RUNTIME_DIR=/run/x", "https_proxy=http://127.0.0.1:1",
      "SSL_CERT_FILE=/certs", "TMPDIR=/tmp", "ITS_TOKEN=its own", "CLAUDE_PROJECT_DIR=\(script.folder.path)",
    ] { #expect(seen.contains(line), "\(line)") }
    #expect(!seen.contains { $0.hasPrefix("TERM=") })
  }

  @Test func `a command is found in the path that its settings give`() async throws {
    let script = try MCPShellServer()
    _ = try ShellScript("ln -s /bin/sh its-own-shell", folder: script.folder)
    var order = script.order([.init("PATH", "\(script.folder.path):/usr/bin:/bin")])
    order.command[0] = "its-own-shell"
    let transport = try open(script, order)
    #expect(try await transport.ask(request("any"))["content"] != nil)
    await transport.close()
  }
}
