import Foundation
import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `Whatever is done to a session,` {
  @Test(arguments: 0..<(ProcessInfo.processInfo.environment["STORED_FILES"].flatMap { UInt64($0) } ?? 24))
  func `its file tells the same as its memory`(seed: UInt64) throws {
    let room = try StoredRoom()
    var numbers = RandomNumbers(seed: seed)
    var session = try room.process().makeSession(SessionOptions())
    session.say("begin")
    for step in 0..<25 {
      change(session, step, &numbers)
      guard Int.random(in: 0..<4, using: &numbers) == 0 else { continue }
      let (document, rules) = (try session.document(), session.permissionRules)
      session.recorder?.close()
      let again = try room.process().load(session.id)
      var read = try again.document()
      // The model that the session had is named from now on.
      (read.options.model, read.options.provider) = (document.options.model, document.options.provider)
      #expect(read == document, "seed \(seed), step \(step)")
      #expect(again.permissionRules == rules)
      session = again
    }
  }

  private func change(_ session: Session, _ step: Int, _ numbers: inout RandomNumbers) {
    let count = session.info.exchanges
    switch Int.random(in: 0..<12, using: &numbers) {
    case 0: _ = try? session.rewind { _ in .exchange(Int.random(in: 0...count, using: &numbers)) }
    case 1:
      _ = try? session.rewind { past in
        past.archived.isEmpty ? .exchange(count) : .archived(past.archived.count / 2)
      }
    case 2:
      let summary = Compaction.exchange(summary: "sum", name: "\(step)", at: step, usage: Usage())
      _ = session.replace(with: summary, and: nil)
    case 3: _ = session.show(Int.random(in: 0...4, using: &numbers))
    case 4:
      session.revise { messages in
        messages.map {
          $0["role"] == "user" ? ["role": "user", "content": [["type": "text", "text": .string("\(step)")]]] : $0
        }
      }
    case 5:
      session.freeze(
        ConversationPrefix(
          system: [["text": "be", "type": "text"]], tools: [], told: ["step": .number(JSONNumber(step))], caller: nil))
    case 6:
      _ = session.settle(
        fresh: ConversationPrefix(system: [], tools: [], told: [:], caller: "step \(step)"))
    case 7: _ = session.change { $0.title = "title \(step)" }
    case 8: session.addRules { try? $0.add(allowing: [PermissionRule("read_file(f\(step))")]) }
    default:
      let thought: JSON = ["type": "thinking", "thinking": "t", "signature": .string("s\(step)")]
      session.say("said \(step)", [thought, ["type": "text", "text": "a"]])
    }
    if Int.random(in: 0..<2, using: &numbers) == 0 { session.recorder?.write(waits: true) }
  }
}
