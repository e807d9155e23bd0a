import Protocol
import Server
import Testing

@Suite struct `The event log` {
  private func delta(_ text: String, index: Int = 0) -> Happening { .delta(.text, index: index, text: text) }

  @Test func `gives back every event as it was, from any number on`() {
    var log = EventLog()
    var sent: [NumberedHappening] = []
    for number in 1...200 {
      let happening: Happening =
        number % 50 == 0
        ? .event(RunEvent(sessionId: "s", runId: "r", seq: 0, at: 0, type: .messageEnd))
        : delta("é\(number)", index: number / 60)
      sent.append(log.append(happening, sessionId: "s", runId: number < 100 ? "r1" : "r2", at: 1_000 + number))
    }
    #expect(sent.map(\.seq) == Array(1...200))
    for after in [0, 1, 49, 50, 51, 99, 100, 199, 200, 500] {
      #expect(log.events(after: after, limit: 1_000, sessionId: "s") == sent.dropFirst(after).map(\.json))
    }
    #expect(log.events(after: 10, limit: 7, sessionId: "s") == sent[10..<17].map(\.json))
  }

  @Test func `drops the oldest when it is full, and says so`() {
    var log = EventLog(bytesMax: 1_000_000)
    for _ in 1...3_000 {
      _ = log.append(delta(String(repeating: "x", count: 1_000)), sessionId: "s", runId: "r", at: 0)
    }
    #expect(log.oldestSeq > 1)
    #expect(log.lastSeq == 3_000)
    let kept = log.events(after: 0, limit: 10_000, sessionId: "s")
    #expect(kept.first?["params"]?["seq"]?.int == log.oldestSeq)
    #expect(kept.count == 3_000 - log.oldestSeq + 1)
  }

  @Test func `counts what a tool gave, too`() {
    var log = EventLog(bytesMax: 1_000_000)
    for _ in 1...100 {
      var event = RunEvent(sessionId: "s", runId: "r", seq: 0, at: 0, type: .toolResult)
      event.content = [["type": "text", "text": .string(String(repeating: "x", count: 100_000))]]
      _ = log.append(.event(event), sessionId: "s", runId: "r", at: 0)
    }
    #expect(log.oldestSeq == 92)
  }
}
