import Foundation
import Protocol
import TestSupport
import Testing

/// A client that calls the tool, in the revision that has no handshake, of a server with a clock of the test's.
private final class Caller {
  let folder: TemporaryFolder
  let model: AgentModel
  let server: Client
  let clock = ManualClock()
  private var last = 0

  init(_ script: @escaping @Sendable (AgentModel.Question) throws -> AgentModel.Turn) throws {
    folder = try TemporaryFolder()
    model = try AgentModel(script)
    server = try ServerInMemory(
      ["--retries", "0"], environment: model.environment(), folder: folder.path, time: clock.source)
  }

  /// The whole answer to a call; `more` are other members of its params.
  func call(_ arguments: JSONObject, _ more: JSONObject = [:]) throws -> JSON {
    last += 1
    var params = more
    params["name"] = "ask"
    params["arguments"] = .object(arguments)
    params["_meta"] = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": ["elicitation": ["form": [:]]],
    ]
    return try server.call(last, "tools/call", .object(params))
  }

  /// The result of a call, which is one.
  func ask(_ prompt: String, _ more: JSONObject = [:]) throws -> JSON {
    var arguments = more
    arguments["prompt"] = .string(prompt)
    let answer = try call(arguments)
    return try #require(answer["result"], "\(answer.text)")
  }
}

extension JSON {
  fileprivate var session: JSON { self["structuredContent"]?["sessionId"] ?? .null }
  fileprivate var text1: String { self["content"]?.array?.first?["text"]?.string ?? "" }
  fileprivate var flaw: String? { self["error"]?["message"]?.string }
}

@Suite(.ownThread) struct `Calls of clients that never tidy up` {
  @Test func `leave the 64 sessions that were used last`() throws {
    let caller = try Caller { _ in .init(.text("ok")) }
    let first = try caller.ask("x").session
    let second = try caller.ask("x").session
    for _ in 3...64 { _ = try caller.ask("x") }
    #expect(try caller.ask("again", ["sessionId": first])["isError"] == false)
    _ = try caller.ask("one too many")
    let gone = try caller.ask("again", ["sessionId": second])
    #expect(gone["isError"] == true)
    #expect(gone.text1.contains("let go"))
    #expect(try caller.ask("and again", ["sessionId": first]).session == first)
    #expect(caller.model.questions.last?.messages.count == 5)
  }

  @Test func `leave no session whose first run failed before anything was said`() throws {
    let caller = try Caller { question in
      guard question.messages.last?.text.contains("fail") == false else { throw LoopbackError.closed }
      return .init(.text("ok"))
    }
    let kept = try caller.ask("x").session
    for _ in 1...65 { #expect(try caller.ask("fail")["isError"] == true) }
    #expect(try caller.ask("again", ["sessionId": kept]).session == kept)
  }
}

@Suite(.ownThread) struct `A call that waits for its client` {
  private func writing() throws -> (caller: Caller, asked: JSON) {
    let caller = try Caller { question in
      guard question.number == 1 else { return .init(.text("It ended.")) }
      let input: JSON = ["path": "a.txt", "content": "x\n"]
      return .init(.call("write_file", input))
    }
    let asked = try caller.ask("write")
    #expect(asked["resultType"] == "input_required")
    return (caller, asked)
  }

  @Test func `waits on when its name comes with other arguments`() throws {
    let (caller, asked) = try writing()
    let state = try #require(asked["requestState"])
    for other in [["prompt": "wrote"], ["prompt": "write", "cwd": "/"], ["prompt": "write", "sessionId": "s"]]
      as [JSONObject]
    {
      let refused = try caller.call(other, ["requestState": state])
      #expect(refused["error"]?["code"] == -32602)
      #expect(refused.flaw?.contains("other arguments") == true)
    }
    let key = try #require(asked["inputRequests"]?.object?.members.first?.key)
    let accepted: JSON = ["action": "accept", "content": ["answer": "allowOnce"]]
    let yes = JSON.object(JSONObject([(key, accepted)]))
    let answer = try caller.call(["prompt": "write"], ["requestState": state, "inputResponses": yes])
    #expect(answer["result"]?.text1 == "It ended.")
    #expect(caller.folder.text("a.txt") == "x\n")
  }

  @Test func `is stopped when nobody has come back by the time its questions expire`() throws {
    let (caller, asked) = try writing()
    let state = try #require(asked["requestState"])
    // Other arguments only look whether it is there.
    func look() throws -> String { try caller.call(["prompt": "look"], ["requestState": state]).flaw ?? "" }
    #expect(try look().contains("other arguments"))
    caller.clock.passWhenSlept(600_000)
    while try look().contains("other arguments") { sched_yield() }
    #expect(try look().contains("no call that waits"))
    try caller.server.closeInput()
    _ = try caller.server.receiveAll()
    #expect(try caller.server.waitForExit() == 0)
    #expect(caller.model.questions.count == 1)
    #expect(caller.folder.names == [])
  }
}
