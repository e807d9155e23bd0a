import Foundation
import Protocol
import TestSupport
import Testing

@Suite(.ownThread) struct `A run that waits for its session` {
  @Test func `is over at once when it is cancelled: it has an end only, and looks at no file`() throws {
    let begun = Latch()
    let goOn = Latch()
    let model = try AgentModel { _ in
      begun.open()
      goOn.waitBlocking()
      return .init(.text("fine"))
    }
    let bench = try AgentBench(model: model)
    let first = try bench.start("a")
    begun.waitBlocking()
    // A run that looked for its workspace would tell that it is gone.
    try FileManager.default.removeItem(atPath: bench.folder.path)
    let waiting = try bench.start("b", ["runId": "waiting"])
    try bench.request("c", "agent/cancel", ["sessionId": bench.id, "runId": "waiting"])
    let messages = try bench.messages(upTo: waiting)
    let told = messages.filter { $0["params"]?["runId"] == "waiting" }.compactMap { $0["method"]?.string }
    #expect(told == ["run/completed"])
    #expect(messages.last?["result"]?["stopReason"] == "cancelled")
    goOn.open()
    #expect(try bench.messages(upTo: first).last?["result"]?["stopReason"] == "endTurn")
    #expect(try bench.ask("agent/wait", ["runId": "waiting"], inSession: false)["stopReason"] == "cancelled")
    #expect(bench.model.questions.count == 1)
  }
}
