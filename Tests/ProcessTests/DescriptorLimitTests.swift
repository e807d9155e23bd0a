import Protocol
import Synchronization
import TestSupport
import Testing

@Suite(.ownThread, .hangGuard) struct `With few descriptors, the server` {
  private static func run(_ number: Int) -> String {
    #"{"jsonrpc":"2.0","id":\#(number),"method":"agent/run","params":{"prompt":"hi","stream":false}}"#
  }

  /// The answers to runs of these numbers, whatever else comes.
  private static func answers(_ server: Client, _ numbers: ClosedRange<Int>, without: Int? = nil) throws -> [Int: JSON]
  {
    var answers: [Int: JSON] = [:]
    while answers.count < numbers.count - (without == nil ? 0 : 1) {
      let message = try server.receive()
      if message["method"] == nil, let id = message["id"]?.int, numbers.contains(id) { answers[id] = message }
    }
    return answers
  }

  @Test func `has more runs at once than it may have connections`() throws {
    let gate = Latch()
    let calls = Mutex(0)
    let model = try AgentModel { _ in
      // Sixteen at once is what there is room for; the others come when these have ended.
      if calls.withLock({ calls in
        calls += 1
        return calls == 16
      }) {
        gate.open()
      }
      gate.waitBlocking()
      return .init(.text("hello"))
    }
    let server = try ServerProcess(environment: model.environment(), descriptors: (64, 32))
    for number in 1...60 { try server.send(Self.run(number)) }
    let answers = try Self.answers(server, 1...60)
    #expect(
      answers.values.allSatisfy { $0["result"]?["text"] == "hello" },
      "\(answers.values.first { $0["error"] != nil } ?? .null)")
    #expect(try server.call(61, "agent/run", ["prompt": "hi"])["result"]?["text"] == "hello")
  }

  @Test func `fails the run alone that would need one too many, and says which limit`() throws {
    let gate = Latch()
    let model = try AgentModel { _ in
      gate.waitBlocking()
      return .init(.text("hello"))
    }
    let server = try ServerProcess(["--retries", "0"], environment: model.environment(), descriptors: (64, 64))
    for number in 1...60 { try server.send(Self.run(number)) }
    var refused = try server.receive()
    while refused["method"] != nil { refused = try server.receive() }
    let error = try #require(refused["error"])
    #expect(error["code"] == -32803 && error["data"]?["kind"] == "network" && error["data"]?["retryable"] == true)
    #expect(error["message"]?.string?.contains("64 file descriptors") == true)
    #expect(error["data"]?["hint"]?.string?.contains("ulimit -n") == true)
    gate.open()
    let first = try #require(refused["id"]?.int)
    let others = try Self.answers(server, 1...60, without: first)
    #expect(others.values.count { $0["result"]?["text"] == "hello" } >= 16)
    #expect(try server.call(61, "agent/run", ["prompt": "hi"])["result"]?["text"] == "hello")
  }

  @Test func `runs commands and reads files, or says why it cannot`() throws {
    let model = try AgentModel { question in
      guard question.results.isEmpty else { return .init(.text("done")) }
      return .init(
        .call("execute_command", ["command": "ulimit -Sn; echo ran"]),
        .call("list_files", [:]))
    }
    let folder = try TemporaryFolder()
    let server = try ServerProcess(
      ["--allow", "all"], environment: model.environment().merging(["PATH": "/usr/bin:/bin"]) { one, _ in one },
      folder: folder.path, descriptors: (48, 40))
    for number in 1...24 { try server.send(Self.run(number)) }
    let answers = try Self.answers(server, 1...24)
    for answer in answers.values where answer["result"]?["text"] != "done" {
      let kind = answer["error"]?["data"]?["kind"]?.string ?? ""
      #expect(["network", "overloaded"].contains(kind), "\(answer)")
    }
    // Alone it has what it needs, and the person's own limit is what commands have.
    let alone = try server.call(25, "agent/run", ["prompt": "hi"])
    #expect(alone["result"]?["text"] == "done", "\(alone)")
    let texts = model.questions.flatMap(\.resultTexts)
    #expect(texts.contains { $0.hasPrefix("40\nran\n") })
    let known = ["40\nran\n", "(the folder is empty)"]
    #expect(texts.allSatisfy { known.contains($0) || $0.contains("file descriptor") }, "\(Set(texts))")
    #expect(try server.call(99, "server/ping")["result"] != nil)
  }
}
