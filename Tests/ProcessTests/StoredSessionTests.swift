import Foundation
import Protocol
import Synchronization
import TestSupport
import Testing

/// The built program with a folder of sessions, asking a service that seals what was said and takes nothing wrong.
private final class Desk {
  let upstream: StrictUpstream
  let folder: TemporaryFolder
  let sessions: String
  static let model = "claude-fable-5-2"

  init(_ actions: [StrictAction] = []) throws {
    upstream = try StrictUpstream(actions)
    folder = try TemporaryFolder()
    sessions = folder.path + "/kept"
    try folder.write("f.txt", "some text\n")
  }

  var environment: [String: String] {
    upstream.environment(.anthropic).merging(["WYN360_SESSIONS": sessions, "ANTHROPIC_MODEL": Self.model]) { $1 }
  }

  func server(_ more: [String: String] = [:]) throws -> ServerProcess {
    try ServerProcess(environment: environment.merging(more) { $1 }, folder: folder.path)
  }

  func command(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    let process = try ServerProcess(arguments, environment: environment, folder: folder.path)
    try process.closeInput()
    let output = try process.readToEnd()
    return (try process.waitForExit(), output, process.errors)
  }

  /// The text of every file in the folder.
  var kept: String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: sessions)) ?? []
    return names.compactMap { try? String(contentsOfFile: "\(sessions)/\($0)", encoding: .utf8) }.joined()
  }
}

@Suite(.ownThread) struct `Sessions in a folder` {
  @Test func `go on in another process after a kill, sealed thoughts and tools as well`() throws {
    let desk = try Desk([.call("read_file", ["path": "f.txt"])])
    let first = try desk.server()
    let said = try first.call(1, "agent/run", ["prompt": "read it"])["result"]
    let id = try #require(said?["sessionId"])
    first.signal(SIGKILL)
    let second = try desk.server()
    let listed = try second.call(1, "session/list")["result"]?["sessions"]?.array
    #expect(
      listed?.first?["sessionId"] == id && listed?.first?["stored"] == true && listed?.first?["title"] == "read it")
    #expect(
      try second.call(2, "agent/run", ["prompt": "x", "sessionId": id])["error"]?["data"]?["hint"]?.string?.contains(
        "session/load") == true)
    let loaded = try second.call(3, "session/load", ["sessionId": id, "limit": 1])["result"]
    #expect(loaded?["total"] == 1 && loaded?["exchanges"]?.array?.first?["messages"]?.array?.count == 4)
    #expect(loaded?["session"]?["cost"] == said?["sessionCost"])
    #expect(
      try second.call(4, "agent/run", ["prompt": "go on", "sessionId": id])["result"]?["stopReason"] == "endTurn")
    #expect(desk.upstream.shortfall() == nil)
    #expect(!desk.kept.contains("canary") && desk.kept.contains("some text"))
    #expect(try second.call(5, "session/delete", ["sessionId": id])["result"] == .null)
    #expect(desk.kept.isEmpty)
    #expect(try second.call(6, "session/delete", ["sessionId": id])["error"]?["data"]?["kind"] == "sessionNotFound")
  }

  @Test func `keep what a run has done that was killed in the middle, once, with what it cost`() throws {
    let desk = try Desk()
    let first = try desk.server()
    let id = try #require(try first.call(1, "session/new")["result"]?["sessionId"])
    let victim = first.id
    desk.upstream.take(
      .call("read_file", ["path": "f.txt"]), .call("list_files", [:]),
      .text("never").with { action in
        action.ending = .heldAfterEvents(2)
        action.whenHeld = { _ = kill(victim, SIGKILL) }
      })
    #expect(throws: Client.Failure.self) { try first.call(2, "agent/run", ["prompt": "do it", "sessionId": id]) }
    let second = try desk.server()
    let seen = try second.call(1, "session/history", ["sessionId": id])["result"]
    let loaded = try second.call(2, "session/load", ["sessionId": id])["result"]
    let messages = try #require(loaded?["exchanges"]?.array?.first?["messages"]?.array)
    #expect(seen?["exchanges"] == loaded?["exchanges"] && loaded?["total"] == 1 && messages.count == 5)
    #expect(messages.last?["content"]?.array?.first?["type"] == "tool_result")
    #expect(loaded?["session"]?["usage"]?["output"] == 40 && loaded?["session"]?["cost"] != nil)
    #expect(
      try second.call(3, "agent/run", ["prompt": "go on", "sessionId": id])["result"]?["stopReason"] == "endTurn")
    second.signal(SIGKILL)
    let third = try desk.server()
    #expect(try third.call(1, "session/load", ["sessionId": id])["result"]?["total"] == 2)
    #expect(desk.upstream.shortfall() == nil)
  }

  @Test func `are asked and looked at from a shell`() throws {
    let desk = try Desk()
    let first = try desk.command("--session", "fix it", "one")
    #expect(first.status == 0 && first.output == "Answer 1.\n")
    #expect(try desk.command("--session=fix it", "two").output == "Answer 2.\n")
    #expect(try desk.command("--continue", "three").output == "Answer 3.\n")
    #expect(desk.upstream.questions.last?.body["messages"]?.array?.count { $0["role"] == "user" } == 3)
    #expect(desk.upstream.shortfall() == nil)
    #expect(try desk.command("another").status == 0)
    let list = try JSON.parse(try desk.command("--json", "sessions").output)["sessions"]?.array ?? []
    #expect(list.map { $0["title"] } == ["another", "one"] && list.map { $0["exchanges"] } == [1, 3])
    let shown = try desk.command("sessions", "show", "fix it").output
    #expect(shown.contains("> two\n\nAnswer 2.\n") && shown.hasPrefix("fix it  "))
    #expect(try desk.command("sessions", "delete", "fix it").output == "deleted fix it\n")
    #expect(try desk.command("sessions", "show", "fix it").status == 1)
    #expect(try desk.command("sessions").output.split(separator: "\n").count == 1)
    #expect(try desk.command("--continue", "--session", "x", "y").status == 2)
    #expect(try desk.command("sessions", "show").status == 2)
    #expect(try desk.command("--sessions-keep", "soon", "y").status == 2)
    let nowhere = try Command("--continue", "x", environment: desk.upstream.environment(.anthropic))
    #expect(nowhere.status == 2 && nowhere.errors.contains("--sessions DIR"))
  }

  @Test func `are none where nothing may be kept, which is told once`() throws {
    let desk = try Desk()
    let server = try desk.server(["WYN360_NO_STATE": "1"])
    let greeted = try { () throws in
      try server.send(
        #"{"id":1,"method":"initialize","params":{"initializationOptions":{"sessions":"\#(desk.folder.path)/asked"}}}"#)
      return try server.receive(upTo: 1)
    }()
    #expect(greeted.contains { $0["params"]?["message"]?.string?.contains("WYN360_NO_STATE") == true })
    #expect(try server.call(2, "agent/run", ["prompt": "hi"])["result"]?["stopReason"] == "endTurn")
    #expect(server.errors.contains("WYN360_NO_STATE") && desk.kept.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: desk.folder.path).sorted() == ["f.txt"])
  }

  @Test func `are those of the folder that a client names, and what was piped behind a load finds it done`() throws {
    let desk = try Desk()
    let first = try ServerProcess(environment: desk.upstream.environment(.anthropic), folder: desk.folder.path)
    let options: JSON = ["initializationOptions": ["sessions": .string(desk.sessions), "model": .string(Desk.model)]]
    _ = try first.call(1, "initialize", options)
    let id = try #require(try first.call(2, "agent/run", ["prompt": "hi"])["result"]?["sessionId"]?.string)
    let second = try desk.server()
    #expect(
      try second.call(1, "session/load", ["sessionId": .string(id)])["error"]?["message"]?.string?.contains(
        "process \(first.id)") == true)
    _ = try first.call(3, "session/close", ["sessionId": .string(id)])
    let bad = try desk.server().call(1, "initialize", ["initializationOptions": ["sessionsKeep": "soon"]])
    #expect(bad["error"]?["code"] == -32602)
    try second.send(#"{"id":2,"method":"session/load","params":{"sessionId":"\#(id)"}}"#)
    try second.send(#"{"id":3,"method":"agent/run","params":{"sessionId":"\#(id)","prompt":"more"}}"#)
    #expect(try second.receive(upTo: 3).last?["result"]?["text"] == "Answer 2.")
    #expect(desk.upstream.shortfall() == nil)
  }

  @Test func `are listed, loaded, closed and deleted by editors of the Agent Client Protocol`() throws {
    let desk = try Desk()
    func editor() throws -> ServerProcess {
      let editor = try desk.server()
      _ = try editor.call(1, "initialize", ["protocolVersion": 1, "clientCapabilities": [:]])
      return editor
    }
    let first = try editor()
    let place: JSON = .string(desk.folder.path)
    let id = try #require(try first.call(2, "session/new", ["cwd": place, "mcpServers": []])["result"]?["sessionId"])
    let prompt: JSON = ["sessionId": id, "prompt": [["type": "text", "text": "say it"]]]
    #expect(try first.call(3, "session/prompt", prompt)["result"]?["stopReason"] == "end_turn")
    let second = try editor()
    #expect(try second.call(2, "session/load", ["sessionId": id, "cwd": place, "mcpServers": []])["error"] != nil)
    #expect(try first.call(4, "session/close", ["sessionId": id])["result"] == [:])
    let listed = try second.call(3, "session/list", ["cwd": place])["result"]?["sessions"]?.array
    #expect(listed?.count == 1 && listed?.first?["title"] == "say it" && listed?.first?["cwd"] == place)
    try second.send(
      ([
        "jsonrpc": "2.0", "id": 4, "method": "session/load",
        "params": ["sessionId": id, "cwd": place, "mcpServers": []],
      ] as JSON).text)
    let updates = try second.receive(upTo: 4).compactMap { $0["params"]?["update"] }
    #expect(updates.contains { $0["sessionUpdate"] == "agent_message_chunk" && $0["content"]?["text"] == "Answer 1." })
    #expect(try second.call(5, "session/prompt", prompt)["result"]?["stopReason"] == "end_turn")
    #expect(try second.call(6, "session/delete", ["sessionId": id])["result"] == [:])
    #expect(try first.call(5, "session/list")["result"]?["sessions"] == [] && desk.kept.isEmpty)
    #expect(desk.upstream.shortfall() == nil)
  }
}
