import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `The server ends` {
  @Test func `after the end of a script's input, with its answers`() throws {
    let server = try ServerProcess(["--replay", "demo"])
    try server.send(#"{"id":1,"method":"agent/run","params":{"prompt":"hello"}}"#)
    try server.closeInput()
    let messages = try server.receiveAll()
    #expect(messages.last?["id"] == 1)
    #expect(messages.last?["result"]?["stopReason"] == "endTurn")
    #expect(try server.waitForExit() == 0)
  }

  @Test func `at once when an editor's input ends, with status 1 without shutdown and 0 after it`() throws {
    for isPolite in [false, true] {
      let server = try ServerProcess(usesHeaders: true)
      _ = try server.call(1, "initialize")
      if isPolite { #expect(try server.call(2, "shutdown")["result"] == .null) }
      try server.closeInput()
      #expect(try server.waitForExit() == (isPolite ? 0 : 1))
    }
  }

  @Test func `on exit, and takes nothing but exit after shutdown`() throws {
    let server = try ServerProcess()
    _ = try server.call(1, "shutdown")
    #expect(try server.call(2, "server/ping")["error"]?["code"] == -32600)
    try server.send(#"{"jsonrpc":"2.0","method":"exit"}"#)
    #expect(try server.waitForExit() == 0)
    let rude = try ServerProcess()
    try rude.send(#"{"jsonrpc":"2.0","method":"exit"}"#)
    #expect(try rude.waitForExit() == 1)
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func `on a signal, after answering what runs`(signal: Int32) throws {
    let server = try ServerProcess(["--replay", "demo"])
    try server.send(#"{"id":1,"method":"agent/run","params":{"prompt":"hello"}}"#)
    #expect(try server.receive()["method"] == "run/started")
    server.signal(signal)
    let messages = try server.receiveAll()
    #expect(messages.last?["id"] == 1)
    #expect(try server.waitForExit() == 128 + signal)
  }

  @Test func `when the process it should live with is gone`() throws {
    let parent = try ServerProcess()
    let server = try ServerProcess()
    _ = try server.call(1, "initialize", ["processId": .number(JSONNumber(Int(parent.id)))])
    try parent.closeInput()
    #expect(try parent.waitForExit() == 0)
    #expect(try server.waitForExit() == 1)
  }

  @Test func `when nobody reads its output, idle or busy`() throws {
    let idle = try ServerProcess()
    _ = try idle.call(1, "server/ping")
    try idle.closeOutput()
    #expect(try idle.waitForExit() == 1)
    let busy = try ServerProcess(["--replay", "demo"])
    try busy.send(#"{"id":1,"method":"agent/run","params":{"prompt":"hello"}}"#)
    _ = try busy.receive()
    try busy.closeOutput()
    #expect(try busy.waitForExit() == 1)
  }
}
