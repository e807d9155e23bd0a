import Foundation
import Protocol
import Providers
import Server
import TestSupport

/// A folder of stored sessions, and processes that use it: each has its own sessions, as if it were one.
final class StoredRoom {
  let folder: TemporaryFolder
  let path: String
  let clock = ManualClock()

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/kept"
  }

  /// Another process.
  func process(_ pid: Int = 1, rules: StoreRules = StoreRules()) -> Sessions {
    let sessions = Sessions(
      defaults: SessionDefaults(model: "claude-sonnet-5-5", provider: .anthropic), sink: SilentSink(),
      time: clock.source, names: .random, folder: "/work/one")
    sessions.use(store(pid), rules)
    return sessions
  }

  /// The store as a process has it.
  func store(_ pid: Int = 1) -> SessionStore { SessionStore(path, holder: SessionHolder(pid: pid, host: "here")) }

  /// The file of a session.
  func file(_ id: String) -> URL { URL(fileURLWithPath: "\(path)/\(id).session.jsonl") }

  func bytes(_ id: String) throws -> Data { try Data(contentsOf: file(id)) }

  /// The lines of a session's file.
  func lines(_ id: String) throws -> [String] {
    String(decoding: try bytes(id), as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

extension Session {
  /// Says something and has it answered, as a run does.
  @discardableResult func say(_ text: String, _ answer: [JSON]? = nil, result: String? = nil) -> Exchange {
    let run = Run(
      id: NameSource.random.next("run"), request: AgentRun(prompt: Prompt(text), sessionId: id), session: self)
    let said = answer ?? [["type": "text", "text": .string("answer to \(text)")]]
    var exchange = Exchange(
      runId: run.id, at: 1,
      messages: [
        ["role": "user", "content": [["type": "text", "text": .string(text)]]],
        ["role": "assistant", "content": .array(said)],
      ], usage: Usage(), stopReason: .endTurn)
    if let result {
      exchange.messages.append([
        "role": "user",
        "content": [["type": "tool_result", "tool_use_id": "t", "content": .string(result)]],
      ])
    }
    exchange.model = "claude-sonnet-5-5"
    exchange.provider = .anthropic
    _ = try? admit(run, whenBusy: .reject)
    var tally = RunTally()
    tally.turns = 1
    _ = keep(run, exchange: exchange, tally: tally)
    recorder?.write(waits: true)
    _ = end(run, RunEnd(stopReason: .endTurn, usage: Usage(), turns: 1))
    run.finish(.success(RunResult(runId: run.id, sessionId: id)))
    return exchange
  }
}
